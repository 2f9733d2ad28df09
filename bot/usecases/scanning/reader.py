"""Reading the whole answer to a query: page by page while it is small, otherwise in parallel partitions."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Event

from bot.domain.partition import Partition, Sample, by_control, by_place, sample_of
from bot.domain.query import Query, split
from bot.domain.report import PartitionResult
from bot.errors import (
    BotError,
    ConfigurationError,
    OutOfTimeError,
    PageLostError,
    TooMuchError,
    UpstreamError,
)
from bot.ports import Findings, Page
from bot.region_ports import Regions
from bot.usecases.scanning.checkpoint import Checkpoints
from bot.usecases.scanning.row_store import RowStore
from bot.usecases.scanning.spreading import READERS, Queues, Spreading
from bot.usecases.steps import TimeLeft, always

PAGE = 100
"""The findings of a page (bot/ports.py)."""

PAGES_ALONE = 20
"""
The number of pages after which a partition with a single reader is split; its pages are then read again.
Splitting sooner would cost a short answer more than it gains.
"""

ASKED_PAGES = 200
"""
The pages, of 100 findings, after which a person's question pauses (bot/usecases/scanning/scan_job.py): a hub
may have millions of findings, and GetFindings tells no total. 200 calls are 80 seconds at the default rate;
they are counted anew by each delivery of a job. A schedule, or a command in a shell, reads to the end.
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


@dataclass(frozen=True, slots=True)
class Dropped:
    """The end of a partition of which nothing is kept: its findings are read again, elsewhere."""


class _DroppedError(Exception):
    """
    A partition is to be read elsewhere.

    Args:
        cause: the error of another Region; None if the scan is spread.
    """

    def __init__(self, cause: BotError | None = None) -> None:
        super().__init__(cause)
        self.cause = cause


def read(
    query: Query,
    findings: Findings,
    checkpoints: Checkpoints,
    time_left: TimeLeft = always,
    most_pages: int | None = None,
    regions: Regions | None = None,
) -> Generator[Outcome]:
    """
    Read everything that answers a query into the files of `checkpoints`.

    A request names at most 20 controls, which become partitions only if the first page is not the last.

    Args:
        most_pages: the pages after which no other is requested; the partitions that are not read to their end
            then have a TooMuchError. None: no bound; 0: none is requested, and checkpoints are all there is.
        regions: the Regions in which a long answer may be read side by side; None: none but this one.

    Yields:
        The outcome of each partition when it ends. Their queries are disjoint, and together are the query.
        Closing the generator stops the reading.
    """
    regions = None if query.findings else regions
    partitions = _planned(query, checkpoints, regions, is_asked=most_pages != 0) or [
        Partition(part, may_be_split=True, may_be_spread=regions is not None) for part in split(query)
    ]
    queues, spreading = Queues(partitions), Spreading(query, regions, len(partitions))
    reading = _Reading(findings, checkpoints, spreading, time_left, most_pages)
    with ThreadPoolExecutor(READERS, thread_name_prefix="reader") as threads:
        running: dict[Future[Ending], Partition] = {}
        try:
            while True:
                running |= {threads.submit(reading.read, part): part for part in queues.begin()}
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    partition, ending = running.pop(future), future.result()
                    if isinstance(ending, Outcome):
                        queues.end(partition)
                        yield ending
                    elif isinstance(ending, Split):
                        queues.split(partition, ending.partitions)
                    else:
                        queues.drop(partition)
                if plan := queues.spread(spreading):
                    checkpoints.save_plan(query, plan)
        finally:
            reading.is_stopped.set()
            threads.shutdown(wait=True, cancel_futures=True)


def _planned(
    query: Query, checkpoints: Checkpoints, regions: Regions | None, *, is_asked: bool
) -> list[Partition]:
    """
    Return the partitions of an earlier attempt's plan, which are not spread again.

    Those of Regions that are not readable any more are to be read here, unless nothing is asked.
    """
    plan = checkpoints.load_plan(query)
    readable = {partition.region for partition in plan}
    if readable and is_asked:
        readable = set(regions.readable(readable - {""})) if regions else set()
    return [
        replace(part, may_be_spread=False, region=part.region if part.region in readable else "")
        for part in plan
    ]


Ending = Outcome | Split | Dropped


