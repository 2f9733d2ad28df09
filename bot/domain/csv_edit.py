"""
What an edited CSV asks for: which findings get another status or note, and which of its rows are wrong.

A row is compared with the same row of the report that it is of: what nobody has touched asks for nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.finding import WorkflowStatus
from bot.domain.row import ReportRow

NOTE_LENGTH = 512
"""
Of Note.Text, in characters. Source:
https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-note.
"""


MOST_BYTES = 180 << 20
"""Of a file: more than 100,000 rows with all columns take in UTF-16, and less than would fill the disk."""


@dataclass(frozen=True, slots=True)
class EditedChange:
    """What a finding gets; None leaves a part as it is. One call sets it for up to 100 findings."""

    status: WorkflowStatus | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A problem of the report, and what a person wants it to get."""

    problem: int
    """Its number in the report, counted from 0."""
    seen: ReportRow
    change: EditedChange
    over: str
    """The note that another one is written for; empty where the note stays."""


class Wrong(StrEnum):
    """Why a row is left out; the keys of the texts are `edit.wrong.<value>`."""

    REPORT = "report"
    """It is of another report."""
    UNKNOWN = "unknown"
    """The report has no such finding."""
    CONVERTED = "converted"
    """A spreadsheet may have made its finding's Id of that of more than one."""
    TWICE = "twice"
    """Another row asks for something else for the same finding."""
    SHARED = "shared"
    """Two accounts have a finding of the same Id and ProductArn, which no update can tell apart."""
    STATUS = "status"
    """Its status is none."""
    NOTE_MISSING = "note-missing"
    """It suppresses a finding and does not say why: a note that is there says something else."""
    NOTE_LONG = "note-long"
    """Its note is longer than Security Hub takes."""
    NOTE_REMOVED = "note-removed"
    """It has no note where the report has one: Security Hub can replace a note, not remove it."""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that is left out."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    wrong: Wrong
    text: str
    """What it is about: a finding's Id, or the status that is none."""


@dataclass(frozen=True, slots=True)
class ConvertedNote:
    """A note that is left alone, because a spreadsheet and not a person has probably changed it."""

    number: int
    """Of its row, as a spreadsheet counts."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """How many problems, and findings of them, get the same."""

    change: EditedChange
    problem_count: int
    finding_count: int


@dataclass(frozen=True, slots=True)
class EditSummary:
    """An edited CSV in numbers, of a size that does not grow with it."""

    row_count: int
    """Below the header, without blank ones."""
    unchanged_count: int
    """Rows that ask for nothing."""
    changes: tuple[ChangeCount, ...]
    """The most frequent first, at most MOST_SHOWN."""
    change_count: int
    """How many different changes there are."""
    problem_count: int
    """How many problems get something."""
    by_control: dict[str, int]
    """The most frequent first, at most MOST_SHOWN."""
    by_account: dict[str, int]
    wrong_rows: tuple[WrongRow, ...]
    """In their order, at most MOST_SHOWN."""
    wrong_count: int
    is_without_status: bool = False
    """Whether the file has no column for the status, so that no status changes."""
    is_without_note: bool = False
    by_status: dict[str, int] = field(default_factory=dict)
    """How many problems get each workflow status, all of them; of an empty one: another note alone."""
    converted_notes: tuple[ConvertedNote, ...] = ()
    """In their order, at most MOST_SHOWN."""
    converted_count: int = 0

    def document(self) -> dict[str, Any]:
        """Write it as the JSON object that `of` reads."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> EditSummary:
        """Read what `document` has written, through JSON or not."""
        changes = [
            ChangeCount(**entry | {"change": _change(entry["change"])}) for entry in document["changes"]
        ]
        wrong = [WrongRow(**row | {"wrong": Wrong(row["wrong"])}) for row in document["wrong_rows"]]
        converted = [ConvertedNote(**note) for note in document.get("converted_notes", ())]
        lists = {"changes": tuple(changes), "wrong_rows": tuple(wrong), "converted_notes": tuple(converted)}
        return cls(**document | lists)


MOST_SHOWN = 20
"""How many of each kind a message names."""


MOST_CHANGES = 5000
"""
Different changes in a file, for each other note that they replace: a status and a note take a call, of which
Security Hub takes ten a second, and all of them a place in the plan.
"""


def edited_targets(
    before: tuple[WorkflowStatus, str], status: WorkflowStatus, note: str
) -> EditedChange | Wrong | None:
    """
    Compare what a row says with what the report says.

    Returns:
        What changes, None if nothing does, or what is wrong with it.
    """
    old_status, old_note = before
    change = EditedChange(status if status != old_status else None, note if note != old_note else None)
    if change == EditedChange(None, None):
        return None
    if change.note == "":
        return Wrong.NOTE_REMOVED
    if len(note) > NOTE_LENGTH and change.note is not None:
        return Wrong.NOTE_LONG
    if change.status is WorkflowStatus.SUPPRESSED and change.note is None:
        return Wrong.NOTE_MISSING
    return change


def _change(document: dict[str, Any]) -> EditedChange:
    status = document["status"]
    return EditedChange(WorkflowStatus(status) if status else None, document["note"])
