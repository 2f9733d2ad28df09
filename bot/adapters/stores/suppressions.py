"""
Suppressions with a last day, in the bucket.

```text
suppressions/<last day>/<job id>-<number>.jsonl   a line for each finding (bot/domain/lines.py)
                        <job id>-<number>.json    who and why
```

S3 lists keys in ascending order, so whoever looks for those that have ended reads no further than these. An
entry is removed once they are reopened: nothing else ends it, however long a suppression lasts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.adapters.aws import aws_errors
from bot.adapters.stores.actions import put_lines
from bot.adapters.stores.reports import CHUNK_BYTES, BucketReports
from bot.domain.lines import change_line, parse_change
from bot.domain.suppression import Suppression
from bot.domain.triage import Change

FOLDER = "suppressions/"


@dataclass(frozen=True)
class BucketSuppressions:
    """The suppressions in a bucket."""

    reports: BucketReports

    def add(self, suppression: Suppression, changes: Iterable[Change]) -> None:
        """Keep a suppression, its head last: one that has it is whole."""
        name = _name(suppression)
        put_lines(self.reports, f"{name}.jsonl", map(change_line, changes))
        self.reports.put_json(f"{name}.json", suppression)

    def until(self, day: date) -> Iterator[Suppression]:
        """Give those whose last day is that day or earlier, the earliest first."""
        for key in self.reports.keys(FOLDER):
            if key.removeprefix(FOLDER)[: len("2026-12-31")] > day.isoformat():
                return
            if key.endswith(".json"):
                yield self.reports.read(key, Suppression)

    def changes(self, suppression: Suppression) -> Iterator[Change]:
        """Give what was changed, read line by line."""
        with self.reports.open(f"{_name(suppression)}.jsonl") as body:
            yield from map(parse_change, body.iter_lines(CHUNK_BYTES))

    def remove(self, suppression: Suppression) -> None:
        """Remove a suppression, its head first."""
        with aws_errors("s3", "DeleteObject"):
            for ending in ("json", "jsonl"):
                self.reports.client.delete_object(
                    Bucket=self.reports.bucket, Key=f"{_name(suppression)}.{ending}"
                )


def _name(suppression: Suppression) -> str:
    return f"{FOLDER}{suppression.expires_on.isoformat()}/{suppression.suppression_id}"
