"""
The words of a query: of `/sechub-scan`, the command line and TARGET_CONTROL_IDS.

```text
S3.1 IAM.1                   controls, separated by spaces or commas
S3, S3.*                     all controls of a service
all                          all controls; the options below narrow it
severity:HIGH,CRITICAL       and any of these options, values separated by commas
account:123456789012         IDs, or names: account:prod
region:ap-northeast-1
status:new
resource:arn:aws:s3:::logs-* an ARN, an ID or a name; an asterisk at the end makes it a beginning
tag:Team=platform            of the resource; a further value of the same key follows a comma
standard:fsbp                or cis, nist, pci …, with a version or without: cis-1.4
owner:platform               an owner by tag or routing file, or nobody
since:7d                     began to fail within 7 days; 2w is two weeks
account:"Data Platform"      quotes keep spaces together
suppressed [S3.1 …]          suppressed findings, of all products or of some controls
```
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.domain.control import ALL, CONTROL_ID, EACH, SERVICE, SERVICE_NAME, without_covered
from bot.domain.finding import WorkflowStatus
from bot.domain.query import MOST_VALUES, OPEN, Query
from bot.domain.words.values import (
    as_option,
    is_number,
    read_account,
    read_account_name,
    read_days,
    read_owner,
    read_region,
    read_resource,
    read_severity,
    read_standard,
    read_status,
    read_tag,
    shown,
)
from bot.errors import CommandError

T = TypeVar("T")

SUPPRESSED_WORDS = frozenset({"suppressed", "抑制", "抑制中"})

ROUTING_WORDS = frozenset({"routing", "ルーティング", "ルーティングファイル"})
"""Words for the routing file. A resource of such a name is found by its ARN."""

ALL_WORDS = frozenset({ALL, "すべて", "全て", "全部"})

MOST_CHARACTERS = 8_000
"""Of a typed text, and of each text in a job's document. The IDs of all controls take 5,000."""

OPTIONS = ("severity", "account", "region", "status", "resource", "tag", "standard", "owner", "since")

OTHER_WORDS = {
    "重要度": "severity",
    "アカウント": "account",
    "リージョン": "region",
    "ステータス": "status",
    "状態": "status",
    "リソース": "resource",
    "タグ": "tag",
    "期間": "since",
    "標準": "standard",
    "スタンダード": "standard",
    "担当": "owner",
    "担当者": "owner",
    "オーナー": "owner",
}
"""Japanese words for options."""

NAMES = ("account", "owner")
"""Options whose values may have spaces: in a field of their own, only commas separate these."""

_QUOTED = re.compile(r'(?<=[:=,])"([^"]*)"')
_SPACE = "\ue000"
"""A space between quotes, while a text is split: a character of nobody's."""
_CURLY = dict.fromkeys(map(ord, "“”"), '"')

_QUOTES = dict.fromkeys(map(ord, "\"'`“”‘’「」"))
_LIST_MARKS = str.maketrans({"、": ",", ";": ",", "；": ","})
_DECORATION = "[](){}<>【】〔〕『』《》〈〉*_~.。!?…"
"""Characters around a value: AWS's documents write `[S3.8]`, sentences end in a full stop."""


def words(text: str) -> list[str]:
    """
    Split a typed text into words.

    Full-width characters become ASCII (`Ｓ３．１` is `S3.1`); quotes and invisible characters are removed.
    Spaces between the quotes of a value stay.
    """
    quoted = unicodedata.normalize("NFKC", text).translate(_CURLY)
    usual = _QUOTED.sub(lambda found: found[1].replace(" ", _SPACE), quoted)
    usual = usual.translate(_QUOTES).translate(_LIST_MARKS)
    visible = "".join(c for c in usual if unicodedata.category(c) != "Cf")
    split = re.sub(r" ?([:,]) ?", r"\1", " ".join(visible.split())).split()
    return [word.replace(_SPACE, " ") for word in split]


def check_length(text: str, name: str = "") -> None:
    """
    Check the length of a text, also after the normalization of `words`; the error carries `name`.

    Raises:
        CommandError: it has more than MOST_CHARACTERS.
    """
    if max(len(text), len(unicodedata.normalize("NFKC", text))) > MOST_CHARACTERS:
        raise CommandError(text=name, hint="too-long", most=f"{MOST_CHARACTERS:,}")


