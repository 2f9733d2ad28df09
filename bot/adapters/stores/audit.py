"""
The history in the bucket, which is only ever added to.

```text
audit/controls/<control>/<countdown>-<act id>.jsonl    what an act has changed of a control
audit/resources/<shard>/<countdown>-<act id>.jsonl     the same, of the resources with a name of a shard
```

Both have a line for each change (bot/domain/audit.py), the second under each name that people may use for a
resource (bot/domain/naming.py): at most 256 objects an act, besides those of its controls. They are written
before the act changes anything; the countdown makes the newest come first in a listing, so that few objects
are read.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO
from urllib.parse import quote

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors
from bot.adapters.stores.actions import countdown
from bot.adapters.stores.reports import CHUNK_BYTES, BucketReports
from bot.domain.audit import MOST_ACTS, AuditEntry, AuditTrail, parse_entry, shard
from bot.domain.naming import keys_of, names, spelled

MOST_QUOTED = 200
"""Characters of a control's ID in a key."""

THERE = "PreconditionFailed"
"""What S3 answers where an object is there already; where one is being written it may yet come to nothing."""


@dataclass(frozen=True)
class BucketHistory:
    """The history in a bucket."""

    reports: BucketReports
    most_acts: int = MOST_ACTS

    def record(self, act_id: str, at: datetime, entries: Callable[[], Iterable[AuditEntry]]) -> None:
        """Write what an act is about to change, once."""
        name = f"{countdown(at)}-{act_id}.jsonl"
        self._put(entries(), lambda entry: {f"{_of_control(entry.control_id)}{name}"})
        self._put(entries(), lambda entry: {f"{_of_name(known)}{name}" for known in names(entry.resource_id)})

    def about(self, what: str) -> AuditTrail:
        """
        Give what was done with a resource or a control, the newest first.

        At most three prefixes are listed, which is one ListObjectsV2 call each, and `most_acts` objects read.
        """
        prefixes = [_of_control(spelled(what)), *{_of_name(key): None for key in keys_of(what)}]
        keys = heapq.merge(*map(self.reports.keys, prefixes), key=_name)
        newest = islice(keys, self.most_acts)
        return AuditTrail(self._entries(newest, what), lambda: next(keys, None) is not None)

    def _entries(self, keys: Iterable[str], what: str) -> Iterator[AuditEntry]:
        """Give what matches, an act at a time; what two of its objects have, once."""
        for _, of_act in groupby(keys, _name):
            told: set[AuditEntry] = set()
            objects = list(of_act)
            for number, key in enumerate(objects, 1):
                for entry in self._lines(key):
                    if entry.is_about(what) and entry not in told:
                        yield entry
                        if number < len(objects):
                            told.add(entry)

    def _lines(self, key: str) -> Iterator[AuditEntry]:
        with self.reports.open(key) as body:
            yield from map(parse_entry, body.iter_lines(CHUNK_BYTES))

    def share(self, job_id: str, file: Path) -> str:
        """Keep a CSV beside the parts of scans, which the bucket's lifecycle deletes soon."""
        key = f"parts/histories/{job_id}.csv"
        self.reports.put_file(key, file, "text/csv; charset=utf-8")
        return self.reports.link(key, "history.csv")

    def _put(self, entries: Iterable[AuditEntry], keys_for: Callable[[AuditEntry], Iterable[str]]) -> None:
        with TemporaryDirectory() as folder, ExitStack() as open_files:
            files: dict[str, TextIO] = {}
            for entry in entries:
                for key in keys_for(entry):
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
    """Name the folder of a control. S3 takes 1,024 bytes of a key; some products' controls are a sentence."""
    quoted = quote(spelled(control_id), safe="", errors="replace") or "-"
    if len(quoted) > MOST_QUOTED:
        quoted = f"{quoted[:MOST_QUOTED]}-{hashlib.sha256(quoted.encode()).hexdigest()[:16]}"
    return f"audit/controls/{quoted}/"


def _of_name(name: str) -> str:
    return f"audit/resources/{shard(name)}/"


def _name(key: str) -> str:
    """Give a key's last part, by which the newest come first."""
    return key.rpartition("/")[2]
