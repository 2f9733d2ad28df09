"""The CSV files of the rows of single owners, out of the CSVs of stored reports."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, TextIO

from bot.domain.row import ReportRow
from bot.ports import Reports
from bot.render.csv_file import quoted

MOST_FILES = 500
"""Files that are written at once; Lambda lets a process open 1,024."""


class OwnedRows(NamedTuple):
    """The rows of a report, and whose they are."""

    report_id: str
    keys_of: Callable[[ReportRow], Iterable[str]]
    """Returns the keys of a row; others than are asked for do not count."""


def split_csv(
    parts: Iterable[OwnedRows], keys: Collection[str], reports: Reports, folder: Path
) -> dict[str, Path]:
    """
    Write a CSV with the rows of each key, in the order of the reports and with their header.

    Args:
        parts: reports of one scan, whose CSVs have the same columns.
        keys: at most MOST_FILES.
        folder: the place of the files, and of a copy of each report's CSV in turn.

    Returns:
        The file of each key.

    Raises:
        ReportGoneError: a report has expired.
    """
    files = {key: folder / f"{number}.csv" for number, key in enumerate(keys)}
    with ExitStack() as stack:
        outs: dict[str, TextIO] = {
            key: stack.enter_context(file.open("w", encoding="utf-8", newline=""))
            for key, file in files.items()
        }
        for number, part in enumerate(parts):
            whole = folder / "report.csv"
            reports.fetch_csv(part.report_id, whole)
            with whole.open(encoding="utf-8-sig", newline="") as text:
                lines = csv.reader(text)
                header = next(lines)
                for out in outs.values() if number == 0 else ():
                    out.write("\ufeff" + quoted(header))
                for cells, row in zip(lines, reports.rows(part.report_id), strict=True):
                    for key in set(part.keys_of(row)) & outs.keys():
                        outs[key].write(quoted(cells))
    return files
