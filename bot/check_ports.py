"""The ports of checks before deployment. Each has one adapter in bot/adapters and one fake in the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.checks.places import KeptStack


class CheckedStacks(Protocol):
    """The stacks of the last checks, by name and repository. Raises the errors of the bucket."""

    def save(self, name: str, stack: KeptStack) -> None:
        """Save a stack in place of that of the repository's check before."""

    def repositories(self) -> Mapping[str, tuple[str, ...]]:
        """Return the repositories that have checked a stack, by its name: of at most MOST_LISTED stacks."""

    def load(self, name: str, repository: str) -> KeptStack:
        """Return a stack. Raises ReportGoneError if it is no longer kept."""
