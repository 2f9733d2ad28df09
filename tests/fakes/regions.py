"""The Regions of a fake Security Hub."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.domain.coverage import Coverage


@dataclass
class FakeRegions:
    """Regions of which some show the same findings as here."""

    found: Coverage = field(default_factory=lambda: Coverage("ap-northeast-1"))
    same: set[str] = field(default_factory=set)
    """The Regions in which the same findings can be read."""
    refusing: list[str] = field(default_factory=list)
    """Those that have refused, in order."""

    def coverage(self) -> Coverage:
        """Return the coverage."""
        return self.found

    def readable(self, seen: Collection[str]) -> tuple[str, ...]:
        """Return the readable ones of some Regions."""
        return tuple(sorted(self.same & set(seen) - set(self.refusing)))

    def refused(self, region: str) -> None:
        """Remember a refusal."""
        self.refusing.append(region)
