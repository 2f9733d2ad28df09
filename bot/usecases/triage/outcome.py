"""Count an action's result, update the report's message, and tell the requester about skips and refusals."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from bot.domain.finding import BOT, FindingIdentifier, WorkflowStatus
from bot.domain.job import ActionJob, ActJob
from bot.domain.slack import Message
from bot.domain.suppression import until_of
from bot.domain.triage import ActionResult, Change, Plan, Refusal, Skip
from bot.errors import BotError, ReportGoneError
from bot.render.acts import feedback_text, private_result
from bot.render.csv_file import encoded, escape_formula_text
from bot.render.errors import explain_in_slack
from bot.render.message import report_message
from bot.usecases.context import JobContext
from bot.usecases.deliver import update_or_simplify
from bot.usecases.steps import Result, UncertainStepError
from bot.usecases.triage.plan import chosen_changes, find_result

SHOWN_REFUSALS = 20
"""Refusals that the requester is shown one by one; if there are more, a file in the thread lists all."""

WAS_NEW, IS_NEW, REFUSED, NOTED, CHANGED = 1, 2, 4, 8, 16
"""Bits of a problem: of its findings, some had or got the status NEW, were refused, got a note, a status."""


def summarize_result(
    context: JobContext[ActionJob], plan: Plan, chosen: Result, updated: Result, refusals: list[Refusal]
) -> ActionResult:
    """
    Count the changes and the skips by problem, as the report counts.

    Args:
        chosen: the numbers of the choice (bot/usecases/triage/act.py).
        updated: the result of `update`.
    """
    skipped = _count_skipped(chosen, updated)
    bits, statuses = _problems(chosen_changes(context), {refusal.identifier for refusal in refusals})

    def count(bit: int, but: int = 0) -> int:
        return sum(1 for value in bits.values() if value & bit and not value & but)

    changed = Counter(status for problem, status in statuses.items() if bits[problem] & CHANGED)
    shown = CHANGED if plan.row is None else CHANGED | NOTED  # a row is also shown if it kept its status
    return ActionResult(
        act_id=context.job_id,
        user_id=context.job.requester.user_id,
        acted_at=context.ports.now(),
        request=plan.requests[0] if len(plan.requests) == 1 else None,
        row=plan.row,
        changed={status: changed[status] for status in WorkflowStatus if changed[status]},
        rows={row: statuses[problem] for problem, row in plan.rows.items() if bits.get(problem, 0) & shown},
        skipped=skipped,
        refused_count=len(refusals),
        undoes=plan.undoes,
        noted_count=count(NOTED, but=CHANGED),
        new_change=count(IS_NEW) - count(WAS_NEW),
        new_left=_undecided(skipped) + count(REFUSED) if plan.is_of_all_new else None,
        unmade_count=len(updated["skips"]) + updated["late_count"],
        **{name: number for name, number in chosen.items() if name.endswith("_count")},
    )


def _count_skipped(chosen: Result, updated: Result) -> dict[Skip, int]:
    counts = Counter({Skip(reason): count for reason, count in chosen["skipped"].items()})
    counts.update(Skip(reason) for _, _, reason in updated["skips"])
    counts[Skip.LATE] += updated["late_count"]
    return {skip: count for skip, count in counts.items() if count}


def _undecided(skipped: dict[Skip, int]) -> int:
    """Count the skips after which a problem may still be as the report shows it."""
    return sum(skipped.get(reason, 0) for reason in (Skip.BUSY, Skip.LATE, Skip.SHARED))


def _problems(
    changes: Iterable[Change], refused: set[FindingIdentifier]
) -> tuple[dict[int, int], dict[int, WorkflowStatus]]:
    """Return the bits and the last status of each problem; there may be a million."""
    bits: defaultdict[int, int] = defaultdict(int)
    statuses: dict[int, WorkflowStatus] = {}
    for change in changes:
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


def report_outcome(context: JobContext[ActionJob]) -> None:
    """
    Update the report's message, and tell the requester which findings were skipped, refused or not recorded.

    If the message is gone, or Slack rejects it, the requester is told that too: the findings are changed.

    Raises:
        BotError: Slack failed, but may not when tried again; or the requester cannot be told either.
    """
    job, ports, steps = context.job, context.ports, context.steps
    result = find_result(job.report_id, context.job_id, ports.actions)
    if result is None:
        raise ReportGoneError
    unshown = steps.run("rewrite", _rewrite, context).get("unshown", "")
    is_attached = result.refused_count > SHOWN_REFUSALS and _attach(context)
    if job.requester.user_id == BOT:
        return
    text = _feedback(result, context, unshown=unshown, is_attached=is_attached)
    if text:
        steps.run("tell", ports.messenger.tell, job.requester, Message(text), job.channel)


def tell_outcome(context: JobContext[ActionJob]) -> None:
    """
    Tell the requester alone the result of an action on a report without a message.

    Raises:
        BotError: the requester cannot be told.
    """
    job, ports = context.job, context.ports
    if job.requester.user_id == BOT:
        return
    result = find_result(job.report_id, context.job_id, ports.actions)
    if result is None:
        raise ReportGoneError
    message = private_result(result, job.report_id, _feedback(result, context), context.locale)
    context.steps.run("tell", ports.messenger.tell, job.requester, message, job.channel)


def _feedback(
    result: ActionResult, context: JobContext[ActionJob], *, unshown: str = "", is_attached: bool = False
) -> str:
    job, actions = context.job, context.ports.actions
    refusals = actions.refusals(job.report_id, context.job_id) if result.refused_count else ()
    return feedback_text(
        result,
        context.locale,
        unshown=unshown,
        is_attached=is_attached,
        refusals=tuple(islice(refusals, SHOWN_REFUSALS)),
        shown_count=job.selection.shown_count if isinstance(job, ActJob) else None,
    )


def _rewrite(context: JobContext[ActionJob]) -> Result:
    """Show all actions; again if there is another one meanwhile, which would be lost."""
    job, ports = context.job, context.ports
    summary = ports.reports.summary(job.report_id)
    shown: list[ActionResult] | None = None
    while (acts := ports.actions.acts(job.report_id)) != shown:
        message = report_message(summary, acts, context.deployment.report_setting)
        try:
            update_or_simplify(job.channel, job.message_ts, message, ports.messenger)
        except BotError as error:
            if error.retryable:
                raise
            return {"unshown": explain_in_slack(error, context.locale)}
        shown = acts
    return {}


def _attach(context: JobContext[ActionJob]) -> bool:
    """Upload the list of refusals, and tell whether it is in the thread for certain."""
    try:
        context.steps.run("refusals", _upload, context, at_most_once=True)
    except (UncertainStepError, BotError):
        return False
    return True


def _upload(context: JobContext[ActionJob]) -> None:
    job, ports = context.job, context.ports
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "refused.csv"
        _write(ports.actions.refusals(job.report_id, context.job_id), file)
        ports.messenger.upload(job.channel, job.message_ts, f"refused-{context.job_id[:8]}.csv", file)


def _write(refusals: Iterable[Refusal], file: Path) -> None:
    with file.open("wb") as out:
        out.write(encoded("\ufeff" + escape_formula_text(("finding", "product_arn", "code", "reason"))))
        out.writelines(encoded(escape_formula_text((*r.identifier, r.code, r.reason))) for r in refusals)
