"""The decision to spread a scan, and the places where its partitions are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Event, Thread

import pytest

from bot.domain.coverage import Coverage
from bot.domain.partition import ENOUGH, Partition
from bot.domain.query import Query
from bot.ports import Page
from bot.usecases.scanning import spreading
from bot.usecases.scanning.spreading import CALLS_ALONE, LONGEST_HOLD_SECONDS, READERS, Queues, Spreading
from tests.builders import a_finding
from tests.fakes import FakeRegions

QUERY = Query(("S3.8",))
PARTITION = Partition(QUERY, may_be_spread=True)
LINKED = ("eu-west-1", "us-east-1")
PAGE = Page([a_finding(1, region="us-east-1")], "next")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Return the look-ups of Regions, which end when the test calls them."""
    begun: list[Callable[[], None]] = []
    monkeypatch.setattr(spreading, "beside", begun.append)
    monkeypatch.setattr(spreading, "PATIENCE_SECONDS", 0.01)
    return begun


def spreading_over(*linked: str) -> Spreading:
    """Begin a scan with Regions that show the same findings."""
    home = Coverage("ap-northeast-1", "ap-northeast-1", linked)
    return Spreading(QUERY, FakeRegions(home, set(linked)), left=1)


class TestSpreading:
    """When a scan is spread."""

    def test_regions_are_looked_up_once(self, asked: list[Callable[[], None]]) -> None:
        """The Regions are looked up after the first page that is not the last, and not again."""
        scan = spreading_over(*LINKED)
        for _ in range(30):
            scan.add_page(PARTITION, PAGE)

        assert 1 == len(asked)

    def test_single_page_looks_up_nothing(self, asked: list[Callable[[], None]]) -> None:
        """A scan of one page does not look up Regions."""
        spreading_over(*LINKED).add_page(PARTITION, Page([a_finding(1)]))

        assert [] == asked

    def test_scan_waits_for_no_answer(self, asked: list[Callable[[], None]]) -> None:
        """However long a scan is, it is not spread before the Regions are known, and then at once."""
        scan = spreading_over(*LINKED)
        for _ in range(CALLS_ALONE + 1):
            scan.add_page(PARTITION, PAGE)
        scan.wait()
        before = scan.is_begun
        asked.pop()()

        assert (False, True) == (before, scan.is_begun)
        assert ("us-east-1", "eu-west-1") == scan.readable

    @pytest.mark.parametrize(("pages", "is_begun"), [(CALLS_ALONE - 1, False), (CALLS_ALONE, True)])
    def test_scan_is_spread_at_twenty_one_calls(
        self, asked: list[Callable[[], None]], pages: int, *, is_begun: bool
    ) -> None:
        """The pages that were read and one for each unfinished partition are calls for certain."""
        scan = spreading_over(*LINKED)
        scan.add_page(PARTITION, PAGE)
        asked.pop()()
        for _ in range(pages - 1):
            scan.add_page(PARTITION, PAGE)

        assert is_begun == scan.is_begun

    def test_scan_without_other_regions_stays_here(self, asked: list[Callable[[], None]]) -> None:
        """If no Region is readable, nothing changes."""
        scan = spreading_over()
        scan.add_page(PARTITION, PAGE)
        asked.pop()()
        scan.add_split(100)

        assert not scan.is_begun

    def test_at_most_twenty_regions_are_read(self, asked: list[Callable[[], None]]) -> None:
        """A filter excludes at most twenty Regions: those with most findings are read there."""
        linked = tuple(f"xx-east-{n}" for n in range(30))
        scan = spreading_over(*linked)
        scan.add_page(PARTITION, Page([a_finding(1, region="xx-east-29")], "next"))
        asked.pop()()

        assert 20 == len(scan.readable)
        assert "xx-east-29" == scan.readable[0]

    def test_refusal_is_told_once(self) -> None:
        """Several readers of a Region that refuses are one refusal."""
        regions = FakeRegions()
        scan = Spreading(QUERY, regions, left=1)
        for _ in range(4):
            scan.refuse("us-east-1")

        assert ["us-east-1"] == regions.refusing


def parts(region: str, count: int) -> list[Partition]:
    """Make partitions of a Region."""
    return [Partition(Query((f"S3.{n}",), regions=(region,)), region=region) for n in range(count)]


def places(partitions: list[Partition]) -> Counter[str]:
    """Count partitions by the Region in which they are read."""
    return Counter(partition.region for partition in partitions)


