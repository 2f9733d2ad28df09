"""An edited CSV beside the report of some findings, without Slack and without a bucket."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.csv_edit import Edit, EditSummary
from bot.domain.finding import Finding
from bot.i18n import Locale
from bot.render.csv_file import COLUMNS
from bot.usecases.csv_edit.compare import Comparison
from bot.usecases.csv_edit.read_csv import read_table
from tests.builders import a_csv, seen_in

REPORT = "0123456789abcdef0123456789abcdef"
SCANNED_AT = datetime(2026, 11, 24, tzinfo=UTC).isoformat()
Cells = dict[str, str]


def rows_of(findings: Iterable[Finding], locale: Locale = Locale.EN) -> list[Cells]:
    """Return a report's rows, by column."""
    text = a_csv(findings, locale, REPORT).decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def written(rows: Iterable[Cells], columns: Iterable[str] = COLUMNS, separator: str = ",") -> str:
    """Write rows as a spreadsheet does."""
    columns = list(columns)
    (header,) = csv.reader([a_csv([], Locale.EN).decode("utf-8-sig")])
    names = dict(zip(COLUMNS, header, strict=True))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow([names[column] for column in columns])
    writer.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue()


def compared(findings: Iterable[Finding], content: bytes) -> tuple[list[Edit], EditSummary]:
    """Compare a file with the report of some findings."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "edited.csv"
        file.write_bytes(content)
        comparison = Comparison(read_table(file), map(seen_in, findings), REPORT)
    return comparison.edits, comparison.summary("U0PERSON", "edited.csv", SCANNED_AT)


def edited(findings: list[Finding], *changes: tuple[int, Cells]) -> tuple[list[Edit], EditSummary]:
    """Change cells of some rows, by their place, and compare them."""
    rows = rows_of(findings)
    for place, cells in changes:
        rows[place] |= cells
    return compared(findings, written(rows).encode())
