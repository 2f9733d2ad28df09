"""The values of the options of a query: each reader returns a value, or raises CommandError with a hint."""

from __future__ import annotations

import re

from bot.domain.control import STANDARD_NAMES
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.owners.owner import clean
from bot.domain.query import NOBODY, OPEN
from bot.errors import CommandError

ACCOUNT_ID = re.compile(r"[0-9]{12}")
"""An AWS account ID is twelve digits."""

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
"""The form of every Region in botocore's endpoints.json, `us-gov-west-1` and `eusc-de-east-1` included."""

NOBODY_WORDS = frozenset({NOBODY, "なし"})

OWN_WORDS = frozenset({"me", "自分"})

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

MOST_SHOWN = 60
"""Characters of a wrong word that an error repeats."""


def is_number(text: str) -> bool:
    """Return whether a text has no letter, as an account ID has none."""
    return not any(c.isalpha() for c in text)


def as_option(text: str) -> str:
    """Return the option that a word, which is surely no service, needs before it; empty for other words."""
    upper = text.upper()
    if upper in Severity.__members__:
        return f"severity:{upper}"
    if upper in (*OPEN, WorkflowStatus.SUPPRESSED):
        return f"status:{upper.lower()}"
    if text.lower() in STANDARD_NAMES:
        return f"standard:{text.lower()}"
    if REGION.fullmatch(text.lower()):
        return f"region:{text.lower()}"
    return f"account:{text}" if ACCOUNT_ID.fullmatch(text) else ""


def shown(text: str) -> str:
    """Shorten a wrong word for an error."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def read_severity(text: str) -> Severity:
    """Read a severity in any case."""
    if text.upper() not in Severity.__members__:
        raise CommandError(text=shown(text), hint="severity")
    return Severity[text.upper()]


def read_account(text: str) -> str:
    """Read an account ID, with hyphens or without."""
    digits = text.replace("-", "")
    if not ACCOUNT_ID.fullmatch(digits):
        raise CommandError(text=shown(text), hint="account")
    return digits


def read_account_name(text: str) -> str:
    """Return the name of an account; an ID, which `account_ids` reads, is none."""
    if len(text) > MOST_NAME:
        raise CommandError(text=shown(text), hint="account")
    return "" if is_number(text) else text


def read_resource(text: str) -> str:
    """Read a pattern of a resource (`bot.domain.naming.matches`), unless it means nearly every one."""
    begin = text.removesuffix("*")
    is_short = bool(_ALL_ARNS.fullmatch(begin)) or (begin != text and len(begin) < LEAST_BEGINNING)
    has_names = any(c.isalnum() for c in begin)
    if is_short or not has_names or "*" in begin or "?" in begin or len(text) > MOST_RESOURCE:
        raise CommandError(text=shown(text), hint="resource")
    return text


def read_tag(text: str) -> str:
    """Read a tag, `Key=Value`; both parts have characters."""
    key, _, value = text.partition("=")
    if not key.strip() or not value.strip() or max(len(key), len(value)) > MOST_NAME:
        raise CommandError(text=shown(text), hint="tag")
    return text


def read_standard(text: str) -> str:
    """Read a name of a standard; Security Hub knows whether it exists."""
    if not _STANDARD.fullmatch(text) or len(text) > MOST_NAME:
        raise CommandError(text=shown(text), hint="standard")
    return text.lower()


def read_owner(text: str) -> str:
    """Read the name of an owner, clean and without the @ of Slack, or NOBODY."""
    name = clean(text).removeprefix("@")
    if name.casefold() in OWN_WORDS:
        raise CommandError(text=name, hint="owner-me")
    if len(text) > MOST_NAME or not any(map(str.isalnum, name)):
        raise CommandError(text=shown(text), hint="owner")
    return NOBODY if name.casefold() in NOBODY_WORDS else name


def read_days(text: str) -> int:
    """Read a period, in days or weeks, as a number of days up to MOST_DAYS."""
    found = _SINCE.fullmatch(text.lower())
    days = int(found["count"]) * (7 if found["unit"][0] in "w週" else 1) if found else 0
    if not 1 <= days <= MOST_DAYS:
        raise CommandError(text=shown(text), hint="since")
    return days


def read_region(text: str) -> str:
    """Read a Region in any case."""
    if not REGION.fullmatch(text.lower()):
        raise CommandError(text=shown(text), hint="region")
    return text.lower()


def read_status(text: str) -> WorkflowStatus:
    """Read a workflow status that can be scanned."""
    if text.upper() not in (*OPEN, WorkflowStatus.SUPPRESSED):
        raise CommandError(text=shown(text), hint="status")
    return WorkflowStatus[text.upper()]
