"""
Read the present states of targets, and detect conflicts with other actions.

Security Hub has no conditional update and shows updates with minutes of delay
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html). Therefore the bot's
own changes of the last minutes, made through any report, count as shown; and the targets of an action that
has announced itself and not finished are skipped for the same time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.control import covers
from bot.domain.finding import WorkflowStatus
from bot.domain.job import ActionJob, Job, Progress
from bot.domain.naming import is_whole
from bot.domain.query import MOST_VALUES, Query, chosen
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.triage import Change, Plan
from bot.errors import ReportGoneError
from bot.ports import CheckpointStore
from bot.triage_ports import Actions
from bot.usecases.context import JobContext
from bot.usecases.scanning.checkpoint import Checkpoints
from bot.usecases.scanning.scan import read_all
from bot.usecases.steps import UnfinishedError
from bot.usecases.triage.plan import made_changes
from bot.usecases.triage.targets import TargetTable

LAG = timedelta(minutes=15)
"""Security Hub may not show the bot's own changes for so long; its documentation says "several minutes"."""

RENEWAL = LAG / 3
"""A claim is renewed after this time: a batch (bot/usecases/triage/update.py) takes less than the rest."""

PAGE_SIZE = 100
"""Findings that a call returns at most if it does not ask for Ids, of which it takes MOST_VALUES."""

FEW = 10 * MOST_VALUES
"""The most targets that are read by Id, in ten calls, if the report's query has not returned them."""

SOME = 500 * MOST_VALUES
"""The most that are read by Id, in about three minutes, if nobody knows how many the query would return."""

_Note = Callable[[Iterable[ReportRow]], None]


def refresh_targets(
    context: JobContext[Job], plan: Plan, table: TargetTable, store: CheckpointStore | None = None
) -> None:
    """
    Note the present states of targets, and skip those that share their identity with another account's.

    Args:
        store: keeps the pages that this delivery has read for another one; None: they are not kept.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on with the checkpoints.
        BotError: something could not be read.
    """
    deadline, done_count = context.deadline, 0
    summary = context.ports.reports.summary(plan.report_id)
    for query, note in queries_for(table, summary, is_undo=plan.undoes is not None):
        with tempfile.TemporaryDirectory() as folder:
            is_long = len(query.findings) > FEW
            checkpoints = Checkpoints(Path(folder), store, resumable=deadline.resumable, keeps_all=is_long)
            try:
                found, errors = read_all(query, context.ports.findings, checkpoints, deadline.left)
            except UnfinishedError as error:
                stage, count = error.progress
                raise UnfinishedError(Progress(stage, done_count + count)) from None
            for _, upstream_error in errors:
                raise upstream_error
            for part_query, result in found:
                done_count += result.finding_count
                note(row.seen() for row in checkpoints.rows(part_query, result))


def queries_for(table: TargetTable, summary: Summary, *, is_undo: bool) -> Iterator[tuple[Query, _Note]]:
    """
    Yield the queries for targets, each after the answer to the one before has been noted.

    If the report's own query takes fewer calls than the Ids, the targets that it no longer returns, such as
    those that have passed, are read by Id only if they are few. If a suppression expires, all are read, so
    that none stays suppressed; for an undo, up to a larger number.
    """
    count = len(table)
    if not count:
        return
    by_query = _is_cheaper_by_query(count, summary, table)
    if by_query:
        yield _narrowed(summary.query, table), table.read
    most = (SOME if is_undo else FEW) if by_query else count
    unread = table.unread(most + 1)
    if unread and len(unread) <= most:
        is_chosen = summary.query.is_chosen or summary.report_kind is not None or is_undo
        query = replace(chosen(sorted(unread)), is_chosen=is_chosen, is_of_failed=summary.query.is_of_failed)
        yield query, table.read
    if sharable := table.sharable():
        yield chosen(sharable), table.skip_shared


def _is_cheaper_by_query(count: int, summary: Summary, table: TargetTable) -> bool:
    """
    Return whether the report's own query takes fewer calls than so many Ids.

    The query is asked in any status. The size of its answer is unknown for a report of suppressed findings:
    a large organization may have very many of a control. A finding without a control is returned by no query
    for controls, and a query without controls returns the findings of all products. So is it unknown for an
    unfinished report of all controls.
    """
    is_by_name = not all(
        map(is_whole, summary.query.named_resources)
    )  # read as a whole, and narrowed while reading
    if (
        summary.report_kind
        or is_by_name
        or (summary.query.is_of_all and (summary.unread or not all(table.controls())))
    ):
        return False
    if WorkflowStatus.NEW not in summary.query.statuses:
        return count > SOME and all(table.controls())
    return count > MOST_VALUES and count * PAGE_SIZE > summary.finding_count * MOST_VALUES


def _narrowed(query: Query, table: TargetTable) -> Query:
    """
    Ask for the targets' controls only, in any status.

    Security Hub may not show the status yet that a person saw, and no longer after an earlier attempt.
    """
    targets = table.controls()
    words = targets if query.is_of_all else query.controls or targets
    controls = tuple(word for word in words if any(covers(word, one) for one in targets))
    is_of_controls = not query.findings and all(controls)
    return replace(query, controls=controls if is_of_controls else query.controls, statuses=())


def claim_targets(context: JobContext[ActionJob], plan: Plan) -> datetime:
    """Announce to all others that an action is about to change the targets of its plan; return the time."""
    now = context.ports.now()
    context.ports.actions.announce(context.job_id, plan, now)
    return now


def renew_claim(context: JobContext[ActionJob], plan: Plan, claimed_at: datetime) -> datetime:
    """Announce the action again if its claim is about to expire; return the time of the latest claim."""
    is_due = context.ports.now() - claimed_at > RENEWAL
    return claim_targets(context, plan) if is_due else claimed_at


def detect_conflicts(context: JobContext[Job], plan: Plan, table: TargetTable, since: datetime) -> None:
    """
    Apply the recent changes of finished actions, and skip the targets of unfinished ones.

    An action announces itself before it looks for others, so of two at the same moment at least one sees the
    other. If both do, both skip the targets that the other changes into something else.

    Args:
        since: the time at which the action began to read the present states.
    """
    actions = context.ports.actions
    plans = actions.claims(since - LAG)
    plans.pop(context.job_id, None)
    reports = {other.report_id for other in plans.values()}
    done_at = {act.act_id: act.acted_at for report_id in reports for act in actions.acts(report_id)}
    for act_id in sorted(plans.keys() & done_at.keys(), key=done_at.__getitem__):
        with suppress(ReportGoneError):
            table.apply_recent(made_changes(plans[act_id].report_id, act_id, actions))
    for act_id in plans.keys() - done_at.keys():
        other = plans[act_id]
        with suppress(ReportGoneError):
            table.skip_busy(
                change.identifier
                for change in _claimed(act_id, other, actions)
                if change.request < 0 or set(plan.requests) != {other.requests[change.request]}
            )


def _claimed(act_id: str, plan: Plan, actions: Actions) -> Iterator[Change]:
    """Yield the changes of an unfinished action; before they are chosen, its targets."""
    try:
        yield from actions.changes(plan.report_id, act_id)
    except ReportGoneError:
        yield from actions.targets(plan)
