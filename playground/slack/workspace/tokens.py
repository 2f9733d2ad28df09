"""
Tokens, and their scopes.

Source of the scopes: the page of each method under https://docs.slack.dev/reference/methods, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Token:
    """A bot token's scopes."""

    scopes: frozenset[str]

    def may(self, needed: tuple[str, ...]) -> bool:
        """Return whether one of the scopes is there; a method that needs none is for every token."""
        return not needed or bool(self.scopes & set(needed))

    def provided(self) -> str:
        """Name the scopes as Slack does."""
        return ",".join(sorted(self.scopes))


class Tokens:
    """The tokens that the workspace knows."""

    def __init__(self, token: str, manifest: Mapping[str, Any]) -> None:
        self._all: dict[str, Token] = {}
        self.add(token, manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))

    def add(self, token: str, scopes: Iterable[str]) -> None:
        """Install the app once more, with other scopes: a second pair of eyes for tests."""
        self._all[token] = Token(frozenset(scopes))

    def find(self, token: str) -> Token | None:
        """Find a token."""
        return self._all.get(token)
