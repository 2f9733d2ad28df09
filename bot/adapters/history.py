"""
The history in the bucket, which is only ever added to.

```text
audit/controls/<control>/<countdown>-<act id>.jsonl    what an act has changed of a control
audit/resources/<shard>/<countdown>-<act id>.jsonl     the same, of the resources of a shard
```

Both have a line for each change (bot/domain/history.py). An act's objects are written before it changes
anything; the countdown makes the newest come first in a listing, so that few objects are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO
from urllib.parse import quote

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors
from bot.adapters.bucket import CHUNK_BYTES, BucketReports
from bot.adapters.changes import countdown
from bot.domain.control import CONTROL_ID
from bot.domain.history import MOST_ACTS, Entry, Past, entry_of, shard

THERE = "PreconditionFailed"
"""What S3 answers where an object is there already; where one is being written it may yet come to nothing."""


@dataclass(frozen=True)
class BucketHistory:
    """The history in a bucket."""

    reports: BucketReports
    most_acts: int = MOST_ACTS

    def record(self, act_id: str, at: datetime, entries: Callable[[], Iterable[Entry]]) -> None:
        """Write what an act is about to change, once."""
        name = f"{countdown(at)}-{act_id}.jsonl"
        self._put(entries(), lambda entry: f"{_of_control(entry.control_id)}{name}")
        self._put(entries(), lambda entry: f"{_of_resource(entry.resource_id)}{name}")

    def about(self, what: str) -> Past:
        """Give what was done with a resource or a control, the newest first."""
        prefix = _of_control(what) if CONTROL_ID.fullmatch(what) else _of_resource(what)
        keys = iter(self.reports.keys(prefix))
        newest = islice(keys, self.most_acts)
        return Past(self._entries(newest, what), lambda: next(keys, None) is not None)

    def _entries(self, keys: Iterable[str], what: str) -> Iterator[Entry]:
        for key in keys:
            with self.reports.open(key) as body:
                for line in body.iter_lines(CHUNK_BYTES):
                    entry = entry_of(line)
                    if entry.is_about(what):
                        yield entry

    def share(self, job_id: str, file: Path) -> str:
        """Keep a CSV beside the parts of scans, which the bucket's lifecycle deletes soon."""
        key = f"parts/histories/{job_id}.csv"
        self.reports.put_file(key, file, "text/csv; charset=utf-8")
        return self.reports.link(key, "history.csv")

    def _put(self, entries: Iterable[Entry], key_of: Callable[[Entry], str]) -> None:
        with TemporaryDirectory() as folder, ExitStack() as open_files:
            files: dict[str, TextIO] = {}
            for entry in entries:
                key = key_of(entry)
                if key not in files:
                    path = Path(folder) / str(len(files))
                    files[key] = open_files.enter_context(path.open("w", encoding="utf-8"))
                files[key].write(f"{entry.line()}\n")
            open_files.close()
            for number, key in enumerate(files):
                self._add(key, Path(folder) / str(number))

    def _add(self, key: str, file: Path) -> None:
        """Write an object unless it is there: a repeat has the same to say."""
        client, bucket = self.reports.client, self.reports.bucket
        with aws_errors("s3", "PutObject"), file.open("rb") as body:
            try:
                client.put_object(
                    Bucket=bucket, Key=key, Body=body, ContentType="application/jsonl", IfNoneMatch="*"
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != THERE:
                    raise


def _of_control(control_id: str) -> str:
    return f"audit/controls/{quote(control_id.lower(), safe='') or '-'}/"


def _of_resource(resource_id: str) -> str:
    return f"audit/resources/{shard(resource_id)}/"
