"""What the tests of the daily job share: suppressions, and the days that pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Finding, WorkflowStatus
from bot.domain.job import ExpireJob, job_id
from bot.i18n import Locale
from tests.builders import NOW, PERSON, a_scan_job, an_act_job
from tests.delivery import deliver_once
from tests.fake_findings import FakeFindings
from tests.fakes import FakeMessenger, FakeWorld

SCAN = a_scan_job()


REPORT_ID = job_id(SCAN)


NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus


TODAY = NOW.date()
"""In Tokyo too, where it is 9:30."""


LAST = TODAY + timedelta(days=30)


def a_world(findings: list[Finding]) -> FakeWorld:
    """Make a world in whose channel a report of these findings stands."""
    messenger = FakeMessenger(locales={PERSON.user_id: Locale.EN})
    world = FakeWorld(findings=FakeFindings(findings), messenger=messenger)
    deliver_once(SCAN, world)
    return world


def suppress(world: FakeWorld, row: int = 0, until: date | None = LAST, **changes: Any) -> str:
    """Suppress a row of the report; give the act's ID."""
    status = world.findings.findings[row].workflow_status
    order = ActionRequest(Action.SUPPRESS, "public by design", until)
    job = an_act_job(REPORT_ID, order=order, selection=Selection(row=row, statuses=(status,)))
    job = replace(job, **{"key": f"slack/{row}/{until}"} | changes)
    deliver_once(job, world)
    return job_id(job)


def go_to(world: FakeWorld, day: date) -> None:
    """Let time pass until a day, at the same hour."""
    world.clock.at = NOW + (day - TODAY)


def daily(world: FakeWorld) -> ExpireJob:
    """Make the job of the day."""
    return ExpireJob(f"schedule@{world.clock():%Y-%m-%d}")


def look(world: FakeWorld, day: date) -> None:
    """Let the daily job run on a day."""
    go_to(world, day)
    deliver_once(daily(world), world)


def statuses(world: FakeWorld) -> list[WorkflowStatus]:
    """Give the findings' statuses in Security Hub."""
    return [finding.workflow_status for finding in world.findings.findings]


def posted(world: FakeWorld) -> list[str]:
    """Give the messages in the channel after the report's own, whole."""
    messages = [post.message for ts, post in world.messenger.posted.items() if ts != "1.000001"]
    return [f"{message.text} {message.blocks}" for message in messages]
