"""
Change findings of a stored report: act on a selection, preview and apply an action, or undo one.

Each of these makes a plan, and all but a preview carry it out. The result of each step is stored before the
next begins, so that another delivery of the job goes on with the same choice, and does not take its own
changes for somebody else's.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from itertools import islice

from bot.domain.finding import BOT, FindingIdentifier
from bot.domain.job import ActJob, ApplyJob, PreviewJob, UndoJob
from bot.domain.report import Summary
from bot.domain.triage import Plan, Target, refusal_of
from bot.errors import ReportGoneError, UndoTooLateError, ViewGoneError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.forms import Preview, failed_view, preview_view
from bot.usecases.context import JobContext
from bot.usecases.progress import JobProgress, ProgressPlace, acting, show_end
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.steps import Result
from bot.usecases.triage.audit_log import record_changes, register_expiries
from bot.usecases.triage.decide import Author, decider
from bot.usecases.triage.outcome import report_outcome, summarize_result
from bot.usecases.triage.plan import TriageRun, find_result, made_changes, make_plan, message_rows
from bot.usecases.triage.refresh import claim_targets, detect_conflicts, refresh_targets, renew_claim
from bot.usecases.triage.targets import TargetTable
from bot.usecases.triage.update import update


def act(context: JobContext[ActJob]) -> None:
    """
    Carry out an action on some findings of a report, and report its result.

    Raises:
        ReportGoneError: the report has expired.
        BotError: Security Hub or Slack failed; the findings that are changed stay changed.
    """
    job, ports, act_id = context.job, context.ports, context.job_id
    summary = ports.reports.summary(job.report_id)
    context.steps.run("plan", make_plan, act_id, job.order, job.selection, summary, ports)
    place = (job.channel, job.message_ts, job.requester)
    carry_out(TriageRun(context, act_id, act_id, summary, *place, job.selection.shown_count))


def apply(context: JobContext[ApplyJob]) -> None:
    """Carry out a plan that a person has confirmed. Raises the same as `act`."""
    job = context.job
    summary = context.ports.reports.summary(job.report_id)
    place = (job.channel, job.message_ts, job.requester)
    carry_out(TriageRun(context, context.job_id, job.plan_id, summary, *place))


def undo(context: JobContext[UndoJob]) -> None:
    """
    Restore the status and note that findings had before an action.

    Raises:
        ReportGoneError: the report, or the action's result, has expired.
        UndoTooLateError: the action is too old.
        BotError: Security Hub or Slack failed.
    """
    job, act_id = context.job, context.job_id
    summary = context.ports.reports.summary(job.report_id)
    context.steps.run("plan", _plan_undo, act_id, job, summary, context.ports)
    place = (job.channel, job.message_ts, job.requester)
    carry_out(TriageRun(context, act_id, act_id, summary, *place))


def _plan_undo(plan_id: str, job: UndoJob, summary: Summary, ports: Ports) -> None:
    result = find_result(job.report_id, job.act_id, ports.changes)
    if result is None:
        raise ReportGoneError
    if ports.now() > result.undoable_until:
        raise UndoTooLateError
    plan = Plan((), message_rows(summary, ports), result.row, undoes=result.act_id)
    targets = (
        Target(one.problem, one.identifier, one.place, one.after.status, -1, (one.before, one.after))
        for one in made_changes(job.report_id, job.act_id, ports.changes)
    )
    ports.changes.save_plan(job.report_id, plan_id, plan, targets)


def carry_out(run: TriageRun) -> None:
    """
    Carry out a stored plan, and report its result if the report has a message.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan has expired.
        BotError: Security Hub or Slack failed.
    """
    steps = run.context.steps
    claimed = steps.run("announce", lambda: {"at": claim_targets(run).isoformat()})
    begun_at = datetime.fromisoformat(claimed["at"])
    chosen = steps.run("choose", _choose, run, begun_at)
    steps.run("record", record_changes, run, datetime.fromisoformat(chosen["chosen_at"]))
    if run.message_ts:
        _update_with_progress(run, chosen, begun_at)
        report_outcome(run)
    else:
        steps.run("update", _update, run, chosen, begun_at)


def _choose(run: TriageRun, begun_at: datetime) -> Result:
    """
    Choose the changes and store them: after a crash Security Hub may show the run's own work.

    The first stored choice counts, also for another delivery at the same moment, which may see such work.
    """
    changes = run.ports.changes
    decide = decider(run.plan.orders, _author(run))
    with TargetTable() as table:
        table.add(changes.targets(run.report_id, run.plan_id))
        refresh_targets(run, table, run.ports.reports.parts(run.act_id))
        renew_claim(run, begun_at)
        detect_conflicts(run, table, begun_at)
        table.decide(decide)
        numbers = {"chosen_at": run.ports.now().isoformat(), **table.numbers()}
        numbers = changes.settle(run.report_id, run.act_id, table.changes(), numbers)
        register_expiries(run)
        return numbers


def _author(run: TriageRun) -> Author:
    name = run.name
    if run.requester and name == BOT:  # this person's notes would be taken for the bot's
        name = run.user_id
    return Author(run.user_id, name, run.ports.now(), run.message, run.context.deployment.locale)


def _update_with_progress(run: TriageRun, chosen: Result, begun_at: datetime) -> None:
    """Update the chosen findings; if they are many, show the progress in the report's thread."""
    place = ProgressPlace(run.act_id, run.channel, run.context.deployment.locale, thread_ts=run.message_ts)
    words = acting(chosen.get("changes", 0))

    def update_with(progress: OnProgress) -> Result:
        return _update(run, chosen, begun_at, progress)

    progress = JobProgress(place, run.ports, run.context.steps, words)
    done = run.context.steps.run("update", progress.follow, update_with)
    show_end(done, place, run.ports, words)


