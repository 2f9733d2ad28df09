"""The rows of a person: those whose owner is the person for certain, or one of their user groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.owners.contact import Lookup, Way, lookups
from bot.domain.owners.owner import Ownership
from bot.domain.permission import Standing


@dataclass(frozen=True, slots=True)
class Person:
    """A person as Slack tells of them at this moment."""

    user_id: str
    standing: Standing
    email: str = ""
    """Empty if Slack tells none."""
    groups: frozenset[str] = frozenset()
    """The IDs of the user groups that the person is in."""


class OwnRows:
    """
    Decides whether a row is a person's, without a look-up of its owners.

    An owner is the person if the routing file has an entry with the person's ID or address, or with a user
    group of theirs, or if the owner is the person's address. A bare word counts if the routing file names it,
    and `email_domain` makes it the person's address. The handle of a user group never counts: a person who
    may name a group like an owner would read the rows.
    """

    def __init__(self, person: Person, people: Mapping[str, str], email_domain: str) -> None:
        """
        Prepare to decide.

        Args:
            people: `[people]` of the routing file, by comparable names.
            email_domain: of the routing file; empty if there is none.
        """
        self._person, self._people, self._email_domain = person, people, email_domain
        self._email = person.email.casefold()
        self._is = lru_cache(8192)(self._is_person)

    def has(self, owner: Ownership) -> bool:
        """Return whether a row with these owners is the person's."""
        if self._person.standing is not Standing.MEMBER:
            return False
        is_from_file = not owner.is_from_tag
        return any(self._is(name, is_from_file) for name in owner.names)

    def _is_person(self, name: str, is_from_file: bool) -> bool:  # noqa: FBT001  lru_cache
        tried = lookups(name, self._people, self._email_domain, is_from_file=is_from_file)
        return any(lookup.is_proof and self._hits(lookup) for lookup in tried)

    def _hits(self, lookup: Lookup) -> bool:
        if lookup.way is Way.ID:
            return lookup.value == self._person.user_id or lookup.value in self._person.groups
        return lookup.way is Way.EMAIL and lookup.value == self._email
