"""
The memory about owners in the bucket.

```text
people/contacts.json      the contacts that were looked up; personal data, by hash of the e-mail address
mentions/<schedule>       eight bytes, little-endian, for each row and owner
```
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from bot.adapters.stores.bucket import OCTETS, Bucket
from bot.domain.owners.contact import CachedContacts
from bot.domain.owners.tally import Mentioned
from bot.errors import ReportGoneError

CONTACTS = "people/contacts.json"


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
