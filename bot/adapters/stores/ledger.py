"""The ledger in the bucket: small JSON objects under `ledger/` that are written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.adapters.aws import CONFLICTS
from bot.adapters.stores.bucket import EXISTS, JSON, Bucket, to_json
from bot.errors import ReportGoneError


@dataclass(frozen=True)
class BucketLedger:
    """The ledger in a bucket."""

    bucket: Bucket

    def read(self, key: str) -> dict[str, Any] | None:
        """Return an entry, None if it is absent."""
        try:
            return self.bucket.read_json(_ledger_key(key), dict)
        except ReportGoneError:
            return None

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """Write an entry unless another delivery has written it, or is writing it."""
        return self.bucket.put_if_absent(_ledger_key(key), to_json(entry), JSON, exists=EXISTS | CONFLICTS)

    def delete(self, key: str) -> None:
        """Delete an entry."""
        self.bucket.delete(_ledger_key(key))


def _ledger_key(key: str) -> str:
    return f"ledger/{key}.json"
