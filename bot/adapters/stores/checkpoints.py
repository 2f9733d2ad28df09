"""
Checkpoints of large scans in the bucket.

```text
parts/<report id>/<partition>.json            the result of a finished partition
                  <partition>.<attempt>.rows  its file
                  <partition>.suspended       the file of an unfinished partition
                  <partition>.split           the partitions into which it was split
                  started                     the time at which the scan began
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from bot.adapters.stores.bucket import OCTETS, Bucket
from bot.domain.partition import Partition
from bot.domain.report import PartitionResult
from bot.errors import ReportGoneError


@dataclass(frozen=True)
class SavedPart:
    """The numbers of a part, and the attempt that wrote its file."""

    attempt: str
    part: PartitionResult


@dataclass(frozen=True)
class BucketParts:
    """The checkpoints of one scan."""

    bucket: Bucket
    folder: str
    _attempts: dict[str, str] = field(default_factory=dict)
    """The attempt that wrote a part. Of two deliveries at once, each reads the file of its numbers."""

    def names(self) -> frozenset[str]:
        """Return the names of the objects; those of whole parts without their ending."""
        keys = self.bucket.keys(f"{self.folder}/")
        return frozenset(key.rpartition("/")[2].removesuffix(".json") for key in keys)

    def find(self, name: str) -> PartitionResult | None:
        """Return a part if its numbers are there."""
        try:
            saved = self.bucket.read_json(self._key(name, "json"), SavedPart)
        except ReportGoneError:
            return None
        self._attempts[name] = saved.attempt
        return saved.part

    def keep(self, name: str, part: PartitionResult, file: Path) -> None:
        """Save a part, its numbers last: a part with numbers is whole."""
        attempt = self._attempts[name] = uuid4().hex
        self.bucket.put_file(self._key(name, attempt, "rows"), file, OCTETS)
        self.bucket.put_json(self._key(name, "json"), SavedPart(attempt, part))

    def fetch(self, name: str, file: Path) -> None:
        """Copy the file of a part."""
        if name not in self._attempts:
            raise ReportGoneError
        self.bucket.fetch(self._key(name, self._attempts[name], "rows"), file)

    def suspend(self, name: str, file: Path) -> None:
        """Save a file of a part that is not read to its end."""
        self.bucket.put_file(self._key(name), file, OCTETS)

    def resume(self, name: str, file: Path) -> None:
        """Copy such a file."""
        self.bucket.fetch(self._key(name), file)

    def save_split(self, name: str, partitions: Sequence[Partition]) -> None:
        """Save the smaller partitions."""
        self.bucket.put_json(self._key(name), list(partitions))

    def load_split(self, name: str) -> list[Partition]:
        """Return the smaller partitions."""
        return self.bucket.read_json(self._key(name), list[Partition])

    def _key(self, *names: str) -> str:
        return f"{self.folder}/{'.'.join(names)}"
