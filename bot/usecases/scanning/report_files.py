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
from bot.render.csv_file import encoded, header_text, row_text, suppressed_row_text
from bot.usecases.scanning.row_store import read_section

PartitionFile = tuple[PartitionResult, Path]

Complete = Callable[[Sequence[Row]], None]
"""
Complete at most BATCH rows in place before they are rendered. Every row of the report passes once, in the
report's order. A lookup that answers for many rows at once, such as that of an owner, belongs here.
"""

BATCH = 50
"""Rows of a few kilobytes each. Of 100, Python's garbage collector moves many to its older generations."""


def nothing_to_complete(rows: Sequence[Row]) -> None:
    """Leave the rows as they were read."""
    del rows


def write_report(
    files: Sequence[PartitionFile],
    query: Query,
    report_id: str,
    locale: Locale,
    *,
    csv_file: Path,
    seen_file: Path,
    complete: Complete = nothing_to_complete,
) -> Tally:
    """
    Write the CSV, and the lines of bot/domain/row.py: by severity first, then in the order of `files`.

    Args:
        report_id: the ID that the CSV names; may be empty.
        locale: the language of the CSV's header.
    """
    render = suppressed_row_text if query.is_of_suppressed else row_text
    counter, top = TallyCounter(), list[Row]()
    rows = _rows(files, top)
    with csv_file.open("wb") as texts, seen_file.open("wb") as lines:
        texts.write(header_text(locale, is_of_suppressed=query.is_of_suppressed).encode())
        while batch := list(islice(rows, BATCH)):
            complete(batch)
            findings = [row.finding for row in batch]
            counter.add(findings)
            texts.write(encoded("".join([render(finding, report_id) for finding in findings])))
            lines.write("".join([f"{row.line()}\n" for row in batch]).encode())
    return counter.tally(_shown(row.finding) for row in top)


def _rows(files: Sequence[PartitionFile], top: list[Row]) -> Iterator[Row]:
    """Yield all rows; afterwards `top` has the first of them by their sort key, as they were completed."""
    for severity in reversed(Severity):
        for result, file in files:
            for number, row in enumerate(read_section(file, result, severity)):
                if number < TOP_COUNT:
                    top.append(row)
                yield row
        top[:] = nsmallest(TOP_COUNT, top, key=lambda row: sort_key(row.finding))


def _shown(finding: Finding) -> Finding:
    """Leave out the user-defined fields, unless they tell why the finding is suppressed."""
    is_suppressed = finding.workflow_status is WorkflowStatus.SUPPRESSED
    return finding if is_suppressed or not finding.user_fields else replace(finding, user_fields=())
