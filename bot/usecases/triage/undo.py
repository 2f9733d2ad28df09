"""Take back what was done about a report, where nobody has touched it since."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.job import UndoJob
from bot.domain.triage import ActionResult, Change, Plan, Target
from bot.errors import ReportGoneError, UndoTooLateError
from bot.ports import Changes, Ports
from bot.usecases.context import JobContext
from bot.usecases.triage.act import carry_out
from bot.usecases.triage.plan import StoredReport, message_rows
from bot.usecases.triage.run import TriageRun


def undo(context: JobContext[UndoJob]) -> None:
    """
    Give findings back the status and note that they had before an act.

    Raises:
        ReportGoneError: the report, or what was done about it, is no longer kept.
        UndoTooLateError: it was done too long ago.
        BotError: Security Hub or Slack failed.
    """
    job, ports, act_id = context.job, context.ports, context.job_id
    summary = ports.reports.summary(job.report_id)
    kept = StoredReport(summary, ports.reports, ports.changes)
    context.steps.run("plan", _plan, act_id, job, kept, ports)
    place = (job.channel, job.message_ts, job.requester)
    setting, locale = context.deployment.report_setting, context.locale
    carry_out(TriageRun(act_id, act_id, summary, *place, setting, locale), context)


def _plan(plan_id: str, job: UndoJob, kept: StoredReport, ports: Ports) -> None:
    made = _act(job, ports.changes)
    if ports.now() > made.undoable_until:
        raise UndoTooLateError
    plan = Plan((), message_rows(kept), made.row, undoes=made.act_id)
    ports.changes.save_plan(job.report_id, plan_id, plan, _wanted(job, ports.changes))


def _act(job: UndoJob, changes: Changes) -> ActionResult:
    for made in changes.acts(job.report_id):
        if made.act_id == job.act_id:
            return made
    raise ReportGoneError


def _wanted(job: UndoJob, changes: Changes) -> Iterator[Target]:
    refused = {refusal.identifier for refusal in changes.refusals(job.report_id, job.act_id)}
    for change in changes.changes(job.report_id, job.act_id):
        if change.identifier not in refused:
            yield _back(change)


def _back(change: Change) -> Target:
    restore = (change.before, change.after)
    return Target(change.problem, change.identifier, change.place, change.after.status, -1, restore)
