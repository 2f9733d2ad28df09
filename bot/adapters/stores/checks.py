"""
Checks before deployment in the bucket.

```text
checks/<repository>/<branch>.json     the result of a branch's last check; CI puts it there
checked/<hash>.json                   the failures of the branch's last report; the bot alone writes it
```
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.stores.bucket import Bucket
from bot.domain.check_result import fingerprint
from bot.domain.checks.document import MOST_BYTES
from bot.domain.checks.summary import LastCheck
from bot.errors import ReportGoneError


@dataclass(frozen=True)
class BucketChecks:
    """The checks in a bucket."""

    bucket: Bucket

    def fetch(self, key: str, etag: str) -> bytes | None:
        """Read the beginning of an object if it still has an ETag."""
        return self.bucket.read_version(key, f'"{etag}"', MOST_BYTES + 1)

    def last(self, repository: str, branch: str) -> LastCheck | None:
        """Return the state of a branch's last report."""
        try:
            return self.bucket.read_json(_key(repository, branch), LastCheck)
        except ReportGoneError:
            return None

    def save_last(self, repository: str, branch: str, last: LastCheck) -> None:
        """Replace the state of a branch's last report."""
        self.bucket.put_json(_key(repository, branch), last)


def _key(repository: str, branch: str) -> str:
    return f"checked/{fingerprint(repository.lower(), branch)[:32]}.json"
