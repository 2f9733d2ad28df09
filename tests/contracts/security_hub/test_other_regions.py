"""Findings that Security Hub shows in another Region, of the fake and of the adapter."""

from __future__ import annotations

import os

import pytest

from bot.adapters.security_hub import security_hub_findings
from bot.errors import RegionError, SecurityHubDisabledError
from bot.ports import Findings
from bot.settings import Settings
from playground import hub as local
from playground.hub import Hub
from tests.builders import a_finding, an_asff
from tests.contracts.places import ACCOUNT, REGION
from tests.contracts.security_hub.hubs import S3_8, read
from tests.fakes.findings import FakeFindings

LINKED = "us-east-1"
HERE, THERE = a_finding(1, region=REGION), a_finding(2, region=LINKED, tags=(("CostCenter", "7"),))


@pytest.fixture(params=["fake", "security-hub"])
def port(request: pytest.FixtureRequest) -> Findings:
    """Return a port of a Region that shows the findings of a linked one too."""
    if request.param == "fake":
        return FakeFindings([HERE, THERE])
    hub: Hub = request.getfixturevalue("hub")
    linked = local.hub(ACCOUNT, LINKED)
    linked.clear()
    linked.enable()
    hub.load([an_asff(HERE)])
    linked.load([an_asff(THERE)])
    hub.aggregate(linked)
    return security_hub_findings(Settings(os.environ))


class TestOtherRegion:
    """Reading in another Region."""

    @pytest.mark.parametrize(("tags", "kept"), [({"owner"}, ()), ({"costcenter"}, THERE.tags)])
    def test_region_shows_its_own_findings(
        self, port: Findings, tags: set[str], kept: tuple[tuple[str, str], ...]
    ) -> None:
        """Another Region shows its own findings, with the tags that are kept here."""
        found = read(port.keeping(frozenset(tags)).at(LINKED))

        assert [(THERE.identifiers, kept)] == [(finding.identifiers, finding.tags) for finding in found]

    def test_other_region_leaves_this_one_alone(self, port: Findings) -> None:
        """This Region still shows all findings."""
        read(port.at(LINKED))

        assert 2 == len(read(port))


class TestAdapter:
    """The adapter alone."""

    def test_each_region_has_one_rate(self, hub: Hub) -> None:
        """All readers of a Region share its rate, which is not that of another Region."""
        here = security_hub_findings(Settings(os.environ))
        one, other = here.at(LINKED), here.keeping(frozenset()).at(LINKED)
        rates = [here.reading, here.at("eu-west-1").reading, one.reading]

        assert one.reading is other.reading
        assert one.client is other.client
        assert 3 == len({*map(id, rates)})

    def test_error_names_its_region(self, hub: Hub) -> None:
        """If Security Hub is not enabled there, the error names that Region."""
        local.hub(ACCOUNT, "eu-west-1").clear()
        there = security_hub_findings(Settings(os.environ)).at("eu-west-1")

        with pytest.raises(SecurityHubDisabledError, match="eu-west-1"):
            next(iter(there.pages(S3_8)))

    def test_unknown_region_is_an_error(self, hub: Hub) -> None:
        """A Region that does not exist is an error when it is asked for."""
        with pytest.raises(RegionError):
            security_hub_findings(Settings(os.environ)).at("eu-nowhere-1")
