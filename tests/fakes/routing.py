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
    proposals: dict[str, bytes] = field(default_factory=dict)
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

    def propose(self, proposal_id: str, data: bytes) -> None:
        """Keep a proposed version."""
        self._fail("propose")
        self.proposals[proposal_id] = data

    def proposed(self, proposal_id: str) -> bytes:
        """Return a proposed version."""
        if proposal_id not in self.proposals:
            raise ReportGoneError
        return self.proposals[proposal_id]

    def _fail(self, method: str) -> None:
        if method in self.errors:
            raise self.errors[method]
