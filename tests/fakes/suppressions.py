"""A fake of the port of suppressions that end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from bot.domain.suppression import Suppression
from bot.domain.triage import Change, change_line, parse_change
from bot.errors import ReportGoneError

Key = tuple[date, str]


@dataclass
class FakeSuppressions:
    """Suppressions in memory; lines are kept as the adapter keeps them."""

    kept: dict[Key, tuple[Suppression, list[str]]] = field(default_factory=dict)
    lost: set[Key] = field(default_factory=set)
    """The suppressions whose changes are not in the bucket any more."""

    def add(self, suppression: Suppression, changes: Iterable[Change]) -> None:
        """Keep a suppression."""
        self.kept[_key(suppression)] = suppression, list(map(change_line, changes))

    def until(self, day: date) -> Iterator[Suppression]:
        """Return those that end by a day."""
        yield from (self.kept[key][0] for key in sorted(self.kept) if key[0] <= day)

    def changes(self, suppression: Suppression) -> Iterator[Change]:
        """Return the changes."""
        if _key(suppression) in self.lost or _key(suppression) not in self.kept:
            raise ReportGoneError
        yield from map(parse_change, self.kept[_key(suppression)][1])

    def remove(self, suppression: Suppression) -> None:
        """Forget a suppression."""
        self.kept.pop(_key(suppression), None)


def _key(suppression: Suppression) -> Key:
    return suppression.expires_on, suppression.suppression_id
