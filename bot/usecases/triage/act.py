"""
Change findings of a stored report: act on a selection, preview and apply an action, or undo one.

Each of these makes a plan, and all but a preview carry it out. The result of each step is stored before the
next begins, so that another delivery of the job goes on with the same choice, and does not take its own
changes for somebody else's.
"""

from __future__ import annotations

import json
from contextlib import closing, suppress
from datetime import datetime
from itertools import islice

from bot.domain.finding import FindingIdentifier
from bot.domain.job import ActionJob, ActJob, ApplyJob, PreviewJob, UndoJob, report_ts
from bot.domain.triage import Plan, parse_refusal
from bot.errors import ReportGoneError, UndoTooLateError, ViewGoneError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.forms import Preview, notice_view, preview_view
from bot.usecases.context import JobContext
from bot.usecases.progress import ACTING, JobProgress, ProgressPlace, show_end
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.steps import Result
from bot.usecases.triage.audit_log import record_changes, register_expiries
from bot.usecases.triage.decide import author_of, decider
from bot.usecases.triage.outcome import report_outcome, summarize_result, tell_outcome
from bot.usecases.triage.plan import (
    chosen_changes,
    count_owners,
    covers,
    find_result,
    find_targets,
    made_changes,
    message_rows,
    new_plan,
)
from bot.usecases.triage.refresh import claim_targets, detect_conflicts, refresh_targets, renew_claim
from bot.usecases.triage.targets import RowState, TargetTable
from bot.usecases.triage.update import update


def act(context: JobContext[ActJob]) -> None:
    """
    Carry out an action on some findings of a report, and report its result.

    Raises:
        ReportGoneError: the report has expired.
        BotError: Security Hub or Slack failed; the findings that are changed stay changed.
    """
    context.steps.run("plan", _plan_action, context)
    carry_out(context, context.job_id)


def _plan_action(context: JobContext[ActJob]) -> None:
    job, ports = context.job, context.ports
    summary = ports.reports.summary(job.report_id)
    plan = new_plan(context.job_id, job.request, job.selection, summary, ports)
    is_covered = covers(job.selection, context)
    ports.actions.save_plan(plan, find_targets(job.request, job.selection, summary, ports, is_covered))


def apply(context: JobContext[ApplyJob]) -> None:
    """Carry out a plan that a person has confirmed. Raises the same as `act`."""
    carry_out(context, context.job.plan_id)


def undo(context: JobContext[UndoJob]) -> None:
    """
    Restore the status and note that findings had before an action.

    Raises:
        ReportGoneError: the report, or the action's result, has expired.
        UndoTooLateError: the action is too old.
        BotError: Security Hub or Slack failed.
    """
    context.steps.run("plan", _plan_undo, context)
    carry_out(context, context.job_id)


def _plan_undo(context: JobContext[UndoJob]) -> None:
    job, ports = context.job, context.ports
    result = find_result(job.report_id, job.act_id, ports.actions)
    if result is None:
        raise ReportGoneError
    if ports.now() > result.undoable_until:
        raise UndoTooLateError
    rows = message_rows(ports.reports.summary(job.report_id), ports)
    plan = Plan(job.report_id, context.job_id, (), rows, result.row, undoes=result.act_id)
    made = made_changes(job.report_id, job.act_id, ports.actions)
    reverse = (one._replace(before=one.after, after=one.before, request=-1) for one in made)
    ports.actions.save_plan(plan, reverse)


def carry_out(context: JobContext[ActionJob], plan_id: str) -> None:
    """
    Carry out a stored plan, and report its result: in the report's message, or to the requester alone.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan has expired.
        BotError: Security Hub or Slack failed.
    """
    steps = context.steps
    plan = context.ports.actions.plan(context.job.report_id, plan_id)
    claimed = steps.run("announce", lambda: {"at": claim_targets(context, plan).isoformat()})
    begun_at = datetime.fromisoformat(claimed["at"])
    chosen = steps.run("choose", _choose, context, plan, begun_at)
    steps.run("record", record_changes, context, plan, datetime.fromisoformat(chosen["chosen_at"]))
    if report_ts(context.job):
        _update_with_progress(context, plan, chosen, begun_at)
        report_outcome(context)
    else:
        steps.run("update", _update, context, plan, chosen, begun_at)
        tell_outcome(context)