def _update(run: TriageRun, chosen: Result, begun_at: datetime, progress: OnProgress = no_progress) -> Result:
    """Update the chosen findings, and replace the stored choice by the changes that were made."""
    changes = run.ports.changes
    updated = update(run, begun_at, progress)
    lost = {FindingIdentifier(*identifier) for identifier in updated["lost"]}
    if lost or updated["late_count"]:
        kept = (change for change in run.changes() if change.identifier not in lost)
        changes.save_changes(run.report_id, run.act_id, islice(kept, updated["count"] - len(lost)))
    refusals = list(map(refusal_of, updated["refusals"]))
    changes.add_act(run.report_id, summarize_result(run, chosen, updated, refusals), refusals)
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
    ports.messenger.show(job.view_id, failed_view(reason, Locale(job.locale)))


def _count_changes(context: JobContext[PreviewJob]) -> Preview:
    """Count the changes, and save them as the plan: a confirmation confirms the findings that were shown."""
    job, ports, plan_id = context.job, context.ports, context.job_id
    begun_at = ports.now()
    ordered_id = f"{plan_id}-ordered"  # an earlier attempt's plan may be confirmed meanwhile
    summary = ports.reports.summary(job.report_id)
    make_plan(ordered_id, job.order, job.selection, summary, ports)
    run = TriageRun(context, plan_id, ordered_id, summary, job.channel, job.message_ts, job.requester)
    author = Author(run.user_id, run.user_id, ports.now(), "", Locale(job.locale))
    with TargetTable() as table:
        table.add(ports.changes.targets(job.report_id, ordered_id))
        refresh_targets(run, table, ports.reports.parts(plan_id))
        detect_conflicts(run, table, begun_at)
        table.decide(decider(run.plan.orders, author))
        ports.changes.save_plan(job.report_id, plan_id, run.plan, table.chosen())
        by_control, by_account = table.counts(0), table.counts(1)
        return Preview(job.order, table.chosen_count(), by_control, by_account, table.skipped())


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
