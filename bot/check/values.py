"""
The values of a template, before and after its functions are resolved.

A scalar is its text, so that `true`, `"true"`, 80 and `"80"` are the same; `null` is None. A resolved value
may also be a Reference, a Text that contains one, or Unknown. An absent value is MISSING.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, repeat
from typing import Any, Final, Self

from bot.domain.check_result import Reason

Value = Any
"""str, None, list, Block; after resolution also Reference, Text, Unknown and MISSING."""


MOST_JOINED = 100_000
"""The characters of a text that a function makes; a property is not longer, and a bomb of joins is."""


class Missing(Enum):
    """The type of MISSING."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
"""A property that is not there, or is `AWS::NoValue`."""


class Block(dict[str, Value]):
    """A mapping with the lines, counted from 1, of its beginning and of each of its keys."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []
        """In the order of the keys."""

    def add(self, key: str, value: Value, line: int) -> None:
        """Add a key that is not there yet."""
        self[key] = value
        self.lines.append(line)

    def line_of(self, key: str) -> int:
        """Return the line of a key, or that of the whole if the key is absent."""
        return next((line for name, line in zip(self, self.lines, strict=True) if name == key), self.line)

    def entries(self) -> Iterator[tuple[str, Value, int]]:
        """Yield each key with its value and its line."""
        return ((key, value, line) for (key, value), line in zip(self.items(), self.lines, strict=True))


def block_of(entries: Iterable[tuple[str, Value]], line: int = 0) -> Block:
    """Make a mapping of which each key is on the same line."""
    made = Block(line)
    made.update(entries)
    made.lines = list(repeat(line, len(made)))
    return made


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only a deployment can know. Two with the same reason and source have the same value."""

    reason: Reason
    source: str = ""
    """The expression, if the reason alone does not identify it."""
    options: tuple[Value, ...] = field(default=(), compare=False)
    """All values that it can have, if they are known; MISSING may be one."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The name or an attribute of a resource of the template, or a pseudo parameter such as `AWS::Region`."""

    name: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of which some parts are only known at deployment."""

    parts: tuple[str | Reference | Unknown, ...]

    @property
    def unknown(self) -> Unknown | None:
        """The first part that may be any text, even an empty one."""
        return next((part for part in self.parts if isinstance(part, Unknown)), None)


class FromDefault(str):
    """A text that is, or depends on, the default of a parameter."""

    __slots__ = ("parameter",)
    parameter: str

    def __new__(cls, text: str, parameter: str) -> Self:
        """Make the text."""
        made = super().__new__(cls, text)
        made.parameter = parameter
        return made


def joined(parts: Iterable[Value]) -> Value:
    """Join texts, references and unknown values to one value; any other part makes it Unknown."""
    flat: list[Any] = []
    parameter = ""
    for part in parts:
        if isinstance(part, FromDefault):
            parameter = parameter or part.parameter
        if isinstance(part, Text):
            flat.extend(part.parts)
        elif isinstance(part, str | Reference | Unknown):
            flat.append(part)
        else:
            return Unknown(Reason("check.why.form"), repr(part))
    if sum(len(part) for part in flat if isinstance(part, str)) > MOST_JOINED:
        return Unknown(Reason("check.why.long"))
    flat = _merged(flat)
    if not flat:
        return ""
    if len(flat) > 1:
        return Text(tuple(flat))
    return FromDefault(flat[0], parameter) if parameter and isinstance(flat[0], str) else flat[0]


def _merged(parts: list[Any]) -> list[Any]:
    """Join texts that are side by side, and leave out empty ones."""
    made: list[Any] = []
    for is_text, group in groupby(parts, key=lambda part: isinstance(part, str)):
        found = list(group)
        made.extend(filter(None, ["".join(found)]) if is_text else found)
    return made


def follow(value: Value, path: tuple[str, ...]) -> Value:
    """Return the resolved value at a path of keys; MISSING if a key is absent, or its value is null."""
    for position, key in enumerate(path):
        if isinstance(value, Block):
            value = value.get(key, MISSING)
        elif isinstance(value, Unknown):
            options = tuple(follow(option, path[position:]) for option in value.options)
            return Unknown(value.reason, f"{value.source} {path[position:]}", options)
        elif value is None or value is MISSING:
            return MISSING
        else:
            return Unknown(Reason("check.why.form", key))
    return MISSING if value is None else value


def line_at(value: Value, path: tuple[str, ...]) -> int:
    """Return the line of the deepest key of a path that is there; 0 if none is."""
    line = 0
    for key in path:
        if not isinstance(value, Block) or key not in value:
            break
        line = value.line_of(key)
        value = value[key]
    return line


def items_of(value: Value) -> list[Value]:
    """Return a list's items; one value alone is a list of it, MISSING an empty list."""
    if isinstance(value, list):
        return value
    return [] if value is MISSING or value is None else [value]