class TestHold:
    """The wait of a scan that is spread as soon as the Regions are known."""

    @pytest.fixture
    def waits(self, asked: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """Return the seconds of each wait for the Regions, which takes no time."""
        seconds = list[float]()
        monkeypatch.setattr(Event, "wait", lambda _self, timeout: seconds.append(timeout))
        return seconds

    def test_short_scan_does_not_wait(self, waits: list[float]) -> None:
        """A scan that may end within CALLS_ALONE calls makes the next one at once."""
        scan = spreading_over(*LINKED)
        for _ in range(CALLS_ALONE - 1):
            scan.add_page(PARTITION, PAGE)
            scan.hold(PARTITION)

        assert [] == waits

    def test_long_scan_waits_two_seconds_in_all(
        self, waits: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All calls of a scan that takes more calls for certain wait until the same moment."""
        scan, times = spreading_over(*LINKED), iter((100.0, 101.5, 102.0, 200.0))
        monkeypatch.setattr(spreading, "monotonic", lambda: next(times))
        for _ in range(CALLS_ALONE):
            scan.add_page(PARTITION, PAGE)
        for _ in range(4):
            scan.hold(PARTITION)

        assert [LONGEST_HOLD_SECONDS, 0.5] == waits

    def test_partition_that_is_not_read_again_does_not_wait(self, waits: list[float]) -> None:
        """A partition that is not spread is read on."""
        scan = spreading_over(*LINKED)
        for _ in range(CALLS_ALONE):
            scan.add_page(PARTITION, PAGE)
        scan.hold(Partition(QUERY))

        assert [] == waits

    def test_scan_of_one_region_does_not_wait(self, waits: list[float]) -> None:
        """A scan that is not to be spread is read on."""
        scan = Spreading(QUERY, None, left=1)
        for _ in range(CALLS_ALONE):
            scan.add_page(PARTITION, PAGE)
        scan.hold(PARTITION)

        assert [] == waits

    def test_answer_ends_the_wait(self, asked: list[Callable[[], None]]) -> None:
        """As soon as the Regions are known the next call is made, or the scan is spread."""
        scan = spreading_over(*LINKED)
        for _ in range(CALLS_ALONE):
            scan.add_page(PARTITION, PAGE)
        holding = Thread(target=scan.hold, args=(PARTITION,))
        holding.start()
        asked.pop()()
        holding.join(LONGEST_HOLD_SECONDS / 2)

        assert not holding.is_alive()


class TestQueues:
    """Where partitions are read."""

    def test_scan_of_one_region_has_all_readers(self) -> None:
        """Without other Regions as many partitions are read at a time as there are readers."""
        queues = Queues(parts("", READERS + 1))

        assert READERS == len(queues.begin())
        assert [] == queues.begin()

    def test_each_region_has_four_readers(self) -> None:
        """A Region's limit is reached by four readers; more of them would only wait."""
        queues = Queues([*parts("", 8), *parts("a", 8), *parts("b", 3)])

        assert {"": ENOUGH, "a": ENOUGH, "b": 3} == places(queues.begin())

    def test_many_regions_share_the_readers(self) -> None:
        """Of twenty Regions none waits until others are finished."""
        queues = Queues([part for n in range(20) for part in parts(str(n), 3)])
        begun = places(queues.begin())

        assert READERS == begun.total()
        assert 20 == len({*begun} - {""})

    def test_idle_region_takes_over_what_others_have_not_begun(self) -> None:
        """This Region, with no others waiting, takes over partitions until no more are left than it reads."""
        queues = Queues([*parts("", 1), *parts("a", 8), *parts("b", 5)])
        begun = queues.begin()
        (own,) = (part for part in begun if part.query.regions == ("",))

        assert {"": 1 + 3, "a": ENOUGH, "b": ENOUGH} == places(begun)
        assert [("a",)] * 3 == [part.query.regions for part in begun if not part.region and part != own]
        queues.end(own)
        assert [] == queues.begin()

    def test_failed_region_is_read_here(self) -> None:
        """The partitions of a Region that fails are read here: the one that failed, and those that wait."""
        queues = Queues([*parts("", 4), *parts("a", 6)])
        begun = queues.begin()
        failed = next(part for part in begun if part.region == "a")
        for part in [part for part in begun if not part.region]:
            queues.end(part)
        queues.drop(failed)

        assert {"": 3} == places(queues.begin())
