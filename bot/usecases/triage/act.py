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
from bot.domain.job import ActJob, ApplyJob, job_id
from bot.domain.triage import Change, Plan
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.message import Setting
from bot.usecases.progress import JobProgress, Place, acting, show_end
from bot.usecases.scanning.checkpoint import Progress
from bot.usecases.steps import NO_HURRY, Result, Step, Time
from bot.usecases.triage.audit_log import record
from bot.usecases.triage.decide import Decider, Who
from bot.usecases.triage.expiry_index import remember
from bot.usecases.triage.lease import announce, keep_announced
from bot.usecases.triage.outcome import show
from bot.usecases.triage.plan import Kept, make_plan
from bot.usecases.triage.refresh import heed_others, see
from bot.usecases.triage.run import Deed
from bot.usecases.triage.summarize import made_of, skipped_in
from bot.usecases.triage.targets import Worklist
from bot.usecases.triage.update import Chosen, update


def act(
    job: ActJob, ports: Ports, step: Step, time: Time = NO_HURRY, *, setting: Setting, locale: Locale
) -> None:
    """
    Do what a person has ordered with some of a report's findings, and tell what came of it.

    Raises:
        ReportGoneError: the report is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    summary = ports.reports.summary(job.report_id)
    act_id = job_id(job)
    kept = Kept(summary, ports.reports, ports.changes)
    step("plan", lambda: _planned(act_id, job, kept))
    place = (job.channel, job.message_ts, job.requester)
    shown_count = job.selection.shown_count
    carry_out(Deed(act_id, act_id, summary, *place, setting, locale, shown_count), ports, step, time)


def apply(
    job: ApplyJob, ports: Ports, step: Step, time: Time = NO_HURRY, *, setting: Setting, locale: Locale
) -> None:
    """
    Carry out a plan that a person has seen and confirmed. Raises the same as `act`.
    """
    summary = ports.reports.summary(job.report_id)
    place = (job.channel, job.message_ts, job.requester)
    carry_out(Deed(job_id(job), job.plan_id, summary, *place, setting, locale), ports, step, time)


def _planned(plan_id: str, job: ActJob, kept: Kept) -> Result:
    make_plan(plan_id, job.order, job.selection, kept)
    return {}


def carry_out(deed: Deed, ports: Ports, step: Step, time: Time = NO_HURRY) -> None:
    """
    Carry out a kept plan, rewrite the report's message if there is one, and tell who wanted it what was not
    done.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan is no longer kept.
        BotError: Security Hub or Slack failed.
    """
    plan = ports.changes.plan(deed.report_id, deed.plan_id)
    announced = step("announce", lambda: {"at": announce(deed, ports).isoformat()})
    begun_at = datetime.fromisoformat(announced["at"])
    chosen = step("choose", lambda: _choose(deed, plan, begun_at, ports, time))
    step("record", lambda: record(deed, plan, chosen, ports))
    settled = Chosen(deed, plan, begun_at)
    if deed.message_ts:
        _update_in_sight(settled, chosen, ports, step, time)
        show(deed, ports, step)
    else:
        step("update", lambda: _update(settled, chosen, ports, step, time))


def _choose(deed: Deed, plan: Plan, begun_at: datetime, ports: Ports, time: Time) -> Result:
    """
    Settle what is changed, and keep it: after a crash Security Hub may show the act's own work. The first
    choice that is kept holds, also for another delivery at the same moment, which may have seen such work.
    """
    decide = Decider(plan.orders, _who(deed, ports), deed.setting.locale)
    with Worklist() as work:
        work.add(ports.changes.wanted(deed.report_id, deed.plan_id))
        parts = ports.reports.parts(deed.act_id)
        see(work, deed.summary, ports.findings, time, parts, is_undo=plan.undoes is not None)
        keep_announced(deed, begun_at, ports)
        heed_others(work, plan, deed.act_id, ports, begun_at)
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
        numbers = ports.changes.settle(deed.report_id, deed.act_id, work.changes(), numbers)
        remember(deed, plan, ports)
        return numbers


def _who(deed: Deed, ports: Ports) -> Who:
    name = (ports.messenger.name(deed.user_id) if deed.requester else None) or deed.user_id
    is_mistaken = deed.requester is not None and name == BOT  # their notes would be taken for the bot's
    return Who(deed.user_id, deed.user_id if is_mistaken else name, ports.now(), deed.message)


def _update_in_sight(settled: Chosen, chosen: Result, ports: Ports, step: Step, time: Time) -> None:
    """Change what was chosen, and let all see in the report's thread how far that is, if it is much."""
    deed = settled.deed
    place = Place(deed.act_id, deed.channel, deed.setting.locale, thread_ts=deed.message_ts)
    words = acting(chosen.get("changes", 0))

    def update_and_tell(progress: Progress) -> Result:
        return _update(replace(settled, progress=progress), chosen, ports, step, time)

    done = step("update", lambda: JobProgress(place, ports, step, words).follow(update_and_tell))
    show_end(done, place, ports, words)


def _update(settled: Chosen, chosen: Result, ports: Ports, step: Step, time: Time) -> Result:
    """Update, and keep what was changed in the place of what was to be."""
    deed = settled.deed
    updated = update(settled, ports, step, time)
    if updated.lost or updated.late_count:
        done = islice(_left(deed, updated.lost, ports), updated.count - len(updated.lost))
        ports.changes.save_changes(deed.report_id, deed.act_id, done)
    made = made_of(deed, settled.plan, skipped_in(chosen, updated), updated.refusals, ports)
    counts = {name: chosen[name] for name in chosen if name.endswith("_count")}
    made = replace(made, **counts, unmade_count=len(updated.lost) + updated.late_count)
    ports.changes.add_act(deed.report_id, made, updated.refusals)
    return {"is_kept": True}


def _left(deed: Deed, lost: frozenset[FindingIdentifier], ports: Ports) -> Iterator[Change]:
    changes = ports.changes.changes(deed.report_id, deed.act_id)
    return (change for change in changes if change.identifier not in lost)
