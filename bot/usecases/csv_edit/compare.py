"""
Compare an edited CSV with the report that it is of, row by row.

The file's rows, at most MOST_ROWS, are kept in a dictionary; the report, which may have more, is read past
them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

from bot.domain.action import Action, ActionRequest
from bot.domain.csv_edit import (
    MOST_CHANGES,
    MOST_ROWS,
    MOST_SHOWN,
    NOTE_LENGTH,
    ChangeCount,
    ConvertedNote,
    Edit,
    EditedChange,
    EditSummary,
    Wrong,
    WrongRow,
)
from bot.domain.finding import WorkflowStatus
from bot.domain.row import ReportRow
from bot.domain.triage import Change, FindingState, Location
from bot.errors import FileError
from bot.i18n import Locale, translate
from bot.render.csv_file import unescape_cell
from bot.usecases.csv_edit.conversion import looks_converted, outcomes, readings
from bot.usecases.csv_edit.read_csv import Table, comparable

Report = Callable[[], Iterable[tuple[ReportRow, str]]]
"""Reads a report from its beginning: each problem, and its note as the CSV has it."""

LONGEST = NOTE_LENGTH + 1
"""Characters that are kept of a cell: more than an Id or a note of Security Hub's has."""

_Cell = tuple[str, str]
"""An Id and a ProductArn as a row has them."""

_Entry = tuple[int, ReportRow, str]
"""A problem's number in the report, its row and its note."""

_ACTIONS = {action.status: action for action in Action}


@dataclass(slots=True)
class _Row:
    """A row of the file."""

    number: int
    key: bytes
    """Of its findings in the report; changes if a converted Id is restored."""
    cell: _Cell
    status: str | None
    note: str | None
    result: Edit | Wrong | None
    """None if it changes nothing."""
    converted: ConvertedNote | None = None

    @property
    def change(self) -> EditedChange | None:
        return self.result.change if isinstance(self.result, Edit) else None

    def add(self, result: Edit | Wrong | None) -> None:
        """Add the comparison with a finding; an update cannot tell two of one Id and ProductArn apart."""
        if self.result is Wrong.UNKNOWN:
            self.result = result
        else:
            self.result = Wrong.SHARED if self.result and result else None


