"""A part of a report: what one partition of a scan has found, in two files and in numbers."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from bot.domain.finding import Finding, Severity
from bot.domain.report import PART_ENDINGS, TOP_COUNT, PartitionResult, Tally
from bot.usecases.scanning.row_store import Row, RowStore

ROWS, SEEN = PART_ENDINGS
STORE = "spool"
"""The ending of what holds a part's findings while they are read."""

CHUNK_BYTES = 1 << 20

AT_ONCE = 100
"""Rows, of about a kilobyte each."""


def write_part(store: RowStore, file: Callable[[str], Path]) -> PartitionResult:
    """
    Write what a spool holds, in a report's order.

    Args:
        file: gives the path of the part's file with an ending.
    """
    with ExitStack() as files:
        sections: defaultdict[str, _Section] = defaultdict(lambda: _Section(files))
        for row in store.rows():
            sections[row.severity].add(row)
        ordered = {severity: sections[severity] for severity in reversed(Severity) if severity in sections}
        with file(ROWS).open("wb") as rows, file(SEEN).open("wb") as lines:
            for section in ordered.values():
                section.flush()
                _append(section.rows, rows)
                _append(section.lines, lines)
        return PartitionResult(
            Tally.sum(section.tally(severity) for severity, section in ordered.items()),
            {severity: (section.rows.tell(), section.lines.tell()) for severity, section in ordered.items()},
        )


class _Section:
    """The findings of one severity, which come sorted by problem."""

    def __init__(self, files: ExitStack) -> None:
        self.rows, self.lines = files.enter_context(_file()), files.enter_context(_file())
        self._unwritten: list[tuple[bytes, bytes]] = []
        self._controls: Counter[str] = Counter()
        self._new_count = 0
        self._top: list[Finding] = []

    def add(self, row: Row) -> None:
        """Write a finding."""
        self._unwritten.append((row.text, row.seen))
        if len(self._unwritten) == AT_ONCE:
            self.flush()
        self._controls[row.control_id] += 1
        self._new_count += row.is_new
        if len(self._top) < TOP_COUNT:
            self._top.append(row.finding())

    def flush(self) -> None:
        """Write what has been added, which costs less for many at once."""
        self.rows.write(b"".join([text for text, _ in self._unwritten]))
        self.lines.write(b"".join([seen + b"\n" for _, seen in self._unwritten]))
        self._unwritten.clear()

    def tally(self, severity: Severity) -> Tally:
        """Give the section in numbers."""
        count = self._controls.total()
        return Tally(count, self._new_count, {severity: count}, self._controls, tuple(self._top))


def _file() -> BinaryIO:
    return cast(BinaryIO, TemporaryFile())


def _append(source: BinaryIO, out: BinaryIO) -> None:
    source.seek(0)
    shutil.copyfileobj(source, out, CHUNK_BYTES)


def join_parts(
    parts: Sequence[tuple[PartitionResult, Callable[[str], Path]]],
    header: str,
    csv_file: Path,
    seen_file: Path,
) -> Tally:
    """Put parts together into a report's files: by severity first, then in the parts' order."""
    with csv_file.open("wb") as rows, seen_file.open("wb") as lines:
        rows.write(header.encode())
        for severity in reversed(Severity):
            for part, file in parts:
                _copy(part, severity, 0, file(ROWS), rows)
                _copy(part, severity, 1, file(SEEN), lines)
    return Tally.sum(part.tally for part, _ in parts)


def _copy(part: PartitionResult, severity: Severity, which: int, file: Path, out: BinaryIO) -> None:
    """Copy a severity's bytes; those of the more severe stand before them."""
    left = part.sections.get(severity, (0, 0))[which]
    if not left:
        return
    with file.open("rb") as source:
        source.seek(sum(size[which] for other, size in part.sections.items() if other.rank > severity.rank))
        while left:
            chunk = source.read(min(left, CHUNK_BYTES))
            out.write(chunk)
            left -= len(chunk)
