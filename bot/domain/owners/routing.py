"""
The routing file: owners beside those in tags, how they are reached, and the channels that get their rows.

`bot/domain/owners/routing_file.py` reads it. Without a file the defaults here are in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.finding import OTHER_TAGS, Severity
from bot.domain.owners.owner import NOBODY, NOT_OWNERS, Names, OwnerLookup, Ownership, comparable

CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,20}")


class How(StrEnum):
    """How owners hear of a report: the values of `how` in [mention]."""

    THREAD = "thread"
    """By a mention in the report's thread."""
    DM = "dm"
    """By a direct message with their own rows."""
    NONE = "none"
    """Not at all."""


@dataclass(frozen=True, slots=True)
class OwnerRules:
    """The table [owner]: where owners are looked up."""

    tags: tuple[str, ...] = ("Owner", "team", "Contact")
    """The keys of the tags that name owners, the most important first; compared without regard to case."""
    nobody: frozenset[str] = NOT_OWNERS
    """Values that name nobody, comparable: those of `not` and NOT_OWNERS without the names of [people]."""
    account_tag: str = ""
    """The key of the tag of an account in Organizations; empty: Organizations is not asked."""
    email_domain: str = ""
    """The domain that makes a bare word an e-mail address; empty: none is made."""


@dataclass(frozen=True, slots=True)
class Route:
    """One [[route]]: the rows that go to a channel of their own. An empty condition holds for every row."""

    channel: str
    owners: frozenset[str] = frozenset()
    """Comparable."""
    accounts: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    controls: frozenset[str] = frozenset()
    """In lower case."""

    def takes(self, owners: Iterable[str], account_id: str, severity: Severity, control_id: str) -> bool:
        """Return whether every condition holds for a row; that of the owners, for any of them."""
        return (
            (not self.accounts or account_id in self.accounts)
            and (not self.severities or severity in self.severities)
            and (not self.controls or control_id.lower() in self.controls)
            and (not self.owners or not self.owners.isdisjoint(map(comparable, owners)))
        )


@dataclass(frozen=True, slots=True)
class Mention:
    """The table [mention]: how owners hear of a report."""

    how: How = How.NONE
    at_most: int = 20
    """Mentions in one message; other owners are named without a mention."""
    unowned: str = ""
    """The Slack ID of the person or group that looks after the rows that are nobody's; empty: none."""
    mark_notified: bool = False
    """Whether the rows whose owner was reached become NOTIFIED."""


@dataclass(frozen=True, slots=True)
class Routing:
    """A routing file; without arguments, the state without one."""

    owner: OwnerRules = OwnerRules()
    people: Mapping[str, str] = field(default_factory=dict)
    """Comparable names to a Slack ID or an e-mail address each (bot/domain/owners/contact.py)."""
    accounts: Mapping[str, Names] = field(default_factory=dict)
    """Account IDs to owners."""
    resources: Mapping[str, Names] = field(default_factory=dict)
    """Resource IDs, or their beginnings with an asterisk, to owners."""
    routes: tuple[Route, ...] = ()
    mention: Mention = Mention()
    sla: Mapping[Severity, int] = field(default_factory=dict)
    """Days from the first observation; nothing uses them yet."""

    @property
    def kept_tags(self) -> frozenset[str]:
        """The keys of the tags that are read from a finding, in lower case."""
        return OTHER_TAGS.union(tag.lower() for tag in self.owner.tags)

    def lookup(self, account_tag: Callable[[str], Ownership] | None = None) -> OwnerLookup:
        """Return the lookup of owners; `account_tag` asks Organizations."""
        return OwnerLookup(
            tag_keys=tuple(dict.fromkeys(tag.lower() for tag in self.owner.tags)),
            nobody=self.owner.nobody,
            resources=self.resources,
            accounts=self.accounts,
            account_tag=account_tag or (lambda _account_id: NOBODY),
        )

    def route_of(
        self, owners: Iterable[str], account_id: str, severity: Severity, control_id: str
    ) -> Route | None:
        """Return the first route that takes a row; None: the report's own channel has it."""
        names = tuple(owners)
        return next((r for r in self.routes if r.takes(names, account_id, severity, control_id)), None)
