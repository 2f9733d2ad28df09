"""The stacks of the last checks in the bucket: `stacks/<name>/<repository>.json`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from bot.adapters.stores.bucket import Bucket
from bot.domain.checks.places import KeptStack

FOLDER, SUFFIX = "stacks/", ".json"
MOST_LISTED = 5_000
"""With five calls of at most 1,000 keys."""


@dataclass(frozen=True)
class BucketCheckedStacks:
    """The stacks in a bucket."""

    bucket: Bucket

    def save(self, name: str, stack: KeptStack) -> None:
        """Save a stack."""
        self.bucket.put_json(_key(name, stack.repository), stack)

    def repositories(self) -> dict[str, tuple[str, ...]]:
        """Return the repositories by the names of stacks."""
        found: dict[str, tuple[str, ...]] = {}
        for key in islice(self.bucket.keys(FOLDER), MOST_LISTED):
            name, _, repository = key.removeprefix(FOLDER).removesuffix(SUFFIX).partition("/")
            found[name] = (*found.get(name, ()), repository)
        return found

    def load(self, name: str, repository: str) -> KeptStack:
        """Return a stack."""
        return self.bucket.read_json(_key(name, repository), KeptStack)


def _key(name: str, repository: str) -> str:
    return f"{FOLDER}{name}/{repository}{SUFFIX}"
