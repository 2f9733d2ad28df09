"""
The words of a query: of `/sechub-scan`, the command line and TARGET_CONTROL_IDS.

```text
S3.1 IAM.1                   controls, separated by spaces or commas
S3, S3.*                     all controls of a service
all                          all controls; the options below narrow it
severity:HIGH,CRITICAL       and any of these options, values separated by commas
account:123456789012
region:ap-northeast-1
status:new
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
from bot.domain.query import OPEN, Query
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
    """
    usual = unicodedata.normalize("NFKC", text).translate(_QUOTES).translate(_LIST_MARKS)
    visible = "".join(c for c in usual if unicodedata.category(c) != "Cf")
    return re.sub(r" ?([:,]) ?", r"\1", " ".join(visible.split())).split()


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
        if colon:
            options.setdefault(name.lower(), []).extend(_some(_parts(values), name.lower()))
        else:
            controls.extend(_parts(word))
    return make_query(controls, options, is_stored=is_stored)


def make_query(
    controls: Iterable[str], options: Mapping[str, Iterable[str]], *, is_stored: bool = False
) -> Query:
    """
    Make a query of controls, services, and options by name: severity, account, region, status.

    A service is a word such as `S3` or `S3.*`; it includes its controls.

    In a stored list a control may be anything, which the catalogue then does not know: nobody is there to
    correct it, and one bad item must not stop the others.

    Raises:
        CommandError: an unknown option, a value that an option may not have, or no control.
    """
    unknown = sorted(set(options) - {"severity", "account", "region", "status"})
    if unknown:
        raise CommandError(text=_shown(unknown[0]), hint="option")
    statuses = _each(options.get("status", ()), _status) or OPEN
    query = Query(
        controls=without_covered(_each(controls, _stored_control if is_stored else _control)),
        severities=_each(options.get("severity", ()), _severity),
        accounts=account_ids(options.get("account", ())),
        regions=_each(options.get("region", ()), _region),
        statuses=statuses,
        is_of_failed=WorkflowStatus.SUPPRESSED not in statuses,
    )
    if WorkflowStatus.SUPPRESSED in query.statuses and not query.is_of_suppressed:
        raise CommandError(text=WorkflowStatus.SUPPRESSED, hint="status")
    if query.is_of_suppressed and query.is_of_all:
        query = replace(query, controls=())
    if not query.controls and not query.is_of_suppressed:
        raise CommandError(text="", hint="no-control")
    return query


def format_query(query: Query) -> str:
    """Write a query as the words that `parse_query` reads as the same query."""
    options = {
        "severity": query.severities,
        "account": query.accounts,
        "region": query.regions,
        "status": () if query.statuses == OPEN or query.is_of_suppressed else query.statuses,
    }
    first = ["suppressed"] if query.is_of_suppressed else []
    words_of = [f"{name}:{','.join(values)}" for name, values in options.items() if values]
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
    return [value for text in given for value in _some(_values(text), name)]


def account_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Read account IDs, hyphens or not, each once. Raises CommandError: a text is none."""
    return _each(texts, _account)


def _values(text: str) -> list[str]:
    return [value for word in words(text) for value in _parts(word)]


def _some(values: list[str], name: str) -> list[str]:
    if not values:
        raise CommandError(text=_shown(name), hint="empty")
    return values


def _parts(values: str) -> list[str]:
    return [value.strip(_DECORATION) or value for value in values.split(",") if value]


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


def _region(text: str) -> str:
    if not REGION.fullmatch(text.lower()):
        raise CommandError(text=_shown(text), hint="region")
    return text.lower()


def _status(text: str) -> WorkflowStatus:
    if text.upper() not in (*OPEN, WorkflowStatus.SUPPRESSED):
        raise CommandError(text=_shown(text), hint="status")
    return WorkflowStatus[text.upper()]
