"""Owners of rows, looked up while a report is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.owners.owner import OwnerLookup, Ownership, comparable
from bot.domain.query import NOBODY
from bot.domain.row import Row
from bot.usecases.scanning.report_files import Complete

Keep = Callable[[Ownership], bool]
"""Returns whether a report keeps the rows with these owners."""


_QUOTES = dict.fromkeys(map(ord, "\"'`“”‘’「」"))
"""Marks that the words of a query lose (`bot.domain.command.words`)."""


def complete_owners(lookup: OwnerLookup, keep: Keep | None = None) -> Complete:
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


def with_owners(names: Sequence[str], complete: Complete) -> Complete:
    """
    Return a function that completes rows, and leaves out those that none of some owners has.

    Args:
        names: as of `Query.owners`; none: all rows stay.
        complete: gives rows their owners.
    """
    if not names:
        return complete
    wanted = {comparable(name).translate(_QUOTES) for name in names}

    def has_one(owner: Ownership) -> bool:
        return any(comparable(name).translate(_QUOTES) in wanted for name in owner.names or (NOBODY,))

    return lambda rows: [row for row in complete(rows) if has_one(row.owner)]
