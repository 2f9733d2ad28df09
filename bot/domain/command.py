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
since:7d                     began to fail within 7 days; 2w is two weeks
account:"Data Platform"      quotes keep spaces together
suppressed [S3.1 …]          suppressed findings, of all products or of some controls
```
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from bot.domain.control import ALL, CONTROL_ID, EACH, SERVICE, without_covered
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.query import MOST_VALUES, OPEN, Query
from bot.errors import CommandError

T = TypeVar("T")

_SERVICE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,29}")

SUPPRESSED_WORDS = frozenset({"suppressed", "抑制", "抑制中"})

ALL_WORDS = frozenset({ALL, "すべて", "全て", "全部"})

MOST_CHARACTERS = 8_000
"""Of a typed text, and of each text in a job's document. The IDs of all controls take 5,000."""

ACCOUNT_ID = re.compile(r"[0-9]{12}")
"""An AWS account ID is twelve digits."""

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
"""The form of every Region in botocore's endpoints.json, `us-gov-west-1` and `eusc-de-east-1` included."""

OPTIONS = ("severity", "account", "region", "status", "resource", "tag", "standard", "since")

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
}
"""Japanese words for options."""

MOST_DAYS = 365
"""Of `since`: a finding that Security Hub keeps is seldom older."""

LEAST_BEGINNING = 3
"""Characters of a resource before its asterisk: fewer would mean nearly every resource."""

MOST_NAME = 256
"""Characters of a name, or of a tag's value: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html."""

MOST_RESOURCE = 512
"""Characters of Resources.Id: https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html."""

_STANDARD = re.compile(r"[A-Za-z][A-Za-z0-9 ._:/-]*")
_SINCE = re.compile(r"(?P<count>[0-9]{1,3})(?P<unit>d|days?|日|日間|w|weeks?|週|週間)")
_ALL_ARNS = re.compile(r"arn:[^:]*:?|AWS::?")
"""The beginnings of the ARNs of all services, and of all other IDs."""
_QUOTED = re.compile(r'(?<=[:=,])"([^"]*)"')
_SPACE = "\ue000"
"""A space between quotes, while a text is split: a character of nobody's."""
_CURLY = dict.fromkeys(map(ord, "“”"), '"')

MOST_SHOWN = 60
"""Characters of a wrong word that an error repeats."""

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
        name, colon, values = word.partition(":")
        if name == "arn":
            name, values = "resource", word
        if colon:
            option = OTHER_WORDS.get(name.lower(), name.lower())
            options.setdefault(option, []).extend(_some(_parts(values, option), option))
        else:
            controls.extend(_parts(word))
    return make_query(controls, options, is_stored=is_stored)


def make_query(
    controls: Iterable[str], options: Mapping[str, Iterable[str]], *, is_stored: bool = False
) -> Query:
    """
    Make a query of controls, services, and options by name (OPTIONS).

    A service is a word such as `S3` or `S3.*`; it includes its controls.

    In a stored list a control may be anything, which the catalogue then does not know: nobody is there to
    correct it, and one bad item must not stop the others. A resource, a tag or a standard without a
    control is of all controls.

    Raises:
        CommandError: an unknown option, a value that an option may not have, too many values, or no control.
    """
    unknown = sorted(set(options) - {*OPTIONS})
    if unknown:
        raise CommandError(text=_shown(unknown[0]), hint="option")
    statuses = _each(options.get("status", ()), _status) or OPEN
    query = Query(
        controls=without_covered(_each(controls, _stored_control if is_stored else _control)),
        severities=_each(options.get("severity", ()), _severity),
        accounts=account_ids(filter(_is_number, options.get("account", ()))),
        account_names=_few(options, "account", _account_name),
        named_resources=_few(options, "resource", _resource),
        tags=_few(options, "tag", _tag),
        standards=_few(options, "standard", _standard),
        since_days=min(_each(options.get("since", ()), _days), default=0),
        regions=_each(options.get("region", ()), _region),
        statuses=statuses,
        is_of_failed=WorkflowStatus.SUPPRESSED not in statuses,
    )
    if WorkflowStatus.SUPPRESSED in query.statuses and not query.is_of_suppressed:
        raise CommandError(text=WorkflowStatus.SUPPRESSED, hint="status")
    if query.accounts and query.account_names:
        raise CommandError(text=_shown(query.account_names[0]), hint="account-mix")
    if query.is_of_suppressed and query.is_of_all:
        query = replace(query, controls=())
    is_of_some = query.named_resources or query.tags or query.standards
    if is_of_some and not query.controls and not query.is_of_suppressed:
        query = replace(query, controls=(ALL,))
    if not query.controls and not query.is_of_suppressed:
        raise CommandError(text="", hint="no-control")
    return query


def format_query(query: Query) -> str:
    """Write a query as the words that `parse_query` reads as the same query."""
    options = {
        "severity": query.severities,
        "account": query.accounts or query.account_names,
        "region": query.regions,
        "status": () if query.statuses == OPEN or query.is_of_suppressed else query.statuses,
        "resource": query.named_resources,
        "tag": query.tags,
        "standard": query.standards,
        "since": (f"{query.since_days}d",) if query.since_days else (),
    }
    first = ["suppressed"] if query.is_of_suppressed else []
    words_of = [f"{name}:{','.join(map(_quoted, values))}" for name, values in options.items() if values]
    return " ".join([*first, *query.controls, *words_of])


def listed(texts: Iterable[str], name: str) -> list[str]:
    """
    Split texts that people typed into fields of their own: values separated by spaces or commas.

    Raises:
        CommandError: one of the texts has no value, or they are too long. An empty narrowing must not become
            none, which would answer with everything. The error carries `name`.
    """
    given = list(texts)
    check_length(" ".join(given), name)
    return [value for text in given for value in _some(_values(text, name), name)]


def account_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Read account IDs, hyphens or not, each once. Raises CommandError: a text is none."""
    return _each(texts, _account)


def _values(text: str, name: str) -> list[str]:
    return [value for word in words(text) for value in _parts(word, name)]


def _some(values: list[str], name: str) -> list[str]:
    if not values:
        raise CommandError(text=_shown(name), hint="empty")
    return values


def _parts(values: str, name: str = "") -> list[str]:
    """Split the values of an option; those of a resource or a tag keep the marks around them."""
    parts = [value for value in values.split(",") if value.strip()]
    if name == "resource":
        return parts
    if name == "tag":
        key = values.partition("=")[0]
        return [part if "=" in part else f"{key}={part}" for part in parts] if "=" in values else parts
    return [value.strip(_DECORATION) or value for value in parts]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _is_number(text: str) -> bool:
    return not any(c.isalpha() for c in text)


def _shown(text: str) -> str:
    """Shorten a wrong word for an error."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _each(values: Iterable[str], read: Callable[[str], T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(map(read, values)))


def _control(text: str) -> str:
    """Read a control ID, a word for all controls, or the name of a service as a word for all of its own."""
    if text.lower() in ALL_WORDS:
        return ALL
    if _SERVICE_NAME.fullmatch(text):
        return f"{text}{EACH}"
    if not CONTROL_ID.fullmatch(text) and not SERVICE.fullmatch(text):
        raise CommandError(text=_shown(text), hint="control")
    return text


def _stored_control(text: str) -> str:
    try:
        return _control(text.strip())
    except CommandError:
        if text.strip():
            return text.strip()
        raise


def _severity(text: str) -> Severity:
    if text.upper() not in Severity.__members__:
        raise CommandError(text=_shown(text), hint="severity")
    return Severity[text.upper()]


def _account(text: str) -> str:
    digits = text.replace("-", "")
    if not ACCOUNT_ID.fullmatch(digits):
        raise CommandError(text=_shown(text), hint="account")
    return digits


def _few(options: Mapping[str, Iterable[str]], name: str, read: Callable[[str], str]) -> tuple[str, ...]:
    """Read values that one call has to take together, since a finding may have several of them."""
    found = tuple(dict.fromkeys(filter(None, map(read, options.get(name, ())))))
    if len(found) > MOST_VALUES:
        raise CommandError(text=name, hint="too-many", most=str(MOST_VALUES))
    return found


def _account_name(text: str) -> str:
    """Return the name of an account; an ID, which `account_ids` reads, is none."""
    if len(text) > MOST_NAME:
        raise CommandError(text=_shown(text), hint="account")
    return "" if _is_number(text) else text


def _resource(text: str) -> str:
    begin = text.removesuffix("*")
    is_short = bool(_ALL_ARNS.fullmatch(begin)) or (begin != text and len(begin) < LEAST_BEGINNING)
    has_names = any(c.isalnum() for c in begin)
    if is_short or not has_names or "*" in begin or "?" in begin or len(text) > MOST_RESOURCE:
        raise CommandError(text=_shown(text), hint="resource")
    return text


def _tag(text: str) -> str:
    key, _, value = text.partition("=")
    if not key.strip() or not value.strip() or max(len(key), len(value)) > MOST_NAME:
        raise CommandError(text=_shown(text), hint="tag")
    return text


def _standard(text: str) -> str:
    if not _STANDARD.fullmatch(text) or len(text) > MOST_NAME:
        raise CommandError(text=_shown(text), hint="standard")
    return text.lower()


def _days(text: str) -> int:
    found = _SINCE.fullmatch(text.lower())
    days = int(found["count"]) * (7 if found["unit"][0] in "w週" else 1) if found else 0
    if not 1 <= days <= MOST_DAYS:
        raise CommandError(text=_shown(text), hint="since")
    return days


def _region(text: str) -> str:
    if not REGION.fullmatch(text.lower()):
        raise CommandError(text=_shown(text), hint="region")
    return text.lower()


def _status(text: str) -> WorkflowStatus:
    if text.upper() not in (*OPEN, WorkflowStatus.SUPPRESSED):
        raise CommandError(text=_shown(text), hint="status")
    return WorkflowStatus[text.upper()]
