"""
A table on disk of the targets of a plan, with their present and next states.

There may be a million. They come in the report's order, their present states in Security Hub's, and their
changes leave in the order of the values that an update sets.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import IntFlag, StrEnum
from itertools import starmap
from typing import Any

from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.row import ReportRow, Written
from bot.domain.suppression import stamp
from bot.domain.triage import (
    Change,
    FindingState,
    Skip,
    change_line,
    parse_change,
    parse_state,
    state_text,
)
from bot.usecases.scanning.row_store import SETTINGS


class RowState(StrEnum):
    """The state of a row; the state of a skipped row is its Skip."""

    UNREAD = "unread"
    """Security Hub has not shown the finding yet."""
    READ = "read"
    """Its present state is known."""
    CHOSEN = "chosen"
    """Its next state is known too."""


class Warned(IntFlag):
    """Restrictions of a change that the requester is told about."""

    NONE = 0
    UNRECORDED = 1
    """The finding has no room for the bot's own fields."""
    KEPT_NOTE = 2
    """It keeps a person's note, so that the reason is not on the finding."""
    LEFT_NOTE = 4
    """It keeps a note of the bot's: Security Hub cannot remove a note."""


Decision = tuple[FindingState | Skip, Warned]
"""The next state of a finding, or the reason why it is skipped."""
Decide = Callable[[Change, FindingState | None], Decision]
"""Decides on a target, given its present state; None: the finding is gone."""

_CREATE = """
CREATE TABLE targets (
    number INTEGER PRIMARY KEY, problem, id, product_arn, account, target, expected,
    state DEFAULT 'unread', present, after, "values", warned DEFAULT 0, UNIQUE (id, product_arn, account)
)
"""
_ADD = """
INSERT OR IGNORE INTO targets (problem, id, product_arn, account, target, expected) VALUES (?, ?, ?, ?, ?, ?)
"""
_EXPECT = "UPDATE targets SET expected = ? WHERE id = ? AND product_arn = ?"
_READ = "UPDATE targets SET state = 'read', present = ? WHERE id = ? AND product_arn = ? AND account = ?"
_SKIP_SHARED = "UPDATE targets SET state = ? WHERE id = ? AND product_arn = ? AND account != ?"
_SKIP_BUSY = """
UPDATE targets SET state = ? WHERE id = ? AND product_arn = ? AND state IN ('unread', 'read')
"""
_APPLY = "UPDATE targets SET present = ? WHERE id = ? AND product_arn = ?"
_PRESENT = "SELECT present FROM targets WHERE id = ? AND product_arn = ?"
_UNREAD = "SELECT DISTINCT id, product_arn FROM targets WHERE state = 'unread' LIMIT ?"
_TARGETS = """
SELECT target, expected FROM targets
WHERE state = ? ORDER BY number
"""
_UNDECIDED = """
SELECT number, target, expected, present FROM targets
WHERE number > ? AND state IN ('unread', 'read') ORDER BY number LIMIT ?
"""
_SKIPS = "SELECT id, product_arn, state FROM targets WHERE state NOT IN ('unread', 'read', 'chosen')"
_SKIP = "UPDATE targets SET state = ? WHERE number = ?"
_CHOOSE = """UPDATE targets SET state = 'chosen', after = ?, "values" = ?, warned = ? WHERE number = ?"""
_CHANGES = """
SELECT target, expected, present, after FROM targets
WHERE state = 'chosen' ORDER BY "values", number
"""
_PARTLY_SKIPPED = """
SELECT count(DISTINCT problem) FROM targets WHERE state NOT IN ('unread', 'read', 'chosen', 'already')
AND problem IN (SELECT problem FROM targets WHERE state = 'chosen')
"""
_SKIPPED = """
SELECT state, count(DISTINCT problem) FROM targets WHERE state NOT IN ('unread', 'read')
AND problem NOT IN (SELECT problem FROM targets WHERE state = 'chosen') GROUP BY state
"""
_COUNTS = """
SELECT json_extract(target, '$[2][' || ? || ']') AS part, count(DISTINCT problem) AS number FROM targets
WHERE state = 'chosen' GROUP BY part ORDER BY number DESC, part
"""
_CHOSEN = "SELECT DISTINCT problem FROM targets WHERE state = 'chosen' ORDER BY problem"
_SHARABLE = """
SELECT DISTINCT id, product_arn FROM targets WHERE NOT (
    instr(product_arn, '::product/aws/') AND instr(id, account)
    OR instr(product_arn, ':product/' || account || '/')
) ORDER BY 1, 2
"""
_SOME = 1000
"""Rows that are read at once, so that others can be written in between."""


