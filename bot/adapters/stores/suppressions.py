"""
Suppressions with a last day, in the bucket.

```text
suppressions/<last day>/<job id>-<number>.jsonl   a line for each finding (bot/domain/triage.py)
                        <job id>-<number>.json    who and why
```

S3 lists keys in ascending order, so a search for expired suppressions reads no others. An entry is removed
once its findings are reopened: no lifecycle rule deletes it, however long the suppression lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.adapters.stores.bucket import Bucket
from bot.domain.suppression import Suppression
from bot.domain.triage import Change, change_line, parse_change

FOLDER = "suppressions/"


@dataclass(frozen=True)
class BucketSuppressions:
    """The suppressions in a bucket."""

    bucket: Bucket

    def add(self, suppression: Suppression, changes: Iterable[Change]) -> None:
        """Save a suppression, its head last: one with a head is whole."""
        name = _name(suppression)
        self.bucket.put_lines(f"{name}.jsonl", map(change_line, changes))
        self.bucket.put_json(f"{name}.json", suppression)

    def until(self, day: date) -> Iterator[Suppression]:
        """Return the suppressions up to that last day, the earliest first."""
        for key in self.bucket.keys(FOLDER):
            if key.removeprefix(FOLDER)[: len("2026-12-31")] > day.isoformat():
                return
            if key.endswith(".json"):
                yield self.bucket.read_json(key, Suppression)

    def changes(self, suppression: Suppression) -> Iterator[Change]:
        """Read the changes line by line."""
        yield from map(parse_change, self.bucket.lines(f"{_name(suppression)}.jsonl"))

    def remove(self, suppression: Suppression) -> None:
        """Remove a suppression, its head first."""
        name = _name(suppression)
        self.bucket.delete(f"{name}.json", f"{name}.jsonl")


def _name(suppression: Suppression) -> str:
    return f"{FOLDER}{suppression.expires_on.isoformat()}/{suppression.suppression_id}"
