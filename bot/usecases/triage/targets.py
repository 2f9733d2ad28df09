"""
The findings that somebody wants changed, on disk: as they are wanted, as they are now, as they will be.

There may be a million of them, which come in the report's order, are seen again in Security Hub's, and are
changed in the order of what is changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.row import ReportRow, Written
from bot.domain.suppression import stamp
from bot.domain.triage import Change, FindingState, Location, Skip, Target, parse_state, state_text
from bot.usecases.scanning.row_store import SETTINGS

_CREATE = """
CREATE TABLE work (
    number INTEGER PRIMARY KEY, problem, id, product_arn, place, expected, "order",
    restore, account, present, skip, after, "values", UNIQUE (id, product_arn, account)
)
"""
_ADD = """
INSERT OR IGNORE INTO work (problem, id, product_arn, place, expected, "order", restore, account)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_EXPECT = "UPDATE work SET expected = ? WHERE id = ? AND product_arn = ?"
_SEE = "UPDATE work SET present = ? WHERE id = ? AND product_arn = ? AND account = ?"
_OVERLAY = "UPDATE work SET present = ? WHERE id = ? AND product_arn = ?"
_SHARE = "UPDATE work SET skip = ? WHERE id = ? AND product_arn = ? AND account != ?"
_SKIP = "UPDATE work SET skip = ? WHERE id = ? AND product_arn = ? AND skip IS NULL"
_PRESENT = "SELECT present FROM work WHERE id = ? AND product_arn = ?"
_SKIPPED = "SELECT skip FROM work WHERE id = ? AND product_arn = ? AND skip IS NOT NULL"
_UNSEEN = "SELECT DISTINCT id, product_arn FROM work WHERE present IS NULL LIMIT ?"
_SHARABLE = """
SELECT DISTINCT id, product_arn FROM work WHERE NOT (
    instr(product_arn, '::product/aws/') AND instr(id, account)
    OR instr(product_arn, ':product/' || account || '/')
) ORDER BY 1, 2
"""
_SOME = 1000
"""Rows that are read at once, so that others can be written in between."""

Decide = Callable[[Target, FindingState | None], FindingState | Skip]
"""Says what becomes of a finding, given what it is now: None where it is not there."""


