"""Failures that a test has ordered for the next calls."""

from __future__ import annotations

from collections import defaultdict, deque

from playground.hub.errors import HubError
from playground.hub.shapes import operation_model


class Faults:
    """Each operation's ordered failures, first in, first out."""

    def __init__(self) -> None:
        self._errors: defaultdict[str, deque[HubError | None]] = defaultdict(deque)
        self._drops: defaultdict[str, int] = defaultdict(int)

    def fail(self, operation: str, error: HubError, count: int, after: int) -> None:
        """Order an error for the next `count` calls that follow `after` good ones."""
        operation_model(operation)  # raises for a name that is none, which would never be called
        self._errors[operation].extend([None] * after + [error] * count)

    def drop(self, operation: str) -> None:
        """Order that the next answer is cut off."""
        operation_model(operation)
        self._drops[operation] += 1

    def check(self, operation: str) -> None:
        """
        Take the next ordered error.

        Raises:
            HubError: the ordered one, if there is one.
        """
        error = self._errors[operation].popleft() if self._errors[operation] else None
        if error:
            raise error

    def is_dropped(self, operation: str) -> bool:
        """Take the next ordered cut."""
        if not self._drops[operation]:
            return False
        self._drops[operation] -= 1
        return True
