"""The tags of accounts in Organizations, as far as they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFE = timedelta(days=1)
"""A change of the tag is seen a day later."""


@dataclass(slots=True)
class KnownAccountTags:
    """The values of one tag."""

    key: str = ""
    """The key of the tag."""
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Account ID to the value, empty for none, and the time at which it was read, ISO 8601."""

    def of(self, key: str, now: datetime) -> KnownAccountTags:
        """Return the values of a tag that are young enough."""
        if key != self.key:
            return KnownAccountTags(key)
        since = now - LIFE
        fresh = {
            account: (value, at)
            for account, (value, at) in self.values.items()
            if datetime.fromisoformat(at) > since
        }
        return KnownAccountTags(key, fresh)