def bare_services(text: str) -> tuple[str, ...]:
    """Return the services that a text names by one word, such as `S3`, and not by `S3.*`."""
    typed = [part for word in words(text) if ":" not in word for part in word.split(",")]
    parts = [part.strip(_DECORATION) for part in typed if not part.endswith("*")]
    others = ALL_WORDS | SUPPRESSED_WORDS
    return tuple(part for part in parts if SERVICE_NAME.fullmatch(part) and part.lower() not in others)


def parse_query(
    text: str, narrowing: Mapping[str, Iterable[str]] | None = None, *, is_stored: bool = False
) -> Query:
    """
    Read a query from the words of a command, or from a stored list (see make_query).

    Args:
        narrowing: options by name that were given elsewhere, in addition to those of the text.

    Returns:
        A query with at least one control, unless it is for suppressed findings. IDs are as typed, not yet
        resolved against a catalogue.

    Raises:
        CommandError: a word is neither a control ID nor an option, an option has no value, there is no
            control, or the text is too long.
    """
    check_length(text)
    controls: list[str] = []
    options = {name: list(values) for name, values in (narrowing or {}).items() if values}
    typed = words(text)
    if typed and typed[0].lower() in SUPPRESSED_WORDS:
        typed[0] = f"status:{WorkflowStatus.SUPPRESSED}"
    for word in typed:
        option, values = split_option(word)
        if not option and ":" in word:
            option, _, values = word.partition(":")
        if option:
            options.setdefault(option, []).extend(_some(_parts(values, option), option))
        else:
            controls.extend(_parts(word))
    return make_query(controls, options, is_stored=is_stored)


def split_option(word: str) -> tuple[str, str]:
    """Return the option of a word, in English and empty if there is none, and its values; an ARN has one."""
    name, colon, values = word.partition(":")
    if name == "arn":
        return "resource", word
    option = OTHER_WORDS.get(name.lower(), name.lower())
    return (option, values) if colon and option in OPTIONS else ("", word)


def make_query(
    controls: Iterable[str], options: Mapping[str, Iterable[str]], *, is_stored: bool = False
) -> Query:
    """
    Make a query of controls, services, and options by name (OPTIONS).

    A service is a word such as `S3` or `S3.*`; it includes its controls.

    In a stored list a control may be anything, which the catalogue then does not know: nobody is there to
    correct it, and one bad item must not stop the others. A resource, a tag, a standard or an owner without
    a control is of all controls.

    Raises:
        CommandError: an unknown option, a value that an option may not have, too many values, or no control.
    """
    unknown = sorted(set(options) - {*OPTIONS})
    if unknown:
        raise CommandError(text=shown(unknown[0]), hint="option")
    statuses = _each(options.get("status", ()), read_status) or OPEN
    query = Query(
        controls=without_covered(_each(controls, _stored_control if is_stored else _control)),
        severities=_each(options.get("severity", ()), read_severity),
        accounts=account_ids(filter(is_number, options.get("account", ()))),
        account_names=_few(options, "account", read_account_name),
        named_resources=_few(options, "resource", read_resource),
        tags=_few(options, "tag", read_tag),
        standards=_few(options, "standard", read_standard),
        owners=_few(options, "owner", read_owner),
        since_days=min(_each(options.get("since", ()), read_days), default=0),
        regions=_each(options.get("region", ()), read_region),
        statuses=statuses,
        is_of_failed=WorkflowStatus.SUPPRESSED not in statuses,
    )
    if WorkflowStatus.SUPPRESSED in query.statuses and not query.is_of_suppressed:
        raise CommandError(text=WorkflowStatus.SUPPRESSED, hint="status")
    if query.accounts and query.account_names:
        raise CommandError(text=shown(query.account_names[0]), hint="account-mix")
    if query.is_of_suppressed and query.is_of_all:
        query = replace(query, controls=())
    is_of_some = query.named_resources or query.tags or query.standards or query.owners
    if is_of_some and not query.controls and not query.is_of_suppressed:
        query = replace(query, controls=(ALL,))
    if not query.controls and not query.is_of_suppressed:
        raise CommandError(text="", hint="no-control")
    return query


