"""
An edited CSV beside the report that it is of, in a temporary file: 100,000 rows take the memory of a few.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from unicodedata import normalize

from bot.domain.csv_edit import (
    MOST_CHANGES,
    MOST_SHOWN,
    ChangeCount,
    ConvertedNote,
    Edit,
    EditedChange,
    EditSummary,
    Wrong,
    WrongRow,
    edited_targets,
)
from bot.domain.finding import WorkflowStatus
from bot.domain.row import ReportRow, parse_row
from bot.errors import FileChangesError, FileReportError
from bot.i18n import Locale, translate
from bot.render.csv_file import plain
from bot.usecases.csv_edit.conversion import looks_converted, outcomes, readings
from bot.usecases.csv_edit.encoding import comparable
from bot.usecases.csv_edit.read_csv import Table, TableRow
from bot.usecases.scanning.row_store import SETTINGS

_CREATE = """
CREATE TABLE seen (
    key BLOB, place, line, control, account, count, status, note, PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE TABLE edits (key BLOB PRIMARY KEY, number, status, note, is_wrong);
CREATE TABLE wrong (number, why, text);
CREATE TABLE converted (number PRIMARY KEY, before, after);
CREATE TABLE readings (reading, arn, key BLOB);
CREATE INDEX by_reading ON readings (reading);
"""

_CHANGES = """
FROM edits JOIN seen USING (key)
WHERE NOT is_wrong AND (edits.status IS NOT NULL OR edits.note IS NOT NULL)
"""


_ARN = '[[["arn:'
"""How the line of a problem begins whose finding has an ARN for an Id, as all of Security Hub's own have."""

_OVER = "iif(edits.note IS NULL, '', seen.note)"


class Diff:
    """
    What a file asks for; to be filled with the report first.

    Args:
        years: in which the file may have been open in a spreadsheet.
    """

    def __init__(self, years: Collection[int] = ()) -> None:
        self._years = years

    def __enter__(self) -> Self:
        """Make it: SQLite takes the empty name for a database on disk of its own."""
        self._table = sqlite3.connect("", isolation_level=None)
        for setting in SETTINGS:
            self._table.execute(f"PRAGMA {setting}")
        self._table.executescript(_CREATE)
        self._table.execute("BEGIN")
        self._row_count = self._unchanged_count = 0
        self._is_indexed = False
        self._columns: frozenset[str] = frozenset()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete it."""
        self._table.close()

    def add_report(self, rows: Iterable[tuple[ReportRow, str]]) -> None:
        """Put in what the report says: each problem, and its note as the CSV has it."""
        self._table.executemany(
            "INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    _key(seen),
                    place,
                    seen.line(),
                    plain(seen.control_id),
                    plain(seen.account_id),
                    len(seen.statuses),
                    seen.status,
                    plain(note),
                )
                for place, (seen, note) in enumerate(rows)
            ),
        )

    def add_file(self, table: Table, report_id: str) -> None:
        """
        Put in what the file says.

        Raises:
            FileReportError: every row is of another report.
            The errors of `Table.rows`.
        """
        self._columns = frozenset(table.columns)
        other_count = 0
        for row in table.rows():
            self._row_count += 1
            if row.report_id != report_id:
                other_count += 1
                self._refuse(row.number, Wrong.REPORT, row.key[0])
            else:
                self._add(row, table.encoding)
        self._refuse_uncertain()
        if other_count and other_count == self._row_count:
            raise FileReportError

    def edits(self) -> Iterator[Edit]:
        """Give what changes, what gets the same together, each group in the report's order."""
        asked = f"SELECT edits.status, edits.note, {_OVER}, place, line {_CHANGES} ORDER BY 1, 2, place"
        for status, note, over, place, line in self._table.execute(asked):
            yield Edit(place, parse_row(line), _change(status, note), over)

    def changes(self) -> list[tuple[EditedChange, str]]:
        """
        Give each different change once, with each note that another is written for.

        Raises:
            FileChangesError: there are more than MOST_CHANGES.
        """
        asked = f"SELECT DISTINCT edits.status, edits.note, {_OVER} {_CHANGES} LIMIT {MOST_CHANGES + 1}"
        found = [(_change(status, note), over) for status, note, over in self._rows(asked)]
        if len(found) > MOST_CHANGES:
            raise FileChangesError(most=f"{MOST_CHANGES:,}")
        return found

    def summary(self) -> EditSummary:
        """Count all of it."""
        changes = self._rows(
            f"SELECT edits.status, edits.note, count(*), sum(count) {_CHANGES}"
            f" GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {MOST_SHOWN}"
        )
        ((change_count, problem_count),) = self._rows(
            f"SELECT count(*), ifnull(sum(n), 0) FROM (SELECT count(*) AS n {_CHANGES}"  # noqa: S608
            " GROUP BY edits.status, edits.note)"
        )
        wrong = self._rows(f"SELECT * FROM wrong ORDER BY number LIMIT {MOST_SHOWN}")  # noqa: S608
        ((wrong_count,),) = self._rows("SELECT count(*) FROM wrong")
        converted = self._rows(f"SELECT * FROM converted ORDER BY number LIMIT {MOST_SHOWN}")  # noqa: S608
        ((converted_count,),) = self._rows("SELECT count(*) FROM converted")
        return EditSummary(
            row_count=self._row_count,
            unchanged_count=self._unchanged_count,
            changes=tuple(
                ChangeCount(_change(status, note), problems, findings)
                for status, note, problems, findings in changes
            ),
            change_count=change_count,
            problem_count=problem_count,
            by_control=self._count_by("control"),
            by_account=self._count_by("account"),
            by_status=self._count_by("ifnull(edits.status, '')"),
            converted_notes=tuple(ConvertedNote(*row) for row in converted),
            converted_count=converted_count,
            wrong_rows=tuple(WrongRow(number, Wrong(why), text) for number, why, text in wrong),
            wrong_count=wrong_count,
            is_without_status="workflow-status" not in self._columns,
            is_without_note="note" not in self._columns,
        )

    def _add(self, row: TableRow, encoding: str) -> None:
        found = self._find(row)
        if isinstance(found, Wrong):
            self._refuse(row.number, found, row.key[0])
            return
        key, states = found
        typed = [
            (self._as_typed(row, note, encoding), WorkflowStatus(status), note) for status, note in states
        ]
        changes = [_wanted(*one) for one in typed]
        change = changes[0] if None not in changes else None
        if change and len(changes) > 1:
            change = Wrong.SHARED
        if isinstance(change, Wrong):
            self._refuse(row.number, change, row.status or "" if change is Wrong.STATUS else row.key[0])
            return
        said = (change.status, change.note) if change else (None, None)
        self._unchanged_count += change is None
        if not self._table.execute(
            "INSERT OR IGNORE INTO edits VALUES (?, ?, ?, ?, 0)", (key, row.number, *said)
        ).rowcount:
            self._compare(row, key, said)

    def _as_typed(self, row: TableRow, note: str, encoding: str) -> TableRow:
        """Put the report's note back if an encoding or a spreadsheet has changed it; record the latter."""
        if row.note is None or comparable(row.note, encoding) == comparable(note, encoding):
            return replace(row, note=note)
        if not looks_converted(note, row.note, self._years):
            return row
        self._table.execute("INSERT OR IGNORE INTO converted VALUES (?, ?, ?)", (row.number, note, row.note))
        return replace(row, note=note)

    def _find(self, row: TableRow) -> tuple[bytes, list[tuple[str, str]]] | Wrong:
        """Find a row's findings: their key, and the status and note of each; also by a converted Id."""
        asked = "SELECT status, note FROM seen WHERE key = ?"
        key = _digest(*row.key)
        if found := self._rows(asked, key):
            return key, found
        keys = self._may_be(*row.key)
        if len(keys) != 1:
            return Wrong.CONVERTED if keys else Wrong.UNKNOWN
        return keys[0], self._rows(asked, keys[0])

    def _may_be(self, finding_id: str, arn: str) -> list[bytes]:
        """Return the keys of the findings whose Id a spreadsheet may have made an Id of, their own too."""
        if not self._is_indexed:
            self._index_readings()
        found = sorted(readings(finding_id))
        asked = f"SELECT DISTINCT key FROM readings WHERE arn = ? AND reading IN ({_marks(found)})"  # noqa: S608
        return [key for (key,) in self._rows(asked, arn, *found)]

    def _refuse_uncertain(self) -> None:
        """
        Leave out a row whose Id may be another finding's, converted, of which the file has no row.

        If it has both rows, as they are written, then no spreadsheet has converted either.
        """
        asked = f"SELECT key, number, line {_CHANGES} AND substr(line, 1, {len(_ARN)}) != ?"
        for key, number, line in self._rows(asked, _ARN):
            finding_id, arn = map(plain, next(iter(parse_row(line).statuses)))
            others = [one for one in self._may_be(finding_id, arn) if one != key]
            if others and not all(self._rows("SELECT 1 FROM edits WHERE key = ?", one) for one in others):
                self._refuse(number, Wrong.CONVERTED, finding_id)
                self._table.execute("UPDATE edits SET is_wrong = 1 WHERE key = ?", (key,))

    def _index_readings(self) -> None:
        """Note what a spreadsheet may make of each Id that looks like a value; no ARN does."""
        self._is_indexed = True
        for key, line in self._table.execute("SELECT key, line FROM seen"):
            identifier, *others = parse_row(line).statuses
            finding_id, arn = map(plain, identifier)
            if not (others or finding_id.startswith("arn:")):
                rows = [(reading, arn, key) for reading in outcomes(finding_id, self._years)]
                self._table.executemany("INSERT INTO readings VALUES (?, ?, ?)", rows)

    def _compare(self, row: TableRow, key: bytes, said: tuple[str | None, str | None]) -> None:
        """Leave all rows out that ask for different things for one finding; the same twice is once."""
        ((number, status, note, is_wrong),) = self._rows(
            "SELECT number, status, note, is_wrong FROM edits WHERE key = ?", key
        )
        if is_wrong or (status, note) != said:
            self._refuse(row.number, Wrong.TWICE, row.key[0])
            if not is_wrong:
                self._refuse(number, Wrong.TWICE, row.key[0])
                self._table.execute("UPDATE edits SET is_wrong = 1 WHERE key = ?", (key,))

    def _refuse(self, number: int, why: Wrong, text: str) -> None:
        self._table.execute("INSERT INTO wrong VALUES (?, ?, ?)", (number, why, text))

    def _count_by(self, column: str) -> dict[str, int]:
        return dict(
            self._rows(
                f"SELECT {column}, count(*) {_CHANGES} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_SHOWN}"
            )
        )

    def _rows(self, asked: str, *values: object) -> list[Any]:
        return self._table.execute(asked, values).fetchall()


def status_named(word: str) -> WorkflowStatus | None:
    """Read a status in Security Hub's word or a Japanese one, in any case or width; None for another word."""
    return _STATUSES.get(normalize("NFKC", word).casefold())


_STATUSES = {
    word.casefold(): status
    for status in WorkflowStatus
    for locale in Locale
    for word in (status, *translate(locale, f"csv.status.{status.lower()}").split(","))
    if word
}


def _wanted(row: TableRow, status: WorkflowStatus, note: str) -> EditedChange | Wrong | None:
    """Say what a row asks for; what its file has no column for stays as it is."""
    new_status = status if row.status is None else status_named(row.status)
    if new_status is None:
        return Wrong.STATUS
    return edited_targets((status, note), new_status, note if row.note is None else row.note)


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _change(status: str | None, note: str | None) -> EditedChange:
    return EditedChange(WorkflowStatus(status) if status else None, note)


def _key(seen: ReportRow) -> bytes:
    ids, arns = zip(*seen.statuses, strict=True)
    return _digest(plain("\n".join(ids)), plain("\n".join(arns)))


def _digest(ids: str, arns: str) -> bytes:
    return hashlib.sha256(f"{ids}\0{arns}".encode()).digest()[:16]
