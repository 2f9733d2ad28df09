"""The ports of checks before deployment. Each has one adapter in bot/adapters and one fake in the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.checks.places import KeptStack
    from bot.domain.checks.summary import LastCheck


class Checks(Protocol):
    """The results of checks. Every method raises the errors of reading or writing the bucket."""

    def fetch(self, key: str, etag: str) -> bytes | None:
        """
        Read an object of CI's.

        Returns:
            At most MOST_BYTES of it and one more (bot/domain/checks/document.py); None if it is gone, or
            another version than that with the ETag `etag` is there.
        """

    def last(self, repository: str, branch: str) -> LastCheck | None:
        """Return the state of a branch's last report, None if it had none."""

    def save_last(self, repository: str, branch: str, last: LastCheck) -> None:
        """Replace the state of a branch's last report."""


class CheckedStacks(Protocol):
    """The stacks of the last checks, by name and repository. Raises the errors of the bucket."""

    def save(self, name: str, stack: KeptStack) -> None:
        """Save a stack in place of that of the repository's check before."""

    def repositories(self) -> Mapping[str, tuple[str, ...]]:
        """Return the repositories that have checked a stack, by its name: of at most MOST_LISTED stacks."""

    def load(self, name: str, repository: str) -> KeptStack:
        """Return a stack. Raises ReportGoneError if it is no longer kept."""