class Comparison:
    """
    The edits of a file.

    Args:
        report: is read once, and again if a spreadsheet may have converted an Id in the file.
        years: in which the file may have been open in a spreadsheet.

    Raises:
        FileError: all rows are of another report, there are more than MOST_ROWS, or `Table.rows` fails.
    """

    def __init__(self, table: Table, report: Report, report_id: str, years: Collection[int] = ()) -> None:
        """Compare."""
        self._table, self._report, self._years = table, report, years
        self._rows = list(self._read_file(report_id))
        if self._rows and all(row.result is Wrong.REPORT for row in self._rows):
            raise FileError(hint="file-report")
        self._match()
        self._restore_ids()
        present = {row.key for row in self._rows if not isinstance(row.result, Wrong)}
        self._reject_contradictions()
        self._reject_ambiguous_ids(present)
        edits = {row.key: row.result for row in self._rows if isinstance(row.result, Edit)}
        self.edits = sorted(
            edits.values(), key=lambda edit: (edit.change.status or "", edit.change.note or "", edit.problem)
        )
        """Those with the same change are next to each other, in the report's order."""

    def summary(self) -> EditSummary:
        """Count the edits and the rows that are left out."""
        wrong = [
            WrongRow(row.number, row.result, row.status or "" if row.result is Wrong.STATUS else row.cell[0])
            for row in self._rows
            if isinstance(row.result, Wrong)
        ]
        converted = [row.converted for row in self._rows if row.converted]
        problems = Counter(edit.change for edit in self.edits)
        findings = Counter(change for edit in self.edits for change in [edit.change] * len(edit.row.statuses))
        return EditSummary(
            row_count=len(self._rows),
            unchanged_count=sum(row.result is None for row in self._rows),
            changes=tuple(ChangeCount(c, n, findings[c]) for c, n in problems.most_common(MOST_SHOWN)),
            change_count=len(problems),
            problem_count=len(self.edits),
            by_control=_most(unescape_cell(edit.row.control_id) for edit in self.edits),
            by_account=_most(unescape_cell(edit.row.account_id) for edit in self.edits),
            by_status=_most(edit.change.status or "" for edit in self.edits),
            converted_notes=tuple(converted[:MOST_SHOWN]),
            converted_count=len(converted),
            wrong_rows=tuple(wrong[:MOST_SHOWN]),
            wrong_count=len(wrong),
            is_without_status="workflow-status" not in self._table.columns,
            is_without_note="note" not in self._table.columns,
        )

    def _read_file(self, report_id: str) -> Iterator[_Row]:
        for number, row in enumerate(self._table.rows, 1):
            if number > MOST_ROWS:
                raise FileError(hint="file-rows", most=f"{MOST_ROWS:,}")
            cell = (row.key[0][:LONGEST], row.key[1][:LONGEST])
            note = row.note and row.note[:LONGEST]
            result = Wrong.UNKNOWN if row.report_id == report_id else Wrong.REPORT
            yield _Row(row.number, _digest(*row.key), cell, row.status, note, result)

    def _match(self) -> None:
        rows = defaultdict(list)
        for row in self._rows:
            if row.result is Wrong.UNKNOWN:
                rows[row.key].append(row)
        for problem, (seen, note) in enumerate(self._report()):
            for row in rows.get(_key(seen), ()):
                row.add(self._compare(row, problem, seen, note))

    def _compare(self, row: _Row, problem: int, seen: ReportRow, old_note: str) -> Edit | Wrong | None:
        old_note = unescape_cell(old_note)
        new_note = old_note if row.note is None else self._as_typed(row, row.note, old_note)
        new_status = seen.status if row.status is None else parse_status(row.status)
        if new_status is None:
            return Wrong.STATUS
        status = new_status if new_status != seen.status else None
        if new_note == old_note:
            if status is WorkflowStatus.SUPPRESSED:
                return Wrong.NOTE_MISSING
            return Edit(problem, seen, EditedChange(status, None), "") if status else None
        if not new_note:
            return Wrong.NOTE_REMOVED
        if len(new_note) > NOTE_LENGTH:
            return Wrong.NOTE_LONG
        return Edit(problem, seen, EditedChange(status, new_note), old_note)

    def _as_typed(self, row: _Row, note: str, old_note: str) -> str:
        """Return the report's note if an encoding or a spreadsheet has changed it; record the latter."""
        encoding = self._table.encoding
        if comparable(note, encoding) == comparable(old_note[:LONGEST], encoding):
            return old_note
        if not looks_converted(old_note, note, self._years):
            return note
        row.converted = row.converted or ConvertedNote(row.number, old_note, note)
        return old_note

    def _restore_ids(self) -> None:
        """Find the finding of a row whose Id a spreadsheet has converted, if only one fits."""
        rows = [row for row in self._rows if row.result is Wrong.UNKNOWN and not _is_arn(row.cell[0])]
        found = self._findings_converted_to({row.cell for row in rows})
        for row in rows:
            fitting = found[row.cell]
            if len(fitting) > 1:
                row.result = Wrong.CONVERTED
            elif fitting:
                ((row.key, entries),) = fitting.items()
                for entry in entries:
                    row.add(self._compare(row, *entry))

    def _reject_contradictions(self) -> None:
        """Leave out all rows of one finding whose changes differ."""
        rows = defaultdict(list)
        for row in self._rows:
            if not isinstance(row.result, Wrong):
                rows[row.key].append(row)
        for same in rows.values():
            if len({row.change for row in same}) > 1:
                for row in same:
                    row.result = Wrong.TWICE

    def _reject_ambiguous_ids(self, present: Collection[bytes]) -> None:
        """
        Leave out a row whose Id may be that of another finding, converted, of which the file has no row.

        If it has both rows, as they are written, then no spreadsheet has converted either.
        """
        cells = {}
        for row in self._rows:
            if isinstance(row.result, Edit):
                finding_id, arn = map(unescape_cell, next(iter(row.result.row.statuses)))
                if not _is_arn(finding_id):
                    cells[row.key] = finding_id, arn
        found = self._findings_converted_to(set(cells.values()))
        for row in self._rows:
            if row.key in cells and not found[cells[row.key]].keys() <= {row.key, *present}:
                row.result = Wrong.CONVERTED

    def _findings_converted_to(self, cells: Collection[_Cell]) -> dict[_Cell, dict[bytes, list[_Entry]]]:
        """
        Search the report for findings whose Ids a spreadsheet may have made these of, or which have them.

        Returns:
            For each cell the key of each such finding, and its rows in the report.
        """
        sought = defaultdict(list)
        for cell in cells:
            for reading in readings(cell[0]):
                sought[reading, cell[1]].append(cell)
        found: dict[_Cell, dict[bytes, list[_Entry]]] = {cell: defaultdict(list) for cell in cells}
        for problem, (row, note) in enumerate(self._report() if cells else ()):
            (finding_id, arn), *others = (
                tuple(map(unescape_cell, identifier)) for identifier in row.statuses
            )
            if others or _is_arn(finding_id):
                continue
            fitting = {cell for o in outcomes(finding_id, self._years) for cell in sought.get((o, arn), ())}
            for cell in fitting:
                found[cell][_key(row)].append((problem, row, note))
        return found


