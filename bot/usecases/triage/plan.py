"""Make a plan of what a person has ordered: which findings of a report, and what the person saw of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Finding, FindingIdentifier, WorkflowStatus
from bot.domain.query import OPEN
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.triage import ActionResult, Change, Location, Plan, Target
from bot.ports import Changes, Reports
from bot.usecases.triage.targets import TargetTable


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A kept report, and what has been done about it."""

    summary: Summary
    reports: Reports
    changes: Changes


def make_plan(plan_id: str, order: ActionRequest, selection: Selection, kept: StoredReport) -> None:
    """
    Keep a plan of an order for some of a report's problems.

    Raises:
        ReportGoneError: the report is no longer kept.
    """
    summary = kept.summary
    with TargetTable() as work:
        work.add(_seen(selection, kept))
        work.expect(past_changes(summary.report_id, kept.changes, selection.as_of))
        is_of_all_new = selection.is_of_all_new and _is_present(selection.as_of, kept)
        plan = Plan((order,), message_rows(kept), selection.row, is_of_all_new=is_of_all_new)
        wanted = (one for one in _shown(work.wanted(), selection) if _is_news(one, order, selection))
        kept.changes.save_plan(summary.report_id, plan_id, plan, wanted)


def _is_news(wanted: Target, order: ActionRequest, selection: Selection) -> bool:
    """Tell whether an order changes anything: what is suppressed is so anew, where that was asked for."""
    is_renewed = order.action is Action.SUPPRESS and WorkflowStatus.SUPPRESSED in selection.statuses
    return is_renewed or wanted.expected != order.action.status


def message_rows(kept: StoredReport) -> dict[int, int]:
    """Say which of a report's problems, by their numbers, its message shows in which rows."""
    tops = {_named(finding): row for row, finding in enumerate(kept.summary.top)}
    rows: dict[int, int] = {}
    for problem, seen in enumerate(kept.reports.seen(kept.summary.report_id)):
        row = tops.get((tuple(seen.statuses), seen.account_id))
        if row is not None:
            rows[problem] = row
        if len(rows) == len(tops):
            break
    return rows


def past_changes(report_id: str, changes: Changes, as_of: str | None = None) -> Iterator[Change]:
    """Yield what has been changed through a report, the oldest first (for `as_of` see Selection)."""
    for act in _until(as_of, changes.acts(report_id)):
        refused = {refusal.identifier for refusal in changes.refusals(report_id, act.act_id)}
        for change in changes.changes(report_id, act.act_id):
            if change.identifier not in refused:
                yield change


def _until(act_id: str | None, acts: list[ActionResult]) -> list[ActionResult]:
    """Return the acts up to one; all of them if it is unknown."""
    ids = ["", *(act.act_id for act in acts)]
    return acts[: ids.index(act_id)] if act_id in ids else acts


def _is_present(as_of: str | None, kept: StoredReport) -> bool:
    """Tell whether the message showed everything that has been changed."""
    acts = kept.changes.acts(kept.summary.report_id)
    return not any(act.touched_count for act in acts[len(_until(as_of, acts)) :])


def targets_of(problem: int, seen: ReportRow, order: int = 0) -> Iterator[Target]:
    """Want the findings of a problem changed from what was seen."""
    place = Location(seen.control_id, seen.account_id, seen.region, seen.resource_id)
    for identifier, status in seen.statuses.items():
        yield Target(problem, identifier, place, status, order)


def _seen(selection: Selection, kept: StoredReport) -> Iterator[Target]:
    is_chosen = selection.covers if selection.row is None else _is_row(kept.summary, selection.row)
    for problem, seen in enumerate(kept.reports.seen(kept.summary.report_id)):
        if is_chosen(seen):
            yield from targets_of(problem, seen)


def _is_row(summary: Summary, row: int) -> Callable[[ReportRow], bool]:
    named = _named(summary.top[row]) if row < len(summary.top) else None
    return lambda seen: (tuple(seen.statuses), seen.account_id) == named


def _named(finding: Finding) -> tuple[tuple[FindingIdentifier, ...], str]:
    """Return what tells a finding from every other: two accounts' may share Id and ProductArn."""
    return finding.identifiers, finding.account_id


def _shown(wanted: Iterable[Target], selection: Selection) -> Iterable[Target]:
    """
    Keep what is shown in the statuses that are wanted.

    Of a row, expect the status that the person saw there, though the report knows better by now: whether
    somebody else was faster is told when it is carried out.
    """
    statuses = selection.statuses
    if not statuses:
        return wanted
    if selection.row is None:
        return _in_statuses(wanted, statuses)
    known = list(wanted)
    if any(one.expected in statuses for one in known):
        return known
    return [one._replace(expected=statuses[0]) for one in known]


def _in_statuses(wanted: Iterable[Target], statuses: Collection[WorkflowStatus]) -> Iterator[Target]:
    """Keep together what is open of a problem: the report shows it as NEW where one of its findings is."""
    for _, of_problem in groupby(wanted, lambda one: one.problem):
        known = list(of_problem)
        is_new = any(one.expected is WorkflowStatus.NEW for one in known)
        for one in known:
            shown = WorkflowStatus.NEW if is_new and one.expected in OPEN else one.expected
            if shown in statuses:
                yield one
