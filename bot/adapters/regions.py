"""The Regions whose findings Security Hub shows here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.coverage import Coverage


@dataclass(frozen=True)
class SingleRegion:
    """A Region beside which no other is read."""

    region: str

    def coverage(self) -> Coverage:
        """Return the coverage, of which nothing else is known (see the port)."""
        return Coverage(self.region)

    def readable(self, seen: Collection[str]) -> tuple[str, ...]:
        """Return no Region."""
        del seen
        return ()

    def refused(self, region: str) -> None:
        """Forget it: no other Region is read."""
