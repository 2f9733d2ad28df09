"""The Regions whose findings are shown here: the fake, and Security Hub behind the adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from types import SimpleNamespace

import pytest

from bot.adapters.linked.calls import RegionCalls
from bot.adapters.linked.regions import PAUSE, AggregatedRegions
from bot.adapters.sdk import client, regions_beside
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.regions import BucketRegions
from bot.domain.coverage import LIFE, Coverage, KnownRegions
from bot.region_ports import Regions
from playground import hub as local
from playground.hub import Hub
from tests.contracts.places import ACCOUNT, BUCKET, REGION
from tests.contracts.security_hub.hubs import EAST, MEMBER, NORTH, WEST, hub_in, link_regions
from tests.fakes import FakeClock, FakeRegions

SEEN = {REGION, EAST, WEST, NORTH}


@pytest.fixture
def organization(hub: Hub) -> Hub:
    """Link two Regions to the home Region, in each of which there is one member; return the home."""
    return link_regions(hub)


class Asked:
    """The calls of the hubs."""

    def __init__(self) -> None:
        for region in SEEN:
            local.hub(ACCOUNT, region).calls.clear()

    def __iter__(self) -> Iterator[str]:
        """Yield the Region and operation of each call."""
        for region in sorted(SEEN):
            yield from (f"{region} {call.operation}" for call in local.hub(ACCOUNT, region).calls)


def adapted(
    allowed: frozenset[str] | None = None,
    clock: FakeClock | None = None,
    store: BucketRegions | None = None,
    region: str = REGION,
) -> AggregatedRegions:
    """Make the adapter."""
    calls = RegionCalls(
        region,
        lambda name: client("securityhub", region=name),
        lambda: regions_beside(region, "securityhub"),
        5,
    )
    return AggregatedRegions(calls, allowed, clock or FakeClock(), store)


COVERAGE = Coverage(REGION, REGION, (EAST, WEST), 2)


@pytest.fixture(params=["fake", "security-hub"])
def regions(request: pytest.FixtureRequest) -> Regions:
    """Return the port: two linked Regions, which show the accounts of this one."""
    if request.param == "fake":
        return FakeRegions(COVERAGE, {EAST, WEST})
    request.getfixturevalue("organization")
    return adapted()


class TestRegions:
    """The port."""

    def test_coverage_has_regions_and_accounts(self, regions: Regions) -> None:
        """The Regions that are linked, and the accounts."""
        assert COVERAGE == regions.coverage()
        assert 3 == regions.coverage().region_count

    def test_readable_regions_are_linked_and_seen(self, regions: Regions) -> None:
        """Of the Regions that were seen, those that are linked; never the one where the bot is."""
        assert (EAST, WEST) == regions.readable(SEEN)
        assert (WEST,) == regions.readable([WEST, REGION, NORTH])
        assert () == regions.readable([])

    def test_region_that_has_refused_is_not_readable(self, regions: Regions) -> None:
        """It is left out, the others are not."""
        regions.refused(EAST)

        assert (WEST,) == regions.readable(SEEN)


class TestModes:
    """The modes of the aggregator."""

    def test_all_regions_are_those_with_security_hub(self, organization: Hub) -> None:
        """Of all Regions of AWS, those count in which Security Hub is enabled."""
        organization.aggregate(*organization.others, mode="ALL_REGIONS")

        assert COVERAGE == adapted().coverage()
        assert (EAST, WEST) == adapted().readable(SEEN)

    def test_excluded_region_is_not_linked(self, organization: Hub) -> None:
        """All Regions but one."""
        organization.aggregate(*organization.others, mode="ALL_REGIONS_EXCEPT_SPECIFIED", excluded=[WEST])

        assert (EAST,) == adapted().coverage().linked

    def test_no_region_is_linked(self, organization: Hub) -> None:
        """An aggregator without Regions."""
        organization.aggregate(*organization.others, mode="NO_REGIONS")

        assert (REGION, 1) == (adapted().coverage().home, adapted().coverage().region_count)
        assert () == adapted().readable(SEEN)

    def test_hub_without_aggregator_covers_one_region(self, hub: Hub) -> None:
        """Neither aggregator nor members."""
        assert Coverage(REGION, "", (), 1) == adapted().coverage()
        assert 1 == adapted().coverage().region_count
        assert () == adapted().readable(SEEN)

    def test_other_region_than_home_sees_itself(self, organization: Hub) -> None:
        """The home is named; nothing is read in another Region."""
        there = adapted(region=EAST)

        assert there.coverage().is_elsewhere
        assert (REGION, 1) == (there.coverage().home, there.coverage().region_count)
        assert () == there.readable(SEEN)

    def test_standalone_account_reads_in_linked_regions(self, hub: Hub) -> None:
        """Without members anywhere, the account is the same everywhere."""
        hub.aggregate(hub_in(EAST))

        assert (EAST,) == adapted().readable(SEEN)
        assert 1 == adapted().coverage().account_count


class TestAllowed:
    """LINKED_REGIONS."""

    def test_off_asks_nothing(self, organization: Hub) -> None:
        """No Region is readable, and no call is made for it."""
        asked = Asked()

        assert () == adapted(frozenset()).readable(SEEN)
        assert [] == [*asked]

    def test_only_named_regions_are_readable(self, organization: Hub) -> None:
        """A Region that is named and linked; one that is only named is not."""
        assert (WEST,) == adapted(frozenset({WEST, NORTH})).readable(SEEN)


class TestRegionsThatDiffer:
    """Linked Regions in which the findings are not the same."""

    def test_region_with_other_members_is_read_here(self, organization: Hub) -> None:
        """A Region that is blind to the members counts, and is not readable."""
        local.hub(ACCOUNT, EAST).knobs.is_blind = True

        assert (WEST,) == adapted().readable(SEEN)
        assert 3 == adapted().coverage().region_count

    def test_one_of_many_members_is_missing(self, organization: Hub) -> None:
        """The whole lists are compared, of several pages each."""
        numbers = range(100_000_000_000, 100_000_000_000 + 60)
        everywhere = [hub_in(region, str(n)) for n in numbers for region in (REGION, EAST, WEST)]
        organization.aggregate(*(local.hub(ACCOUNT, region) for region in (EAST, WEST)), *everywhere[:-1])

        assert (EAST,) == adapted().readable(SEEN)
        assert 61 == adapted().coverage().account_count

    def test_region_without_security_hub_does_not_count(self, organization: Hub) -> None:
        """Neither for the coverage nor for reading."""
        local.hub(ACCOUNT, EAST).disable()

        assert (WEST,) == adapted().coverage().linked
        assert (WEST,) == adapted().readable(SEEN)


def denied(*operations: str, regions: tuple[str, ...] = (REGION, EAST, WEST)) -> Callable[[], None]:
    """Deny operations in Regions."""

    def deny() -> None:
        for region in regions:
            local.hub(ACCOUNT, region).knobs.denied = frozenset(operations)

    return deny


class TestDenials:
    """Calls that are denied or fail."""

    @pytest.mark.parametrize(
        ("operation", "expected"),
        [
            ("ListFindingAggregators", Coverage(REGION, None, (), 2)),
            ("GetFindingAggregator", Coverage(REGION, None, (), 2)),
            ("ListMembers", Coverage(REGION, REGION, (EAST, WEST), 0)),
        ],
    )
    def test_denial_leaves_value_unknown(self, organization: Hub, operation: str, expected: Coverage) -> None:
        """The rest is told, and nothing is readable."""
        denied(operation)()

        assert expected == adapted().coverage()
        assert () == adapted().readable(SEEN)

    def test_denied_region_counts_if_the_aggregator_names_it(self, organization: Hub) -> None:
        """Of all Regions, one that an organization's policy denies does not count."""
        denied("ListMembers", regions=(EAST,))()

        assert (EAST, WEST) == adapted().coverage().linked
        assert (WEST,) == adapted().readable(SEEN)
        organization.aggregate(*organization.others, mode="ALL_REGIONS")
        assert (WEST,) == adapted().coverage().linked

    def test_denial_in_all_regions_leaves_their_number_unknown(self, organization: Hub) -> None:
        """If the permission is missing, nothing is known of all Regions."""
        organization.aggregate(*organization.others, mode="ALL_REGIONS")
        everywhere = regions_beside(REGION, "securityhub")
        denied("ListMembers", regions=tuple(region for region in everywhere if region != REGION))()

        assert Coverage(REGION, None, (), 2) == adapted().coverage()

    def test_denied_call_is_made_again_later(self, organization: Hub) -> None:
        """After ten minutes, and not for each scan."""
        clock = FakeClock()
        port = adapted(clock=clock)
        denied("ListFindingAggregators")()
        port.coverage()
        denied()()

        assert port.coverage().home is None
        clock.move(PAUSE.total_seconds())
        assert REGION == port.coverage().home

    def test_server_error_is_not_kept(self, organization: Hub, bucket: object) -> None:
        """A Region that fails for the moment is not forgotten for a day."""
        organization.aggregate(*organization.others, mode="ALL_REGIONS")
        local.hub(ACCOUNT, EAST).fail_next("ListMembers", "InternalException", 500, count=8)
        clock, store = FakeClock(), BucketRegions(Bucket(bucket, BUCKET))
        port = adapted(clock=clock, store=store)

        assert (WEST,) == port.coverage().linked
        assert store.load() is None
        clock.move(PAUSE.total_seconds())
        assert (EAST, WEST) == port.coverage().linked


