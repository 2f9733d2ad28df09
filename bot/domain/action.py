"""Actions on findings: the action, its reason, and the selection of a report's problems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.naming import plain
from bot.domain.row import ReportRow

MOST_REASON = 400
"""Characters of a reason: with the person and the date it fits into a note's 512."""


class Action(StrEnum):
    """An action; each sets a workflow status."""

    NOTIFY = "notify"
    SUPPRESS = "suppress"
    RESOLVE = "resolve"
    REOPEN = "reopen"

    @property
    def status(self) -> WorkflowStatus:
        """The workflow status that the finding gets."""
        return _STATUSES[self]

    @property
    def wants_reason(self) -> bool:
        """Whether a reason is required: nobody sees a suppressed finding again."""
        return self is Action.SUPPRESS


_STATUSES = {
    Action.NOTIFY: WorkflowStatus.NOTIFIED,
    Action.SUPPRESS: WorkflowStatus.SUPPRESSED,
    Action.RESOLVE: WorkflowStatus.RESOLVED,
    Action.REOPEN: WorkflowStatus.NEW,
}


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """An action and its reason."""

    action: Action
    reason: str = ""
    """The person's own words: one line of at most MOST_REASON characters, or the same as `note`."""
    expires_on: date | None = None
    """The last day on which a suppression holds; None: until somebody reopens it."""
    note: str | None = None
    """The whole note, as a person wrote it; None: the note that the bot writes for an action."""
    over: str = ""
    """The note this edit replaces. If the finding now has a different note, keep that one."""
    leaves_note: bool = False
    """Whether to keep a note of the bot, because the person saw it and did not change it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Problems of a report: one row, or all that match each condition.

    An empty condition matches everything; an empty selection is the whole report.
    """

    row: int | None = None
    """Which of the report's top findings, counted from 0."""
    statuses: tuple[WorkflowStatus, ...] = ()
    """Only problems shown with one of these; for a row, the status that the person saw."""
    controls: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    resource: str = ""
    """A part of the resource's ID; case, width, spaces and quotes do not matter."""
    owners: tuple[str, ...] = ()
    """Names of owners, in any spelling; a row of one of them matches."""
    is_own: bool = False
    """Whether only the requester's own rows count (bot/domain/owners/own.py)."""
    as_of: str | None = None
    """ID of the last act that the report's message showed, "" if it showed none; None: the present state."""
    shown_count: int | None = None
    """How many problems the message offered to change; None: it named no number."""

    @property
    def is_of_all_new(self) -> bool:
        """Whether these are all NEW problems of the report."""
        return replace(self, as_of=None, shown_count=None) == ALL_NEW

    def covers(self, seen: ReportRow) -> bool:
        """Return whether a problem matches all conditions except the row and the status, which change."""
        return (
            (not self.controls or seen.control_id in self.controls)
            and (not self.accounts or seen.account_id in self.accounts)
            and (not self.severities or seen.severity in self.severities)
            and (not self.owners or any(map(seen.owner.has, self.owners)))
            and (not self.resource or (plain(self.resource) or self.resource) in plain(seen.resource_id))
        )


ALL_NEW = Selection(statuses=(WorkflowStatus.NEW,))
"""Every problem of a report that is NEW."""
