"""A report's files: rows of all partitions, completed in batches, then rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import islice
from pathlib import Path

from bot.domain.finding import Finding, Severity, WorkflowStatus
from bot.domain.query import Query
from bot.domain.report import TOP_COUNT, PartitionResult, Tally, TallyCounter, sort_key
from bot.domain.row import Row
from bot.i18n import Locale
from bot.render.csv_file import encoded, header_text, owner_cells, row_text, suppressed_row_text
from bot.usecases.scanning.row_store import read_section

PartitionFile = tuple[PartitionResult, Path]

Complete = Callable[[Sequence[Row]], Sequence[Row]]
"""
Complete at most BATCH rows in place before they are rendered, and return those that the report keeps. Every
row passes once, in the report's order. A lookup that answers for many rows at once belongs here.
"""

BATCH = 50
"""Rows of a few kilobytes each. Of 100, Python's garbage collector moves many to its older generations."""


def write_report(
    files: Sequence[PartitionFile],
    query: Query,
    report_id: str,
    locale: Locale,
    *,
    csv_file: Path,
    seen_file: Path,
    complete: Complete,
) -> Tally:
    """
    Write the CSV, and the lines of bot/domain/row.py: by severity first, then in the order of `files`.

    Args:
        report_id: the ID that the CSV names; may be empty.
        locale: the language of the CSV's header.
    """
    render = suppressed_row_text if query.is_of_suppressed else row_text
    counter, top = TallyCounter(), list[Row]()
    with csv_file.open("wb") as texts, seen_file.open("wb") as lines:
        texts.write(header_text(locale, is_of_suppressed=query.is_of_suppressed).encode())
        for batch in _batches(files, complete, top):
            counter.add([row.finding for row in batch])
            rendered = [render(row.finding, report_id, owner_cells(row.owner, locale)) for row in batch]
            texts.write(encoded("".join(rendered)))
            lines.write("".join([f"{row.line()}\n" for row in batch]).encode())
    return counter.tally(_shown(row.finding) for row in top)


def _batches(files: Sequence[PartitionFile], complete: Complete, top: list[Row]) -> Iterator[Sequence[Row]]:
    """Yield the completed rows; afterwards `top` has the first of them by their sort key."""
    for severity in reversed(Severity):
        for result, file in files:
            rows, wanted = read_section(file, result, severity), TOP_COUNT
            while batch := list(islice(rows, BATCH)):
                kept = complete(batch)
                top += kept[:wanted]
                wanted -= min(wanted, len(kept))
                yield kept
        top[:] = nsmallest(TOP_COUNT, top, key=lambda row: sort_key(row.finding))


def _shown(finding: Finding) -> Finding:
    """Leave out the user-defined fields, unless they tell why the finding is suppressed."""
    is_suppressed = finding.workflow_status is WorkflowStatus.SUPPRESSED
    return finding if is_suppressed or not finding.user_fields else replace(finding, user_fields=())
