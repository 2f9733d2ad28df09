"""The audit log: an entry for each finding that an action is about to change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from enum import StrEnum

from bot.domain.control import SERVICE_NAME
from bot.domain.naming import is_named, spelled

MOST_ACTS = 500
"""Actions that a search reads: a control may have many more, and a person waits for the answer."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of one finding. All fields are texts, so that an old entry stays readable for ever."""

    at: str
    """ISO 8601, UTC."""
    user_id: str
    name: str
    message: str
    """Channel and ts of the report's message."""
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
    """The last day of a suppression, ISO 8601; empty if there is none."""
    undoes: str
    """ID of the action that this one undoes; empty: none."""

    def line(self) -> str:
        """Write it as the line of JSON that `parse_entry` reads."""
        return json.dumps(astuple(self))

    def is_about(self, subject: str) -> bool:
        """Return whether it is about a control, a service or a resource, in a person's spelling."""
        is_of_service = bool(service_folder(subject)) and spelled(self.control_id).startswith(
            service_folder(subject)
        )
        return is_of_service or self.is_of_control(subject) or is_named(self.resource_id, subject)

    def is_of_control(self, subject: str) -> bool:
        """Return whether it is about a control."""
        return spelled(subject) == spelled(self.control_id)


class ChangeStatus(StrEnum):
    """The status of a change, whose entry is written before the change is made."""

    MADE = "made"
    """Or unknown, because the report has expired."""
    REFUSED = "refused"
    """Security Hub did not update the finding."""
    LEFT = "left"
    """The finding was skipped: somebody else was faster, or the job ran out of time."""
    UNFINISHED = "unfinished"
    """The action is still running or has failed: the change may have been made."""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The entries of a resource or a control, the newest action first. They can be read once."""

    entries: Iterator[AuditEntry]
    is_cut: Callable[[], bool]
    """Tells, after the entries have been read, whether older actions were not searched."""

    def __iter__(self) -> Iterator[AuditEntry]:
        """Read the entries."""
        return self.entries


def parse_entry(line: str | bytes) -> AuditEntry:
    """Read a line."""
    return AuditEntry(*json.loads(line))


def service_folder(subject: str) -> str:
    """Return the beginning of the spelled IDs of a service's controls; empty for another subject."""
    name = spelled(subject)
    return f"{name}." if SERVICE_NAME.fullmatch(name) else ""


def shard(name: str) -> str:
    """Return the part of the audit log, of 256, for a name (see `bot.domain.naming.names`)."""
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()[:2]
