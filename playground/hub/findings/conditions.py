"""A query's condition on one attribute, in a form that any store can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.hub.findings.attributes import Value

Test = Callable[[Value], bool]


@dataclass(frozen=True)
class Prefix:
    """Whether a text begins with another, case by case."""

    text: str

    def __call__(self, value: str) -> bool:
        """Test one value."""
        return value.startswith(self.text)


@dataclass(frozen=True)
class Between:
    """Whether a time, in seconds since 1970, lies between two, both included."""

    start: float
    end: float

    def __call__(self, value: float) -> bool:
        """Test one value."""
        return self.start <= value <= self.end


@dataclass(frozen=True)
class Condition:
    """
    One attribute of a query.

    A finding meets it if one of its values is included, or nothing is included in particular, and none of its
    values is excluded: "filters on the same field are joined by OR", the negative ones "by AND" (shape
    StringFilter). So a finding without the attribute meets a condition that only excludes.
    """

    attribute: str
    equals: frozenset[Value] = frozenset()
    tests: tuple[Test, ...] = ()
    not_equals: frozenset[Value] = frozenset()
    not_tests: tuple[Test, ...] = ()
