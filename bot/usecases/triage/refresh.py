"""
Choose what of a plan is changed: see what each finding is now, and decide.

Security Hub has no conditional update and applies updates with minutes of delay
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html). So what it shows is
not yet what is: what the bot has changed within LAG, from any report and for anybody, counts as changed. What
somebody has announced and not finished may be changed or not, and is left alone for that long.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.action import ActionRequest
from bot.domain.finding import WorkflowStatus
from bot.domain.query import MOST_VALUES, Query, chosen
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.triage import Change, Claim, Plan, Target
from bot.errors import ReportGoneError
from bot.ports import Changes, Findings, Parts, Ports
from bot.usecases.scanning.checkpoint import Checkpoints
from bot.usecases.scanning.scan import read_all
from bot.usecases.steps import NO_DEADLINE, Deadline, UnfinishedError
from bot.usecases.triage.targets import TargetTable

LAG = timedelta(minutes=15)
"""How long the bot's own changes may not show: the documentation says "several minutes"."""

PAGE_SIZE = 100
"""Findings that a call gives at most where it does not ask for Ids, of which it takes MOST_VALUES."""

FEW = 10 * MOST_VALUES
"""Of what the report's own query does not give, what is looked for by its Ids, at ten calls."""

SOME = 500 * MOST_VALUES
"""What is looked for by its Ids where nobody knows how much the query would give: in some three minutes."""


def refresh_targets(
    work: TargetTable,
    summary: Summary,
    findings: Findings,
    time: Deadline = NO_DEADLINE,
    parts: Parts | None = None,
    *,
    is_undo: bool = False,
) -> None:
    """
    Note what each finding is now, and which share their identity with one of another account.

    Where the report's own query takes fewer calls than the Ids, what it does not give any more, such as what
    has passed, is not looked for one by one if that is much. Where a suppression ends all is, and must not
    stay suppressed for that; so too, for as long as it is not very much, where it is taken back.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on with the parts.
        BotError: something could not be read.
    """
    count = len(work)
    if not count:
        return
    look = _Look(findings, time, parts)
    by_query = _is_cheaper_by_query(count, summary, work)
    if by_query:
        look(_narrowed(summary.query, work), work.see)
    most = (SOME if is_undo else FEW) if by_query else count
    left = work.unseen(most + 1)
    if left and len(left) <= most:
        is_chosen = summary.query.is_chosen or summary.report_kind is not None or is_undo
        query = replace(chosen(sorted(left)), is_chosen=is_chosen, is_of_failed=summary.query.is_of_failed)
        look(query, work.see)
    if sharable := work.sharable():
        look(chosen(sharable), work.share)


def _is_cheaper_by_query(count: int, summary: Summary, work: TargetTable) -> bool:
    """
    Tell whether the report's own query takes fewer calls than so many Ids.

    It is asked in whatever status. So a report of what is suppressed says nothing about how much it gives:
    that may be all that a large organization has of a control. If a finding is of no control, no query by
    controls gives it, and one without them gives all that there is of any product.
    """
    if summary.report_kind:
        return False
    if WorkflowStatus.NEW not in summary.query.statuses:
        return count > SOME and all(work.controls())
    return count > MOST_VALUES and count * PAGE_SIZE > summary.finding_count * MOST_VALUES


def _narrowed(query: Query, work: TargetTable) -> Query:
    """
    Ask for the controls that matter, in whatever status: the one that a person saw, Security Hub may not show
    yet, or, where this is a second attempt, no more.
    """
    wanted = work.controls()
    controls = tuple(control for control in query.controls or wanted if control in wanted)
    is_of_controls = not query.findings and all(controls)
    return replace(query, controls=controls if is_of_controls else query.controls, statuses=())


@dataclass
class _Look:
    """Reads the answers to queries, one after the other."""

    findings: Findings
    time: Deadline
    parts: Parts | None
    done_count: int = 0
    """Findings that earlier queries have given: who goes on later must be further each time."""

    def __call__(self, query: Query, note: Callable[[Iterable[ReportRow]], None]) -> None:
        """Read an answer, and note it. Raises the same as `refresh_targets`."""
        with tempfile.TemporaryDirectory() as folder:
            is_long = len(query.findings) > FEW
            checkpoints = Checkpoints(
                Path(folder), self.parts, resumable=self.time.resumable, keeps_all=is_long
            )
            try:
                found, errors = read_all(query, self.findings, checkpoints, self.time.left)
            except UnfinishedError as error:
                raise UnfinishedError(self.done_count + error.kept_count) from None
            for _, upstream_error in errors:
                raise upstream_error
            for part_query, result in found:
                self.done_count += result.finding_count
                note(row.seen() for row in checkpoints.rows(part_query, result))


def detect_conflicts(work: TargetTable, plan: Plan, act_id: str, ports: Ports, since: datetime) -> None:
    """
    Count as done what others have done, and leave alone what they have not finished, or never will.

    Whoever announces an act looks at all others' afterwards, so of two at the same moment at least one sees
    the other. If both do, both leave alone what the other wants changed into something else.

    Args:
        since: when it began to be read what the findings are.
    """
    intents = {intent.act_id: intent for intent in ports.changes.intents(since - LAG)}
    intents.pop(act_id, None)
    done = _done({intent.report_id for intent in intents.values()}, ports.changes)
    for other in sorted((other for other in intents if other in done), key=lambda other: done[other]):
        _overlay(work, intents[other], ports.changes)
    orders = set(plan.orders)
    for other in intents.keys() - done.keys():
        _hold(work, orders, intents[other], ports.changes)


def _done(report_ids: Iterable[str], changes: Changes) -> dict[str, datetime]:
    """Say which acts are done, and since when."""
    return {act.act_id: act.acted_at for report_id in report_ids for act in changes.acts(report_id)}


def _overlay(work: TargetTable, intent: Claim, changes: Changes) -> None:
    refused = {refusal.identifier for refusal in changes.refusals(intent.report_id, intent.act_id)}
    with suppress(ReportGoneError):
        made = changes.changes(intent.report_id, intent.act_id)
        work.overlay(change for change in made if change.identifier not in refused)


def _hold(work: TargetTable, orders: set[ActionRequest], intent: Claim, changes: Changes) -> None:
    """Leave alone what another act is changing, or, before that is settled, what it may."""
    with suppress(ReportGoneError):
        theirs = changes.plan(intent.report_id, intent.plan_id).orders
        others = _at_work(intent, changes)
        work.hold(other.identifier for other in others if not _agree(orders, theirs, other))


def _at_work(intent: Claim, changes: Changes) -> Iterator[Change | Target]:
    try:
        yield from changes.changes(intent.report_id, intent.act_id)
    except ReportGoneError:
        yield from changes.targets(intent.report_id, intent.plan_id)


def _agree(orders: set[ActionRequest], theirs: Sequence[ActionRequest], other: Change | Target) -> bool:
    """Tell whether another act gives a finding the same as this one: status, reason, last day and note."""
    return other.order >= 0 and orders == {theirs[other.order]}
