"""Owners of rows, looked up while a report is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.owners.owner import OwnerLookup, Ownership
from bot.domain.row import Row

Keep = Callable[[Ownership], bool]
"""Returns whether a report keeps the rows with these owners."""


def complete_owners(
    lookup: OwnerLookup, keep: Keep | None = None
) -> Callable[[Sequence[Row]], Sequence[Row]]:
    """
    Return the function that gives rows their owners.

    Args:
        lookup: finds the owners.
        keep: chooses the rows that the report keeps; None: all.
    """

    def complete(rows: Sequence[Row]) -> Sequence[Row]:
        for row in rows:
            row.owner = lookup.owners_of(row.finding)
        return [row for row in rows if keep(row.owner)] if keep else rows

    return complete
