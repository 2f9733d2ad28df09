"""The states of the linked Regions, for the doctor, beside the local hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.adapters.linked.calls import RegionCalls
from bot.adapters.linked.survey import RegionSurvey
from bot.adapters.sdk import client, regions_beside
from bot.domain.coverage import Coverage, KnownRegions, RegionState
from bot.errors import AccessDeniedError, BotError, InvalidSettingError, UnavailableError
from playground import hub as local
from playground.hub import Hub
from tests.builders import NOW
from tests.contracts.places import ACCOUNT, REGION
from tests.contracts.security_hub.hubs import EAST, WEST, link_regions


@dataclass
class Store:
    """A bucket that has one object, or fails."""

    known: KnownRegions | None = None
    error: BotError | None = None

    def load(self) -> KnownRegions | None:
        """Return the object."""
        if self.error:
            raise self.error
        return self.known

    def save(self, known: KnownRegions) -> None:
        """Keep an object."""
        self.known = known


@pytest.fixture
def home(hub: Hub) -> Hub:
    """Link two Regions that show the one member of the home; return the home."""
    return link_regions(hub)


def states(setting: str = "", store: Store | None = None, region: str = REGION) -> dict[str, RegionState]:
    """Return the states."""
    calls = RegionCalls(
        region,
        make_client=lambda name: client("securityhub", region=name),
        existing=lambda: regions_beside(region, "securityhub"),
        seconds=5,
    )
    return RegionSurvey(calls, setting, store or Store(), lambda: NOW).states()


class TestStates:
    """A Region of two that differs."""

    def test_same_accounts_are_read_there(self, home: Hub) -> None:
        """Two Regions that show what the home shows."""
        assert {EAST: RegionState.READ, WEST: RegionState.READ} == states()

    def test_region_without_members_is_blind(self, home: Hub) -> None:
        """It does not know the members."""
        local.hub(ACCOUNT, EAST).knobs.is_blind = True

        assert RegionState.BLIND == states()[EAST]

    def test_region_without_security_hub_is_told_if_it_is_named(self, home: Hub) -> None:
        """Of all Regions, those without Security Hub are left out: they are many."""
        local.hub(ACCOUNT, EAST).disable()

        assert {EAST: RegionState.DISABLED, WEST: RegionState.READ} == states()
        home.aggregate(*home.others, mode="ALL_REGIONS")
        assert {WEST: RegionState.READ} == states()

    @pytest.mark.parametrize(
        ("operation", "state"),
        [("GetFindings", RegionState.DENIED), ("ListMembers", RegionState.UNCLEAR)],
    )
    def test_denied_call_is_told(self, home: Hub, operation: str, state: RegionState) -> None:
        """The permission is missing, or a policy denies the Region."""
        local.hub(ACCOUNT, EAST).knobs.denied = frozenset({operation})

        assert {EAST: state, WEST: RegionState.READ} == states()

    @pytest.mark.parametrize("operation", ["GetFindings", "ListMembers"])
    def test_failure_is_told(self, home: Hub, operation: str) -> None:
        """A server error says nothing of the deployment."""
        local.hub(ACCOUNT, EAST).fail_next(operation, "InternalException", 500, count=8)

        assert {EAST: RegionState.FAILED, WEST: RegionState.READ} == states()

    def test_region_that_the_setting_leaves_out_is_told(self, home: Hub) -> None:
        """No finding is read there."""
        local.hub(ACCOUNT, EAST).calls.clear()

        assert {EAST: RegionState.UNNAMED, WEST: RegionState.READ} == states(WEST)
        assert "GetFindings" not in [call.operation for call in local.hub(ACCOUNT, EAST).calls]

    def test_refusal_of_the_last_day_is_told(self, home: Hub) -> None:
        """The Region answers now, and is not read before the day is over."""
        known = KnownRegions(Coverage(REGION), NOW, refused={EAST: NOW, WEST: NOW - timedelta(days=1)})

        assert {EAST: RegionState.REFUSED, WEST: RegionState.READ} == states(store=Store(known))

    def test_bucket_that_fails_harms_nothing(self, home: Hub) -> None:
        """Then no refusal is known."""
        error = UnavailableError(service="AWS", call="s3:GetObject")

        assert {EAST: RegionState.READ, WEST: RegionState.READ} == states(store=Store(error=error))


class TestNone:
    """No linked Region."""

    def test_hub_without_aggregator_has_none(self, hub: Hub) -> None:
        """Neither has a Region outside the home."""
        assert {} == states()

    def test_other_region_than_home_has_none(self, home: Hub) -> None:
        """Nothing is read elsewhere from there."""
        assert {} == states(region=EAST)


class TestErrors:
    """Nothing can be told."""

    @pytest.mark.parametrize("operation", ["ListFindingAggregators", "ListMembers"])
    def test_denied_call_here_is_an_error(self, home: Hub, operation: str) -> None:
        """The error names the action."""
        home.knobs.denied = frozenset({operation})
        with pytest.raises(AccessDeniedError) as caught:
            states()

        assert f"securityhub:{operation}" == caught.value.values["action"]

    def test_setting_that_cannot_be_read_is_an_error(self, home: Hub) -> None:
        """A word that is no Region."""
        with pytest.raises(InvalidSettingError):
            states("everywhere")
