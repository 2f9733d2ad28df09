"""The edits of a report's CSV: the changed findings, and the rows that are left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.finding import WorkflowStatus
from bot.domain.row import ReportRow

MOST_BYTES = 180 << 20
"""Of a file: more than MOST_ROWS with all columns take in UTF-16, and less than would fill the disk."""

MOST_ROWS = 100_000
"""Of a file, without blank ones: they are compared in memory (docs/decisions/0014-edited-csv.md)."""

MOST_SHOWN = 10
"""Entries of each list in an EditSummary; the message counts the others."""

MOST_CHANGES = 5000
"""
Different changes in a file, each counted for every note that it replaces: a status and a note take a call, of
which Security Hub takes ten a second.
"""


@dataclass(frozen=True, slots=True)
class EditedChange:
    """The new status and note of a finding; None keeps the old one. A call updates 100."""

    status: WorkflowStatus | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one problem of the report."""

    problem: int
    """Its number in the report, counted from 0."""
    row: ReportRow
    change: EditedChange
    over: str
    """The note that the change replaces; empty if the note stays."""


class Wrong(StrEnum):
    """Why a row is left out; the keys of the texts are `edit.wrong.<value>`."""

    REPORT = "report"
    """It is of another report."""
    UNKNOWN = "unknown"
    """The report has no such finding."""
    CONVERTED = "converted"
    """A spreadsheet has converted the finding's Id, and more than one finding fits."""
    TWICE = "twice"
    """Another row of the same finding has a different change."""
    SHARED = "shared"
    """Two accounts have a finding of the same Id and ProductArn, which no update can tell apart."""
    STATUS = "status"
    """Its status is not a workflow status."""
    NOTE_MISSING = "note-missing"
    """It suppresses a finding without a new note: the old one says why of something else."""
    NOTE_LONG = "note-long"
    """Its note has more than MOST_NOTE characters."""
    NOTE_REMOVED = "note-removed"
    """It has no note, and the report has one: Security Hub can replace a note, not remove it."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that is left out."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    wrong: Wrong
    text: str
    """The finding's Id, or the word that is not a status."""


@dataclass(frozen=True, slots=True)
class ConvertedNote:
    """A note that stays, because probably a spreadsheet and not a person has changed it."""

    number: int
    """Of its row, as a spreadsheet counts."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EditSummary:
    """An edited CSV in numbers. Each list has at most MOST_SHOWN entries, however large the file is."""

    person: str
    """Slack user ID of the person who shared the file."""
    file_name: str
    scanned_at: str
    """The report's time; aware UTC in ISO 8601."""
    row_count: int = 0
    """Below the header, without blank ones."""
    unchanged_count: int = 0
    """Rows without a change."""
    changes: tuple[tuple[EditedChange, int], ...] = ()
    """The changes with the most problems, and their number; the most frequent first."""
    change_count: int = 0
    """Different changes."""
    by_status: dict[str, int] = field(default_factory=dict)
    """Problems by their new workflow status, all of them; under "": those with only a new note."""
    by_control: dict[str, int] = field(default_factory=dict)
    """The most frequent first."""
    by_account: dict[str, int] = field(default_factory=dict)
    wrong_rows: tuple[WrongRow, ...] = ()
    """In their order."""
    wrong_count: int = 0
    converted_notes: tuple[ConvertedNote, ...] = ()
    """In their order."""
    converted_count: int = 0
    is_without_status: bool = False
    """Whether the file lacks the column for the status, so that no status changes."""
    is_without_note: bool = False

    @property
    def problem_count(self) -> int:
        """Problems with a change."""
        return sum(self.by_status.values())
