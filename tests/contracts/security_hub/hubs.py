"""What the tests of Security Hub share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.adapters.security_hub import SecurityHubFindings, findings_client
from bot.domain.finding import Finding, FindingIdentifier, WorkflowStatus
from bot.domain.query import Query
from bot.domain.triage import FindingState, Refusal
from bot.ports import Findings, ReadableFindings
from playground import hub as local
from playground.hub import Hub
from tests.contracts.places import ACCOUNT, REGION
from tests.fakes import skipping_pace

S3_8 = Query(controls=("S3.8",))
EAST, WEST, NORTH = "us-east-1", "us-west-2", "eu-north-1"
MEMBER = "210987654321"


def adapted(pause: Callable[[float], None] = lambda _seconds: None) -> SecurityHubFindings:
    """Make the adapter, whose waits take no time."""
    paces = skipping_pace(1000, 1000), skipping_pace(1000, 1000)
    return SecurityHubFindings(findings_client(), *paces, pause)


def read(port: ReadableFindings, query: Query = S3_8) -> set[Finding]:
    """Read all that answers a query."""
    return {finding for page in port.pages(query) for finding in page.findings}


NOTIFIED = FindingState(WorkflowStatus.NOTIFIED)


def mark(port: Findings, identifiers: list[FindingIdentifier]) -> list[Refusal]:
    """Set findings NOTIFIED."""
    return port.update((identifier, NOTIFIED) for identifier in identifiers)


@pytest.fixture
def adapter(hub: Hub) -> SecurityHubFindings:
    """Return the adapter, whose pauses do not pause."""
    return adapted()


def hub_in(region: str, account: str = ACCOUNT) -> Hub:
    """Return an enabled and empty hub."""
    found = local.hub(account, region)
    found.clear()
    found.enable()
    return found


def link_regions(home: Hub) -> Hub:
    """Link EAST and WEST to a home Region; MEMBER is a member in all three. Return the home."""
    places = [hub_in(EAST), hub_in(WEST)]
    home.aggregate(*places, *(hub_in(region, MEMBER) for region in (REGION, EAST, WEST)))
    return home
