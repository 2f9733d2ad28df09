"""The rows of a report by owner, and the memory of the rows of which owners need not hear again."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import islice

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.owners.contact import Contact, OwnerName
from bot.domain.owners.owner import Source
from bot.domain.row import ReportRow

MOST_OWNERS = 10_000
"""Owners that are told apart: the tags of a million resources may each name somebody else."""

EXAMPLES = 2
"""Fresh rows of an owner that a message names."""


CHUNK = 50_000
"""Numbers that are sorted at once: a set of a million would take a hundred megabytes."""

NOBODY_KEY = "nobody"
"""Stands for the owner of a row that is nobody's."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """
    The owners of a schedule's reports who need not hear of a row again: mentioned for it, or not in Slack.

    A row and one of its owners are kept as eight bytes: of a million, the chance that two are confused is 3
    in 10⁸. A row that passes and fails again is another one, and so is a row that gets another owner.
    """

    numbers: array[int] = field(default_factory=lambda: array("Q"))
    """Sorted."""

    def has(self, row: ReportRow, key: str) -> bool:
        """Return whether an owner need not hear of a row (for `key` see `contact_key`)."""
        number = row_number(row, key)
        position = bisect_left(self.numbers, number)
        return position < len(self.numbers) and self.numbers[position] == number

    def is_fresh(self, row: ReportRow, key: str) -> bool:
        """Return whether an owner is to hear of a row: it is NEW, and they have not heard of it."""
        return row.status is WorkflowStatus.NEW and not self.has(row, key)

    def after(self, settled: Iterable[tuple[ReportRow, str]], *, is_partial: bool) -> Mentioned:
        """
        Return the memory after a report.

        Args:
            settled: the rows of the report, each with an owner who need not hear of it again. A row that a
                complete report no longer has is forgotten, so that it is fresh when it comes back.
            is_partial: whether the report is incomplete. The earlier rows stay then.
        """
        numbers = (row_number(row, key) for row, key in settled)
        chunks: list[array[int]] = [self.numbers] if is_partial else []
        while chunk := array("Q", sorted(islice(numbers, CHUNK))):
            chunks.append(chunk)
        return Mentioned(array("Q", merge(*chunks)))


def row_number(row: ReportRow, key: str) -> int:
    """Return a number of a row and an owner, the same in each report until the row passes."""
    text = "\0".join((row.control_id, row.account_id, row.region, row.resource_id, row.began_at, key))
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "big")


def names_of(row: ReportRow) -> list[OwnerName]:
    """Return the names of a row's owners."""
    return [OwnerName(name, not row.owner.is_from_tag) for name in row.owner.names]


def contact_key(owner: OwnerName, contacts: Mapping[str, Contact]) -> str:
    """
    Return the key of an owner: the ID of the contact, with a question mark unless it is proof; or the name's.

    Args:
        contacts: by OwnerName.key. The key of an owner who is not among them is empty.
    """
    contact = contacts.get(owner.key)
    if contact is None:
        return ""
    if not contact.id:
        return owner.key
    return contact.id if contact.is_proof else f"{contact.id}?"


def owners_of(rows: Iterable[ReportRow]) -> list[OwnerName]:
    """Return the owners of rows, at most MOST_OWNERS, each in the spelling of the first row."""
    owners: dict[str, OwnerName] = {}
    for row in rows:
        for owner in names_of(row):
            if len(owners) < MOST_OWNERS:
                owners.setdefault(owner.key, owner)
    return list(owners.values())


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
    key: str = ""
    """As of `contact_key`."""

    def merged(self, other: OwnerTally) -> OwnerTally:
        """Add the counts of a less severe tally."""
        return replace(
            self,
            count=self.count + other.count,
            fresh_count=self.fresh_count + other.fresh_count,
            examples=(self.examples + other.examples)[:EXAMPLES],
        )


@dataclass(slots=True)
class OwnerTallies:
    """Counts rows by owner. A row of several owners counts for each, and once for each contact."""

    contacts: Mapping[str, Contact]
    """By OwnerName.key."""
    mentioned: Mentioned
    owners: dict[str, OwnerTally] = field(default_factory=dict)
    """By `contact_key`: the owner of the most severe row first."""
    unowned: Counter[Source] = field(default_factory=Counter)
    """The rows that are nobody's, by the reason."""
    fresh_count: int = 0
    """The rows that somebody is to hear of …"""
    fresh_unowned_count: int = 0
    """… and those of them that are nobody's."""

    def add(self, row: ReportRow) -> None:
        """Count a row."""
        if not row.owner.names:
            self.unowned[row.owner.source] += 1
            is_fresh = self.mentioned.is_fresh(row, NOBODY_KEY)
            self.fresh_unowned_count += is_fresh
            self.fresh_count += is_fresh
            return
        keys = {contact_key(owner, self.contacts): owner for owner in names_of(row)}
        keys.pop("", None)
        fresh = [self._add(key, owner, row) for key, owner in keys.items()]
        self.fresh_count += any(fresh)

    def _add(self, key: str, owner: OwnerName, row: ReportRow) -> bool:
        """Count a row for one owner; return whether they are to hear of it."""
        tally = self.owners.get(key)
        if tally is None:
            contact = self.contacts[owner.key]
            tally = self.owners[key] = OwnerTally(owner.name, contact, key=key)
        tally.count += 1
        if not self.mentioned.is_fresh(row, key):
            return False
        tally.fresh_count += 1
        tally.severity = max(tally.severity, row.severity, key=lambda severity: severity.rank)
        if len(tally.examples) < EXAMPLES:
            tally.examples.append((row.control_id, row.resource_id))
        return True

    def fresh(self) -> list[OwnerTally]:
        """Return the owners of fresh rows: by the highest severity, then by the number of fresh rows."""
        return most_severe_first(tally for tally in self.owners.values() if tally.fresh_count)


def most_severe_first(tallies: Iterable[OwnerTally]) -> list[OwnerTally]:
    """Sort the tallies of owners of fresh rows as OwnerTallies.fresh does."""
    return sorted(tallies, key=lambda tally: (-tally.severity.rank, -tally.fresh_count))
