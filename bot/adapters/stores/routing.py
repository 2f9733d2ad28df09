"""
The routing file in the bucket.

```text
config/routing.toml             the file in force; people put it there
       routing.good.toml        its last version without errors, which the bot keeps
       routing.before.toml      the version before the last `python -m bot routing put`
```
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.adapters.stores.bucket import TOML, Bucket
from bot.domain.owners.routing_file import MOST_BYTES
from bot.errors import ReportGoneError

FILE, GOOD, BEFORE = "config/routing.toml", "config/routing.good.toml", "config/routing.before.toml"


@dataclass
class BucketRouting:
    """The routing file in a bucket. One of it lives as long as its process, and keeps what it has read."""

    bucket: Bucket
    _etag: str = field(default="", init=False)
    _data: bytes | None = field(default=None, init=False, repr=False)
    _good: bytes | None = field(default=None, init=False, repr=False)
    """The version that is kept for certain."""

    def read(self) -> bytes | None:
        """Return the file, read again only if its ETag has changed (see the port)."""
        try:
            changed = self.bucket.read_changed(FILE, self._etag, MOST_BYTES + 1)
        except ReportGoneError:
            self._etag, self._data = "", None
            return None
        if changed:
            self._data, self._etag = changed
        return self._data

    def last_good(self) -> bytes | None:
        """Return the last version without errors."""
        try:
            with self.bucket.open(GOOD) as body:
                return bytes(body.read(MOST_BYTES + 1))
        except ReportGoneError:
            return None

    def keep_good(self, data: bytes) -> None:
        """Keep a version without errors, once in a process."""
        if data != self._good:
            self.bucket.put(GOOD, data, TOML)
            self._good = data

    def replace(self, data: bytes) -> None:
        """Put a version in force, and keep the one before."""
        before = self.read()
        if before is not None:
            self.bucket.put(BEFORE, before, TOML)
        self.bucket.put(FILE, data, TOML)
