"""Triage of findings: the plan of a change, the change itself and its result, and their lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.action import ActionRequest
from bot.domain.finding import FindingIdentifier, Note, WorkflowStatus
from bot.errors import BotError, UnexpectedResponseError

UNDO_TIME = timedelta(hours=24)
"""How long an action can be undone."""


@dataclass(frozen=True, slots=True)
class FindingState:
    """
    The attributes of a finding that the bot reads before an update and sets by it.

    In an update, a note of None and empty fields leave the finding's own as they are.
    """

    status: WorkflowStatus
    note: Note | None = None
    fields: dict[str, str] = field(default_factory=dict)
    """UserDefinedFields."""


class Location(NamedTuple):
    """The control, account, Region and resource of a finding."""

    control_id: str
    account_id: str
    region: str
    resource_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An action on findings of a report. Its targets are stored beside it, a line each."""

    report_id: str
    plan_id: str
    requests: tuple[ActionRequest, ...]
    rows: dict[int, int]
    """Number of a problem to the row of the report's message that shows it."""
    row: int | None = None
    """The only row that the plan is about; None: it is about many findings."""
    undoes: str | None = None
    """ID of the action that the plan undoes."""
    is_of_all_new: bool = False
    """Whether the plan has every problem that was NEW in the report when the plan was made."""


class Change(NamedTuple):
    """
    One finding before and after an action.

    A target is a change as a plan expects it, and is skipped if its finding is not as it was `before`.
    """

    problem: int
    """The number of its problem in the report, counted from 0."""
    identifier: FindingIdentifier
    place: Location
    before: FindingState
    """
    Of a target: the state that an earlier action set, or the status that the person saw, without fields.
    """
    after: FindingState
    """Of a target: the state to restore, or the requested status."""
    request: int
    """Index into the plan's requests; -1 if the plan is an undo."""

    @property
    def values(self) -> FindingState:
        """The values that an update has to set."""
        before, after = self.before, self.after
        note = after.note if after.note != before.note else None
        return FindingState(after.status, note, after.fields if after.fields != before.fields else {})


class Skip(StrEnum):
    """The reason why a target is not changed."""

    ALREADY = "already"
    """It has the requested status already."""
    CHANGED = "changed"
    """Somebody changed it after the person saw it."""
    GONE = "gone"
    """It no longer exists; or, of a large selection, it no longer matches the report's query."""
    LATE = "late"
    """The job ran out of time."""
    BUSY = "busy"
    """Another action is changing it at this moment."""
    SHARED = "shared"
    """Another account has a finding with the same Id and ProductArn, and an update names nothing else."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One finding that Security Hub did not update."""

    identifier: FindingIdentifier
    code: str
    """UnprocessedFindings[].ErrorCode, the code with which AWS refused the whole call, or the bot's own."""
    reason: str
    """UnprocessedFindings[].ErrorMessage, or the message of the refused call: Security Hub's own words."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of one action on a report. Problems are counted as the report counts them."""

    act_id: str
    user_id: str
    acted_at: datetime
    request: ActionRequest | None
    """None if there were several requests, or if the action is an undo."""
    row: int | None
    """The row of the message that the action was about; None: many findings."""
    changed: dict[WorkflowStatus, int]
    """Workflow status to the number of problems that got it."""
    rows: dict[int, WorkflowStatus]
    """Rows of the message that the action changed, and their new status."""
    skipped: dict[Skip, int]
    """Problems that were not changed, by reason."""
    refused_count: int
    """Findings that Security Hub did not update."""
    unrecorded_count: int = 0
    """Problems whose findings have no room for the bot's own fields."""
    kept_note_count: int = 0
    """Problems that keep a person's note, so that the reason is not on the finding."""
    left_note_count: int = 0
    """Problems that keep a note of the bot's after an undo: Security Hub cannot remove a note."""
    undoes: str | None = None
    noted_count: int = 0
    """Problems that got another note and kept their status."""
    partly_count: int = 0
    """Problems of which some findings were changed and others skipped."""
    unmade_count: int = 0
    """Findings that are in the audit log as about to be changed, and were skipped after all."""
    new_change: int = 0
    """The difference that the action makes to the number of the report's NEW problems."""
    new_left: int | None = None
    """Of an action on every NEW problem: the number that may still be NEW. None: any other action."""

    @property
    def undoable_until(self) -> datetime:
        """The end of the time in which the action can be undone."""
        return self.acted_at + UNDO_TIME

    @property
    def changed_count(self) -> int:
        """Problems that got another status."""
        return sum(self.changed.values())

    @property
    def touched_count(self) -> int:
        """Problems that were changed at all."""
        return self.changed_count + self.noted_count


def still_new(new_count: int, acts: Iterable[ActionResult]) -> int:
    """
    Count the problems of a report that are still NEW, as far as the report knows.

    Args:
        new_count: the number when the report was made.
        acts: all actions on the report since, the oldest first.
    """
    for act in acts:
        new_count = max(0, new_count + act.new_change) if act.new_left is None else act.new_left
    return new_count


def undoable_ids(acts: Iterable[ActionResult]) -> frozenset[str]:
    """
    Return the IDs of the actions on a report that have something left to undo, at any time.

    An undo that Security Hub refused in part, or that skipped a finding for a while, may be repeated.
    """
    ids, undone = set(), set()
    for act in acts:
        is_partial = act.refused_count or act.skipped.keys() & {Skip.BUSY, Skip.LATE}
        if act.touched_count and not act.undoes:
            ids.add(act.act_id)
        elif act.touched_count and not is_partial:
            undone.add(act.undoes)
    return frozenset(ids - undone)


def refused_all(identifiers: Iterable[FindingIdentifier], error: BotError) -> list[Refusal]:
    """Return a refusal of each finding of a call that has failed as a whole, with the reason."""
    code, reason = error.code, ", ".join(error.values.values())
    if isinstance(error, UnexpectedResponseError):
        code, _, reason = error.values["reason"].partition(" ")
    return [Refusal(identifier, code, reason) for identifier in identifiers]


def state_text(state: FindingState) -> str:
    """Write a state as the JSON that `parse_state` reads."""
    return json.dumps((state.status, state.note, state.fields))


def parse_state(text: str) -> FindingState:
    """Read a state."""
    status, note, fields = json.loads(text)
    return FindingState(WorkflowStatus(status), Note(*note) if note else None, fields)


def change_line(change: Change) -> str:
    """Write a change as the line that `parse_change` reads."""
    states = state_text(change.before), state_text(change.after)
    return json.dumps((change.problem, change.identifier, change.place, *states, change.request))


def parse_change(line: str | bytes) -> Change:
    """Read a change."""
    problem, identifier, place, before, after, request = json.loads(line)
    states = parse_state(before), parse_state(after)
    return Change(problem, FindingIdentifier(*identifier), Location(*place), *states, request)


def refusal_line(refusal: Refusal) -> str:
    """Write a refusal as the line that `parse_refusal` reads."""
    return json.dumps((refusal.identifier.id, refusal.code, refusal.reason, refusal.identifier.product_arn))


def parse_refusal(line: str | bytes) -> Refusal:
    """Read a refusal."""
    id_, code, reason, product_arn = json.loads(line)
    return Refusal(FindingIdentifier(id_, product_arn), code, reason)
