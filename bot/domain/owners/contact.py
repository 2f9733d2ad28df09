"""The contact of an owner: the person, user group or channel in Slack through which the owner is reached."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.owners.owner import comparable
from bot.domain.permission import Standing

HIT_LIFE = timedelta(days=7)
MISS_LIFE = timedelta(hours=1)
"""A person who has just joined is found after an hour; one who has left is not mentioned after a week."""

MOST_EMAIL_CHARACTERS = 254
"""RFC 5321, section 4.5.3.1.3: a path has 256 octets, two of which are its angle brackets."""

EMAIL = re.compile(r"[^@\s<>|&,;:]+@[^@\s<>|&,;:]+\.[^@\s<>|&,;:.]+")
SLACK_ID = re.compile(r"[UWSCG][A-Z0-9]{7,20}")
_BARE_WORD = re.compile(r"[a-z0-9._+-]{1,64}")
_HANDLE = re.compile(r"\S{1,80}")


class Absence(StrEnum):
    """The reason why an owner has no contact."""

    NOT_IN_SLACK = "not-in-slack"
    """Slack knows no such person or group. It answers the same for a deactivated account."""
    GUEST = "guest"
    EXTERNAL = "external"
    """A person of another organization."""
    INACTIVE = "inactive"
    """A bot, or a person whose account is deactivated."""
    NOT_LOOKED_UP = "not-looked-up"
    """Slack did not answer."""


ABSENCES = {
    Standing.GUEST: Absence.GUEST,
    Standing.EXTERNAL: Absence.EXTERNAL,
    Standing.INACTIVE: Absence.INACTIVE,
}
"""The standing of a person whom the bot does not mention, to the reason."""


@dataclass(frozen=True, slots=True)
class Contact:
    """
    Either an ID or the reason why there is none.

    The ID is of a person (`U…`, `W…`), a user group (`S…`) or a channel (`C…`, `G…`).
    """

    id: str = ""
    absence: Absence | None = None
    is_proof: bool = False
    """Whether the contact owns the rows for certain (see Lookup). Only then may they be sent to a person."""

    @property
    def is_person(self) -> bool:
        """Whether a direct message may be sent."""
        return self.id[:1] in {"U", "W"}

    @property
    def is_group(self) -> bool:
        """Whether it is a user group."""
        return self.id.startswith("S")


class OwnerName(NamedTuple):
    """The name of an owner, and whether the routing file gives it: a tag proves less."""

    name: str
    is_from_file: bool

    @property
    def key(self) -> str:
        """The same for each spelling of the name."""
        return f"{'file' if self.is_from_file else 'tag'}:{comparable(self.name)}"


class Way(StrEnum):
    """A way to look up a contact in Slack."""

    ID = "id"
    EMAIL = "email"
    HANDLE = "handle"
    """The handle of a user group."""


class Lookup(NamedTuple):
    """One look-up."""

    way: Way
    value: str
    is_proof: bool
    """
    Whether a hit proves that the contact owns the rows, so that *mine* may show them. A bare word in a tag is
    none: a person who may name a user group like it would read the rows.
    """


def lookups(
    owner: str, people: Mapping[str, str], email_domain: str, *, is_from_file: bool
) -> Iterator[Lookup]:
    """
    Yield the look-ups of an owner in order; the first hit counts.

    Args:
        owner: as bot/domain/owners/owner.py cleans it.
        people: the entries of `[people]`, by their comparable names.
        email_domain: the domain of a bare word; empty if none is guessed.
        is_from_file: whether the routing file names the owner. Of a tag, an ID is not accepted: a person who
            may tag a resource must not choose where the rows go.
    """
    entry = people.get(comparable(owner))
    is_proof = is_from_file or entry is not None
    name = entry if entry is not None else owner
    if is_proof and SLACK_ID.fullmatch(name):
        yield Lookup(Way.ID, name, is_proof)
        return
    folded = name.casefold()
    if EMAIL.fullmatch(folded):
        if len(folded) <= MOST_EMAIL_CHARACTERS:
            yield Lookup(Way.EMAIL, folded, is_proof=True)
        return
    if email_domain and _BARE_WORD.fullmatch(folded):
        yield Lookup(Way.EMAIL, f"{folded}@{email_domain}".casefold(), is_proof)
    if _HANDLE.fullmatch(handle := folded.removeprefix("@")):
        yield Lookup(Way.HANDLE, handle, is_proof)


@dataclass(slots=True)
class CachedContacts:
    """
    The look-ups of earlier reports.

    E-mail addresses are kept as hashes. An entry with a person counts for HIT_LIFE, another for MISS_LIFE.
    """

    emails: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Hash of an e-mail address to the user ID, the absence (each empty if there is none), and the time."""
    handles: dict[str, str] = field(default_factory=dict)
    """Handle of a user group to its ID …"""
    handles_at: str = ""
    """… and the time at which they were read, ISO 8601; empty if never."""

    def find(self, email: str, now: datetime) -> Contact | None:
        """Return what is known of an e-mail address or a person's ID, None if nothing is."""
        entry = self.emails.get(email_hash(email))
        if entry is None or not _is_fresh(entry, now):
            return None
        user_id, absence, _ = entry
        return Contact(user_id, Absence(absence) if absence else None)

    def add(self, email: str, contact: Contact, now: datetime) -> None:
        """Keep the result of a look-up."""
        self.emails[email_hash(email)] = contact.id, contact.absence or "", now.isoformat()

    def has_handles(self, now: datetime) -> bool:
        """Whether the user groups need not be read again."""
        return bool(self.handles_at) and now - datetime.fromisoformat(self.handles_at) < HIT_LIFE

    def pruned(self, now: datetime) -> CachedContacts:
        """Leave out what is too old to be used."""
        fresh = {key: entry for key, entry in self.emails.items() if _is_fresh(entry, now)}
        return CachedContacts(fresh, self.handles, self.handles_at)


def email_hash(email: str) -> str:
    """Return the SHA-256 of an e-mail address, so that the cache holds no addresses."""
    return hashlib.sha256(email.casefold().encode(errors="replace")).hexdigest()


def _is_fresh(entry: tuple[str, str, str], now: datetime) -> bool:
    user_id, _, at = entry
    return now - datetime.fromisoformat(at) < (HIT_LIFE if user_id else MISS_LIFE)
