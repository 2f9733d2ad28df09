"""A report in its channel, and clicks on its message."""

from __future__ import annotations

from typing import Any

from bot.domain.finding import Finding, WorkflowStatus
from bot.domain.job import ActJob, Requester, job_id
from bot.i18n import Locale
from tests.builders import PERSON, a_scan_job, an_act_job
from tests.delivery import deliver_once
from tests.fakes import FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings

SCAN = a_scan_job()


REPORT_ID = job_id(SCAN)
OTHER = Requester("U0OTHER", "")
NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus


def a_world(findings: list[Finding], page_size: int = 2) -> FakeWorld:
    """Make a world in whose channel a report of these findings stands, the way a scan leaves it."""
    messenger = FakeMessenger(locales={PERSON.user_id: Locale.EN, OTHER.user_id: Locale.EN})
    world = FakeWorld(findings=FakeFindings(findings, page_size=page_size), messenger=messenger)
    deliver_once(SCAN, world)
    return world


def click(row: int | None = None, **changes: Any) -> ActJob:
    """Make the job of a click on the report's message."""
    return an_act_job(REPORT_ID, row, message_ts="1.000001", **changes)


def statuses(world: FakeWorld) -> list[WorkflowStatus]:
    """Return the findings' statuses in Security Hub."""
    return [finding.workflow_status for finding in world.findings.findings]


def message(world: FakeWorld) -> str:
    """Return the report's message as it stands now."""
    return str(world.messenger.posted["1.000001"].message.blocks)


def told(world: FakeWorld) -> list[str]:
    """Return the texts of private messages."""
    return [text.text for _, text in world.messenger.told]
