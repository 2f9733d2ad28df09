"""The ports of Regions. Each has one adapter in bot/adapters and one fake in the tests."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.coverage import Coverage


class Regions(Protocol):
    """The Regions whose findings Security Hub shows here. Several threads may use it at once."""

    def coverage(self) -> Coverage:
        """
        Return the coverage, which may be a day old.

        It raises nothing: a call that is denied or fails leaves a value unknown, and is made again later.
        """

    def readable(self, seen: Collection[str]) -> tuple[str, ...]:
        """
        Return those of the Regions `seen` in which the same findings can be read as here, sorted.

        Such a Region is linked to this one, shows the same accounts, is allowed by LINKED_REGIONS, and has
        not refused within a day. This Region itself is never among them. It raises nothing: a Region about
        which a call is denied or fails is left out.
        """

    def refused(self, region: str) -> None:
        """Remember for a day that a Region refused to show its findings. It raises nothing."""
