"""A schedule whose rows go to three channels."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.finding import Finding, Severity
from bot.domain.job import ScanJob
from tests.builders import a_finding
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings

HOME, WEB, DATA = "C0SECURITY", "C0WEB00000", "C0DATA0000"
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
