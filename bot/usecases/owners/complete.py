"""Owners of rows, looked up while a report is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.owners.owner import OwnerLookup
from bot.domain.row import Row


def complete_owners(lookup: OwnerLookup, only: str = "") -> Callable[[Sequence[Row]], Sequence[Row]]:
    """
    Return the function that gives rows their owners.

    Args:
        lookup: finds the owners.
        only: the name, in any spelling, of the owner whose rows are kept; empty to keep all rows.
    """

    def complete(rows: Sequence[Row]) -> Sequence[Row]:
        for row in rows:
            row.owner = lookup.owners_of(row.finding)
        return [row for row in rows if row.owner.has(only)] if only else rows

    return complete
