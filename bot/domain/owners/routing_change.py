"""The difference between two routing files, and the proposal of a new one, small enough for a message."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.owners.owner import NOT_OWNERS
from bot.domain.owners.routing import Route, Routing

MOST_SHOWN = 3
"""Entries of a table that are shown."""

MOST_ERRORS = 10
"""Errors of a file that are shown; `python -m bot routing check` lists all."""

MOST_TEXT = 200
"""Characters of an entry that are kept: they are for a message."""

RESOURCE = "config/routing.toml"
"""The resource of a replaced file in the audit log."""


class Outcome(StrEnum):
    """The end of a proposal."""

    PUT = "put"
    """It is in force."""
    DISCARDED = "discarded"
    """The person has cancelled it."""
    STALE = "stale"
    """The file in force is no longer the one with which the proposal was compared."""
    GONE = "gone"
    """The proposed file is no longer kept."""


class Edit(StrEnum):
    """The change of one entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry that a new file adds, removes or changes."""

    edit: Edit
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class TableChange:
    """The changes of one table of the file."""

    table: str
    counts: dict[Edit, int]
    """Only those that are not zero."""
    shown: tuple[EntryChange, ...]
    """The first MOST_SHOWN of each kind, in the order of the file."""
    is_reordered: bool = False
    """Whether entries that both files have are in another order; only routes have one that counts."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """An error of the file: the code and values of a RoutingError or RoutingFileError."""

    code: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class RoutingProposal:
    """A routing file that a person has shared: its errors, or its changes."""

    person: str
    """Slack user ID."""
    file_name: str
    errors: tuple[FileFault, ...] = ()
    """The first MOST_ERRORS."""
    error_count: int = 0
    tables: tuple[TableChange, ...] = ()
    """The tables with changes."""
    version: str = ""
    """Of the proposed file …"""
    before: str = ""
    """… and of the file in force at that moment (see `version_of`)."""
    is_repair: bool = False
    """Whether the file in force has errors: the changes are those to its last version without errors."""

    @property
    def summary(self) -> str:
        """The numbers of changes in each table, in words of the file alone, such as `accounts +2 -1 ~3`."""
        signs = {Edit.ADDED: "+", Edit.REMOVED: "-", Edit.CHANGED: "~"}
        return ", ".join(
            " ".join([one.table, *(f"{signs[edit]}{count}" for edit, count in one.counts.items())])
            for one in self.tables
        )


def version_of(data: bytes | None) -> str:
    """Return the beginning of a file's SHA-256, as `sha256sum` writes it; empty if there is no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()[:16]


def changes_between(before: Routing, after: Routing) -> tuple[TableChange, ...]:
    """Compare two routing files, table by table; a table without a change is left out."""
    old, new = dict(_tables(before)), dict(_tables(after))
    found = (_change(table, old[table], new[table]) for table in new)
    return tuple(one for one in found if one.counts or one.is_reordered)


def _change(table: str, old: Mapping[str, str], new: Mapping[str, str]) -> TableChange:
    edits = {
        Edit.ADDED: [EntryChange(Edit.ADDED, _cut(k), "", _cut(new[k])) for k in new if k not in old],
        Edit.REMOVED: [EntryChange(Edit.REMOVED, _cut(k), _cut(old[k])) for k in old if k not in new],
        Edit.CHANGED: [
            EntryChange(Edit.CHANGED, _cut(k), _cut(old[k]), _cut(new[k]))
            for k in new
            if k in old and old[k] != new[k]
        ],
    }
    both = [[k for k in one if k in other] for one, other in ((old, new), (new, old))]
    return TableChange(
        table,
        {edit: len(entries) for edit, entries in edits.items() if entries},
        tuple(entry for entries in edits.values() for entry in entries[:MOST_SHOWN]),
        is_reordered=table == "route" and both[0] != both[1],
    )


def _cut(text: str) -> str:
    return text[:MOST_TEXT]


def _tables(routing: Routing) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each table as texts, in the order of docs/owners.md; a setting that is not set is left out."""
    rules, mention = routing.owner, routing.mention
    ignored = sorted(rules.nobody - NOT_OWNERS)
    owner = {
        "tags": _joined(rules.tags),
        "not": _joined(ignored),
        "account_tag": rules.account_tag,
        "email_domain": rules.email_domain,
    }
    yield "owner", {name: text for name, text in owner.items() if text}
    yield "people", dict(routing.people)
    for table, owned in (("accounts", routing.accounts), ("resources", routing.resources)):
        yield table, {name: _joined(names) for name, names in owned.items()}
    routes: dict[str, str] = {}
    for route in routing.routes:
        routes.setdefault(_conditions(route), route.channel)  # a later one of the same takes no row
    yield "route", routes
    settings = {
        "how": str(mention.how),
        "at_most": str(mention.at_most),
        "unowned": mention.unowned,
        "mark_notified": str(mention.mark_notified).lower(),
    }
    yield "mention", {name: text for name, text in settings.items() if text}
    yield "sla", {str(severity): str(days) for severity, days in routing.sla.items()}


def _conditions(route: Route) -> str:
    conditions = {
        "owners": route.owners,
        "accounts": route.accounts,
        "severities": route.severities,
        "controls": route.controls,
    }
    return "; ".join(f"{name} {_joined(sorted(values))}" for name, values in conditions.items() if values)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
