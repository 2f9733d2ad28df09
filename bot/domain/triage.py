"""Changes of findings: what is wanted of each, what it was and becomes, and what became of it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.action import ActionRequest
from bot.domain.finding import FindingIdentifier, Note, WorkflowStatus

UNDO_TIME = timedelta(hours=24)
"""How long an act can be taken back."""


@dataclass(frozen=True, slots=True)
class FindingState:
    """What BatchUpdateFindings can change of a finding, as far as the bot does."""

    status: WorkflowStatus
    note: Note | None = None
    fields: dict[str, str] = field(default_factory=dict)
    """UserDefinedFields."""


class Values(NamedTuple):
    """What an update sets; None leaves a value as it is."""

    status: WorkflowStatus
    note: Note | None
    fields: dict[str, str] | None


class Location(NamedTuple):
    """Where a finding is."""

    control_id: str
    account_id: str
    region: str
    resource_id: str


class Target(NamedTuple):
    """One finding that somebody wants changed."""

    problem: int
    """The number of its problem in the report, counted from 0."""
    identifier: FindingIdentifier
    place: Location
    expected: WorkflowStatus
    """What the person saw: in any other status it is left alone."""
    order: int
    """Which of the plan's orders; -1 where the plan undoes."""
    restore: tuple[FindingState, FindingState] | None = None
    """
    What the bot found, to be restored where the plan undoes, and what it made of that, which is changed only
    where nobody has touched it since.
    """


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with findings of a report, each of which is a Wanted."""

    orders: tuple[ActionRequest, ...]
    rows: dict[int, int]
    """Number of a problem to the row of the report's message that shows it."""
    row: int | None = None
    """The one row that it is about; None where it is about many."""
    undoes: str | None = None
    """ID of the act that it takes back."""
    is_of_all_new: bool = False
    """Whether it is about every problem of the report that was NEW when it was made."""


class Change(NamedTuple):
    """One finding, before and after."""

    problem: int
    identifier: FindingIdentifier
    place: Location
    before: FindingState
    after: FindingState
    order: int

    @property
    def values(self) -> Values:
        """What has to be set."""
        before, after = self.before, self.after
        return Values(
            after.status,
            after.note if after.note != before.note else None,
            after.fields if after.fields != before.fields else None,
        )


class Skip(StrEnum):
    """Why a finding that was wanted changed is left alone."""

    ALREADY = "already"
    """It is what it should become."""
    CHANGED = "changed"
    """Somebody has changed it since the person saw it."""
    GONE = "gone"
    """It is not there any more, or, among many, does not answer the report's query in any status."""
    LATE = "late"
    """There was no time left for it."""
    BUSY = "busy"
    """Somebody else is changing it at this moment."""
    SHARED = "shared"
    """Another account has a finding of the same Id and ProductArn, by which alone an update names it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody is about to change findings, or has been a moment ago."""

    act_id: str
    """ID of the job."""
    report_id: str
    plan_id: str
    user_id: str
    announced_at: datetime


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What was done about a report at once, and by whom."""

    act_id: str
    user_id: str
    acted_at: datetime
    order: ActionRequest | None
    """None where there were several, or where it undoes."""
    row: int | None
    """The row that it was about; None: many."""
    changed: dict[WorkflowStatus, int]
    """Workflow status to how many problems, in the report's counting, have got it."""
    rows: dict[int, WorkflowStatus]
    """The rows of the message that it changed, and what they have become."""
    skipped: dict[Skip, int]
    """Problems that were left alone."""
    refused_count: int
    """Findings that Security Hub would not update."""
    unrecorded_count: int = 0
    """Problems on which there was no place for who did it and why."""
    kept_note_count: int = 0
    """Problems that keep a note of somebody else's, so that the reason is elsewhere."""
    left_note_count: int = 0
    """Problems that have a note of the bot's and had none before: Security Hub takes no note away."""
    undoes: str | None = None
    noted_count: int = 0
    """Problems that have got another note and have kept their status."""
    partly_count: int = 0
    """Problems that it has changed, of whose findings some were left alone."""
    unmade_count: int = 0
    """Findings that were chosen, and are in the history, and that it has left alone after all."""
    new_change: int = 0
    """By how much the number of the report's NEW problems has changed."""
    new_left: int | None = None
    """Of an act on every problem that was NEW: how many may still be NEW. None: of another act."""

    @property
    def changed_count(self) -> int:
        """How many problems it has given another status."""
        return sum(self.changed.values())

    @property
    def touched_count(self) -> int:
        """How many problems it has changed at all."""
        return self.changed_count + self.noted_count


def still_new(new_count: int, acts: Iterable[ActionResult]) -> int:
    """
    Count a report's problems that are NEW, as far as the report knows.

    Args:
        new_count: how many were NEW when the report was made.
        acts: everything that was done about it since, the oldest first.
    """
    for act in acts:
        new_count = max(0, new_count + act.new_change) if act.new_left is None else act.new_left
    return new_count
