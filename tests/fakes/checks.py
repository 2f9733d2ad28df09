"""A fake of the checks that CI has put into the bucket."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from bot.domain.checks.summary import LastCheck


@dataclass
class FakeChecks:
    """Checks in memory; the ETag of an object is its MD5, as in S3."""

    objects: dict[str, bytes] = field(default_factory=dict)
    states: dict[tuple[str, str], LastCheck] = field(default_factory=dict)

    def fetch(self, key: str, etag: str) -> bytes | None:
        """Read an object if it has an ETag."""
        data = self.objects.get(key)
        return data if data is not None and self.etag_of(data) == etag else None

    def last(self, repository: str, branch: str) -> LastCheck | None:
        """Return the state of a branch's last report."""
        return self.states.get((repository.lower(), branch))

    def save_last(self, repository: str, branch: str, last: LastCheck) -> None:
        """Replace it."""
        self.states[repository.lower(), branch] = last

    @staticmethod
    def etag_of(data: bytes) -> str:
        """Return the ETag of a content."""
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
