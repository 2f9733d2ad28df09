"""
The memory about owners in the bucket.

```text
people/contacts.json      the contacts that were looked up; personal data, by hash of the e-mail address
accounts/tags.json        the tags of accounts that earlier jobs have read
mentions/<schedule>       eight bytes, little-endian, for each row and owner
```
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from bot.adapters.stores.bucket import OCTETS, Bucket
from bot.domain.owners.account_tag import KnownAccountTags
from bot.domain.owners.contact import CachedContacts
from bot.domain.owners.tally import Mentioned
from bot.errors import ReportGoneError

CONTACTS = "people/contacts.json"
ACCOUNT_TAGS = "accounts/tags.json"


@dataclass(frozen=True)
class BucketOwnerMemory:
    """The memory in a bucket."""

    bucket: Bucket

    def load_contacts(self) -> CachedContacts:
        """Return the contacts."""
        try:
            return self.bucket.read_json(CONTACTS, CachedContacts)
        except ReportGoneError:
            return CachedContacts()

    def save_contacts(self, contacts: CachedContacts) -> None:
        """Replace the contacts."""
        self.bucket.put_json(CONTACTS, contacts)

    def load_mentioned(self, schedule: str) -> Mentioned:
        """Return the rows that a schedule has mentioned."""
        try:
            with self.bucket.open(f"mentions/{schedule}") as body:
                return Mentioned(array("Q", body.read()))
        except ReportGoneError:
            return Mentioned()

    def save_mentioned(self, schedule: str, mentioned: Mentioned) -> None:
        """Replace the rows that a schedule has mentioned."""
        self.bucket.put(f"mentions/{schedule}", mentioned.numbers.tobytes(), OCTETS)


@dataclass(frozen=True)
class BucketAccountTags:
    """The tags in a bucket."""

    bucket: Bucket

    def load(self) -> KnownAccountTags:
        """Return the tags; none if there is no object."""
        try:
            return self.bucket.read_json(ACCOUNT_TAGS, KnownAccountTags)
        except ReportGoneError:
            return KnownAccountTags()

    def save(self, known: KnownAccountTags) -> None:
        """Replace the tags."""
        self.bucket.put_json(ACCOUNT_TAGS, known)
