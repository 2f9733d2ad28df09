"""Spreading a long scan: when it begins, over which Regions, and in which of them a partition is read."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event, Lock, Thread

from bot.domain.partition import ENOUGH, Partition, Sample, spread
from bot.domain.query import MOST_VALUES
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


def beside(ask: Callable[[], None]) -> None:
    """Call `ask` in a thread of its own, for which nothing waits."""
    Thread(target=ask, name="regions", daemon=True).start()


class Spreading:
    """
    The decision to spread a scan: once, as soon as it takes more than CALLS_ALONE calls for certain.

    The Regions are asked for while the scan is read here. Several threads may use it.

    Args:
        regions: None if the scan is not to be spread.
        left: the partitions that are not finished. Each of them takes one more call at least.
    """

    def __init__(self, regions: Regions | None, left: int) -> None:
        self._regions = regions
        self._lock = Lock()
        self._left = left
        self._page_count = 0
        self._asked: frozenset[str] = frozenset()
        self._refused = set[str]()
        self._is_answered = Event()
        self._is_answered.set()
        self.sample = Sample()
        """The findings of the first pages."""
        self.readable: tuple[str, ...] = ()
        """The Regions over which to spread it; at most MOST_VALUES."""
        self.is_begun = False

    def add_page(self, counts: Sample, *, is_last: bool) -> None:
        """
        Count a page.

        Args:
            counts: its findings.
            is_last: whether its partition is finished.
        """
        with self._lock:
            self._page_count += 1
            self._left -= is_last
            if self._page_count <= SAMPLED_PAGES:
                self.sample.update(counts)
        if not is_last:
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
        self._is_answered.wait(PATIENCE_SECONDS)

    def refuse(self, region: str) -> None:
        """Remember that a Region refused to show its findings."""
        with self._lock:
            is_known = region in self._refused
            self._refused.add(region)
        if self._regions and not is_known:
            self._regions.refused(region)

    def _consider(self) -> None:
        """Ask for the Regions of new findings, or begin."""
        with self._lock:
            if not self._regions or self.is_begun or not self._is_answered.is_set():
                return
            seen = frozenset(region for _, _, region in self.sample)
            if seen <= self._asked:
                self._begin()
                return
            self._asked = seen
            self._is_answered.clear()
        beside(self._ask)

    def _ask(self) -> None:
        readable: Sequence[str] = ()
        try:
            readable = self._regions.readable(self._asked) if self._regions else ()
        finally:
            with self._lock:
                self.readable = tuple(readable[:MOST_VALUES])
                self._begin()
                self._is_answered.set()

    def _begin(self) -> None:
        self.is_begun = bool(self.readable) and self._page_count + self._left > CALLS_ALONE


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
        self._most = READERS
        self._ended = list[Partition]()
        self._dropped = list[Partition]()
        self.is_spread = False
        """Whether the scan was spread, by this attempt or an earlier one."""
        self.put(partitions)

    def put(self, partitions: Sequence[Partition]) -> None:
        """Add partitions, each to the queue of its Region."""
        for partition in partitions:
            self._waiting.setdefault(partition.region, deque()).append(partition)
        if len(self._waiting) > 1:
            self.is_spread = True
            self._most = max(1, min(ENOUGH, READERS // len(self._waiting)))

    def begin(self) -> list[Partition]:
        """Return the partitions that a reader is to begin now."""
        begun = list[Partition]()
        for region, waiting in self._waiting.items():
            while waiting and self._running[region] < self._most:
                begun.append(self._begin(waiting.popleft()))
        while self._running[""] < self._most and (partition := self._take_over()):
            begun.append(self._begin(partition))
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

    def _begin(self, partition: Partition) -> Partition:
        self._running[partition.region] += 1
        self._begun.add(partition)
        return partition

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
