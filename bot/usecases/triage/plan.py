"""Plans of actions on a report: their targets, and the changes that came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from itertools import groupby

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Finding, FindingIdentifier, WorkflowStatus
from bot.domain.job import ActionJob, ActJob, PreviewJob
from bot.domain.owners.owner import comparable
from bot.domain.query import OPEN
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.triage import ActionResult, Change, FindingState, Location, Plan
from bot.ports import Ports
from bot.triage_ports import Actions
from bot.usecases.context import JobContext
from bot.usecases.owners.contacts import find_person, rows_of
from bot.usecases.triage.targets import RowState, TargetTable


def new_plan(
    plan_id: str, request: ActionRequest, selection: Selection, summary: Summary, ports: Ports
) -> Plan:
    """Return the plan of an action on some problems of a report. Raises ReportGoneError."""
    return Plan(
        summary.report_id,
        plan_id,
        (request,),
        message_rows(summary, ports),
        selection.row,
        is_of_all_new=selection.is_of_all_new and _is_current(selection.as_of, summary, ports),
    )


Covers = Callable[[ReportRow], bool]
"""Returns whether an action may apply to a row in any status."""


def covers(selection: Selection, context: JobContext[ActJob | PreviewJob]) -> Covers:
    """Return the conditions of a selection. Raises the errors of `People` if it is of the requester's own."""
    if not selection.is_own:
        return selection.covers
    own = rows_of(find_person(context.job.requester, context.ports.people), context)
    return lambda row: own.has(row.owner) and selection.covers(row)


def find_targets(
    request: ActionRequest, selection: Selection, summary: Summary, ports: Ports, covers: Covers
) -> Iterator[Change]:
    """
    Yield the targets of an action on some problems of a report. Raises ReportGoneError.

    Args:
        covers: the conditions of the selection.
    """
    is_renewal = request.action is Action.SUPPRESS and WorkflowStatus.SUPPRESSED in selection.statuses
    with closing(TargetTable()) as table:
        table.add(_selected(request, selection.row, summary, ports, covers))
        table.expect(past_changes(summary.report_id, ports.actions, selection.as_of))
        for target in _in_shown_status(table.targets(RowState.UNREAD), selection):
            if is_renewal or target.before.status != request.action.status:
                yield target


def chosen_changes(context: JobContext[ActionJob]) -> Iterator[Change]:
    """Yield the changes that an action has chosen or made. Raises ReportGoneError."""
    return context.ports.actions.changes(context.job.report_id, context.job_id)


def message_rows(summary: Summary, ports: Ports) -> dict[int, int]:
    """Return the numbers of the problems that the report's message shows, with their rows."""
    tops = {_key(finding): row for row, finding in enumerate(summary.top)}
    rows: dict[int, int] = {}
    for problem, report_row in enumerate(ports.reports.rows(summary.report_id)):
        row = tops.get((tuple(report_row.statuses), report_row.account_id))
        if row is not None:
            rows[problem] = row
        if len(rows) == len(tops):
            break
    return rows


def count_owners(report_id: str, problems: Iterator[int], ports: Ports) -> dict[str, int]:
    """Count problems, which are in ascending order, by each of their owners: the largest count first."""
    counts, names = Counter[str](), dict[str, str]()
    wanted = next(problems, None)
    for number, row in enumerate(ports.reports.rows(report_id)):
        if wanted is None:
            break
        if number == wanted:
            for name in row.owner.names:
                names.setdefault(comparable(name), name)
                counts[comparable(name)] += 1
            wanted = next(problems, None)
    return {names[key]: count for key, count in counts.most_common()}


def past_changes(report_id: str, actions: Actions, as_of: str | None = None) -> Iterator[Change]:
    """Yield the changes that were made through a report, the oldest first (for `as_of` see Selection)."""
    for act in _acts_until(as_of, actions.acts(report_id)):
        yield from made_changes(report_id, act.act_id, actions)


def made_changes(report_id: str, act_id: str, actions: Actions) -> Iterator[Change]:
    """Yield the changes of an action that Security Hub did not refuse. Raises ReportGoneError."""
    refused = {refusal.identifier for refusal in actions.refusals(report_id, act_id)}
    return (change for change in actions.changes(report_id, act_id) if change.identifier not in refused)


def find_result(report_id: str, act_id: str, actions: Actions) -> ActionResult | None:
    """Return the result of an action on a report; None if it has none."""
    return next((act for act in actions.acts(report_id) if act.act_id == act_id), None)


def _acts_until(act_id: str | None, acts: list[ActionResult]) -> list[ActionResult]:
    """Return the actions up to one; all of them if it is unknown."""
    ids = ["", *(act.act_id for act in acts)]
    return acts[: ids.index(act_id)] if act_id in ids else acts


def _is_current(as_of: str | None, summary: Summary, ports: Ports) -> bool:
    """Return whether the message showed every change."""
    acts = ports.actions.acts(summary.report_id)
    return not any(act.touched_count for act in acts[len(_acts_until(as_of, acts)) :])


def targets_of(problem: int, row: ReportRow, request: ActionRequest, number: int = 0) -> Iterator[Change]:
    """Yield the findings of a problem as targets, in the statuses that the report shows."""
    place = Location(row.control_id, row.account_id, row.region, row.resource_id)
    requested = FindingState(request.action.status)
    for identifier, status in row.statuses.items():
        yield Change(problem, identifier, place, FindingState(status), requested, number)


def _selected(
    request: ActionRequest, number: int | None, summary: Summary, ports: Ports, covers: Covers
) -> Iterator[Change]:
    top = _key(summary.top[number]) if number is not None and number < len(summary.top) else None
    for problem, row in enumerate(ports.reports.rows(summary.report_id)):
        is_top = (tuple(row.statuses), row.account_id) == top
        if covers(row) if number is None else is_top:
            yield from targets_of(problem, row, request)


def _key(finding: Finding) -> tuple[tuple[FindingIdentifier, ...], str]:
    """Return a unique key of a finding: two accounts may share Id and ProductArn."""
    return finding.identifiers, finding.account_id


def _in_shown_status(targets: Iterable[Change], selection: Selection) -> Iterable[Change]:
    """
    Return the targets that the report shows in the selected statuses.

    The targets of one row expect the status that the person saw there, even if the report knows a later one:
    the action then reports that somebody else was faster.
    """
    statuses = selection.statuses
    if not statuses:
        return targets
    if selection.row is None:
        return _in_statuses(targets, statuses)
    known = list(targets)
    if any(target.before.status in statuses for target in known):
        return known
    return [target._replace(before=FindingState(statuses[0])) for target in known]


def _in_statuses(targets: Iterable[Change], statuses: Collection[WorkflowStatus]) -> Iterator[Change]:
    """Keep the open findings of a problem together: the report shows it as NEW if one of them is."""
    for _, of_problem in groupby(targets, lambda target: target.problem):
        known = list(of_problem)
        is_new = any(target.before.status is WorkflowStatus.NEW for target in known)
        for target in known:
            shown = WorkflowStatus.NEW if is_new and target.before.status in OPEN else target.before.status
            if shown in statuses:
                yield target