def to_requests(edits: Collection[Edit]) -> tuple[tuple[ActionRequest, ...], list[Change]]:
    """
    Return a plan's requests, one for each status, note and replaced note, and each finding's target.

    A row that changes only the note requests the status that each of its findings has: an update sets both.

    Raises:
        FileError: there are more than MOST_CHANGES.
    """
    if len({(edit.change, edit.over) for edit in edits}) > MOST_CHANGES:
        raise FileError(hint="file-changes", most=f"{MOST_CHANGES:,}")
    numbers: dict[tuple[WorkflowStatus, str | None, str], int] = {}
    targets = []
    for edit in edits:
        row, change = edit.row, edit.change
        place = Location(row.control_id, row.account_id, row.region, row.resource_id)
        for identifier, status in row.statuses.items():
            requested = change.status or status
            number = numbers.setdefault((requested, change.note, edit.over), len(numbers))
            states = FindingState(status), FindingState(requested)
            targets.append(Change(edit.problem, identifier, place, *states, number))
    requests = (
        ActionRequest(_ACTIONS[status], note or "", note=note, over=over, leaves_note=note is None)
        for status, note, over in numbers
    )
    return tuple(requests), targets


def parse_status(word: str) -> WorkflowStatus | None:
    """Read a status in Security Hub's word or a Japanese one, in any case or width; None for another word."""
    return _STATUSES.get(normalize("NFKC", word).casefold())


_STATUSES = {
    word.casefold(): status
    for status in WorkflowStatus
    for locale in Locale
    for word in (status, *translate(locale, f"csv.status.{status.lower()}").split(","))
    if word
}


def _is_arn(finding_id: str) -> bool:
    """Return whether an Id is an ARN, as all of Security Hub's own are: no spreadsheet converts one."""
    return finding_id.startswith("arn:")


def _most(names: Iterable[str]) -> dict[str, int]:
    """Count names, the most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))[:MOST_SHOWN])


def _key(row: ReportRow) -> bytes:
    ids, arns = zip(*row.statuses, strict=True)
    return _digest(unescape_cell("\n".join(ids)), unescape_cell("\n".join(arns)))


def _digest(ids: str, arns: str) -> bytes:
    return hashlib.sha256(f"{ids}\0{arns}".encode()).digest()[:16]
