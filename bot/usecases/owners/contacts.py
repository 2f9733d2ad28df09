"""Find the contacts of owners, with as few calls to Slack as possible."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.owners.contact import (
    ABSENCES,
    Absence,
    CachedContacts,
    Contact,
    Lookup,
    Way,
    lookups,
)
from bot.domain.permission import Standing
from bot.errors import BotError
from bot.owner_ports import OwnerMemory
from bot.ports import Clock, People
from bot.usecases.steps import TimeLeft, always

LOG = logging.getLogger(__name__)

MANY_EMAILS = 150
"""
More unknown addresses than this are looked up in one pass over all users: users.list takes 20 calls a minute
of up to 1,000 users each, users.lookupByEmail 50 calls a minute of one
(https://docs.slack.dev/apis/web-api/rate-limits).
"""

SAVE_EVERY = 50
"""Look-ups after which the cache is saved, so that an interrupted job does not repeat them."""

NOBODY = Contact(absence=Absence.NOT_IN_SLACK)
UNKNOWN = Contact(absence=Absence.NOT_LOOKED_UP)


@dataclass(frozen=True, slots=True)
class Found:
    """The contacts of owners."""

    contacts: dict[str, Contact]
    """A contact for each owner that was asked for."""
    error: BotError | None = None
    """The error because of which some were not looked up."""


@dataclass
class ContactFinder:
    """Finds contacts. One serves one job."""

    people: People
    memory: OwnerMemory
    now: Clock
    entries: Mapping[str, str]
    """`[people]` of the routing file, by case-folded names."""
    email_domain: str = ""
    time_left: TimeLeft = always
    _cached: CachedContacts = field(default_factory=CachedContacts, init=False)
    _error: BotError | None = field(default=None, init=False)

    def find(self, owners: Mapping[str, bool]) -> Found:
        """
        Return the contacts of owners.

        Args:
            owners: each owner, and whether the routing file names it.

        Returns:
            A contact for each. If Slack fails, those that were not looked up have the absence NOT_LOOKED_UP.
        """
        self._cached, self._error = self._load(), None
        wanted = {
            owner: tuple(lookups(owner, self.entries, self.email_domain, is_from_file=is_from_file))
            for owner, is_from_file in owners.items()
        }
        each = [lookup for tried in wanted.values() for lookup in tried]
        changed = self._look_up_emails(lookup.value for lookup in each if lookup.way is Way.EMAIL)
        if any(lookup.way is Way.HANDLE for lookup in each):
            changed = self._read_handles() or changed
        if changed:
            self._save()
        return Found({owner: self._first_hit(tried) for owner, tried in wanted.items()}, self._error)

    def _first_hit(self, tried: tuple[Lookup, ...]) -> Contact:
        """Return the first hit; without one, the first reason other than that Slack knows nobody."""
        contacts = [self._known(lookup) for lookup in tried]
        hits = (contact for contact in contacts if contact.id)
        misses = (contact for contact in contacts if contact != NOBODY)
        return next(hits, None) or next(misses, NOBODY)

    def _known(self, lookup: Lookup) -> Contact:
        if lookup.way is Way.ID:
            return Contact(lookup.value)
        if lookup.way is Way.EMAIL:
            return self._cached.find(lookup.value, self.now()) or UNKNOWN
        if not self._cached.has_handles(self.now()):
            return UNKNOWN
        group_id = self._cached.handles.get(lookup.value)
        return Contact(group_id) if group_id else NOBODY

    def _look_up_emails(self, emails: Iterable[str]) -> bool:
        """Look up the addresses that the cache lacks; return whether the cache has changed."""
        now = self.now()
        unknown = [email for email in dict.fromkeys(emails) if self._cached.find(email, now) is None]
        if not unknown:
            return False
        try:
            if len(unknown) > MANY_EMAILS:
                self._look_up_at_once(unknown)
            else:
                self._look_up_each(unknown)
        except BotError as error:
            self._error = error
        return True

    def _look_up_at_once(self, emails: Iterable[str]) -> None:
        users, now = self.people.all_by_email(), self.now()
        for email in emails:
            self._cached.add(email, _contact(users.get(email)), now)

    def _look_up_each(self, emails: list[str]) -> None:
        for number, email in enumerate(emails, start=1):
            if not self.time_left():
                return
            self._cached.add(email, _contact(self.people.by_email(email)), self.now())
            if number % SAVE_EVERY == 0:
                self._save()

    def _read_handles(self) -> bool:
        if self._cached.has_handles(self.now()):
            return False
        try:
            self._cached.handles = self.people.group_handles()
        except BotError as error:
            self._error = self._error or error
            return False
        self._cached.handles_at = self.now().isoformat()
        return True

    def _load(self) -> CachedContacts:
        try:
            return self.memory.load_contacts()
        except BotError as error:
            LOG.warning("the cache of contacts cannot be read", extra={"error_code": error.code})
            return CachedContacts()

    def _save(self) -> None:
        try:
            self.memory.save_contacts(self._cached.pruned(self.now()))
        except BotError as error:
            LOG.warning("the cache of contacts cannot be saved", extra={"error_code": error.code})


def _contact(user: tuple[str, Standing] | None) -> Contact:
    if user is None:
        return NOBODY
    user_id, standing = user
    absence = ABSENCES.get(standing)
    return Contact(absence=absence) if absence else Contact(user_id)
