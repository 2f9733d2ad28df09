"""The rows of a report by owner, and the memory of the rows whose owners have been mentioned."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.owners.contact import Contact
from bot.domain.owners.owner import Source, comparable
from bot.domain.row import ReportRow

MOST_OWNERS = 10_000
"""Owners that are told apart: the tags of a million resources may each name somebody else."""

EXAMPLES = 2
"""Fresh rows of an owner that a message names."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """
    The rows of a schedule's reports whose owners have been mentioned.

    A row is kept as eight bytes: of a million rows, the chance that two are confused is 3 in 10⁸.
    """

    at: str = ""
    """When the last complete report was read, ISO 8601; empty if there is none."""
    rows: array[int] = field(default_factory=lambda: array("Q"))
    """The numbers of the rows, sorted."""

    def has(self, row: ReportRow) -> bool:
        """Return whether the owners of a row have been mentioned for it."""
        number = row_number(row)
        position = bisect_left(self.rows, number)
        return position < len(self.rows) and self.rows[position] == number

    def is_fresh(self, row: ReportRow) -> bool:
        """Return whether a row is NEW, and nobody was mentioned for it since it last began to fail."""
        if row.status is not WorkflowStatus.NEW:
            return False
        return not self.has(row) or (bool(self.at) and row.began_at > self.at)

    def after(self, settled: Iterable[ReportRow], at: str, *, is_partial: bool) -> Mentioned:
        """
        Return the memory after a report.

        Args:
            settled: the rows of the report whose owners need not hear of them again. A row that a complete
                report no longer has is forgotten, so that it is fresh when it comes back.
            at: when the report was read, ISO 8601.
            is_partial: whether the report is incomplete. The earlier rows stay then.
        """
        numbers = set(map(row_number, settled))
        if is_partial:
            numbers.update(self.rows)
        return Mentioned(self.at if is_partial else at, array("Q", sorted(numbers)))


def row_number(row: ReportRow) -> int:
    """Return a number of a row, the same in each report."""
    text = "\0".join((row.control_id, row.account_id, row.region, row.resource_id))
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "big")


def contact_key(name: str, contacts: Mapping[str, Contact]) -> str:
    """
    Return the key of an owner: the ID of the contact, or else the comparable name.

    Args:
        contacts: by comparable name. The key of an owner who is not among them is empty.
    """
    folded = comparable(name)
    contact = contacts.get(folded)
    return "" if contact is None else contact.id or folded


def owners_of(rows: Iterable[ReportRow]) -> dict[str, bool]:
    """
    Return the owners of rows, at most MOST_OWNERS, and whether the routing file names them.

    Each owner has the spelling of the first row.
    """
    names: dict[str, str] = {}
    from_file: dict[str, bool] = {}
    for row in rows:
        for name in row.owner.names:
            key = comparable(name)
            if key in names or len(names) < MOST_OWNERS:
                names.setdefault(key, name)
                from_file[key] = from_file.get(key, False) or not row.owner.is_from_tag
    return {name: from_file[key] for key, name in names.items()}


@dataclass(slots=True)
class OwnerTally:
    """The counts of the rows of one contact, or of one owner who has none."""

    name: str
    """In the spelling of the first row."""
    contact: Contact
    count: int = 0
    fresh_count: int = 0
    severity: Severity = Severity.INFORMATIONAL
    """The highest of the fresh rows."""
    examples: list[tuple[str, str]] = field(default_factory=list)
    """The control and the resource of the first EXAMPLES fresh rows."""


@dataclass(slots=True)
class OwnerTallies:
    """Counts rows by owner. A row of several owners counts for each, and once for each contact."""

    contacts: Mapping[str, Contact]
    """By comparable name."""
    owners: dict[str, OwnerTally] = field(default_factory=dict)
    """By the ID of the contact, or by comparable name: the owner of the most severe row first."""
    unowned: Counter[Source] = field(default_factory=Counter)
    """The rows that are nobody's, by the reason."""
    fresh_count: int = 0
    """The fresh rows, owned or not …"""
    fresh_unowned_count: int = 0
    """… and those of nobody."""

    def add(self, row: ReportRow, *, is_fresh: bool) -> None:
        """Count a row."""
        self.fresh_count += is_fresh
        if not row.owner.names:
            self.unowned[row.owner.source] += 1
            self.fresh_unowned_count += is_fresh
        keys = {contact_key(name, self.contacts): name for name in row.owner.names}
        for key, name in keys.items():
            if not key:
                continue
            tally = self.owners.get(key)
            if tally is None:
                tally = self.owners[key] = OwnerTally(name, self.contacts[comparable(name)])
            tally.count += 1
            if is_fresh:
                tally.fresh_count += 1
                tally.severity = max(tally.severity, row.severity, key=lambda severity: severity.rank)
                if len(tally.examples) < EXAMPLES:
                    tally.examples.append((row.control_id, row.resource_id))

    def fresh(self) -> list[OwnerTally]:
        """Return the owners of fresh rows: by the highest severity, then by the number of fresh rows."""
        found = (tally for tally in self.owners.values() if tally.fresh_count)
        return sorted(found, key=lambda tally: (-tally.severity.rank, -tally.fresh_count))
