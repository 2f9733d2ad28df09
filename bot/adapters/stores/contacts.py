"""The cache of owners' contacts in the bucket: one object, `people/contacts.json`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.stores.bucket import Bucket
from bot.domain.owners.contact import CachedContacts
from bot.errors import ReportGoneError

KEY = "people/contacts.json"
"""Personal data: the lifecycle of the bucket deletes it after 30 days without a report."""


@dataclass(frozen=True)
class BucketContactCache:
    """The cache in a bucket."""

    bucket: Bucket

    def load(self) -> CachedContacts:
        """Return the contacts."""
        try:
            return self.bucket.read_json(KEY, CachedContacts)
        except ReportGoneError:
            return CachedContacts()

    def save(self, contacts: CachedContacts) -> None:
        """Replace the contacts."""
        self.bucket.put_json(KEY, contacts)
