"""
Compare an edited CSV with the report that it is of, row by row.

The file's rows, at most MOST_ROWS, are kept in a dictionary, each with the report's problems that it may be
of; the report, which may have more, is read past them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple
from unicodedata import normalize

from bot.domain.action import Action, ActionRequest
from bot.domain.csv_edit import (
    MOST_CHANGES,
    MOST_SHOWN,
    ConvertedNote,
    Edit,
    EditedChange,
    EditSummary,
    Wrong,
    WrongRow,
)
from bot.domain.finding import MOST_NOTE, WorkflowStatus
from bot.domain.row import ReportRow
from bot.domain.triage import Change, FindingState, Location
from bot.errors import FileError
from bot.i18n import Locale, translate
from bot.render.csv_file import unescape_cell
from bot.usecases.csv_edit.conversion import looks_converted, outcomes, readings
from bot.usecases.csv_edit.read_csv import LONGEST, Table, TableRow, comparable, row_key

_ACTIONS = {action.status: action for action in Action}

_Problem = tuple[int, ReportRow]
"""A problem of the report, after its number."""


class _Compared(NamedTuple):
    """A row of the file, and its comparison with the report."""

    cells: TableRow
    key: bytes
    """Of its findings in the report."""
    result: Edit | Wrong | None
    """None if the row changes nothing."""
    converted_note: str | None = None
    """The report's note if a spreadsheet has converted it in the row."""
    account_id: str = ""
    """Of the problem; empty if the report has none."""