def _choose(context: JobContext[ActionJob], plan: Plan, begun_at: datetime) -> Result:
    """
    Choose the changes and store them: after a crash Security Hub may show the action's own work.

    The first stored choice counts, also for another delivery at the same moment, which may see such work.
    """
    ports, act_id = context.ports, context.job_id
    decide = decider(plan.requests, author_of(context, ports.now()))
    with closing(TargetTable()) as table:
        table.add(ports.actions.targets(plan))
        refresh_targets(context, plan, table, ports.reports.checkpoints(act_id))
        renew_claim(context, plan, begun_at)
        detect_conflicts(context, plan, table, begun_at)
        table.decide(decide)
        numbers = {"chosen_at": ports.now().isoformat(), **table.numbers()}
        numbers = ports.actions.settle(plan.report_id, act_id, table.changes(), numbers)
        register_expiries(context, plan)
        return numbers


def _update_with_progress(
    context: JobContext[ActionJob], plan: Plan, chosen: Result, begun_at: datetime
) -> None:
    """Update the chosen findings; if they are many, show the progress in the report's thread."""
    job, locale = context.job, context.deployment.locale
    total = chosen.get("changes", 0)
    place = ProgressPlace(context.job_id, job.channel, locale, "", job.message_ts, ACTING, total)

    def update_with(progress: OnProgress) -> Result:
        return _update(context, plan, chosen, begun_at, progress)

    progress = JobProgress(place, context.ports, context.steps)
    done = context.steps.run("update", progress.follow, update_with)
    show_end(done, place, context.ports)


def _update(
    context: JobContext[ActionJob],
    plan: Plan,
    chosen: Result,
    begun_at: datetime,
    progress: OnProgress = no_progress,
) -> Result:
    """Update the chosen findings, and replace the stored choice by the changes that were made."""
    actions = context.ports.actions
    updated = context.steps.run("updated", update, context, plan, begun_at, progress)
    skipped = {FindingIdentifier(id_, product_arn) for id_, product_arn, _ in updated["skips"]}
    if skipped or updated["late_count"]:
        kept = (change for change in chosen_changes(context) if change.identifier not in skipped)
        actions.save_changes(plan.report_id, context.job_id, islice(kept, updated["count"] - len(skipped)))
    refusals = list(map(parse_refusal, updated["refusals"]))
    result = summarize_result(context, plan, chosen, updated, refusals)
    actions.add_act(plan.report_id, result, refusals)
    return {"is_kept": True}


def preview(context: JobContext[PreviewJob]) -> None:
    """
    Show the changes that an action would make, for confirmation.

    Raises:
        ReportGoneError: the report has expired.
        BotError: Security Hub or Slack failed.
    """
    context.steps.run("preview", _show_preview, context)


def show_failure(job: PreviewJob, reason: str, ports: Ports) -> None:
    """
    Explain in the form why there is no preview; `reason` is mrkdwn.

    Raises:
        BotError: Slack failed, or the person has closed the form.
    """
    ports.messenger.show(job.view_id, notice_view("triage.failed", Locale(job.locale), reason=reason))


def _count_changes(context: JobContext[PreviewJob]) -> Preview:
    """Count the changes, and save them as the plan: a confirmation confirms the findings that were shown."""
    job, ports = context.job, context.ports
    begun_at = ports.now()
    summary = ports.reports.summary(job.report_id)
    plan = new_plan(context.job_id, job.request, job.selection, summary, ports)
    is_covered = covers(job.selection, context)
    with closing(TargetTable()) as table:
        table.add(find_targets(job.request, job.selection, summary, ports, is_covered))
        refresh_targets(context, plan, table, ports.reports.checkpoints(context.job_id))
        detect_conflicts(context, plan, table, begun_at)
        table.decide(decider(plan.requests, author_of(context, begun_at)))
        ports.actions.save_plan(plan, table.targets(RowState.CHOSEN))
        by_control, by_account = table.counts(0), table.counts(1)
        by_owner = count_owners(job.report_id, table.chosen(), ports)
        return Preview(job.request, table.chosen_count(), by_control, by_account, table.skipped(), by_owner)


def _show_preview(context: JobContext[PreviewJob]) -> Result:
    job, counted = context.job, _count_changes(context)
    metadata = {
        "report_id": job.report_id,
        "plan_id": context.job_id,
        "channel": job.channel,
        "message_ts": job.message_ts,
        "response_url": job.requester.response_url,
        "locale": job.locale,
    }
    view = preview_view(counted, json.dumps(metadata), Locale(job.locale))
    with suppress(ViewGoneError):
        context.ports.messenger.show(job.view_id, view)
    return {"count": counted.count}
