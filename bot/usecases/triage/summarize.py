"""What an act has come to, in numbers."""

from __future__ import annotations

from collections import Counter

from bot.domain.finding import WorkflowStatus
from bot.domain.suppression import until_of
from bot.domain.triage import ActionResult, Plan, Refusal, Skip
from bot.ports import Ports
from bot.usecases.steps import Result
from bot.usecases.triage.decide import Problems
from bot.usecases.triage.run import TriageRun
from bot.usecases.triage.update import UpdateResult


def count_skipped(chosen: Result, updated: UpdateResult) -> dict[Skip, int]:
    """Count what was left alone, by why."""
    counts = Counter({Skip(reason): count for reason, count in chosen["skipped"].items()})
    counts[Skip.CHANGED] += len(updated.lost) - updated.busy_count
    counts[Skip.BUSY] += updated.busy_count
    counts[Skip.LATE] += updated.late_count
    return {skip: count for skip, count in counts.items() if count}


def summarize_result(
    run: TriageRun,
    plan: Plan,
    skipped: dict[Skip, int],
    refusals: list[Refusal],
    ports: Ports,
) -> ActionResult:
    """Count what has been changed and what has not, by problem as the report counts."""
    unmade = frozenset(refusal.identifier for refusal in refusals)
    problems: dict[int, WorkflowStatus] = {}
    noted: dict[int, WorkflowStatus] = {}
    were_new, are_new, refused = Problems(), Problems(), Problems()
    for change in ports.changes.changes(run.report_id, run.act_id):
        if change.identifier in unmade:
            refused.add(change.problem)
            continue
        if change.before.status is WorkflowStatus.NEW:
            were_new.add(change.problem)
        if change.after.status is WorkflowStatus.NEW:
            are_new.add(change.problem)
        if change.before.status == change.after.status and until_of(change.before) == until_of(change.after):
            noted[change.problem] = change.after.status
        else:
            problems[change.problem] = change.after.status
    statuses = list(problems.values())
    shown = problems if plan.row is None else noted | problems  # of one row also what has kept its status
    return ActionResult(
        act_id=run.act_id,
        user_id=run.user_id,
        acted_at=ports.now(),
        order=plan.orders[0] if len(plan.orders) == 1 else None,
        row=plan.row,
        changed={status: statuses.count(status) for status in WorkflowStatus if status in statuses},
        rows={row: shown[problem] for problem, row in plan.rows.items() if problem in shown},
        skipped=skipped,
        refused_count=len(refusals),
        undoes=plan.undoes,
        noted_count=len(noted.keys() - problems.keys()),
        new_change=are_new.count - were_new.count,
        new_left=_undecided(skipped) + refused.count if plan.is_of_all_new else None,
    )


def _undecided(skipped: dict[Skip, int]) -> int:
    """Count what was left alone although it may be as the report shows it."""
    return skipped.get(Skip.BUSY, 0) + skipped.get(Skip.LATE, 0)
