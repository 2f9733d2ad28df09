"""The history: who has changed which finding, when, from which message, what it was and became."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from enum import StrEnum

from bot.domain.naming import is_named, spelled

MOST_ACTS = 500
"""How many acts are looked into: many may concern a control or a shard of resources, and somebody waits."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of one finding, in texts: what was written once must be readable for ever."""

    at: str
    """ISO 8601, UTC."""
    user_id: str
    name: str
    message: str
    """Channel and ts of the message in which it was chosen."""
    report_id: str
    act_id: str
    finding_id: str
    product_arn: str
    control_id: str
    account_id: str
    region: str
    resource_id: str
    before: str
    """Workflow status …"""
    note_before: str
    """… and the note's text."""
    after: str
    note_after: str
    reason: str
    until: str
    """The last day of a suppression, ISO 8601; empty where there is none."""
    undoes: str
    """ID of the act that it takes back, if it does."""

    def line(self) -> str:
        """Write it as the line of JSON that `parse_entry` reads."""
        return json.dumps(astuple(self))

    def is_about(self, what: str) -> bool:
        """Tell whether it is about a control or a resource, named as people do."""
        return self.is_of_control(what) or is_named(self.resource_id, what)

    def is_of_control(self, what: str) -> bool:
        """Tell whether it is about a control."""
        return spelled(what) == spelled(self.control_id)


class ChangeStatus(StrEnum):
    """What became of a change, which is written down before it is made."""

    MADE = "made"
    """Also where the report is no longer kept, and nobody knows."""
    REFUSED = "refused"
    """Security Hub would not."""
    LEFT = "left"
    """Somebody else was faster, or there was no time left."""
    UNFINISHED = "unfinished"
    """The act goes on, or has failed: it may be made or not."""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """What was done with a resource or a control, the newest act first; to be read once."""

    entries: Iterator[AuditEntry]
    is_cut: Callable[[], bool]
    """Tells, once the entries have been read, whether there are older acts that were not looked into."""

    def __iter__(self) -> Iterator[AuditEntry]:
        """Read the entries."""
        return self.entries


def parse_entry(line: str | bytes) -> AuditEntry:
    """Read a line."""
    return AuditEntry(*json.loads(line))


def shard(name: str) -> str:
    """Return the part of the history, of 256, for what has a name (see `bot.domain.naming.names`)."""
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()[:2]
