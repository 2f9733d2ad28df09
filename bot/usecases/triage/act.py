"""
Do something with findings of a kept report: choose, change, say so.

What is done about a report is a plan that is carried out. Each step's work is kept in the bucket before the
next begins, so that a job that dies goes on with what was chosen, and does not take its own work for
somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bot.domain.finding import BOT, FindingIdentifier
from bot.domain.job import ActJob, ApplyJob, Job
from bot.domain.triage import Change, Plan
from bot.ports import Ports
from bot.usecases.context import JobContext
from bot.usecases.progress import JobProgress, ProgressPlace, acting, show_end
from bot.usecases.scanning.checkpoint import OnProgress
from bot.usecases.steps import Deadline, Result
from bot.usecases.triage.audit_log import record_changes
from bot.usecases.triage.decide import Decider, Who
from bot.usecases.triage.expiry_index import register_expiries
from bot.usecases.triage.lease import acquire, renew
from bot.usecases.triage.outcome import report_outcome
from bot.usecases.triage.plan import StoredReport, make_plan
from bot.usecases.triage.refresh import detect_conflicts, refresh_targets
from bot.usecases.triage.run import TriageRun
from bot.usecases.triage.summarize import count_skipped, summarize_result
from bot.usecases.triage.targets import TargetTable
from bot.usecases.triage.update import UpdateInput, update


def act(context: JobContext[ActJob]) -> None:
    """
    Do what a person has ordered with some of a report's findings, and tell what came of it.

    Raises:
        ReportGoneError: the report is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    job, ports, act_id = context.job, context.ports, context.job_id
    summary = ports.reports.summary(job.report_id)
    kept = StoredReport(summary, ports.reports, ports.changes)
    context.steps.run("plan", make_plan, act_id, job.order, job.selection, kept)
    place = (job.channel, job.message_ts, job.requester)
    shown_count = job.selection.shown_count
    run = TriageRun(
        act_id, act_id, summary, *place, context.deployment.report_setting, context.locale, shown_count
    )
    carry_out(run, context)


def apply(context: JobContext[ApplyJob]) -> None:
    """
    Carry out a plan that a person has seen and confirmed. Raises the same as `act`.
    """
    job = context.job
    summary = context.ports.reports.summary(job.report_id)
    place = (job.channel, job.message_ts, job.requester)
    setting, locale = context.deployment.report_setting, context.locale
    carry_out(TriageRun(context.job_id, job.plan_id, summary, *place, setting, locale), context)


def carry_out(run: TriageRun, context: JobContext[Job]) -> None:
    """
    Carry out a kept plan, rewrite the report's message if there is one, and tell who wanted it what was not
    done.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan is no longer kept.
        BotError: Security Hub or Slack failed.
    """
    ports, steps = context.ports, context.steps
    plan = ports.changes.plan(run.report_id, run.plan_id)
    announced = steps.run("announce", lambda: {"at": acquire(run, ports).isoformat()})
    begun_at = datetime.fromisoformat(announced["at"])
    chosen = steps.run("choose", _choose, run, plan, begun_at, ports, context.deadline)
    steps.run("record", record_changes, run, plan, chosen, ports)
    settled = UpdateInput(run, plan, begun_at)
    if run.message_ts:
        _update_in_sight(settled, chosen, context)
        report_outcome(run, ports, steps)
    else:
        steps.run("update", _update, settled, chosen, context)


def _choose(run: TriageRun, plan: Plan, begun_at: datetime, ports: Ports, time: Deadline) -> Result:
    """
    Settle what is changed, and keep it: after a crash Security Hub may show the act's own work. The first
    choice that is kept holds, also for another delivery at the same moment, which may have seen such work.
    """
    decide = Decider(plan.orders, _who(run, ports), run.setting.locale)
    with TargetTable() as work:
        work.add(ports.changes.targets(run.report_id, run.plan_id))
        parts = ports.reports.parts(run.act_id)
        refresh_targets(work, run.summary, ports.findings, time, parts, is_undo=plan.undoes is not None)
        renew(run, begun_at, ports)
        detect_conflicts(work, plan, run.act_id, ports, begun_at)
        work.decide(decide)
        numbers = {
            "chosen_at": ports.now().isoformat(),
            "changes": work.change_count(),
            "skipped": work.skipped(),
            "partly_count": work.partly_skipped_count(),
            "unrecorded_count": decide.unrecorded.count,
            "kept_note_count": decide.kept_note.count,
            "left_note_count": decide.left_note.count,
        }
        numbers = ports.changes.settle(run.report_id, run.act_id, work.changes(), numbers)
        register_expiries(run, plan, ports)
        return numbers


def _who(run: TriageRun, ports: Ports) -> Who:
    name = (ports.messenger.name(run.user_id) if run.requester else None) or run.user_id
    is_mistaken = run.requester is not None and name == BOT  # their notes would be taken for the bot's
    return Who(run.user_id, run.user_id if is_mistaken else name, ports.now(), run.message)


def _update_in_sight(settled: UpdateInput, chosen: Result, context: JobContext[Job]) -> None:
    """Change what was chosen, and let all see in the report's thread how far that is, if it is much."""
    run = settled.run
    place = ProgressPlace(run.act_id, run.channel, run.setting.locale, thread_ts=run.message_ts)
    words = acting(chosen.get("changes", 0))

    def update_and_tell(progress: OnProgress) -> Result:
        return _update(replace(settled, progress=progress), chosen, context)

    progress = JobProgress(place, context.ports, context.steps, words)
    done = context.steps.run("update", progress.follow, update_and_tell)
    show_end(done, place, context.ports, words)


def _update(settled: UpdateInput, chosen: Result, context: JobContext[Job]) -> Result:
    """Update, and keep what was changed in the place of what was to be."""
    run, ports = settled.run, context.ports
    updated = update(settled, context)
    if updated.lost or updated.late_count:
        done = islice(_left(run, updated.lost, ports), updated.count - len(updated.lost))
        ports.changes.save_changes(run.report_id, run.act_id, done)
    made = summarize_result(run, settled.plan, count_skipped(chosen, updated), updated.refusals, ports)
    counts = {name: chosen[name] for name in chosen if name.endswith("_count")}
    made = replace(made, **counts, unmade_count=len(updated.lost) + updated.late_count)
    ports.changes.add_act(run.report_id, made, updated.refusals)
    return {"is_kept": True}


def _left(run: TriageRun, lost: frozenset[FindingIdentifier], ports: Ports) -> Iterator[Change]:
    changes = ports.changes.changes(run.report_id, run.act_id)
    return (change for change in changes if change.identifier not in lost)
