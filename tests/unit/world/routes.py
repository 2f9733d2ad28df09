"""A schedule whose rows go to three channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.finding import Finding, Severity
from bot.domain.job import ScanJob, job_id
from bot.i18n import Locale
from bot.render.csv_file import read_rows
from bot.settings import Settings
from bot.usecases.context import Deployment
from tests.builders import a_finding
from tests.delivery import SETTINGS
from tests.fakes import FakeWorld, Posted
from tests.fakes.findings import FakeFindings

HOME, WEB, DATA = "C0SECURITY", "C0WEB00000", "C0DATA0000"
EN = Deployment("production", Locale.EN, Settings(SETTINGS))
SCHEDULE = ScanJob("arn:aws:scheduler:…/2026-11-24T00:30:00Z")

ROUTES = f"""
version = 1
[[route]]
owners = ["web"]
channel = "{WEB}"
[[route]]
severities = ["CRITICAL"]
channel = "{DATA}"
"""


def owned(number: int, owner: str, severity: Severity = Severity.HIGH) -> Finding:
    """Make a finding whose resource has an owner."""
    return a_finding(number, tags=(("Owner", owner),), severity=severity)


FINDINGS = (
    owned(1, "web"),
    owned(2, "web, ops", Severity.CRITICAL),
    owned(3, "ops", Severity.CRITICAL),
    owned(4, "ops"),
    owned(5, "n/a"),
    owned(6, "WEB"),
)


def a_world(findings: Sequence[Finding] = FINDINGS, routes: str = ROUTES) -> FakeWorld:
    """Make a world with findings and a routing file."""
    world = FakeWorld(findings=FakeFindings(list(findings)))
    world.routing_file.data = routes.encode()
    return world


def reports_in(world: FakeWorld, channel: str) -> list[Posted]:
    """Return the reports that were posted in a channel."""
    return [p for p in world.messenger.posted.values() if p.channel == channel and p.message.blocks]


def text_in(world: FakeWorld, channel: str) -> str:
    """Return the texts of the reports in a channel."""
    return "\n".join(repr(report.message.blocks) for report in reports_in(world, channel))


def resources_in(world: FakeWorld, channel: str) -> list[list[str]]:
    """Return the resources of each CSV in a channel."""
    files = [content for place, _, _, content in world.messenger.files if place == channel]
    rows = [read_rows(content.decode("utf-8-sig").splitlines(keepends=True)) for content in files]
    return [[row["resource"].removeprefix("arn:aws:s3:::bucket-") for row in each] for each in rows]


def part_id(channel: str, job: ScanJob = SCHEDULE) -> str:
    """Return the ID of the report of a channel's part."""
    return job_id(replace(job, key=f"{job.key}/{channel}"))


def ts_in(world: FakeWorld, channel: str) -> str:
    """Return the ts of the only report in a channel."""
    (ts,) = (ts for ts, p in world.messenger.posted.items() if p.channel == channel and p.message.blocks)
    return ts
