"""
The routing file in the bucket.

```text
config/routing.toml             the file in force; people put it there, also through the bot
       routing.good.toml        its last version without errors, which the bot keeps
       routing.before.toml      the version that was last replaced by `routing put`, or in Slack
parts/routing/<name>.toml       a version that a person has previewed, or that is in force for a running job
```
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.adapters.stores.bucket import TOML, Bucket
from bot.domain.owners.routing_change import RESOURCE
from bot.domain.owners.routing_file import MOST_BYTES
from bot.errors import ReportGoneError

FILE, GOOD, BEFORE = RESOURCE, "config/routing.good.toml", "config/routing.before.toml"


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

    def replace(self, data: bytes, before: bytes | None) -> bool:
        """
        Put a version in force if `before` still is, and keep `before`.

        If S3's answer to the write is lost, the SDK repeats the write, which finds its own ETag then.
        """
        if self.read() != before:
            return False
        if before is None:
            is_written = self.bucket.put_if_absent(FILE, data, TOML)
        else:
            self.bucket.put(BEFORE, before, TOML)
            is_written = self.bucket.put_if_match(FILE, data, TOML, self._etag)
        return is_written or self.read() == data

    def keep(self, name: str, data: bytes) -> None:
        """Keep a version, until the bucket's lifecycle deletes it."""
        self.bucket.put(_part(name), data, TOML)

    def kept(self, name: str) -> bytes:
        """Return a version that was kept under a name."""
        with self.bucket.open(_part(name)) as body:
            return bytes(body.read(MOST_BYTES + 1))


def _part(name: str) -> str:
    return f"parts/routing/{name}.toml"
