"""The files of a scan's partitions, and the checkpoints that one attempt saves for the next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from bot.domain.finding import Severity
from bot.domain.partition import Partition
from bot.domain.query import Query
from bot.domain.report import PartitionResult
from bot.domain.row import Row
from bot.errors import BotError, OutOfTimeError, TooMuchError
from bot.ports import CheckpointStore
from bot.usecases.scanning.row_store import RowStore, read_result, read_section

OnProgress = Callable[[int], None]
"""
Called with the number of findings read so far, by several threads at once: a smaller number may follow a
larger. Any exception that it raises ends the scan.
"""

STARTED = "started"
"""The name of the file that holds the time at which a scan began."""

SPLIT_BY = ("controls", "accounts", "not_accounts", "regions", "not_regions")
"""The attributes by which bot/domain/partition.py splits a query."""

FORMAT = 4
"""The version of the files. Checkpoints of another version are ignored: their partitions are read again."""


def no_progress(count: int) -> None:
    """Ignore the progress."""
    del count


class Checkpoints:
    """
    The files of partitions in a folder, some of them from earlier attempts. Several threads may use it.

    ```text
    <partition>.rows   the rows of a finished partition
               .store  the findings of a suspended one
               .split  the partitions into which it was split
    <query>.plan       all partitions of the scan, from the time on at which it was spread over Regions
    started            the time at which the scan began
    ```

    Args:
        folder: the place of the files.
        store: keeps checkpoints; None if no other attempt follows.
        resumable: whether another attempt continues when this one's time is up …
        pauses: … and when this one has read as many pages as it may.
        keeps_all: whether to keep results of a single page too. Usually reading such a page again is cheaper.
    """

    def __init__(
        self,
        folder: Path,
        store: CheckpointStore | None = None,
        progress: OnProgress = no_progress,
        *,
        resumable: bool = False,
        pauses: bool = False,
        keeps_all: bool = False,
    ) -> None:
        self._folder = folder
        self._store = store
        self._progress = progress
        self.resumable = resumable
        self.pauses = pauses and store is not None
        self._unsaved: list[str] = []
        self._names = store.names() if store else frozenset()
        self._keeps_all = keeps_all or bool(self._names)
        self._lock = Lock()
        self._read_count = 0
        self.kept_count = 0
        """The number of findings that the next attempt need not read."""

    def started_at(self, now: datetime) -> datetime:
        """Return when the first attempt of this scan began; `now` if this is the first."""
        file = self._fetch(STARTED)
        return datetime.fromisoformat(file.read_text(encoding="ascii")) if file else now

    def save_start(self, started_at: datetime) -> None:
        """Keep the time at which this scan began, unless it is kept already."""
        if STARTED not in self._names:
            self._save(STARTED, started_at.isoformat())

    def continues_after(self, error: BotError | None) -> bool:
        """Return whether another attempt continues a partition that an error has ended."""
        return (self.resumable and isinstance(error, OutOfTimeError)) or (
            self.pauses and isinstance(error, TooMuchError)
        )

    def load_plan(self, query: Query) -> list[Partition]:
        """Return all partitions of a scan that an earlier attempt has spread; empty if none has."""
        return self._load_partitions(query, "plan")

    def save_plan(self, query: Query, partitions: Iterable[Partition]) -> None:
        """Keep all partitions of a scan, finished or not: they are disjoint, and together are the query."""
        self._save_partitions(query, "plan", partitions)

    def load_split(self, query: Query) -> list[Partition]:
        """Return the partitions into which a query was split; empty if it was not."""
        return self._load_partitions(query, "split")

    def save_split(self, query: Query, partitions: Iterable[Partition]) -> None:
        """Keep a split: another sample of findings would split the query otherwise."""
        self._save_partitions(query, "split", partitions)

    def load_finished(self, query: Query) -> PartitionResult | None:
        """Return the result of a partition that an earlier attempt has finished, None if none has."""
        file = self._fetch(_name(query, "rows"))
        result = read_result(file) if file else None
        if result:
            self.count_read(result.finding_count)
            self._count_kept(result.finding_count)
        return result

    def resume(self, query: Query, region: str = "") -> RowStore:
        """
        Open the store of a partition: the suspended one of an earlier attempt, or an empty one.

        Args:
            region: the Region in which the partition is to be read. A store that another Region than this one
                or the bot's own has begun is useless, since its token is not valid there.
        """
        self._fetch(_name(query, "store"))
        store = self.restart(query, region)
        if store.region not in ("", region):
            with store:
                pass
            store = self.restart(query, region)
        self.count_read(store.count)
        return store

    def restart(self, query: Query, region: str = "") -> RowStore:
        """Open an empty store for a partition."""
        return RowStore(self._folder / _name(query, "store"), region)

    def suspend(self, query: Query, store: RowStore, *, has_new: bool) -> None:
        """Keep an unfinished store for the next attempt, unless that has the same store already."""
        if self._store and has_new:
            store.suspend()
            self._save(_name(query, "store"))
        self._count_kept(store.count)

    def finish(self, query: Query, store: RowStore, *, keep: bool, is_long: bool) -> PartitionResult:
        """
        Write a store's rows to the partition's file.

        Args:
            keep: whether the partition was read to its end.
            is_long: whether it has several pages.
        """
        result = store.write(self.file(query))
        if self._store and keep and (is_long or self._keeps_all):
            self._save(_name(query, "rows"))
            self._count_kept(result.finding_count)
        elif keep:
            self._unsaved.append(_name(query, "rows"))
        return result

    def save_finished(self) -> None:
        """Keep the finished partitions that were not worth it yet."""
        while self._unsaved:
            self._save(self._unsaved.pop())

    def file(self, query: Query) -> Path:
        """Return the file of a finished partition."""
        return self._folder / _name(query, "rows")

    def rows(self, query: Query, result: PartitionResult) -> Iterator[Row]:
        """Read the rows of a partition."""
        for severity in reversed(Severity):
            yield from read_section(self.file(query), result, severity)

    def count_read(self, count: int) -> None:
        """Count findings as read, and report it; a negative number, as not read, without a report."""
        with self._lock:
            self._read_count += count
            read_count = self._read_count
        if count > 0:
            self._progress(read_count)

    @property
    def read_count(self) -> int:
        """The number of findings that this and earlier attempts have read."""
        return self._read_count

    def _count_kept(self, count: int) -> None:
        with self._lock:
            self.kept_count += count

    def _load_partitions(self, query: Query, ending: str) -> list[Partition]:
        file = self._fetch(_name(query, ending))
        partitions = []
        for attributes, *rest in json.loads(file.read_text(encoding="ascii")) if file else ():
            narrowed: dict[str, Any] = {name: tuple(values) for name, values in attributes.items()}
            partitions.append(Partition(replace(query, **narrowed), *rest))
        return partitions

    def _save_partitions(self, query: Query, ending: str, partitions: Iterable[Partition]) -> None:
        entries = [
            (
                {name: getattr(part.query, name) for name in SPLIT_BY},
                part.weight,
                part.may_be_split,
                part.may_be_spread,
                part.region,
            )
            for part in partitions
        ]
        self._save(_name(query, ending), json.dumps(entries))

    def _fetch(self, name: str) -> Path | None:
        """Fetch a file of an earlier attempt; return None if there is none."""
        file = self._folder / name
        if not self._store or name not in self._names:
            return None
        self._store.fetch(name, file)
        return file

    def _save(self, name: str, text: str | None = None) -> None:
        """Keep a file for the next attempt, with `text` if it is not written yet."""
        if self._store:
            file = self._folder / name
            if text is not None:
                file.write_text(text, encoding="ascii")
            self._store.save(name, file)


def _name(query: Query, ending: str) -> str:
    """Name a partition's file by its query, so that the next attempt finds it."""
    return f"{hashlib.sha256(f'{FORMAT} {query!r}'.encode()).hexdigest()[:32]}.{ending}"
