"""The checks of the resources around the functions: bucket, alias, schedules, rule."""

from __future__ import annotations

from bot.domain.check import Verdict, ok, wrong
from bot.domain.cron import next_run
from bot.probes import Timer, Written
from bot.usecases.doctor.exam import Check, Exam

TEXT = "Written by the check of sechub-bot; may be deleted."


def bucket(exam: Exam) -> Verdict:
    """Check that the bucket can be written and read."""
    store = exam.probes.store
    if store.write_once(TEXT) is Written.NO_BUCKET:
        return wrong("doctor.bucket.absent", bucket=store.name)
    if store.read() != TEXT:
        return wrong("doctor.bucket.differs", bucket=store.name)
    return ok("doctor.bucket.ok", bucket=store.name)


def once(exam: Exam) -> Verdict:
    """Check that a conditional write replaces no object: the ledger depends on it."""
    exam.require("bucket")
    store = exam.probes.store
    try:
        if store.write_once(TEXT) is Written.CREATED:
            return wrong("doctor.once.replaced", bucket=store.name)
    finally:
        store.remove()
    return ok("doctor.once.ok")


def job(exam: Exam) -> Verdict:
    """Check that the job function can be reached through its alias."""
    if exam.probes.is_job:
        return ok("doctor.job.here")
    if not exam.probes.deployment.reaches_job():
        return wrong("doctor.job.absent")
    return ok("doctor.job.ok")


def schedule(timer: Timer) -> Check:
    """Make the check of a schedule."""

    def check(exam: Exam) -> Verdict:
        found = exam.probes.deployment.schedule(timer)
        if found is None:
            return wrong("doctor.schedule.absent")
        facts = {"expression": found.expression, "zone": found.time_zone}
        if not found.is_enabled:
            return wrong("doctor.schedule.off", **facts)
        run = next_run(found.expression, found.time_zone, exam.probes.now())
        if run is None:
            return ok("doctor.schedule.on", **facts)
        return ok("doctor.schedule.next", **facts, next=f"{run:%Y-%m-%d %H:%M}")

    return check


def rule(exam: Exam) -> Verdict:
    """Check that EventBridge passes the findings of the custom action on."""
    is_enabled = exam.probes.deployment.is_rule_enabled()
    if is_enabled is None:
        return wrong("doctor.rule.absent")
    return ok("doctor.rule.ok") if is_enabled else wrong("doctor.rule.off")
