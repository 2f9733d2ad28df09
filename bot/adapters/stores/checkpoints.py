"""Checkpoints of long jobs in the bucket: `parts/<job id>/<name>` (bot/usecases/scanning/checkpoint.py)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.adapters.stores.bucket import OCTETS, Bucket


@dataclass(frozen=True)
class BucketCheckpoints:
    """The checkpoints of one job."""

    bucket: Bucket
    folder: str

    def names(self) -> frozenset[str]:
        """Return the names of the objects."""
        return frozenset(key.rpartition("/")[2] for key in self.bucket.keys(f"{self.folder}/"))

    def save(self, name: str, file: Path) -> None:
        """Save a file as one object, which S3 replaces as a whole."""
        self.bucket.put_file(f"{self.folder}/{name}", file, OCTETS)

    def fetch(self, name: str, file: Path) -> None:
        """Copy an object to a file."""
        self.bucket.fetch(f"{self.folder}/{name}", file)
