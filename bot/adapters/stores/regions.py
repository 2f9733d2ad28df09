"""
The Regions in the bucket.

```text
accounts/regions.json     the coverage, digests of accounts, and refusals; at most a day old
```
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.stores.bucket import Bucket
from bot.domain.coverage import KnownRegions
from bot.errors import ReportGoneError

REGIONS = "accounts/regions.json"


@dataclass(frozen=True)
class BucketRegions:
    """The Regions in a bucket."""

    bucket: Bucket

    def load(self) -> KnownRegions | None:
        """Return the Regions, None if there is no object."""
        try:
            return self.bucket.read_json(REGIONS, KnownRegions)
        except ReportGoneError:
            return None

    def save(self, known: KnownRegions) -> None:
        """Replace the Regions."""
        self.bucket.put_json(REGIONS, known)
