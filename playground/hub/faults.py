"""Failures that a test has ordered for the next calls."""

from __future__ import annotations

from collections import defaultdict, deque

from playground.hub.errors import HubError
from playground.hub.shapes import operation_model


class Faults:
    """Each operation's ordered failures, first in, first out."""

    def __init__(self) -> None:
        self._errors: defaultdict[str, deque[HubError | None]] = defaultdict(deque)
        self._cuts: defaultdict[str, deque[bool]] = defaultdict(deque)
        self._pauses: defaultdict[str, deque[float]] = defaultdict(deque)

    def fail(self, operation: str, error: HubError, count: int, after: int) -> None:
        """Order an error for the next `count` calls that follow `after` good ones."""
        operation_model(operation)  # raises for a name that is none, which would never be called
        self._errors[operation].extend([None] * after + [error] * count)

    def drop(self, operation: str, after: int) -> None:
        """Order that the answer which follows `after` whole ones is cut off."""
        operation_model(operation)
        self._cuts[operation].extend([False] * after + [True])

    def hang(self, operation: str, seconds: float, count: int, after: int) -> None:
        """Order that the next `count` calls which follow `after` others are answered later."""
        operation_model(operation)
        self._pauses[operation].extend([0.0] * after + [seconds] * count)

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
        return self._cuts[operation].popleft() if self._cuts[operation] else False

    def pause(self, operation: str) -> float:
        """Take the next ordered delay, in seconds."""
        return self._pauses[operation].popleft() if self._pauses[operation] else 0.0
