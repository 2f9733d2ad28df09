"""The files of a scan's partitions, and the checkpoints that one attempt saves for the next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from bot.domain.finding import Severity
from bot.domain.partition import Partition
from bot.domain.query import Query
from bot.domain.report import PartitionResult
from bot.domain.row import Row
from bot.ports import Parts
from bot.usecases.scanning.row_store import RowStore, read_section

OnProgress = Callable[[int], None]
"""
Called with the number of findings read so far, by several threads at once: a smaller number may follow a
larger. Any exception that it raises ends the scan.
"""

STARTED = "started"
"""The name of the object that holds the time at which a scan began."""

FORMAT = 2
"""The version of the files. Checkpoints of another version are ignored: their partitions are read again."""


def no_progress(count: int) -> None:
    """Ignore the progress."""
    del count


class Checkpoints:
    """
    The files of partitions in a folder, some of them from earlier attempts. Several threads may use it.

    Args:
        folder: the place of the files.
        parts: keeps checkpoints; None if no other attempt follows.
        resumable: whether another attempt continues when this one's time is up.
        keeps_all: whether to keep results of a single page too. Usually reading such a page again is cheaper.
    """

    def __init__(
        self,
        folder: Path,
        parts: Parts | None = None,
        progress: OnProgress = no_progress,
        *,
        resumable: bool = False,
        keeps_all: bool = False,
    ) -> None:
        self._folder = folder
        self._parts = parts
        self._progress = progress
        self.resumable = resumable
        self._names = parts.names() if parts else frozenset()
        self._keeps_all = keeps_all or bool(self._names)
        self._lock = Lock()
        self._read_count = 0
        self.kept_count = 0
        """The number of findings that the next attempt need not read."""

    def started_at(self, now: datetime) -> datetime:
        """Return when the first attempt of this scan began; `now` if this is the first."""
        if not self._parts or STARTED not in self._names:
            return now
        file = self._folder / STARTED
        self._parts.resume(STARTED, file)
        return datetime.fromisoformat(file.read_text(encoding="ascii"))

    def save_start(self, started_at: datetime) -> None:
        """Keep the time at which this scan began, unless it is kept already."""
        if self._parts and STARTED not in self._names:
            file = self._folder / STARTED
            file.write_text(started_at.isoformat(), encoding="ascii")
            self._parts.suspend(STARTED, file)

    def load_split(self, query: Query) -> list[Partition]:
        """Return the partitions into which a query was split; empty if it was not."""
        name = _split_name(query)
        return self._parts.load_split(name) if self._parts and name in self._names else []

    def save_split(self, query: Query, partitions: Sequence[Partition]) -> None:
        """Keep a split: another sample of findings would split the query otherwise."""
        if self._parts:
            self._parts.save_split(_split_name(query), partitions)

    def load_finished(self, query: Query) -> PartitionResult | None:
        """Return the result of a partition that an earlier attempt has finished, None if none has."""
        name = _name(query)
        result = self._parts.find(name) if self._parts and name in self._names else None
        if result:
            self.count_read(result.finding_count)
            self._count_kept(result.finding_count)
        return result

    def resume(self, query: Query) -> RowStore:
        """Open the store of a partition: the suspended one of an earlier attempt, or an empty one."""
        file = self._file(query, "store")
        if self._parts and _suspended_name(query) in self._names:
            self._parts.resume(_suspended_name(query), file)
        store = RowStore(file)
        if store.count:
            self.count_read(store.count)
        return store

    def restart(self, query: Query) -> RowStore:
        """Open an empty store for a partition."""
        return RowStore(self._file(query, "store"))

    def suspend(self, query: Query, store: RowStore, *, has_new: bool) -> None:
        """Keep an unfinished store for the next attempt, unless that has the same store already."""
        if self._parts and has_new:
            self._parts.suspend(_suspended_name(query), store.suspend())
        self._count_kept(store.count)

    def finish(self, query: Query, store: RowStore, *, keep: bool, is_long: bool) -> PartitionResult:
        """
        Write a store's rows to the partition's file.

        Args:
            keep: whether the partition was read to its end.
            is_long: whether it has several pages.
        """
        result = store.write(self._file(query, "rows"))
        if self._parts and keep and (is_long or self._keeps_all):
            self._parts.keep(_name(query), result, self._file(query, "rows"))
            self._count_kept(result.finding_count)
        return result

    def file(self, query: Query) -> Path:
        """Return a partition's file, fetched if an earlier attempt has written it."""
        file = self._file(query, "rows")
        if self._parts and not file.exists():
            self._parts.fetch(_name(query), file)
        return file

    def rows(self, query: Query, result: PartitionResult) -> Iterator[Row]:
        """Read the rows of a partition."""
        file = self.file(query)
        for severity in reversed(Severity):
            yield from read_section(file, result, severity)

    def count_read(self, count: int) -> None:
        """Count findings as read, and report the progress."""
        self._progress(self._add(count))

    def count_unread(self, count: int) -> None:
        """Count findings as not read, because they are read again."""
        self._add(-count)

    def _add(self, count: int) -> int:
        with self._lock:
            self._read_count += count
            return self._read_count

    def _count_kept(self, count: int) -> None:
        with self._lock:
            self.kept_count += count

    def _file(self, query: Query, ending: str) -> Path:
        return self._folder / f"{_name(query)}.{ending}"


def _name(query: Query) -> str:
    """Name a partition by its query, so that the next attempt finds it."""
    return hashlib.sha256(f"{FORMAT} {query!r}".encode()).hexdigest()[:32]


def _suspended_name(query: Query) -> str:
    return f"{_name(query)}.suspended"


def _split_name(query: Query) -> str:
    return f"{_name(query)}.split"