@dataclass
class _Reading:
    """The state that the threads share."""

    findings: Findings
    checkpoints: Checkpoints
    spreading: Spreading
    time_left: TimeLeft
    most_pages: int | None
    pages_read: Iterator[int] = field(default_factory=count)
    is_full: Event = field(default_factory=Event)
    is_stopped: Event = field(default_factory=Event)

    def read(self, partition: Partition) -> Ending:
        """Read a partition to its end, unless an earlier attempt has."""
        try:
            return self._read(partition)
        except _DroppedError as dropped:
            if isinstance(dropped.cause, ConfigurationError):
                self.spreading.refuse(partition.region)
            return Dropped()
        except BotError as error:
            self.spreading.end()
            return Outcome(partition.query, error=error)

    def _read(self, partition: Partition) -> Ending:
        query, checkpoints = partition.query, self.checkpoints
        if known := checkpoints.load_split(query):
            self.spreading.add_split(len(known))
            return Split(known)
        if finished := checkpoints.load_finished(query):
            self.spreading.end()
            return Outcome(query, finished)
        store = checkpoints.resume(query, partition.region)
        partition = replace(partition, region=store.region)
        for _ in range(MOST_RESTARTS):
            try:
                return self._fill(store, partition)
            except PageLostError:
                store = checkpoints.restart(query, partition.region)
        try:
            return self._fill(store, partition)
        except PageLostError as error:
            if partition.region:
                raise _DroppedError(error) from error
            raise

    def _fill(self, store: RowStore, partition: Partition) -> Ending:
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
        query, token, sample = partition.query, store.token, Sample()
        error: BotError | None = None
        number = 0
        try:
            for number, page in enumerate(self._pages(partition, token), 1):
                if next(self.pages_read) + 1 == self.most_pages:
                    self.is_full.set()
                if parts := self._count(partition, page, 0 if token else number, sample):
                    return Split(parts)
                store.add(page.findings, page.token)
                self.checkpoints.count_read(len(page.findings))
        except PageLostError:
            raise
        except (UpstreamError, TooMuchError) as ending:
            error = ending
            self.spreading.end()
        if self.checkpoints.continues_after(error):
            self.checkpoints.suspend(query, store, has_new=number > 0)
            return Outcome(query, error=error)
        result = self.checkpoints.finish(query, store, keep=error is None, is_long=number > 1)
        return Outcome(query, result, error)

    def _pages(self, partition: Partition, token: str) -> Iterator[Page]:
        """Read pages in the partition's Region. An error of another Region becomes a _DroppedError."""

        def check_cancelled() -> None:
            self._check_cancelled()
            if partition.may_be_spread and self.spreading.is_begun:
                raise _DroppedError

        region = partition.region
        try:
            findings = self.findings.at(region) if region else self.findings
            self.spreading.hold(partition)
            for page in findings.pages(partition.query, partition.weight, check_cancelled, token):
                yield page
                self.spreading.hold(partition)
        except (OutOfTimeError, PageLostError):
            raise
        except (ConfigurationError, UpstreamError) as error:
            if region:
                raise _DroppedError(error) from error
            raise

    def _count(self, partition: Partition, page: Page, number: int, sample: Sample) -> list[Partition]:
        """
        Count a page, and split its partition if one reader is too few for it.

        Args:
            number: the number of the page, from 1; 0 if the partition was begun by an earlier attempt.
            sample: the findings of the pages before.

        Returns:
            The partitions to read instead; empty if this one goes on.
        """
        may_be_split = partition.may_be_split and 1 <= number <= PAGES_ALONE
        sample.update(sample_of(page.findings) if may_be_split else ())
        self.spreading.add_page(partition, page)
        query, partitions = partition.query, list[Partition]()
        if page.is_last or not may_be_split or self.spreading.is_begun:
            return []
        if len(query.controls) > 1:
            partitions = by_control(query, sample, may_be_spread=partition.may_be_spread)
        elif number == PAGES_ALONE:
            self.spreading.wait()
            partitions = [] if self.spreading.is_begun else by_place(query, sample)
        if len(partitions) < 2:
            return []
        self.spreading.add_split(len(partitions))
        return partitions

    def _check_cancelled(self) -> None:
        if self.is_stopped.is_set() or not self.time_left():
            raise OutOfTimeError
        if self.is_full.is_set() or self.most_pages == 0:
            raise TooMuchError(most=f"{(self.most_pages or ASKED_PAGES) * PAGE:,}")
