"""
Reading the routing file: TOML, strictly, with every error in it.

TOML, because YAML reads the account ID 012345670123 as the number 1402433619.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from bot.domain.finding import Severity
from bot.domain.owners.contact import EMAIL, SLACK_ID
from bot.domain.owners.owner import NOT_OWNERS, Names, clean, comparable
from bot.domain.owners.routing import (
    CHANNEL_ID,
    How,
    Mention,
    OwnerRules,
    Route,
    Routing,
)
from bot.errors import BotError, RoutingError, RoutingFileError

VERSION = 1

MOST_BYTES = 1_000_000
"""Of a file: room for the owners of 10,000 accounts, which take half of it, and read within a second."""

MOST_LINE_BYTES = 2_000
"""Of a line: tomllib takes quadratic time for a key of many parts."""

MOST_ROUTES, MOST_TAGS, MOST_ALIASES, MOST_MENTIONS, MOST_DAYS = 100, 10, 10, 50, 3650

MOST_TEXT = 256

ACCOUNT_ID = re.compile(r"[0-9]{12}")
_CONTROL_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*\.[0-9]{1,5}")
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_./-]{0,199}\*?")
_RESOURCE = re.compile(r"[^*\s]{1,2048}\*?")

_TOML_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")
"""The end of tomllib's messages."""
_TWICE = re.compile(r"Cannot (?:overwrite|declare)")
"""The beginning of those about a key or a table that is there twice."""
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]")
_KEY = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")

Table = Mapping[str, Any]
T = TypeVar("T")
K = TypeVar("K")


class Named(NamedTuple):
    """A Slack ID or an e-mail address in a file, and its place."""

    contact: str
    entry: str
    line: int


@dataclass(frozen=True)
class Checked:
    """A file that was read: the routing without its wrong parts, and an error for each of these."""

    routing: Routing
    errors: list[BotError] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)


def parse_routing(data: bytes) -> Routing:
    """
    Read a routing file.

    Raises:
        RoutingFileError: it is too large, or no TOML.
        RoutingError: the first key that is wrong.
    """
    checked = check_routing(data)
    if checked.errors:
        raise checked.errors[0]
    return checked.routing


