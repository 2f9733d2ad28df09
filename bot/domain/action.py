"""What a person can have done with findings: the action, its reason, and which findings of a report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.naming import plain
from bot.domain.row import ReportRow

MOST_REASON = 400
"""Characters of a reason: with who and until when it stays within a note's 512."""


class Action(StrEnum):
    """What is done with a finding: each gives it a workflow status."""

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
        """Whether it must not be done without saying why: nobody sees a suppressed finding again."""
        return self is Action.SUPPRESS


_STATUSES = {
    Action.NOTIFY: WorkflowStatus.NOTIFIED,
    Action.SUPPRESS: WorkflowStatus.SUPPRESSED,
    Action.RESOLVE: WorkflowStatus.RESOLVED,
    Action.REOPEN: WorkflowStatus.NEW,
}


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """An action, and why."""

    action: Action
    reason: str = ""
    """The person's own words: one line of at most MOST_REASON characters, or the same as `note`."""
    expires_on: date | None = None
    """The last day on which a suppression holds; None: until somebody reopens it."""
    note: str | None = None
    """The whole note, as a person wrote it; None: what the bot writes of an action."""
    over: str = ""
    """The note that the person saw and wrote that one for: another one that is there now is kept."""
    leaves_note: bool = False
    """Whether a note of the bot's stays too, because the person has seen it and has not changed it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Which problems of a report: one row, or all that fit each condition that is given.

    Empty conditions fit everything, so that an empty selection is the whole report.
    """

    row: int | None = None
    """Which of the report's top findings, counted from 0."""
    statuses: tuple[WorkflowStatus, ...] = ()
    """Only what is shown in one of these; of a row, the one that the person saw there."""
    controls: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    resource: str = ""
    """A part of the resource's ID, read without regard to case, width, spaces and quotes."""
    as_of: str | None = None
    """ID of the last act that the report's message showed, "" if it showed none; None: the present state."""
    shown_count: int | None = None
    """How many problems the message offered to change; None: it named no number."""

    @property
    def is_of_all_new(self) -> bool:
        """Tell whether these are all problems of the report that are NEW."""
        return replace(self, as_of=None, shown_count=None) == ALL_NEW

    def covers(self, seen: ReportRow) -> bool:
        """Tell whether a problem fits the conditions that never change: not the row, nor the status."""
        return (
            (not self.controls or seen.control_id in self.controls)
            and (not self.accounts or seen.account_id in self.accounts)
            and (not self.severities or seen.severity in self.severities)
            and (not self.resource or (plain(self.resource) or self.resource) in plain(seen.resource_id))
        )


ALL_NEW = Selection(statuses=(WorkflowStatus.NEW,))
"""Every problem of a report that is NEW."""
