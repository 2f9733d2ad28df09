"""A report's files: rows of all partitions, completed in batches, then rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from pathlib import Path

from bot.domain.finding import Finding, Severity, WorkflowStatus
from bot.domain.query import Query
from bot.domain.report import TOP_COUNT, PartitionResult, RowFiles, TallyCounter, sort_key
from bot.domain.row import Row
from bot.i18n import Locale
from bot.render.csv_file import encoded, header_text, owner_cells, row_text, suppressed_row_text
from bot.usecases.scanning.row_store import CHUNK_BYTES, read_section, sort_bytes

PartitionFile = tuple[PartitionResult, Path]

Complete = Callable[[Sequence[Row]], Sequence[Row]]
"""
Complete at most BATCH rows in place before they are rendered, and return those that the report keeps. Every
row passes once, in the report's order. A lookup that answers for many rows at once belongs here.
"""

BATCH = 50
"""Rows of a few kilobytes each. Of 100, Python's garbage collector moves many to its older generations."""


LEAST_CHUNK_BYTES = 1 << 14
"""Of a file, which are read at once: a dozen rows. Of several files, together CHUNK_BYTES at most."""


@dataclass(frozen=True, slots=True)
class Division:
    """The division of a report's rows among channels."""

    channel_of: Callable[[Row], str]
    """Returns the channel of a row; empty: the report's own."""
    report_id_of: Callable[[str], str]
    """Returns the report ID of a channel's rows."""


def write_report(
    files: Sequence[PartitionFile],
    query: Query,
    report_id: str,
    locale: Locale,
    *,
    folder: Path,
    complete: Complete,
    division: Division | None = None,
) -> tuple[RowFiles, tuple[RowFiles, ...]]:
    """
    Write the CSV, and the lines of bot/domain/row.py: by severity first, then in the order of problems.

    Args:
        report_id: the ID that the CSV names; may be empty.
        locale: the language of the CSV's header.
        folder: the place of the files.
        division: sends rows to other channels.

    Returns:
        The rows of the report, and those of each other channel.
    """
    columns = _Columns(query.is_of_suppressed, locale)
    with ExitStack() as stack:
        writers = {"": _Writer("", report_id, folder, columns, stack)}
        for batch in _batches(files, complete):
            for channel, rows in _divided(batch, division):
                if channel not in writers:
                    own_id = division.report_id_of(channel) if division else report_id
                    writers[channel] = _Writer(channel, own_id, folder, columns, stack)
                writers[channel].add(rows)
    own, *others = (writer.written() for writer in writers.values())
    return own, tuple(others)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of the CSV, and their language."""

    is_of_suppressed: bool
    locale: Locale


class _Writer:
    """Writes the files of one report, which `stack` closes, and counts the rows in them."""

    def __init__(
        self, channel: str, report_id: str, folder: Path, columns: _Columns, stack: ExitStack
    ) -> None:
        self._channel, self._report_id = channel, report_id
        self._csv_file, self._seen_file = folder / f"findings{channel}.csv", folder / f"seen{channel}.jsonl"
        self._locale = columns.locale
        self._render = suppressed_row_text if columns.is_of_suppressed else row_text
        self._counter, self._top = TallyCounter(), list[Row]()
        self._texts = stack.enter_context(self._csv_file.open("wb"))
        self._lines = stack.enter_context(self._seen_file.open("wb"))
        self._texts.write(header_text(columns.locale, is_of_suppressed=columns.is_of_suppressed).encode())

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows, which come in the report's order."""
        self._top += rows[: TOP_COUNT - len(self._top)]
        self._counter.add([row.finding for row in rows])
        render, report_id, locale = self._render, self._report_id, self._locale
        rendered = [render(row.finding, report_id, owner_cells(row.owner, locale), row.place) for row in rows]
        self._texts.write(encoded("".join(rendered)))
        self._lines.write("".join([f"{row.line()}\n" for row in rows]).encode())

    def written(self) -> RowFiles:
        """Return the files with their counts."""
        top = sorted(self._top, key=lambda row: sort_key(row.finding))
        tally = self._counter.tally(_shown(row.finding) for row in top)
        if any(row.place for row in top):
            tally = replace(tally, places=tuple(row.place for row in top))
        return RowFiles(self._channel, self._report_id, tally, self._csv_file, self._seen_file)


def _batches(files: Sequence[PartitionFile], complete: Complete) -> Iterator[Sequence[Row]]:
    """Yield the completed rows, those of all files in one order."""
    chunk_bytes = max(LEAST_CHUNK_BYTES, CHUNK_BYTES // max(1, len(files)))
    for severity in reversed(Severity):
        sections = [read_section(file, result, severity, chunk_bytes) for result, file in files]
        rows = merge(*sections, key=lambda row: sort_bytes(row.finding))
        while batch := list(islice(rows, BATCH)):
            yield complete(batch)


def _divided(rows: Sequence[Row], division: Division | None) -> Iterable[tuple[str, Sequence[Row]]]:
    """Return the rows of each channel, in their order."""
    if division is None:
        return (("", rows),)
    divided: dict[str, list[Row]] = {}
    for row in rows:
        divided.setdefault(division.channel_of(row), []).append(row)
    return divided.items()


def _shown(finding: Finding) -> Finding:
    """Leave out the user-defined fields, unless they tell why the finding is suppressed."""
    is_suppressed = finding.workflow_status is WorkflowStatus.SUPPRESSED
    return finding if is_suppressed or not finding.user_fields else replace(finding, user_fields=())
