"""Count an action's result, update the report's message, and tell the requester about skips and refusals."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.message import Message
from bot.domain.suppression import until_of
from bot.domain.triage import ActionResult, Refusal, Skip
from bot.errors import BotError, ReportGoneError
from bot.render.acts import feedback_text
from bot.render.csv_file import encoded, escape_formula_text
from bot.render.errors import explain_in_slack
from bot.render.message import report_message
from bot.usecases.deliver import update_or_simplify
from bot.usecases.steps import Result, UncertainStepError
from bot.usecases.triage.plan import TriageRun, find_result

SHOWN_REFUSALS = 20
"""Refusals that the requester is shown one by one; if there are more, a file in the thread lists all."""

WAS_NEW, IS_NEW, REFUSED, NOTED, CHANGED = 1, 2, 4, 8, 16
"""Bits of a problem: of its findings, some had or got the status NEW, were refused, got a note, a status."""


def summarize_result(
    run: TriageRun, chosen: Result, updated: Result, refusals: list[Refusal]
) -> ActionResult:
    """
    Count the changes and the skips by problem, as the report counts.

    Args:
        chosen: the numbers of the choice (bot/usecases/triage/act.py).
        updated: the result of `update`.
    """
    plan, skipped = run.plan, _count_skipped(chosen, updated)
    bits, statuses = _problems(run, {refusal.identifier for refusal in refusals})

    def count(bit: int, but: int = 0) -> int:
        return sum(1 for value in bits.values() if value & bit and not value & but)

    changed = Counter(status for problem, status in statuses.items() if bits[problem] & CHANGED)
    shown = CHANGED if plan.row is None else CHANGED | NOTED  # a row is also shown if it kept its status
    return ActionResult(
        act_id=run.act_id,
        user_id=run.user_id,
        acted_at=run.ports.now(),
        order=plan.orders[0] if len(plan.orders) == 1 else None,
        row=plan.row,
        changed={status: changed[status] for status in WorkflowStatus if changed[status]},
        rows={row: statuses[problem] for problem, row in plan.rows.items() if bits.get(problem, 0) & shown},
        skipped=skipped,
        refused_count=len(refusals),
        undoes=plan.undoes,
        noted_count=count(NOTED, but=CHANGED),
        new_change=count(IS_NEW) - count(WAS_NEW),
        new_left=_undecided(skipped) + count(REFUSED) if plan.is_of_all_new else None,
        unmade_count=len(updated["lost"]) + updated["late_count"],
        **{name: number for name, number in chosen.items() if name.endswith("_count")},
    )


def _count_skipped(chosen: Result, updated: Result) -> dict[Skip, int]:
    counts = Counter({Skip(reason): count for reason, count in chosen["skipped"].items()})
    counts[Skip.CHANGED] += len(updated["lost"]) - updated["busy_count"]
    counts[Skip.BUSY] += updated["busy_count"]
    counts[Skip.LATE] += updated["late_count"]
    return {skip: count for skip, count in counts.items() if count}


def _undecided(skipped: dict[Skip, int]) -> int:
    """Count the skips after which a problem may still be as the report shows it."""
    return sum(skipped.get(reason, 0) for reason in (Skip.BUSY, Skip.LATE, Skip.SHARED))


def _problems(
    run: TriageRun, refused: set[FindingIdentifier]
) -> tuple[dict[int, int], dict[int, WorkflowStatus]]:
    """Return the bits and the last status of each problem; there may be a million."""
    bits: defaultdict[int, int] = defaultdict(int)
    statuses: dict[int, WorkflowStatus] = {}
    for change in run.changes():
        problem, before, after = change.problem, change.before, change.after
        if change.identifier in refused:
            bits[problem] |= REFUSED | (WAS_NEW | IS_NEW) * (before.status is WorkflowStatus.NEW)
            continue
        is_noted = before.status == after.status and until_of(before) == until_of(after)
        # A problem is NEW if one of its findings is, in any order of the changes.
        if not bits[problem] & CHANGED or not (is_noted or statuses[problem] is WorkflowStatus.NEW):
            statuses[problem] = after.status
        bits[problem] |= NOTED if is_noted else CHANGED
        bits[problem] |= WAS_NEW * (before.status is WorkflowStatus.NEW)
        bits[problem] |= IS_NEW * (after.status is WorkflowStatus.NEW)
    return bits, statuses


def report_outcome(run: TriageRun) -> None:
    """
    Update the report's message, and tell the requester which findings were skipped, refused or not recorded.

    If the message is gone, or Slack rejects it, the requester is told that too: the findings are changed.

    Raises:
        BotError: Slack failed, but may not when tried again; or the requester cannot be told either.
    """
    steps, result = run.context.steps, find_result(run.report_id, run.act_id, run.ports.changes)
    if result is None:
        raise ReportGoneError
    unshown = steps.run("rewrite", _rewrite, run).get("unshown", "")
    is_attached = result.refused_count > SHOWN_REFUSALS and _attach(run)
    is_as_shown = run.shown_count in (None, result.changed_count)
    if run.requester and (unshown or _is_noteworthy(result) or not is_as_shown):
        refusals = tuple(islice(run.ports.changes.refusals(run.report_id, run.act_id), SHOWN_REFUSALS))
        text = feedback_text(
            result,
            run.context.locale,
            unshown=unshown,
            is_attached=is_attached,
            refusals=refusals,
            shown_count=run.shown_count,
        )
        steps.run("tell", run.ports.messenger.tell, run.requester, Message(text), run.channel)


def _is_noteworthy(result: ActionResult) -> bool:
    counts = (result.refused_count, result.unrecorded_count, result.kept_note_count, result.left_note_count)
    return not result.touched_count or any((*counts, result.partly_count, *result.skipped.values()))


def _rewrite(run: TriageRun) -> Result:
    """Show all actions; again if there is another one meanwhile, which would be lost."""
    shown: list[ActionResult] | None = None
    while (acts := run.ports.changes.acts(run.report_id)) != shown:
        message = report_message(run.summary, acts, run.context.deployment.report_setting)
        try:
            update_or_simplify(run.channel, run.message_ts, message, run.ports.messenger)
        except BotError as error:
            if error.retryable:
                raise
            return {"unshown": explain_in_slack(error, run.context.locale)}
        shown = acts
    return {}


def _attach(run: TriageRun) -> bool:
    """Upload the list of refusals, and tell whether it is in the thread for certain."""
    try:
        run.context.steps.run("refusals", _upload, run, at_most_once=True)
    except (UncertainStepError, BotError):
        return False
    return True


def _upload(run: TriageRun) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "refused.csv"
        _write(run.ports.changes.refusals(run.report_id, run.act_id), file)
        run.ports.messenger.upload(run.channel, run.message_ts, f"refused-{run.act_id[:8]}.csv", file)


def _write(refusals: Iterable[Refusal], file: Path) -> None:
    with file.open("wb") as out:
        out.write(encoded("\ufeff" + escape_formula_text(("finding", "product_arn", "code", "reason"))))
        out.writelines(encoded(escape_formula_text((*r.identifier, r.code, r.reason))) for r in refusals)
