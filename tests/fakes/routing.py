"""A fake of the routing file."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors import BotError


@dataclass
class FakeRoutingFile:
    """A routing file in memory."""

    data: bytes | None = None
    good: bytes | None = None
    errors: dict[str, BotError] = field(default_factory=dict)
    """Method to the error that it raises."""

    def read(self) -> bytes | None:
        """Return the file."""
        self._fail("read")
        return self.data

    def last_good(self) -> bytes | None:
        """Return the last good version."""
        self._fail("last_good")
        return self.good

    def keep_good(self, data: bytes) -> None:
        """Keep a good version."""
        self._fail("keep_good")
        self.good = data

    def replace(self, data: bytes) -> None:
        """Put a version in force."""
        self.data = data

    def _fail(self, method: str) -> None:
        if method in self.errors:
            raise self.errors[method]