class Comparison:
    """
    The edits of a file.

    Args:
        years: in which the file may have been open in a spreadsheet.

    Raises:
        FileError: all rows are of another report.
    """

    def __init__(
        self, table: Table, report: Iterable[ReportRow], report_id: str, years: Collection[int] = ()
    ) -> None:
        """Compare."""
        self._table, self._years = table, years
        self._found: dict[int, list[_Compared]] = defaultdict(list)
        """By number of a row: its comparisons with the problems of its key, which two accounts may share."""
        self._converted: dict[bytes, dict[bytes, list[_Problem]]] = defaultdict(dict)
        """Problems of other keys, of whose Id a spreadsheet may have made the row's: at most two keys."""
        self._ambiguous: set[bytes] = set()
        """The keys of rows that may be of another finding, of which the file has no row."""
        rows = [row for row in table.rows if row.report_id == report_id]
        if table.rows and not rows:
            raise FileError(hint="file-report")
        self._find(rows, report)
        self._rows = [
            self._compare(row) if row.report_id == report_id else _Compared(row, row.key, Wrong.REPORT)
            for row in table.rows
        ]
        self._reject_contradictions()
        edits = {row.key: row.result for row in self._rows if isinstance(row.result, Edit)}
        self.edits = sorted(
            edits.values(), key=lambda edit: (edit.change.status or "", edit.change.note or "", edit.problem)
        )
        """Those with the same change are next to each other, in the report's order."""

    def summary(self, person: str, file_name: str, scanned_at: str) -> EditSummary:
        """Count the edits and the rows that are left out; for the arguments see EditSummary."""
        wrong = [
            WrongRow(row.number, result, (row.status or "") if result is Wrong.STATUS else row.finding_id)
            for row, _, result, *_ in self._rows
            if isinstance(result, Wrong)
        ]
        converted = [
            ConvertedNote(row.number, note, row.note or "")
            for row, _, _, note, _ in self._rows
            if note is not None
        ]
        changes = Counter(edit.change for edit in self.edits)
        return EditSummary(
            person,
            file_name,
            scanned_at,
            row_count=len(self._rows),
            unchanged_count=sum(row.result is None for row in self._rows),
            changes=tuple(changes.most_common(MOST_SHOWN)),
            change_count=len(changes),
            by_status=_most(edit.change.status or "" for edit in self.edits),
            by_control=_most(unescape_cell(edit.row.control_id) for edit in self.edits),
            by_account=_most(unescape_cell(edit.row.account_id) for edit in self.edits),
            wrong_rows=tuple(wrong[:MOST_SHOWN]),
            wrong_count=len(wrong),
            converted_notes=tuple(converted[:MOST_SHOWN]),
            converted_count=len(converted),
            is_without_status="workflow-status" not in self._table.columns,
            is_without_note="note" not in self._table.columns,
        )

    def _find(self, rows: list[TableRow], report: Iterable[ReportRow]) -> None:
        """Compare each row with the problems of its key, and find others that it may be of."""
        by_key: dict[bytes, list[TableRow]] = defaultdict(list)
        sought: dict[bytes, set[bytes]] = defaultdict(set)
        for row in rows:
            by_key[row.key].append(row)
            if not _is_arn(row.finding_id):
                for reading in readings(row.finding_id):
                    sought[row_key(reading, row.product_arn)].add(row.key)
        for problem in enumerate(report):
            ids, arns = (unescape_cell("\n".join(texts)) for texts in zip(*problem[1].statuses, strict=True))
            key = row_key(ids, arns)
            for row in by_key.get(key, ()):
                self._found[row.number].append(self._compare_with(row, key, problem))
            if not sought or _is_arn(ids):
                continue
            cells = {cell for o in outcomes(ids, self._years) for cell in sought.get(row_key(o, arns), ())}
            for other in cells - {key}:
                fitting = self._converted[other]
                if key in fitting or len(fitting) < 2:
                    fitting.setdefault(key, []).append(problem)
                if key not in by_key:
                    self._ambiguous.add(other)

    def _compare(self, row: TableRow) -> _Compared:
        """
        Return the comparison of a row with the problem that it is of.

        An Id that the report lacks is restored if a spreadsheet may have made it of one finding's only. One
        that the report has may be converted too. If the file has the rows of both findings, as they are
        written, then no spreadsheet has converted either.
        """
        found, fitting = self._found.get(row.number, []), self._converted.get(row.key, {})
        is_ambiguous = row.key in self._ambiguous if found else len(fitting) > 1
        if not found and len(fitting) == 1:
            ((key, problems),) = fitting.items()
            found = [self._compare_with(row, key, problem) for problem in problems]
        own = found if len(found) == 1 else [one for one in found if _is_own(row, one.account_id)] or found
        if len(found) > 1 and any(one.result for one in own):
            return _Compared(row, row.key, Wrong.SHARED)
        if is_ambiguous and (not found or isinstance(found[0].result, Edit)):
            return _Compared(row, row.key, Wrong.CONVERTED)
        return own[0] if own else _Compared(row, row.key, Wrong.UNKNOWN)

    def _compare_with(self, row: TableRow, key: bytes, problem: _Problem) -> _Compared:
        encoding, account_id = self._table.encoding, problem[1].account_id
        old_note = unescape_cell(problem[1].note)
        note = old_note if row.note is None else row.note
        if comparable(note, encoding) == comparable(old_note[:LONGEST], encoding):
            note = old_note
        if note != old_note and looks_converted(old_note, note, self._years):
            result = _edit(row.status, old_note, old_note, problem)
            return _Compared(row, key, result, old_note, account_id)
        return _Compared(row, key, _edit(row.status, note, old_note, problem), None, account_id)

    def _reject_contradictions(self) -> None:
        """Leave out all rows of one finding whose changes differ."""
        changes = defaultdict(set)
        for row in self._rows:
            if not isinstance(row.result, Wrong):
                changes[row.key].add(row.result and row.result.change)
        self._rows = [
            row._replace(result=Wrong.TWICE)
            if not isinstance(row.result, Wrong) and len(changes[row.key]) > 1
            else row
            for row in self._rows
        ]


def _is_own(row: TableRow, account_id: str) -> bool:
    """Return whether a row names an account; a spreadsheet may have converted its ID."""
    return row.account_id == account_id or looks_converted(account_id, row.account_id)


def _edit(word: str | None, note: str, old_note: str, problem: _Problem) -> Edit | Wrong | None:
    """Return the edit of a row with a status, as it is written, and a note; None if it changes nothing."""
    number, seen = problem
    new_status = seen.status if word is None else parse_status(word)
    if new_status is None:
        return Wrong.STATUS
    status = new_status if new_status != seen.status else None
    if note == old_note:
        if status is WorkflowStatus.SUPPRESSED:
            return Wrong.NOTE_MISSING
        return Edit(number, seen, EditedChange(status, None), "") if status else None
    if not note:
        return Wrong.NOTE_REMOVED
    if len(note) > MOST_NOTE:
        return Wrong.NOTE_LONG
    return Edit(number, seen, EditedChange(status, note), old_note)


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
