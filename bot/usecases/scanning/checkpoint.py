"""Reading partitions into parts, from where an earlier attempt has left them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock

from bot.domain.finding import Finding
from bot.domain.partition import Partition
from bot.domain.query import Query
from bot.domain.report import PartitionResult
from bot.errors import OutOfTimeError, PageLostError, UpstreamError
from bot.ports import Parts
from bot.render.csv_file import row_text, suppressed_row_text
from bot.usecases.scanning.part_files import STORE, write_part
from bot.usecases.scanning.reader import Pages
from bot.usecases.scanning.row_store import RowStore, RowText

OnProgress = Callable[[int], None]
"""
Is told how many findings have been read so far, by several threads at once: a smaller number may come after a
larger. What it raises ends the scan.
"""

BEGUN = "begun.left"
"""The name of what says when a scan began."""

Read = tuple[PartitionResult, UpstreamError | None]
"""What was read of a partition, and why it breaks off there."""


class CheckpointReader:
    """
    Reads partitions into files, and remembers for `read` what earlier attempts have left.

    Args:
        folder: where the files go.
        parts: keeps what is read for other attempts.
        resumable: whether to leave what is not done when the time is up to the next attempt.
        report_id: of the report that the parts are of, which its rows name.
        keeps_all: whether to keep parts of a single page too: they are so many that they take long.
    """

    def __init__(
        self,
        folder: Path,
        parts: Parts | None,
        progress: OnProgress,
        *,
        resumable: bool,
        report_id: str = "",
        keeps_all: bool = False,
    ) -> None:
        self._folder = folder
        self._report_id = report_id
        self._parts = parts
        self._progress = progress
        self.resumable = resumable
        self._keeps_all = keeps_all
        self._names = parts.names() if parts else frozenset()
        self._resumed: dict[str, RowStore] = {}
        self._read_count = 0
        self._lock = Lock()
        self.kept_count = 0
        """How many findings the next attempt need not read."""

    def has(self, query: Query) -> bool:
        """Tell whether a partition's part is kept."""
        return _name(query) in self._names

    def start(self, query: Query) -> str:
        """Take up what was left of a partition, and give the token of its next page."""
        name = _name(query)
        is_left = name not in self._names and _left(name) in self._names
        if self._parts is None or not is_left:
            return ""
        file = self._file(name, STORE)
        self._parts.resume(_left(name), file)
        store = self._resumed[name] = RowStore(file, self._report_id, _text(query))
        return store.token

    def cut(self, query: Query) -> list[Partition]:
        """Give what a partition was cut into."""
        name = _cut(_name(query))
        return self._parts.cut(name) if self._parts and name in self._names else []

    def save_split(self, query: Query, partitions: Sequence[Partition]) -> None:
        """Keep what a partition was cut into."""
        if self._parts:
            self._parts.save_split(_cut(_name(query)), partitions)

    def begun_at(self, now: datetime) -> datetime:
        """Give when the first attempt began that had to leave something; now if there was none."""
        if self._parts is None or BEGUN not in self._names:
            return now
        file = self._folder / BEGUN
        self._parts.resume(BEGUN, file)
        return datetime.fromisoformat(file.read_text(encoding="ascii"))

    def leave_beginning(self, begun_at: datetime) -> None:
        """Tell the next attempt when this one began, unless it knows of an earlier one."""
        if self._parts and BEGUN not in self._names:
            file = self._folder / BEGUN
            file.write_text(begun_at.isoformat(), encoding="ascii")
            self._parts.leave(BEGUN, file)

    def part(self, query: Query, pages: Pages) -> Read:
        """Write a partition's part, or take it from where it is kept."""
        name = _name(query)
        kept = self._parts.find(name) if self._parts and name in self._names else None
        if kept:
            self._tell(kept.tally.finding_count)
            self._count_kept(kept.tally.finding_count)
            return kept, None
        resumed = self._resumed.pop(name, None)
        with resumed or RowStore(self._file(name, STORE), self._report_id, _text(query)) as store:
            reading = _Readable(pages, self._tell, store.token)
            self._fill(store, reading)
            if self._parts and self.resumable and isinstance(reading.error, OutOfTimeError):
                self._leave(name, store, reading)
                return PartitionResult(), reading.error
            part = write_part(store, partial(self._file, name))
        is_worth_it = reading.page_count > 1 or self._keeps_all or self._names
        if self._parts and not reading.error and is_worth_it:
            self._parts.keep(name, part, partial(self._file, name))
            self._count_kept(part.tally.finding_count)
        return part, reading.error

    def files(self, query: Query) -> Callable[[str], Path]:
        """Give the paths of a part's files by their endings; what is kept elsewhere is fetched."""

        def fetched(ending: str) -> Path:
            file = self._file(_name(query), ending)
            if self._parts and not file.exists():
                self._parts.fetch(_name(query), ending, file)
            return file

        return fetched

    def _fill(self, store: RowStore, reading: _Readable) -> None:
        if store.count:
            self._tell(store.count)
        try:
            for findings in reading:
                store.add(findings)
        except BaseException:
            self._count(-store.count)  # it is read again, as it is or in partitions
            raise

    def _leave(self, name: str, store: RowStore, reading: _Readable) -> None:
        """Leave a partition that is not done to the next attempt, unless there is nothing new to leave."""
        if self._parts and reading.page_count:
            store.leave(reading.token)
            self._parts.leave(_left(name), self._file(name, STORE))
        self._count_kept(store.count)

    def _file(self, name: str, ending: str) -> Path:
        return self._folder / f"{name}.{ending}"

    def _tell(self, count: int) -> None:
        self._progress(self._count(count))

    def _count(self, count: int) -> int:
        with self._lock:
            self._read_count += count
            return self._read_count

    def _count_kept(self, count: int) -> None:
        with self._lock:
            self.kept_count += count


@dataclass
class _Readable:
    """Findings by the page until one cannot be read, or the time is up, and the reason."""

    pages: Pages
    tell: OnProgress
    token: str
    """Of the page that comes next."""
    page_count: int = 0
    error: UpstreamError | None = None

    def __iter__(self) -> Iterator[list[Finding]]:
        try:
            for page in self.pages:
                self.page_count += 1
                self.token = page.token
                self.tell(len(page.findings))
                yield page.findings
        except PageLostError:
            raise
        except UpstreamError as error:
            self.error = error


def _name(query: Query) -> str:
    """Name a part by its query: a scan that goes on where another broke off knows it again."""
    return hashlib.sha256(repr(query).encode()).hexdigest()[:32]


def _left(name: str) -> str:
    """Name what is left of a part that is not done."""
    return f"{name}.left"


def _cut(name: str) -> str:
    """Name what a partition was cut into."""
    return f"{name}.cut"


def _text(query: Query) -> RowText:
    return suppressed_row_text if query.is_of_suppressed else row_text
