"""Reading the whole answer to a query: page by page while it is small, otherwise in parallel partitions."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import count
from threading import Event

from bot.domain.finding import Finding
from bot.domain.partition import Partition, by_control, by_place
from bot.domain.query import Query, split
from bot.domain.report import PartitionResult
from bot.errors import BotError, OutOfTimeError, PageLostError, TooMuchError, UpstreamError
from bot.ports import Findings
from bot.usecases.scanning.checkpoint import Checkpoints
from bot.usecases.scanning.row_store import RowStore
from bot.usecases.steps import TimeLeft, always

READERS = 32
"""Threads, which mostly wait. More partitions than that wait for one of them."""

PAGE = 100
"""The findings of a page (bot/ports.py)."""

PAGES_ALONE = 20
"""
The number of pages after which a partition with a single reader is split; its pages are then read again.
Splitting sooner would cost a short answer more than it gains.
"""

ASKED_PAGES = 200
"""
The pages, of 100 findings, after which the reading of a person's question about all controls ends, since
a hub may have millions of findings, and who types `all` seldom means them. 200 calls are 80 seconds at the
default rate. A schedule, or a command in a shell, reads to the end.
"""

MOST_RESTARTS = 3
"""The number of times a partition is read from its start again after Security Hub has lost the next page."""


NOTHING_FOUND = PartitionResult()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a partition: its findings, and the error that ended it early."""

    query: Query
    result: PartitionResult = NOTHING_FOUND
    error: BotError | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """The partitions to read instead of one that is too long."""

    partitions: list[Partition]


def read(
    query: Query,
    findings: Findings,
    checkpoints: Checkpoints,
    time_left: TimeLeft = always,
    most_pages: int | None = None,
) -> Generator[Outcome]:
    """
    Read everything that answers a query into the files of `checkpoints`.

    A request names at most 20 controls, which become partitions only if the first page is not the last.

    Args:
        most_pages: the pages after which no other is requested; the partitions that are not read to their end
            then have a TooMuchError. None: no bound.

    Yields:
        The outcome of each partition when it ends. Their queries are disjoint, and together are the query.
        Closing the generator stops the reading.
    """
    reading = _Reading(findings, checkpoints, time_left, most_pages)
    with ThreadPoolExecutor(READERS, thread_name_prefix="reader") as threads:
        running: set[Future[Outcome | Split]] = {
            threads.submit(reading.read, Partition(part, may_be_split=True)) for part in split(query)
        }
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = future.result()
                    if isinstance(outcome, Outcome):
                        yield outcome
                    else:
                        running |= {threads.submit(reading.read, part) for part in outcome.partitions}
        finally:
            reading.is_stopped.set()
            threads.shutdown(wait=True, cancel_futures=True)


@dataclass
class _Reading:
    """The state that the threads share."""

    findings: Findings
    checkpoints: Checkpoints
    time_left: TimeLeft
    most_pages: int | None
    pages_read: Iterator[int] = field(default_factory=count)
    is_full: Event = field(default_factory=Event)
    is_stopped: Event = field(default_factory=Event)

    def read(self, partition: Partition) -> Outcome | Split:
        """Read a partition to its end, unless an earlier attempt has."""
        query, checkpoints = partition.query, self.checkpoints
        try:
            if known := checkpoints.load_split(query):
                return Split(known)
            if finished := checkpoints.load_finished(query):
                return Outcome(query, finished)
            store = checkpoints.resume(query)
            for _ in range(MOST_RESTARTS):
                try:
                    return self._fill(store, partition)
                except PageLostError:
                    store = checkpoints.restart(query)
            return self._fill(store, partition)
        except BotError as error:
            return Outcome(query, error=error)

    def _fill(self, store: RowStore, partition: Partition) -> Outcome | Split:
        with store:
            try:
                outcome = self._read_pages(store, partition)
            except BaseException:
                self.checkpoints.count_read(-store.count)
                raise
        if isinstance(outcome, Split):
            self.checkpoints.count_read(-store.count)
            self.checkpoints.save_split(partition.query, outcome.partitions)
        return outcome

    def _read_pages(self, store: RowStore, partition: Partition) -> Outcome | Split:
        query, token, sample = partition.query, store.token, list[Finding]()
        error: BotError | None = None
        pages = self.findings.pages(query, partition.weight, self._check_cancelled, token)
        number = 0
        try:
            for number, page in enumerate(pages, 1):
                if next(self.pages_read) + 1 == self.most_pages:
                    self.is_full.set()
                if partition.may_be_split and not (token or page.is_last) and number <= PAGES_ALONE:
                    sample += page.findings
                    if parts := _split(query, number, sample):
                        return Split(parts)
                store.add(page.findings, page.token)
                self.checkpoints.count_read(len(page.findings))
        except PageLostError:
            raise
        except (UpstreamError, TooMuchError) as ending:
            error = ending
        if isinstance(error, OutOfTimeError) and self.checkpoints.resumable:
            self.checkpoints.suspend(query, store, has_new=number > 0)
            return Outcome(query, error=error)
        result = self.checkpoints.finish(query, store, keep=error is None, is_long=number > 1)
        return Outcome(query, result, error)

    def _check_cancelled(self) -> None:
        if self.is_stopped.is_set() or not self.time_left():
            raise OutOfTimeError
        if self.is_full.is_set():
            raise TooMuchError(most=f"{(self.most_pages or 0) * PAGE:,}")


def _split(query: Query, number: int, sample: list[Finding]) -> list[Partition]:
    """
    Split a query whose answer has more than `number` pages; empty if one reader goes on.

    Args:
        sample: the findings of these pages.
    """
    if len(query.controls) > 1:
        return by_control(query, sample)
    partitions = by_place(query, sample) if number == PAGES_ALONE else []
    return partitions if len(partitions) > 1 else []
