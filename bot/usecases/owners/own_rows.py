"""The CSV files of the rows of single owners, out of the CSV of a stored report."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from bot.domain.row import ReportRow
from bot.ports import Reports
from bot.render.csv_file import quoted

MOST_FILES = 500
"""Files that are written at once; Lambda lets a process open 1,024."""


def split_csv(
    report_id: str,
    keys: Collection[str],
    keys_of: Callable[[ReportRow], Iterable[str]],
    reports: Reports,
    folder: Path,
) -> dict[str, Path]:
    """
    Write a CSV with the rows of each key, in the report's order and with its header.

    Args:
        keys: at most MOST_FILES.
        keys_of: returns the keys of a row; others than `keys` do not count.
        folder: the place of the files, and of a copy of the report's CSV.

    Returns:
        The file of each key.

    Raises:
        ReportGoneError: the report has expired.
    """
    whole = folder / "report.csv"
    reports.fetch_csv(report_id, whole)
    files = {key: folder / f"{number}.csv" for number, key in enumerate(keys)}
    with ExitStack() as stack:
        outs: dict[str, TextIO] = {
            key: stack.enter_context(file.open("w", encoding="utf-8", newline=""))
            for key, file in files.items()
        }
        lines = csv.reader(stack.enter_context(whole.open(encoding="utf-8-sig", newline="")))
        header = next(lines)
        for out in outs.values():
            out.write("\ufeff" + quoted(header))
        for cells, row in zip(lines, reports.rows(report_id), strict=True):
            for key in set(keys_of(row)) & outs.keys():
                outs[key].write(quoted(cells))
    return files
