"""
The routing file: owners beside those in tags, how they are reached, and the channels that get their rows.

`bot/domain/owners/routing_file.py` reads it. Without a file the defaults here are in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from bot.domain.finding import OTHER_TAGS, Severity
from bot.domain.owners.owner import NOBODY, NOT_OWNERS, Names, OwnerLookup, Ownership, comparable

T = TypeVar("T")

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
    repositories: frozenset[str] = frozenset()
    """
    The repositories whose checks before deployment go there, in lower case; an asterisk at the end stands for
    all that begin so. A route that has some has no other condition, and takes no row of a scan.
    """

    def takes(self, repository: str) -> bool:
        """Return whether the checks of a repository go there."""
        name = repository.lower()
        return any(
            name.startswith(one[:-1]) if one.endswith("*") else name == one for one in self.repositories
        )


class RouteTable:
    """
    Finds the first route of a row.

    Each value that rows have is compared with all routes once; after that a row costs four look-ups, however
    many routes there are. Of a set of routes, bit 0 is the first.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [route for route in routes if not route.repositories]
        self._by_owners = self._sets(lambda route, names: _has_any(route.owners, map(comparable, names)))
        self._by_account = self._sets(lambda route, account_id: _has_any(route.accounts, [account_id]))
        self._by_severity = self._sets(lambda route, severity: _has_any(route.severities, [severity]))
        self._by_control = self._sets(lambda route, control: _has_any(route.controls, [control.lower()]))

    def first(self, owners: Names, account_id: str, severity: Severity, control_id: str) -> Route | None:
        """
        Return the first route of which every condition holds; None: the report's own channel has the row.

        The condition of the owners holds if it holds for any of them.
        """
        taking = (
            self._by_owners(owners)
            & self._by_account(account_id)
            & self._by_severity(severity)
            & self._by_control(control_id)
        )
        return self._routes[(taking & -taking).bit_length() - 1] if taking else None

    def _sets(self, holds: Callable[[Route, Any], bool]) -> Callable[[Any], int]:
        """Return a function from a value to the set of the routes whose condition holds for it."""

        def routes_of(value: Any) -> int:
            return sum(1 << number for number, route in enumerate(self._routes) if holds(route, value))

        return lru_cache(8192)(routes_of)


def _has_any(condition: frozenset[T], values: Iterable[T]) -> bool:
    return not condition or not condition.isdisjoint(values)


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

    def channel_of_repository(self, repository: str) -> str:
        """Return the channel of the first route of a repository, empty if it has none."""
        return next((route.channel for route in self.routes if route.takes(repository)), "")

    def lookup(self, account_tag: Callable[[str], Ownership] | None = None) -> OwnerLookup:
        """Return the lookup of owners; `account_tag` asks Organizations."""
        return OwnerLookup(
            tag_keys=tuple(dict.fromkeys(tag.lower() for tag in self.owner.tags)),
            nobody=self.owner.nobody,
            resources=self.resources,
            accounts=self.accounts,
            account_tag=account_tag or (lambda _account_id: NOBODY),
        )
