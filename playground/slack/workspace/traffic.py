"""The log of requests to Slack and to the app. Secrets are masked on their way in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

KEPT = 200
"""Entries; older ones are dropped."""
SECRETS = frozenset({"token", "authorization", "x-slack-signature"})
MASK = "•••"


@dataclass(frozen=True)
class Entry:
    """One request and its answer."""

    at: float
    direction: Literal["to_slack", "to_app"]
    name: str
    """The Web API method; response_url; or the kind of request to the app, such as block_actions."""
    status: str
    """ok, or the error."""
    milliseconds: int
    request: Any
    response: Any


class Traffic:
    """The last requests, the newest last."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[Entry]:
        """Return the entries."""
        return iter(list(self._entries))

    def add(self, entry: Entry) -> None:
        """Keep an entry; its request and response must have been masked."""
        self._entries.append(entry)

    def named(self, name: str) -> list[Entry]:
        """Return the requests of one kind."""
        return [entry for entry in self if entry.name == name]


def masked(value: Any) -> Any:
    """Copy a JSON value with the secrets in it hidden, however deep, and bytes told by their number."""
    if isinstance(value, Mapping):
        return {k: MASK if str(k).lower() in SECRETS and v else masked(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value