class TestKept:
    """The Regions are kept for a day."""

    def test_process_asks_once_a_day(self, organization: Hub) -> None:
        """The calls are made once, and again after a day."""
        clock = FakeClock()
        port, asked = adapted(clock=clock), Asked()
        for _ in range(3):
            port.coverage()
            port.readable(SEEN)

        assert 5 == len([*asked])
        clock.move(LIFE.total_seconds())
        port.readable(SEEN)
        assert 10 == len([*asked])

    def test_other_process_asks_nothing(self, organization: Hub, bucket: object) -> None:
        """It finds all in the bucket, also the refusals; a day later it asks."""
        clock, store = FakeClock(), BucketRegions(Bucket(bucket, BUCKET))
        first = adapted(clock=clock, store=store)
        first.readable(SEEN)
        first.refused(WEST)
        asked = Asked()

        assert COVERAGE == adapted(clock=clock, store=store).coverage()
        assert (EAST,) == adapted(clock=clock, store=store).readable(SEEN)
        assert [] == [*asked]
        clock.move(LIFE.total_seconds())
        assert (EAST, WEST) == adapted(clock=clock, store=store).readable(SEEN)
        assert 5 == len([*asked])

    def test_object_names_no_account(self, organization: Hub, bucket: object) -> None:
        """The object has digests of accounts, and fits into a few kilobytes."""
        store = BucketRegions(Bucket(bucket, BUCKET))
        adapted(store=store).readable(SEEN)
        with store.bucket.open("accounts/regions.json") as body:
            text = body.read().decode()

        assert EAST in text
        assert ACCOUNT not in text
        assert MEMBER not in text
        assert len(text) < 2000

    def test_object_of_another_region_does_not_count(self, organization: Hub, bucket: object) -> None:
        """Two deployments may share a bucket."""
        store = BucketRegions(Bucket(bucket, BUCKET))
        adapted(store=store, region=EAST).coverage()

        assert COVERAGE == adapted(store=store).coverage()

    def test_object_that_cannot_be_read_is_replaced(self, organization: Hub, bucket: object) -> None:
        """It harms nothing."""
        store = BucketRegions(Bucket(bucket, BUCKET))
        store.bucket.put("accounts/regions.json", b"[1]", "application/json")

        assert COVERAGE == adapted(store=store).coverage()
        assert COVERAGE == (store.load() or KnownRegions(Coverage(""), FakeClock()())).coverage

    def test_bucket_that_is_gone_harms_nothing(self, organization: Hub) -> None:
        """The process has it all the same."""
        store = BucketRegions(Bucket(client("s3"), "no-such-bucket"))
        port = adapted(store=store)
        port.refused(WEST)

        assert (EAST,) == port.readable(SEEN)


class Held:
    """A client that does not answer before the end of a test."""

    meta = SimpleNamespace(region_name=EAST)

    def __init__(self) -> None:
        self.release = Event()

    def list_members(self, **_request: object) -> dict[str, object]:
        """Wait."""
        self.release.wait()
        return {}


class TestHanging:
    """Calls that do not end."""

    def test_region_that_hangs_is_left_out(self, organization: Hub) -> None:
        """The other Regions are told after the time for all."""
        held = Held()
        calls = RegionCalls(
            REGION,
            lambda name: held if name == EAST else client("securityhub", region=name),
            lambda: regions_beside(REGION, "securityhub"),
            seconds=0.5,
        )
        try:
            assert (WEST,) == AggregatedRegions(calls, None, FakeClock()).readable(SEEN)
        finally:
            held.release.set()