def options_of(query: Query) -> dict[str, tuple[str, ...]]:
    """Return the options of a query by their names, without empty ones."""
    options: dict[str, tuple[str, ...]] = {
        "severity": query.severities,
        "account": query.accounts or query.account_names,
        "region": query.regions,
        "status": () if query.statuses == OPEN or query.is_of_suppressed else query.statuses,
        "resource": query.named_resources,
        "tag": query.tags,
        "standard": query.standards,
        "owner": query.owners,
        "since": (f"{query.since_days}d",) if query.since_days else (),
    }
    return {name: values for name, values in options.items() if values}


def format_query(query: Query) -> str:
    """Write a query as the words that `parse_query` reads as the same query."""
    first = ["suppressed"] if query.is_of_suppressed else []
    words_of = [f"{name}:{','.join(map(quoted, values))}" for name, values in options_of(query).items()]
    return " ".join([*first, *query.controls, *words_of])


def schedule_name(place: str, query: Query | None) -> str:
    """
    Return a name of a schedule, 32 hexadecimal digits: the same for each of its reports.

    Args:
        place: the channel of the reports; of parts, one that names the route too.
        query: the schedule's own. The controls of TARGET_CONTROL_IDS may change, and the name stays.
    """
    text = f"{place}\0{format_query(query) if query else ''}"
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def listed(texts: Iterable[str], name: str) -> list[str]:
    """
    Split texts that people typed into fields of their own: values separated by spaces or commas; names
    (NAMES), which may have spaces, by commas.

    Raises:
        CommandError: one of the texts has no value, or they are too long. An empty narrowing must not become
            none, which would answer with everything. The error carries `name`.
    """
    given = list(texts)
    check_length(" ".join(given), name)
    return [value for text in given for value in _some(_values(text, name), name)]


def account_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Read account IDs, hyphens or not, each once. Raises CommandError: a text is none."""
    return _each(texts, read_account)


def _values(text: str, name: str) -> list[str]:
    option = name.lstrip("-")
    first, *others = words(f"{option}:{text}")
    typed = [first.removeprefix(f"{option}:"), *others]
    if option in NAMES and not all(map(is_number, typed)):
        typed = [" ".join(typed)]
    return [value for word in typed for value in _parts(word, option)]


def _some(values: list[str], name: str) -> list[str]:
    if not values:
        raise CommandError(text=shown(name), hint="empty")
    return values


def _parts(values: str, name: str = "") -> list[str]:
    """Split the values of an option; those of a resource, a tag or an owner keep the marks around them."""
    parts = [value for value in values.split(",") if value.strip()]
    if name in ("resource", "owner"):
        return parts
    if name == "tag":
        key = values.partition("=")[0]
        return [part if "=" in part else f"{key}={part}" for part in parts] if "=" in values else parts
    return [value.strip(_DECORATION) or value for value in parts]


def quoted(value: str) -> str:
    """Return a value as it is typed: in quotes if it has spaces."""
    return f'"{value}"' if " " in value else value


def _each(values: Iterable[str], read: Callable[[str], T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(map(read, values)))


def _control(text: str) -> str:
    """Read a control ID, a word for all controls, or the name of a service as a word for all of its own."""
    if text.lower() in ALL_WORDS:
        return ALL
    if option := as_option(text):
        raise CommandError(text=shown(text), hint="control-option", option=option)
    if SERVICE_NAME.fullmatch(text):
        return f"{text}{EACH}"
    if not CONTROL_ID.fullmatch(text) and not SERVICE.fullmatch(text):
        raise CommandError(text=shown(text), hint="control")
    return text


def _stored_control(text: str) -> str:
    try:
        return _control(text.strip())
    except CommandError:
        if text.strip():
            return text.strip()
        raise


def _few(options: Mapping[str, Iterable[str]], name: str, read: Callable[[str], str]) -> tuple[str, ...]:
    """Read values that one call has to take together, since a finding may have several of them."""
    found = tuple(dict.fromkeys(filter(None, map(read, options.get(name, ())))))
    if len(found) > MOST_VALUES:
        raise CommandError(text=name, hint="too-many", most=str(MOST_VALUES))
    return found