class TargetTable:
    """A table in a temporary file, which SQLite deletes when it is closed."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        for setting in SETTINGS:
            self._table.execute(f"PRAGMA {setting}")
        self._table.execute(_CREATE)
        self._table.execute("BEGIN")

    def close(self) -> None:
        """Delete the table."""
        self._table.close()

    def add(self, targets: Iterable[Change]) -> None:
        """Add targets, each finding once."""
        self._table.executemany(_ADD, map(_cells, targets))

    def expect(self, changes: Iterable[Change]) -> None:
        """Expect the statuses that changes have set: the person saw them."""
        rows = ((change.after.status, *change.identifier) for change in changes)
        self._table.executemany(_EXPECT, rows)

    def targets(self, state: RowState) -> Iterator[Change]:
        """Yield the targets in a state, in the order in which they were added."""
        return starmap(_target, self._table.execute(_TARGETS, (state,)))

    def read(self, rows: Iterable[ReportRow]) -> None:
        """Note the present states of findings; those that are no targets are ignored."""
        states = ((state_text(state), *key, row.account_id) for row in rows for key, state in _states(row))
        self._table.executemany(_READ, states)

    def sharable(self) -> list[FindingIdentifier]:
        """
        Return the findings whose Id and ProductArn a finding of another account may have too.

        The products of AWS name the account in the Id, a custom product in its ProductArn. Others choose
        their Ids themselves.
        """
        return [FindingIdentifier(*row) for row in self._table.execute(_SHARABLE)]

    def skip_shared(self, rows: Iterable[ReportRow]) -> None:
        """Skip each target whose Id and ProductArn a finding of another account has too."""
        keys = ((Skip.SHARED, *key, row.account_id) for row in rows for key in row.statuses)
        self._table.executemany(_SKIP_SHARED, keys)

    def apply_recent(self, changes: Iterable[Change]) -> None:
        """Note the states that changes have set and that Security Hub may not show yet."""
        for change in changes:
            present, before = self.present(change.identifier), change.before
            is_before = present and (present.status, present.note) == (before.status, before.note)
            if present and is_before and not shows_change(present, change):
                self._table.execute(_APPLY, (state_text(change.after), *change.identifier))

    def skip_busy(self, identifiers: Iterable[FindingIdentifier]) -> None:
        """Skip the targets that another action is changing at this moment."""
        keys = ((Skip.BUSY, *identifier) for identifier in identifiers)
        self._table.executemany(_SKIP_BUSY, keys)

    def skips(self) -> dict[FindingIdentifier, Skip]:
        """Return the reasons of the targets that are skipped."""
        rows = self._table.execute(_SKIPS)
        return {FindingIdentifier(id_, product_arn): Skip(skip) for id_, product_arn, skip in rows}

    def present(self, identifier: FindingIdentifier) -> FindingState | None:
        """Return the present state of a finding; None if it has not been read."""
        row = self._table.execute(_PRESENT, identifier).fetchone()
        return parse_state(row[0]) if row and row[0] else None

    def unread(self, most: int) -> list[FindingIdentifier]:
        """Return at most so many findings that have not been read."""
        return [FindingIdentifier(*row) for row in self._table.execute(_UNREAD, (most,))]

    def __len__(self) -> int:
        """Count the targets."""
        return self._count("SELECT count(*) FROM targets")

    def controls(self) -> tuple[str, ...]:
        """Return the controls of all targets."""
        rows = self._table.execute("SELECT DISTINCT json_extract(target, '$[2][0]') FROM targets ORDER BY 1")
        return tuple(str(control) for (control,) in rows)

    def decide(self, decide: Decide) -> None:
        """Decide on each target that is not skipped."""
        last = 0
        while rows := self._table.execute(_UNDECIDED, (last, _SOME)).fetchall():
            for last, line, expected, present in rows:
                state = parse_state(present) if present else None
                target = _target(line, expected)
                decided, warned = decide(target, state)
                if isinstance(decided, Skip) or state is None:
                    self._table.execute(_SKIP, (decided, last))
                    continue
                values = state_text(target._replace(before=state, after=decided).values)
                self._table.execute(_CHOOSE, (state_text(decided), values, int(warned), last))

    def changes(self) -> Iterator[Change]:
        """Yield the chosen changes; those that set the same values follow each other."""
        for line, expected, present, after in self._table.execute(_CHANGES):
            yield _target(line, expected)._replace(before=parse_state(present), after=parse_state(after))

    def chosen_count(self) -> int:
        """Count the problems with a chosen finding."""
        return self._count("SELECT count(DISTINCT problem) FROM targets WHERE state = 'chosen'")

    def numbers(self) -> dict[str, Any]:
        """
        Count the chosen findings and, as problems, the skipped, the partly skipped and the warned ones.

        A partly skipped problem has a chosen finding, and one that is skipped although it needs the change.
        """
        warned = "SELECT count(DISTINCT problem) FROM targets WHERE warned & ?"
        return {
            "changes": self._count("SELECT count(*) FROM targets WHERE state = 'chosen'"),
            "skipped": self.skipped(),
            "partly_count": self._count(_PARTLY_SKIPPED),
            "unrecorded_count": self._count(warned, Warned.UNRECORDED.value),
            "kept_note_count": self._count(warned, Warned.KEPT_NOTE.value),
            "left_note_count": self._count(warned, Warned.LEFT_NOTE.value),
        }

    def _count(self, query: str, *values: int) -> int:
        return int(self._table.execute(query, values).fetchone()[0])

    def counts(self, part: int) -> dict[str, int]:
        """Count the chosen problems by a part of Location, such as 0 for the control, the largest first."""
        return dict(self._table.execute(_COUNTS, (part,)).fetchall())

    def chosen(self) -> Iterator[int]:
        """Yield the chosen problems, in ascending order."""
        return (problem for (problem,) in self._table.execute(_CHOSEN))

    def skipped(self) -> dict[Skip, int]:
        """Count the problems without a chosen finding by the reason why they are skipped."""
        return {Skip(skip): count for skip, count in self._table.execute(_SKIPPED)}


def _states(row: ReportRow) -> Iterator[tuple[FindingIdentifier, FindingState]]:
    for identifier, status in row.statuses.items():
        written = row.written.get(identifier, Written(None, {}))
        yield identifier, FindingState(status, written.note, written.fields)


def shows_change(present: FindingState, change: Change) -> bool:
    """
    Return whether Security Hub shows a change, or a later one, so that the present state is somebody's since.

    The bot's own fields tell: nobody else writes them, and a person who sets a status back does not. They
    begin with the time, to the second: of two in one second the one that the change has not found is another.
    """
    shown, made, found = stamp(present), stamp(change.after), stamp(change.before)
    return found not in (made, shown) and (shown == made or shown[0] >= made[0])


def _cells(target: Change) -> tuple[Any, ...]:
    line, account = change_line(target), target.place.account_id
    return target.problem, *target.identifier, account, line, target.before.status


def _target(line: str, expected: str) -> Change:
    target = parse_change(line)
    return target._replace(before=replace(target.before, status=WorkflowStatus(expected)))
