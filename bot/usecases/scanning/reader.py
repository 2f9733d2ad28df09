"""Reading a query's whole answer: page by page while it is small, else in partitions side by side."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import chain, count
from threading import Event
from typing import Generic, Protocol, TypeVar

from bot.domain.finding import Finding
from bot.domain.partition import Partition, by_control, by_place
from bot.domain.query import Query, split
from bot.errors import BotError, OutOfTimeError, PageLostError
from bot.ports import Findings, Page
from bot.usecases.steps import TimeLeft, always

T = TypeVar("T")

READERS = 32
"""Threads, which mostly wait. More partitions than that wait for one of them."""

PAGES_ALONE = 20
"""
How long a lone reader goes on before its partition is cut: what it has read is read again then. Sooner would
cost a short answer more than it gains.
"""

MOST_RESTARTS = 3
"""How often a partition is read from its start again when Security Hub no longer knows the next page."""

Pages = Iterator[Page]

Work = Callable[[Query, Pages], T]
"""
Takes a partition and its pages, in one of several threads. The pages are read as they are asked for; the same
partition may be given again, from its first page on.
"""


class Checkpoints(Protocol):
    """What an earlier attempt has left of a reading, by partition. May be used by several threads."""

    def has(self, query: Query) -> bool:
        """Tell whether nothing of the partition has to be read."""

    def start(self, query: Query) -> str:
        """Give the token of the page to begin with; empty for the first."""

    def cut(self, query: Query) -> list[Partition]:
        """Give what the partition was cut into; nothing if it was not."""

    def save_split(self, query: Query, partitions: Sequence[Partition]) -> None:
        """Remember what the partition was cut into: another sample would cut it otherwise."""


class NoCheckpoints:
    """A reading that is done in one attempt, or not at all."""

    def has(self, query: Query) -> bool:
        """Have nothing."""
        del query
        return False

    def start(self, query: Query) -> str:
        """Begin with the first page."""
        del query
        return ""

    def cut(self, query: Query) -> list[Partition]:
        """Know nothing."""
        del query
        return []

    def save_split(self, query: Query, partitions: Sequence[Partition]) -> None:
        """Forget."""


NO_CHECKPOINTS = NoCheckpoints()


class _TooLongError(Exception):
    """A lone reader's partition goes on and on."""

    def __init__(self, partitions: list[Partition]) -> None:
        super().__init__()
        self.partitions = partitions


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What has become of a partition: what `work` gave, or what went wrong."""

    query: Query
    result: T | None
    error: BotError | None = None


def read(
    query: Query,
    findings: Findings,
    work: Work[T],
    time_left: TimeLeft = always,
    memory: Checkpoints = NO_CHECKPOINTS,
) -> Generator[Outcome[T]]:
    """
    Read everything that answers a query.

    At most 20 controls are asked for at once; only where the first page shows that there is more are they cut
    into partitions.

    Returns:
        The outcome of each partition when it is done. Their queries are disjoint, and together are the query.
        Whoever closes the iterator stops the reading.
    """
    reading = _Reading(findings, work, time_left, memory)
    with ThreadPoolExecutor(READERS, thread_name_prefix="reader") as threads:
        running: set[Future[Outcome[T] | list[Partition]]] = {
            threads.submit(reading.begin, part) for part in split(query)
        }
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = future.result()
                    if isinstance(outcome, Outcome):
                        yield outcome
                    else:
                        running |= {threads.submit(reading.read, partition) for partition in outcome}
        finally:
            reading.is_stopped.set()
            threads.shutdown(wait=True, cancel_futures=True)


@dataclass
class _Reading(Generic[T]):
    """What the threads share."""

    findings: Findings
    work: Work[T]
    time_left: TimeLeft
    memory: Checkpoints
    is_stopped: Event = field(default_factory=Event)

    def begin(self, query: Query) -> Outcome[T] | list[Partition]:
        """Read the first page of a query, and all if that is all; or else give the partitions to read."""
        try:
            if known := self.memory.cut(query):
                return known
            if token := self.memory.start(query):
                return self._outcome(Partition(query), self._pages(Partition(query), token))
            pages = self._pages(Partition(query))
            if self.memory.has(query):
                return self._outcome(Partition(query), pages)
            first = next(pages)
        except BotError as error:
            return Outcome(query, None, error)
        if first.is_last or len(query.controls) < 2:
            return self._outcome(Partition(query, may_be_cut=True), chain([first], pages))
        return self._cut(query, by_control(query, first.findings))

    def read(self, partition: Partition) -> Outcome[T] | list[Partition]:
        """Read a partition to its end, or give the partitions to read instead."""
        try:
            if known := self.memory.cut(partition.query):
                return known
            token = self.memory.start(partition.query)
        except BotError as error:
            return Outcome(partition.query, None, error)
        cuttable = replace(partition, may_be_cut=partition.may_be_cut and not token)
        return self._outcome(cuttable, self._pages(partition, token))

    def _pages(self, partition: Partition, token: str = "") -> Iterator[Page]:
        return self.findings.pages(partition.query, partition.weight, self._check_cancelled, token)

    def _cut(self, query: Query, partitions: list[Partition]) -> Outcome[T] | list[Partition]:
        try:
            self.memory.save_split(query, partitions)
        except BotError as error:
            return Outcome(query, None, error)
        return partitions

    def _outcome(self, partition: Partition, pages: Iterator[Page]) -> Outcome[T] | list[Partition]:
        query = partition.query
        for restarts in count():
            try:
                return Outcome(query, self.work(query, self._opened(partition, pages)))
            except _TooLongError as error:
                return self._cut(query, error.partitions)
            except PageLostError as error:
                if restarts == MOST_RESTARTS:
                    return Outcome(query, None, error)
                pages = self._pages(partition)
            except BotError as error:
                return Outcome(query, None, error)
        raise AssertionError

    def _opened(self, partition: Partition, pages: Iterator[Page]) -> Pages:
        """Give the pages while one reader is enough."""
        sample: list[Finding] = []
        for number, page in enumerate(pages, 1):
            yield page
            if page.is_last:
                return
            if partition.may_be_cut and number <= PAGES_ALONE:
                sample += page.findings
            if partition.may_be_cut and number == PAGES_ALONE:
                partitions = by_place(partition.query, sample)
                if len(partitions) > 1:
                    raise _TooLongError(partitions)

    def _check_cancelled(self) -> None:
        if self.is_stopped.is_set() or not self.time_left():
            raise OutOfTimeError
