"""A fake of the routing file."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors import BotError, ReportGoneError


@dataclass
class FakeRoutingFile:
    """A routing file in memory."""

    data: bytes | None = None
    good: bytes | None = None
    before: bytes | None = None
    """The version before."""
    versions: dict[str, bytes] = field(default_factory=dict)
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

    def replace(self, data: bytes, before: bytes | None) -> bool:
        """Put a version in force in place of another."""
        self._fail("replace")
        if self.data != before:
            return False
        self.data, self.before = data, before
        return True

    def keep(self, name: str, data: bytes) -> None:
        """Keep a version under a name."""
        self._fail("keep")
        self.versions[name] = data

    def kept(self, name: str) -> bytes:
        """Return a version that was kept."""
        if name not in self.versions:
            raise ReportGoneError
        return self.versions[name]

    def _fail(self, method: str) -> None:
        if method in self.errors:
            raise self.errors[method]
