"""Spreading a long scan: when it begins, over which Regions, and in which of them a partition is read."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic

from bot.domain.partition import ENOUGH, Partition, Sample, sample_of, spread
from bot.domain.query import MOST_VALUES, Query
from bot.ports import Page
from bot.region_ports import Regions

READERS = 32
"""Threads, which mostly wait. More partitions than that wait for one of them."""

CALLS_ALONE = 20
"""
The calls that a scan makes in one Region. Pages that were read until then are read again if it is spread, so
spreading sooner would cost a short scan more than it gains.
"""

SAMPLED_PAGES = 100
"""The pages from which the sizes of partitions are estimated: at most 10,000 numbers in memory."""

PATIENCE_SECONDS = 5.0
"""The time for which a reader that would be split waits for the Regions: they are asked once a day."""

LONGEST_HOLD_SECONDS = 2.0
"""
The time for which a scan that is to be spread makes no calls until the Regions are known. It loses little:
pages that it read meanwhile would be read again, and Security Hub saves up the calls of two seconds.
"""


def beside(ask: Callable[[], None]) -> None:
    """Call `ask` in a thread of its own, for which nothing waits."""
    Thread(target=copy_context().run, args=(ask,), name="regions", daemon=True).start()


class Spreading:
    """
    The decision to spread a scan: once, as soon as it takes more than CALLS_ALONE calls for certain.

    Regions are looked up from the first page on that is not the last, while the scan is read here. Several
    threads may use it.

    Args:
        query: the question of the scan.
        regions: None if the scan is not to be spread.
        left: the partitions that are not finished. Each of them takes one more call at least.
    """

    def __init__(self, query: Query, regions: Regions | None, left: int) -> None:
        self._is_of_one = len(query.controls) == 1
        self._regions = regions
        self._lock = Lock()
        self._left = left
        self._page_count = 0
        self._is_asked = False
        self._is_answered = Event()
        self._hold_ends_at: float | None = None
        self._refused = set[str]()
        self.sample = Sample()
        """The findings of the first pages, without those of partitions of one control among several."""
        self.readable: tuple[str, ...] = ()
        """The Regions over which to spread it; at most MOST_VALUES, those with most of the sample first."""
        self.is_begun = False

    def add_page(self, partition: Partition, page: Page) -> None:
        """Count a page."""
        is_fair = self._is_of_one or len(partition.query.controls) > 1
        is_sampled = partition.may_be_spread and is_fair and self._page_count < SAMPLED_PAGES
        counts = sample_of(page.findings) if is_sampled else Sample()
        with self._lock:
            self._page_count += 1
            self._left -= page.is_last
            self.sample.update(counts)
        if not page.is_last:
            self._consider()

    def add_split(self, count: int) -> None:
        """Count the partitions that take the place of one."""
        with self._lock:
            self._left += count - 1
        self._consider()

    def end(self) -> None:
        """Note that a partition has ended without a last page."""
        with self._lock:
            self._left -= 1

    def wait(self) -> None:
        """Wait until it is known whether the scan is spread, for at most PATIENCE_SECONDS."""
        if self._is_asked:
            self._is_answered.wait(PATIENCE_SECONDS)

    def hold(self, partition: Partition) -> None:
        """Wait before a call for pages that are read again as soon as the Regions are known."""
        with self._lock:
            if not (partition.may_be_spread and self._is_asked and self._is_long()):
                return
            now = monotonic()
            self._hold_ends_at = self._hold_ends_at or now + LONGEST_HOLD_SECONDS
            seconds = self._hold_ends_at - now
        if seconds > 0:
            self._is_answered.wait(seconds)

    def refuse(self, region: str) -> None:
        """Remember that a Region refused to show its findings."""
        with self._lock:
            is_known = region in self._refused
            self._refused.add(region)
        if self._regions and not is_known:
            self._regions.refused(region)

    def _consider(self) -> None:
        """Begin if it is time to, or look up the Regions."""
        with self._lock:
            self._begin()
            is_first, self._is_asked = not self._is_asked, self._regions is not None
        if is_first and self._regions:
            beside(partial(self._ask, self._regions))

    def _ask(self, regions: Regions) -> None:
        readable = regions.readable(regions.coverage().linked)
        with self._lock:
            counts = Counter(region for _, _, region in self.sample.elements())
            by_count = sorted(readable, key=lambda region: (-counts[region], region))
            self.readable = tuple(by_count[:MOST_VALUES])
            self._begin()
        self._is_answered.set()

    def _begin(self) -> None:
        self.is_begun = self.is_begun or (bool(self.readable) and self._is_long())

    def _is_long(self) -> bool:
        return self._page_count + self._left > CALLS_ALONE


class Queues:
    """
    The partitions of a scan that wait for a reader: a queue for this Region, named "", and for each other.

    This Region takes over partitions that another has not begun while it has no others.
    """

    def __init__(self, partitions: Sequence[Partition]) -> None:
        self._waiting: dict[str, deque[Partition]] = {"": deque()}
        self._running = Counter[str]()
        self._begun = set[Partition]()
        self._taken_over = set[Partition]()
        self._ended = list[Partition]()
        self._dropped = list[Partition]()
        self.is_spread = False
        """Whether the scan was spread, by this attempt or an earlier one."""
        self.put(partitions)

    def put(self, partitions: Sequence[Partition]) -> None:
        """Add partitions, each to the queue of its Region."""
        for partition in partitions:
            self._waiting.setdefault(partition.region, deque()).append(partition)
        self.is_spread = len(self._waiting) > 1

    def begin(self) -> list[Partition]:
        """
        Return the partitions that a reader is to begin now: READERS at most read at a time.

        If the scan is spread, at most ENOUGH of them read in one Region, and Regions take turns.
        """
        begun = list[Partition]()
        while len(self._begun) < READERS and (partition := self._next()):
            self._running[partition.region] += 1
            self._begun.add(partition)
            begun.append(partition)
        return begun

    def end(self, partition: Partition) -> None:
        """Note that a reader has ended a partition, whose files are kept."""
        self._leave(partition)
        self._ended.append(partition)

    def split(self, partition: Partition, partitions: Sequence[Partition]) -> None:
        """Replace a partition that a reader has begun."""
        self._leave(partition)
        self.put(partitions)

    def drop(self, partition: Partition) -> None:
        """Note that a reader has dropped a partition: it is spread, or another Region has failed."""
        self._leave(partition)
        if not partition.region:
            self._dropped.append(partition)
            return
        waiting = self._waiting[partition.region]
        self._waiting[""].extend(replace(other, region="") for other in (partition, *waiting))
        waiting.clear()

    def spread(self, spreading: Spreading) -> list[Partition]:
        """
        Spread the scan if that has begun, and all partitions that may be spread have ended.

        Returns:
            All partitions of the scan, finished or not; empty if the scan was not spread.
        """
        waiting = [partition for queue in self._waiting.values() for partition in queue]
        if self.is_spread or not spreading.is_begun or not self._dropped:
            return []
        if any(partition.may_be_spread for partition in (*self._begun, *waiting)):
            return []
        parts = spread([partition.query for partition in self._dropped], spreading.sample, spreading.readable)
        self.put(parts)
        return [*self._ended, *self._begun, *waiting, *parts]

    def _next(self) -> Partition | None:
        most = ENOUGH if self.is_spread else READERS
        free = [region for region in self._waiting if self._running[region] < most]
        if places := [region for region in free if self._waiting[region]]:
            return self._waiting[min(places, key=self._running.__getitem__)].popleft()
        return self._take_over() if "" in free else None

    def _leave(self, partition: Partition) -> None:
        self._running[partition.region] -= 1
        self._begun.remove(partition)
        self._taken_over.discard(partition)

    def _take_over(self) -> Partition | None:
        """
        Return a partition of the Region with the longest queue, the smallest one, to be read here.

        None if this Region reads more of them than are left there: that Region is about to begin them.
        """
        waiting = max(self._waiting.values(), key=len)
        if len(self._taken_over) > len(waiting) or not waiting:
            return None
        partition = replace(waiting.pop(), region="")
        self._taken_over.add(partition)
        return partition
