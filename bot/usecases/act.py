"""
Do something with findings of a kept report: choose, change, say so.

What is done about a report is a plan that is carried out. Each step's work is kept in the bucket before the
next begins, so that a job that dies goes on with what was chosen, and does not take its own work for
somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, count, islice

from bot.domain.change import Change, Intent, Plan, Values, Wanted
from bot.domain.finding import FindingIdentifier
from bot.domain.job import ActJob, ApplyJob, job_id
from bot.domain.report import Refusal
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.message import Setting
from bot.usecases.choose import heed_others, see
from bot.usecases.decide import Decider, Who
from bot.usecases.deed import Deed
from bot.usecases.history import record
from bot.usecases.outcome import show
from bot.usecases.part_reader import Progress
from bot.usecases.plan import Kept, make_plan
from bot.usecases.progress import JobProgress, Place, acting, show_end
from bot.usecases.reckon import made_of, skipped_in
from bot.usecases.remember import remember
from bot.usecases.scan import untold
from bot.usecases.steps import NO_HURRY, NotDoneError, Result, Step, Time
from bot.usecases.worklist import Worklist

BATCH = 10_000
"""
How many findings are updated before that is written down: a hundred calls, or some 12 seconds. Who goes on
after a crash does no more than that again.
"""

ACTING = 1_000_000_000
"""An act that changes is further than one that reads, however much it has read."""

FRESH = timedelta(seconds=45)
"""How long a choice holds; Lambda tries again after a minute at the earliest."""


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
    carry_out(Deed(act_id, act_id, summary, *place, setting, locale), ports, step, time)


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
    step("announce", lambda: _announce(deed, ports))
    chosen = step("choose", lambda: _choose(deed, plan, ports, time))
    step("record", lambda: record(deed, plan, chosen, ports))
    if deed.message_ts:
        _update_in_sight(deed, plan, chosen, ports, step, time)
        show(deed, ports, step)
    else:
        step("update", lambda: _update(deed, plan, chosen, ports, step, time, untold))


def _announce(deed: Deed, ports: Ports) -> Result:
    ports.changes.announce(Intent(deed.act_id, deed.report_id, deed.plan_id, deed.user_id, ports.now()))
    return {}


def _choose(deed: Deed, plan: Plan, ports: Ports, time: Time) -> Result:
    """Settle what is changed, and keep it: after a crash Security Hub may show the act's own work."""
    decide = Decider(plan.orders, _who(deed, ports), deed.setting.locale)
    with Worklist() as work:
        work.add(ports.changes.wanted(deed.report_id, deed.plan_id))
        see(work, deed.summary, ports.findings, time, ports.reports.parts(deed.act_id))
        heed_others(work, plan, deed.act_id, ports, ports.now())
        work.decide(decide)
        ports.changes.save_changes(deed.report_id, deed.act_id, work.changes())
        remember(deed, ports)
        return {
            "chosen_at": ports.now().isoformat(),
            "changes": work.change_count(),
            "skipped": work.skipped(),
            "partly_count": work.partly_skipped_count(),
            "unrecorded_count": decide.unrecorded.count,
            "kept_note_count": decide.kept_note.count,
            "left_note_count": decide.left_note.count,
        }


def _who(deed: Deed, ports: Ports) -> Who:
    name = ports.messenger.name(deed.user_id) if deed.requester else None
    message = f"{deed.channel}/{deed.message_ts}" if deed.message_ts else ""
    return Who(deed.user_id, name or deed.user_id, ports.now(), message)


def _update_in_sight(deed: Deed, plan: Plan, chosen: Result, ports: Ports, step: Step, time: Time) -> None:
    """Change what was chosen, and let all see in the report's thread how far that is, if it is much."""
    place = Place(deed.act_id, deed.channel, deed.setting.locale, thread_ts=deed.message_ts)
    words = acting(chosen.get("changes", 0))

    def update(progress: Progress) -> Result:
        return _update(deed, plan, chosen, ports, step, time, progress)

    done = step("update", lambda: JobProgress(place, ports, step, words).follow(update))
    show_end(done, place, ports, words)


def _update(
    deed: Deed, plan: Plan, chosen: Result, ports: Ports, step: Step, time: Time, progress: Progress
) -> Result:
    lost = _lost(deed, chosen, ports, Time(time.left))  # what an earlier delivery has read would be old again
    refusals, late = _in_batches(_left(deed, frozenset(), ports), lost, ports, step, time, progress)
    if lost or late:
        ports.changes.save_changes(deed.report_id, deed.act_id, _left(deed, lost | late, ports))
    made = made_of(deed, plan, skipped_in(chosen, lost, late), refusals, ports)
    made = replace(made, **{name: chosen[name] for name in chosen if name.endswith("_count")})
    ports.changes.add_act(deed.report_id, made, refusals)
    return {"is_kept": True}


def _in_batches(
    changes: Iterator[Change],
    lost: frozenset[str],
    ports: Ports,
    step: Step,
    time: Time,
    progress: Progress,
) -> tuple[list[Refusal], frozenset[str]]:
    """
    Update one batch after the other, those that an earlier delivery has updated not again.

    Returns:
        What was refused, and the Ids of what there was no time for.
    """
    refusals: list[Refusal] = []
    for start in count(0, BATCH):
        batch = list(islice(changes, BATCH))
        if not batch:
            break
        if start and not time.left():
            if time.may_go_on:
                raise NotDoneError(ACTING + start)
            return refusals, frozenset(c.identifier.id for c in chain(batch, changes))
        left = [c for c in batch if c.identifier.id not in lost]
        update = partial(_update_some, left, start, ports, progress)
        is_all = not start and len(batch) < BATCH
        done = update() if is_all else step(f"update-{start}", update)
        refusals += [Refusal(*values) for values in done["refusals"]]
        progress(start + len(batch))  # also of what an earlier delivery has done
    return refusals, frozenset()


def _update_some(changes: list[Change], done: int, ports: Ports, progress: Progress) -> Result:
    def updates() -> Iterator[tuple[FindingIdentifier, Values]]:
        for number, change in enumerate(changes, done):
            progress(number)
            yield change.identifier, change.values

    refusals = ports.findings.update(updates())
    return {"refusals": [astuple(refusal) for refusal in refusals]}


def _left(deed: Deed, lost: frozenset[str], ports: Ports) -> Iterator[Change]:
    changes = ports.changes.changes(deed.report_id, deed.act_id)
    return (change for change in changes if change.identifier.id not in lost)


def _lost(deed: Deed, chosen: Result, ports: Ports, time: Time) -> frozenset[str]:
    """Give the Ids of what somebody else has changed since it was chosen, if that is long ago."""
    if ports.now() - datetime.fromisoformat(chosen["chosen_at"]) <= FRESH:
        return frozenset()
    with Worklist() as work:
        work.add(_again(change) for change in ports.changes.changes(deed.report_id, deed.act_id))
        see(work, deed.summary, ports.findings, time)
        changes = ports.changes.changes(deed.report_id, deed.act_id)
        return frozenset(change.identifier.id for change in changes if _is_lost(change, work))


def _again(change: Change) -> Wanted:
    return Wanted(change.problem, change.identifier, change.place, change.before.status, change.order)


def _is_lost(change: Change, work: Worklist) -> bool:
    present = work.present(change.identifier)
    return present is None or present.status not in (change.before.status, change.after.status)