class TargetTable:
    """A table in a temporary file that nobody else sees, gone when it is closed."""

    def __enter__(self) -> Self:
        """Make it."""
        self._table = sqlite3.connect("", isolation_level=None)
        for setting in SETTINGS:
            self._table.execute(f"PRAGMA {setting}")
        self._table.execute(_CREATE)
        self._table.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete it."""
        self._table.close()

    def add(self, wanted: Iterable[Target]) -> None:
        """Put in what is wanted, each finding once."""
        self._table.executemany(_ADD, map(_row, wanted))

    def expect(self, changes: Iterable[Change]) -> None:
        """Note that a person has seen what changes have made of the findings."""
        rows = ((change.after.status, *change.identifier) for change in changes)
        self._table.executemany(_EXPECT, rows)

    def wanted(self) -> Iterator[Target]:
        """Give what is wanted, in the order in which it was put in."""
        query = 'SELECT problem, id, product_arn, place, expected, "order", restore FROM work ORDER BY number'
        yield from map(_wanted, self._table.execute(query))

    def see(self, problems: Iterable[ReportRow]) -> None:
        """Note what findings are now; of those that nobody wants changed, nothing."""
        rows = (
            (state_text(state), *key, seen.account_id) for seen in problems for key, state in states_of(seen)
        )
        self._table.executemany(_SEE, rows)

    def sharable(self) -> list[FindingIdentifier]:
        """
        Return the findings whose Id and ProductArn another account's finding may have too.

        AWS's own products name the account in the Id, and a custom one in its ProductArn. Others choose their
        Ids themselves.
        """
        return [FindingIdentifier(*row) for row in self._table.execute(_SHARABLE)]

    def share(self, problems: Iterable[ReportRow]) -> None:
        """Leave alone each finding that shares its Id and ProductArn with one of another account."""
        rows = ((Skip.SHARED, *key, seen.account_id) for seen in problems for key in seen.statuses)
        self._table.executemany(_SHARE, rows)

    def overlay(self, changes: Iterable[Change]) -> None:
        """Note what will be seen of changes that Security Hub may not show yet."""
        for change in changes:
            present = self.present(change.identifier)
            if (
                present
                and has_same_status_and_note(present, change.before)
                and not shows_change(present, change)
            ):
                self._table.execute(_OVERLAY, (state_text(change.after), *change.identifier))

    def hold(self, identifiers: Iterable[FindingIdentifier]) -> None:
        """Leave alone what somebody else is changing at this moment."""
        self._table.executemany(_SKIP, ((Skip.BUSY, *identifier) for identifier in identifiers))

    def skip_of(self, identifier: FindingIdentifier) -> Skip | None:
        """Return why a finding is left alone; None if it is not, as far as is known."""
        row = self._table.execute(_SKIPPED, identifier).fetchone()
        return Skip(row[0]) if row else None

    def present(self, identifier: FindingIdentifier) -> FindingState | None:
        """Give what a finding is now; None where that has not been seen."""
        row = self._table.execute(_PRESENT, identifier).fetchone()
        return parse_state(row[0]) if row and row[0] else None

    def unseen(self, most: int) -> list[FindingIdentifier]:
        """Give at most so many findings that have not been seen."""
        return [FindingIdentifier(*row) for row in self._table.execute(_UNSEEN, (most,))]

    def __len__(self) -> int:
        """Count the findings."""
        return int(self._table.execute("SELECT count(*) FROM work").fetchone()[0])

    def controls(self) -> tuple[str, ...]:
        """Give the controls of all findings."""
        rows = self._table.execute("SELECT DISTINCT json_extract(place, '$[0]') FROM work ORDER BY 1")
        return tuple(str(control) for (control,) in rows)

    def decide(self, decide: Decide) -> None:
        """Settle what becomes of each finding that is not held."""
        query = """
        SELECT number, problem, id, product_arn, place, expected, "order", restore, present FROM work
        WHERE number > ? AND skip IS NULL ORDER BY number LIMIT ?
        """
        last = 0
        while rows := self._table.execute(query, (last, _SOME)).fetchall():
            for number, *row, present in rows:
                self._settle(
                    number, decide(_wanted(row), parse_state(present) if present else None), row, present
                )
                last = number

    def _settle(self, number: int, decided: FindingState | Skip, row: Sequence[Any], present: str) -> None:
        if isinstance(decided, Skip):
            self._table.execute("UPDATE work SET skip = ? WHERE number = ?", (decided, number))
            return
        change = _change(row, parse_state(present), decided)
        values = state_text(change.values)
        self._table.execute(
            'UPDATE work SET after = ?, "values" = ? WHERE number = ?', (state_text(decided), values, number)
        )

    def changes(self) -> Iterator[Change]:
        """Give what is to be changed; those with the same values follow each other."""
        query = """
        SELECT problem, id, product_arn, place, expected, "order", restore, present, after FROM work
        WHERE after IS NOT NULL ORDER BY "values", number
        """
        for *row, present, after in self._table.execute(query):
            yield _change(row, parse_state(present), parse_state(after))

    def chosen(self) -> Iterator[Target]:
        """Give what is to be changed, as it is wanted."""
        query = """
        SELECT problem, id, product_arn, place, expected, "order", restore FROM work
        WHERE after IS NOT NULL ORDER BY number
        """
        yield from map(_wanted, self._table.execute(query))

    def chosen_count(self) -> int:
        """Count the problems of which something is to be changed."""
        query = "SELECT count(DISTINCT problem) FROM work WHERE after IS NOT NULL"
        return int(self._table.execute(query).fetchone()[0])

    def change_count(self) -> int:
        """Count the findings that are to be changed."""
        return int(self._table.execute("SELECT count(*) FROM work WHERE after IS NOT NULL").fetchone()[0])

    def counts(self, part: int) -> dict[str, int]:
        """Count them by a part of their place, such as 0 for the control; the most frequent first."""
        query = """
        SELECT json_extract(place, '$[' || ? || ']') AS part, count(DISTINCT problem) AS number FROM work
        WHERE after IS NOT NULL GROUP BY part ORDER BY number DESC, part
        """
        return dict(self._table.execute(query, (part,)).fetchall())

    def skipped(self) -> dict[Skip, int]:
        """Count the problems of which nothing is changed, by the reason."""
        query = """
        SELECT skip, count(DISTINCT problem) FROM work WHERE skip IS NOT NULL
        AND problem NOT IN (SELECT problem FROM work WHERE after IS NOT NULL) GROUP BY skip
        """
        return {Skip(skip): count for skip, count in self._table.execute(query)}

    def partly_skipped_count(self) -> int:
        """Count the problems of which something is changed, and something is left alone that should be."""
        query = """
        SELECT count(DISTINCT problem) FROM work WHERE skip IS NOT NULL AND skip != ?
        AND problem IN (SELECT problem FROM work WHERE after IS NOT NULL)
        """
        return int(self._table.execute(query, (Skip.ALREADY,)).fetchone()[0])


def states_of(seen: ReportRow) -> Iterator[tuple[FindingIdentifier, FindingState]]:
    """Say of each finding of a problem what can be changed."""
    nothing = Written(None, {})
    for identifier, status in seen.statuses.items():
        written = seen.written.get(identifier, nothing)
        yield identifier, FindingState(status, written.note, written.fields)


def has_same_status_and_note(one: FindingState, other: FindingState) -> bool:
    """Tell whether two states are one: in status and note, which are people's."""
    return (one.status, one.note) == (other.status, other.note)


def shows_change(present: FindingState, change: Change) -> bool:
    """
    Tell whether Security Hub shows a change, or a later one, so that what is there somebody has made since.

    The bot's own fields tell: nobody else writes them, and whoever sets a status back does not. They begin
    with the time, to the second: of two in one second the one that the change has not found is another.
    """
    shown, made, found = stamp(present), stamp(change.after), stamp(change.before)
    return found not in (made, shown) and (shown == made or shown[0] >= made[0])


def _row(wanted: Target) -> tuple[Any, ...]:
    restore = json.dumps([state_text(state) for state in wanted.restore]) if wanted.restore else None
    place = json.dumps(wanted.place)
    account = wanted.place.account_id
    return wanted.problem, *wanted.identifier, place, wanted.expected, wanted.order, restore, account


def _wanted(row: Sequence[Any]) -> Target:
    problem, id_, product_arn, place, expected, order, restore = row
    found, made = map(parse_state, json.loads(restore)) if restore else (None, None)
    return Target(
        problem,
        FindingIdentifier(id_, product_arn),
        Location(*json.loads(place)),
        WorkflowStatus(expected),
        order,
        (found, made) if found and made else None,
    )


def _change(row: Sequence[Any], before: FindingState, after: FindingState) -> Change:
    wanted = _wanted(row)
    return Change(wanted.problem, wanted.identifier, wanted.place, before, after, wanted.order)
