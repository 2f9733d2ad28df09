"""Find the contacts of owners, with as few calls to Slack as possible."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.job import FINISHING, Job, Progress, Requester
from bot.domain.owners.contact import (
    ABSENCES,
    Absence,
    CachedContacts,
    Contact,
    Lookup,
    OwnerName,
    Way,
    lookups,
)
from bot.domain.owners.own import OwnRows, Person
from bot.domain.permission import Standing
from bot.errors import BotError
from bot.owner_ports import ContactMemory
from bot.ports import Clock, People
from bot.usecases.context import JobContext
from bot.usecases.steps import NO_DEADLINE, Deadline, UnfinishedError

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


class NoMemory:
    """The memory of a shell, which keeps no personal data: every owner is looked up anew."""

    def load_contacts(self) -> CachedContacts:
        """Return none."""
        return CachedContacts()

    def save_contacts(self, contacts: CachedContacts) -> None:
        """Keep none."""


@dataclass(frozen=True, slots=True)
class Found:
    """The contacts of owners."""

    contacts: dict[OwnerName, Contact]
    """A contact for each owner that was asked for."""
    error: BotError | None = None
    """The error because of which some were not looked up."""
    ways: dict[OwnerName, Lookup] = field(default_factory=dict)
    """The look-up that has found the contact of an owner."""


@dataclass
class ContactFinder:
    """Finds contacts. One serves one job."""

    people: People
    memory: ContactMemory
    now: Clock
    entries: Mapping[str, str]
    """`[people]` of the routing file, by comparable names."""
    email_domain: str = ""
    deadline: Deadline = NO_DEADLINE
    _cached: CachedContacts = field(default_factory=CachedContacts, init=False)
    _error: BotError | None = field(default=None, init=False)

    def find(self, owners: Iterable[OwnerName]) -> Found:
        """
        Return the contacts of owners.

        Returns:
            A contact for each. If Slack fails, those that were not looked up have the absence NOT_LOOKED_UP.

        Raises:
            UnfinishedError: the time is up, and another delivery continues.
        """
        self._cached, self._error = self._load(), None
        tried = {
            owner: tuple(
                lookups(owner.name, self.entries, self.email_domain, is_from_file=owner.is_from_file)
            )
            for owner in owners
        }
        each = [lookup for ways in tried.values() for lookup in ways]
        changed = self._look_up_people(each)
        if any(lookup.way is Way.HANDLE for lookup in each):
            changed = self._read_handles() or changed
        if changed:
            self._save()
        found = Found({}, self._error)
        for owner, ways in tried.items():
            found.contacts[owner], way = self._first_hit(ways)
            if way:
                found.ways[owner] = way
        return found

    def _first_hit(self, tried: tuple[Lookup, ...]) -> tuple[Contact, Lookup | None]:
        """Return the first hit; without one, the first reason other than that Slack knows nobody."""
        contacts = [(self._known(lookup), lookup) for lookup in tried]
        hits = ((contact, lookup) for contact, lookup in contacts if contact.id)
        misses = ((contact, None) for contact, _ in contacts if contact != NOBODY)
        return next(hits, None) or next(misses, (NOBODY, None))

    def _known(self, lookup: Lookup) -> Contact:
        if _is_of_a_person(lookup):
            known = self._cached.find(lookup.value, self.now()) or UNKNOWN
        elif lookup.way is Way.ID:
            known = Contact(lookup.value)
        elif not self._cached.has_handles(self.now()):
            known = UNKNOWN
        else:
            group_id = self._cached.handles.get(lookup.value)
            known = Contact(group_id) if group_id else NOBODY
        return replace(known, is_proof=lookup.is_proof) if known.id else known

    def _look_up_people(self, each: Iterable[Lookup]) -> bool:
        """Look up the people that the cache lacks; return whether the cache has changed."""
        now = self.now()
        asked = list(dict.fromkeys(lookup.value for lookup in each if _is_of_a_person(lookup)))
        unknown = [value for value in asked if self._cached.find(value, now) is None]
        if not unknown:
            return False
        emails = [value for value in unknown if "@" in value]
        try:
            if len(emails) > MANY_EMAILS:
                self._look_up_at_once(emails)
                unknown = [value for value in unknown if "@" not in value]
            self._look_up_each(unknown, len(asked) - len(unknown))
        except BotError as error:
            self._error = error
        return True

    def _look_up_at_once(self, emails: Iterable[str]) -> None:
        users, now = self.people.all_by_email(), self.now()
        for email in emails:
            self._cached.add(email, _contact(users.get(email)), now)

    def _look_up_each(self, values: list[str], known_count: int) -> None:
        for number, value in enumerate(values, start=1):
            if not self.deadline.left():
                if self.deadline.resumable:
                    self._save()
                    raise UnfinishedError(Progress(FINISHING, known_count + number - 1))
                return
            if "@" in value:
                contact = _contact(self.people.by_email(value))
            else:
                contact = _contact((value, self.people.standing(Requester(value))))
            self._cached.add(value, contact, self.now())
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


def _is_of_a_person(lookup: Lookup) -> bool:
    """Return whether Slack is asked about a person: an ID may be of a guest, or of one who has left."""
    return lookup.way is Way.EMAIL or (lookup.way is Way.ID and Contact(lookup.value).is_person)


def find_person(requester: Requester, people: People) -> Person:
    """Look up a person's standing, address and user groups. Raises the errors of `People`."""
    user_id = requester.user_id
    return Person(user_id, people.standing(requester), people.email(user_id), people.groups_of(user_id))


def rows_of(person: Person, context: JobContext[Job]) -> OwnRows:
    """Return the decision about a person's rows, by the routing in force."""
    routing = context.routing.routing
    return OwnRows(person, routing.people, routing.owner.email_domain)
