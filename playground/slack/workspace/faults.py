"""Faults on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CALL_KINDS = ("ratelimited", "server_error", "drop_before", "drop_after", "error")
"""
How a call to Slack goes wrong: 429 with `value` seconds in Retry-After; HTTP 500 in HTML; the connection cut
before the call takes effect, or after; Slack's error `value`.
"""
FILE_KINDS = ("file_not_shared",)
"""A file that is taken and never shared."""
APP_KINDS = ("slow_ack",)
"""How a call to the app goes wrong: its answer counts as later than 3 s."""
KINDS = (*CALL_KINDS, *APP_KINDS, *FILE_KINDS)


@dataclass
class Fault:
    """One fault that waits for its call."""

    method: str
    """A method of the Web API, `upload_url`, `response_url`, a kind of request to the app, or `*`."""
    kind: str
    count: int = 1
    value: Any = None


class Faults:
    """The faults that wait, in the order in which they were added."""

    def __init__(self) -> None:
        self._all: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        """Return the faults that wait."""
        return iter(list(self._all))

    def add(self, method: str, kind: str, count: int = 1, value: Any = None) -> None:
        """
        Let the next `count` calls of a method go wrong.

        Raises:
            ValueError: the kind is unknown, the count not positive, or a needed value missing.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
        if count < 1:
            raise ValueError("count must be at least 1")
        if kind == "error" and not isinstance(value, str):
            raise ValueError("error needs Slack's error as its value")
        if kind == "ratelimited":
            value = int(1 if value is None else value)
        self._all.append(Fault(method, kind, count, value))

    def clear(self) -> None:
        """Let everything go right again."""
        self._all.clear()

    def take(self, method: str, kinds: tuple[str, ...]) -> Fault | None:
        """Use up a fault of one of some kinds; `*` is for every method."""
        for fault in self._all:
            if fault.method in (method, "*") and fault.kind in kinds:
                fault.count -= 1
                if not fault.count:
                    self._all.remove(fault)
                return fault
        return None