def check_routing(data: bytes) -> Checked:
    """Read a routing file, and collect all errors in it, in the order of its tables."""
    try:
        text = _text(data)
        reader = _Reader(_Places(text), _tables(text))
    except BotError as error:
        return Checked(Routing(), [error])
    return Checked(reader.routing(), reader.errors, reader.named)


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise RoutingFileError(hint="routing-too-large", most=f"{MOST_BYTES:,}")
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line) > MOST_LINE_BYTES:
            raise RoutingFileError(hint="routing-long-line", line=str(number), most=f"{MOST_LINE_BYTES:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RoutingFileError(hint="routing-encoding") from error


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of too many digits
        problem = str(error)
        found = _TOML_LINE.search(problem)
        line = int(found[1]) if found else len(text.splitlines())
        if found and _TWICE.match(problem):
            raise RoutingError(
                line=str(line), entry=_key_in(text.split("\n")[line - 1]), hint="routing-twice"
            ) from error
        detail = clean(_TOML_LINE.sub("", problem))
        raise RoutingFileError(hint="routing-syntax", line=str(line), detail=detail) from error


def _key_in(line: str) -> str:
    found = _KEY.match(line)
    return clean(found[1].strip("\"'") if found else line)


class _Places:
    """The lines of keys, as near as they are known: of a key that is not found, its table's."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, int, str], int] = {}
        counts: dict[str, int] = {}
        table, number = "", 0
        for line_number, line in enumerate(text.split("\n"), 1):
            if header := _HEADER.match(line):
                table = header[1]
                number = counts.get(table, 0)
                counts[table] = number + 1
                self._lines.setdefault((table, number, ""), line_number)
            elif key := _KEY.match(line):
                self._lines.setdefault((table, number, key[1].strip("\"'")), line_number)

    def line(self, table: str, number: int, key: str) -> int:
        """Return the line of a key of the table `table` with this number."""
        places = ((table, number, key), (table or key, number, ""), ("", 0, table))
        return next((self._lines[place] for place in places if place in self._lines), 1)


Read = Callable[["_Value"], T]
"""Reads a value. Raises RoutingError."""


@dataclass(frozen=True)
class _Value:
    """A value of the file, and its place."""

    value: Any
    key: str
    line: int

    def error(self, hint: str, **values: str) -> RoutingError:
        """Return an error about this value."""
        return RoutingError(line=str(self.line), entry=clean(self.key), hint=hint, **values)

    def text(self, matches: Callable[[str], object] | None = None, hint: str = "routing-text") -> str:
        """Return a text that `matches` accepts; without it, a clean text."""
        value = clean(self.value) if isinstance(self.value, str) and not matches else self.value
        if not (isinstance(value, str) and value and len(self.value) <= MOST_TEXT):
            raise self.error(hint)
        if matches and not matches(value):
            raise self.error(hint)
        return value

    def choice(self, choices: type[T]) -> T:
        """Return a member of a StrEnum, in any case of its letters."""
        members: list[Any] = list(choices)  # type: ignore[call-overload]
        for member in members:
            if isinstance(self.value, str) and self.value.lower() == member.lower():
                return member  # type: ignore[no-any-return]
        raise self.error("routing-choice", choices=", ".join(members))

    def number(self, most: int) -> int:
        """Return a whole number from 1 to `most`."""
        if type(self.value) is not int or not 1 <= self.value <= most:
            raise self.error("routing-number", most=str(most))
        return self.value

    def boolean(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.error("routing-boolean")
        return self.value

    def each(self, read: Read[T], most: int = MOST_BYTES) -> tuple[T, ...]:
        """Return the values of a list; a value by itself is a list of one."""
        values = self.value if isinstance(self.value, list) else [self.value]
        if not 1 <= len(values) <= most:
            raise self.error("routing-list", most=str(most))
        return tuple([read(_Value(value, self.key, self.line)) for value in values])

    def names(self) -> Names:
        """Return the names of owners."""
        return self.each(_Value.text)


_OWNER: dict[str, Read[Any]] = {
    "tags": lambda value: value.each(_Value.text, MOST_TAGS),
    "not": _Value.names,
    "account_tag": _Value.text,
    "email_domain": lambda value: value.text(_DOMAIN.fullmatch, "routing-domain"),
}

_ROUTE: dict[str, Read[Any]] = {
    "owners": lambda value: frozenset(map(comparable, value.names())),
    "accounts": lambda value: frozenset(
        value.each(lambda one: one.text(ACCOUNT_ID.fullmatch, "routing-account"))
    ),
    "severities": lambda value: frozenset(value.each(lambda one: one.choice(Severity))),
    "controls": lambda value: frozenset(
        value.each(lambda one: one.text(_CONTROL_ID.fullmatch, "routing-control").lower())
    ),
    "repositories": lambda value: frozenset(
        value.each(lambda one: one.text(_REPOSITORY.fullmatch, "routing-repository").lower())
    ),
    "channel": lambda value: value.text(CHANNEL_ID.fullmatch, "routing-channel"),
}

_MENTION: dict[str, Read[Any]] = {
    "how": lambda value: value.choice(How),
    "at_most": lambda value: value.number(MOST_MENTIONS),
    "unowned": lambda value: value.text(SLACK_ID.fullmatch, "routing-slack-id"),
    "mark_notified": _Value.boolean,
}

_TABLES = ("version", "owner", "people", "accounts", "resources", "route", "mention", "sla")


class _Reader:
    """Reads the tables, and collects the errors."""

    def __init__(self, places: _Places, tables: Table) -> None:
        self._places, self._tables = places, tables
        self.errors: list[BotError] = []
        self.named: list[Named] = []

    def routing(self) -> Routing:
        """Read the tables; a value that is wrong is left out."""
        version = _Value(self._tables.get("version"), "version", self._places.line("", 0, "version"))
        if type(version.value) is not int or version.value < VERSION:
            self.errors.append(version.error("routing-version", version=str(VERSION)))
        elif version.value > VERSION:  # other errors may be words that this bot does not know yet
            self.errors.append(version.error("routing-newer", version=str(VERSION)))
            return Routing()
        for value in self._values("", self._tables):
            if value.key not in _TABLES:
                self.errors.append(value.error("routing-unknown", known=", ".join(_TABLES)))
        people = self._people()
        return Routing(
            owner=self._owner(people),
            people=people,
            accounts=self._owned("accounts", ACCOUNT_ID.fullmatch, "routing-account"),
            resources=self._owned("resources", _RESOURCE.fullmatch, "routing-resource"),
            routes=tuple(self._routes()),
            mention=self._mention(),
            sla=self._sla(),
        )

    def _owner(self, people: Mapping[str, str]) -> OwnerRules:
        given = self._fixed("owner", 0, self._table("owner"), _OWNER)
        ignored = frozenset(map(comparable, given.pop("not", ())))
        return OwnerRules(**given, nobody=ignored | (NOT_OWNERS - people.keys()))

    def _people(self) -> dict[str, str]:
        """Read [people]; an entry that is the name of another one has that one's contact."""
        listed: dict[str, tuple[_Value, str]] = {}
        for value in self._values("people", self._table("people")):
            with self._collecting():
                name = _once(value, comparable(value.key), listed)
                listed[name] = (value, value.text())
        people: dict[str, str] = {}
        for name, (value, _) in listed.items():
            with self._collecting():
                people[name] = _contact(name, value, listed)
                self._note(people[name], value)
        return people

    def _owned(self, table: str, matches: Callable[[str], object], hint: str) -> dict[str, Names]:
        """Read a table from accounts or resources to owners."""
        owned: dict[str, Names] = {}
        for value in self._values(table, self._table(table)):
            with self._collecting():
                if not matches(value.key):
                    raise value.error(hint)
                owned[value.key] = value.names()
                for name in owned[value.key]:
                    self._note(name, value)
        return owned

    def _routes(self) -> Iterator[Route]:
        routes = self._tables.get("route", [])
        if not (isinstance(routes, list) and all(isinstance(one, dict) for one in routes)):
            self.errors.append(self._value("", 0, "route", routes).error("routing-route"))
            return
        for number, table in enumerate(routes):
            header = self._value("route", number, "", table)
            given = self._fixed("route", number, table, _ROUTE)
            if number >= MOST_ROUTES:
                self.errors.append(header.error("routing-list", most=str(MOST_ROUTES)))
                return
            if "channel" not in table:
                self.errors.append(replace(header, key="channel").error("routing-channel"))
            elif len(table) == 1:
                self.errors.append(replace(header, key="channel").error("routing-empty-route"))
            elif "repositories" in table and len(table) > 2:
                self.errors.append(replace(header, key="repositories").error("routing-repository-alone"))
            elif given.keys() == table.keys():
                self._note(given["channel"], self._value("route", number, "channel", ""))
                yield Route(**given)

    def _mention(self) -> Mention:
        table = self._table("mention")
        given = self._fixed("mention", 0, table, _MENTION)
        self._note(given.get("unowned", ""), self._value("mention", 0, "unowned", ""))
        return Mention(**({"how": How.THREAD} | given)) if "mention" in self._tables else Mention()

    def _sla(self) -> dict[Severity, int]:
        sla: dict[Severity, int] = {}
        for value in self._values("sla", self._table("sla")):
            with self._collecting():
                severity = _once(value, replace(value, value=value.key).choice(Severity), sla)
                sla[severity] = value.number(MOST_DAYS)
        return sla

    def _note(self, name: str, value: _Value) -> None:
        """Keep a name that Slack may know."""
        if SLACK_ID.fullmatch(name) or EMAIL.fullmatch(name):
            self.named.append(Named(name, clean(value.key), value.line))

    def _fixed(
        self, name: str, number: int, table: Table, readers: Mapping[str, Read[Any]]
    ) -> dict[str, Any]:
        """Read a table of which the keys are known."""
        given: dict[str, Any] = {}
        for value in self._values(name, table, number):
            with self._collecting():
                if value.key not in readers:
                    raise value.error("routing-unknown", known=", ".join(readers))
                given[value.key] = readers[value.key](value)
        return given

    def _table(self, name: str) -> Table:
        table = self._tables.get(name, {})
        if isinstance(table, dict):
            return table
        self.errors.append(self._value("", 0, name, table).error("routing-table"))
        return {}

    def _values(self, name: str, table: Table, number: int = 0) -> Iterator[_Value]:
        return (self._value(name, number, key, value) for key, value in table.items())

    def _value(self, table: str, number: int, key: str, value: Any) -> _Value:
        return _Value(value, key or table, self._places.line(table, number, key))

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        try:
            yield
        except RoutingError as error:
            self.errors.append(error)


def _once(value: _Value, name: K, known: Container[K]) -> K:
    """Return the name of an entry. Raises RoutingError: it is empty, or another spelling of a known one."""
    if not name:
        raise value.error("routing-text")
    if name in known:
        raise value.error("routing-twice")
    return name


def _contact(name: str, value: _Value, listed: Mapping[str, tuple[_Value, str]]) -> str:
    """Follow an entry to a Slack ID or an e-mail address."""
    path = [name]
    while True:
        _, named = listed[path[-1]]
        if SLACK_ID.fullmatch(named) or EMAIL.fullmatch(named):
            return named
        following = comparable(named)
        if following not in listed:
            raise value.error("routing-contact")
        if following in path:
            raise value.error("routing-circle", path=clean(" → ".join([*path, following])))
        if len(path) == MOST_ALIASES:
            raise value.error("routing-contact")
        path.append(following)
