"""The tags of accounts that earlier jobs have read, in the bucket: one object, `accounts/tags.json`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.stores.bucket import Bucket
from bot.domain.owners.account_tag import KnownAccountTags
from bot.errors import ReportGoneError

KEY = "accounts/tags.json"


@dataclass(frozen=True)
class BucketAccountTags:
    """The tags in a bucket."""

    bucket: Bucket

    def load(self) -> KnownAccountTags:
        """Return the tags; none if there is no object."""
        try:
            return self.bucket.read_json(KEY, KnownAccountTags)
        except ReportGoneError:
            return KnownAccountTags()

    def save(self, known: KnownAccountTags) -> None:
        """Replace the tags."""
        self.bucket.put_json(KEY, known)
