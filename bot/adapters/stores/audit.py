"""
The audit log in the bucket, which is only ever added to.

```text
audit/controls/<control>/<countdown>-<act id>.jsonl    the changes of an action to findings of a control
audit/resources/<shard>/<countdown>-<act id>.jsonl     the same, of resources whose name falls into a shard
```

A line is a change (bot/domain/audit.py). Below `resources/`, a change stands under each name that people may
use for the resource (bot/domain/naming.py): at most 256 objects an action, besides those of its controls.
They are written before the action changes anything. The countdown puts the newest first in a listing, so that
few objects are read.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from tempfile import TemporaryFile
from typing import BinaryIO
from urllib.parse import quote

from bot.adapters.stores.bucket import LINES, Bucket, countdown
from bot.domain.audit import MOST_ACTS, AuditEntry, AuditTrail, parse_entry, service_folder, shard
from bot.domain.naming import look_up_keys, names, spelled

MOST_QUOTED = 200
"""Characters of a control's ID in a key."""


@dataclass(frozen=True)
class BucketAuditLog:
    """The audit log in a bucket."""

    bucket: Bucket
    most_acts: int = MOST_ACTS

    def record(self, act_id: str, at: datetime, entries: Callable[[], Iterable[AuditEntry]]) -> None:
        """Write the changes that an action will make, once."""
        name = f"{countdown(at)}-{act_id}.jsonl"
        self._put(entries(), lambda entry: {f"{_of_control(entry.control_id)}{name}"})
        self._put(entries(), lambda entry: {f"{_of_name(known)}{name}" for known in names(entry.resource_id)})

    def about(self, subject: str) -> AuditTrail:
        """
        Return the changes to a resource, a control or a service, the newest first.

        At most three prefixes are listed, and that of a service's controls, with a ListObjectsV2 call for
        each 1,000 keys; `most_acts` objects are read.
        """
        prefixes = [_of_control(spelled(subject)), *{_of_name(key): None for key in look_up_keys(subject)}]
        keys = heapq.merge(*map(self.bucket.keys, prefixes), self._of_service(subject), key=_name)
        newest = islice(keys, self.most_acts)
        return AuditTrail(self._entries(newest, subject), lambda: next(keys, None) is not None)

    def _of_service(self, subject: str) -> list[str]:
        """List the objects of a service's controls by their last parts: their folders come by control."""
        folder = service_folder(subject)
        return sorted(self.bucket.keys(f"audit/controls/{folder}"), key=_name) if folder else []

    def _entries(self, keys: Iterable[str], subject: str) -> Iterator[AuditEntry]:
        """Read the matching entries, an action at a time; an entry of two of its objects, once."""
        for _, of_act in groupby(keys, _name):
            yielded: set[AuditEntry] = set()
            objects = list(of_act)
            for number, key in enumerate(objects, 1):
                for entry in map(parse_entry, self.bucket.lines(key)):
                    if entry.is_about(subject) and entry not in yielded:
                        yield entry
                        if number < len(objects):
                            yielded.add(entry)

    def _put(self, entries: Iterable[AuditEntry], keys_for: Callable[[AuditEntry], Iterable[str]]) -> None:
        """Write the objects that do not exist: a repeat of the action has the same entries."""
        with ExitStack() as stack:
            files: dict[str, BinaryIO] = defaultdict(lambda: stack.enter_context(TemporaryFile()))
            for entry in entries:
                for key in keys_for(entry):
                    files[key].write(f"{entry.line()}\n".encode())
            for key, file in files.items():
                file.seek(0)
                self.bucket.put_if_absent(key, file, LINES)


def _of_control(control_id: str) -> str:
    """Return the folder of a control. A key has at most 1,024 bytes; some control IDs are a sentence."""
    quoted = quote(spelled(control_id), safe="", errors="replace") or "-"
    if len(quoted) > MOST_QUOTED:
        quoted = f"{quoted[:MOST_QUOTED]}-{hashlib.sha256(quoted.encode()).hexdigest()[:16]}"
    return f"audit/controls/{quoted}/"


def _of_name(name: str) -> str:
    return f"audit/resources/{shard(name)}/"


def _name(key: str) -> str:
    """Return the last part of a key, by which the newest sort first."""
    return key.rpartition("/")[2]
