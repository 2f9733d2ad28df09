"""Suppressions, the daily job, and days that pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.job import ExpireJob, job_id
from tests.builders import NOW, an_act_job
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.report import (
    REPORT_ID,
)

TODAY = NOW.date()
"""In Tokyo too, where it is 9:30."""


LAST = TODAY + timedelta(days=30)


def suppress(world: FakeWorld, row: int = 0, until: date | None = LAST, **changes: Any) -> str:
    """Suppress a row of the report; return the act's ID."""
    status = world.findings.findings[row].workflow_status
    request = ActionRequest(Action.SUPPRESS, "public by design", until)
    job = an_act_job(REPORT_ID, request=request, selection=Selection(row=row, statuses=(status,)))
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


def posted(world: FakeWorld) -> list[str]:
    """Return the messages in the channel after the report's own, whole."""
    messages = [post.message for ts, post in world.messenger.posted.items() if ts != "1.000001"]
    return [f"{message.text} {message.blocks}" for message in messages]
