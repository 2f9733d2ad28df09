"""The index of one attribute: which findings have which value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from playground.hub.findings.attributes import Value, reader
from playground.hub.findings.bits import bits_of
from playground.hub.findings.conditions import Condition, Test
from playground.hub.findings.finding import Asff

MAX_ANSWERS = 64
"""How many answers a column remembers; a query's pages all ask the same."""


class Column:
    """Positions by value. It remembers its answers until a value changes."""

    def __init__(self, attribute: str, findings: Iterable[Asff]) -> None:
        self._read = reader(attribute)
        self._positions: defaultdict[Value, set[int]] = defaultdict(set)
        self._answers: dict[Condition, int] = {}
        for position, finding in enumerate(findings):
            self.add(position, finding)

    def add(self, position: int, finding: Asff) -> None:
        """Index a finding that was not there."""
        for value in self._read(finding):
            self._positions[value].add(position)
        self._answers.clear()

    def replace(self, position: int, old: Asff, new: Asff) -> None:
        """Index the new state of a finding."""
        before, after = set(self._read(old)), set(self._read(new))
        for value in before - after:
            self._positions[value].discard(position)
        for value in after - before:
            self._positions[value].add(position)
        if before != after:
            self._answers.clear()

    def matching(self, condition: Condition, size: int) -> int:
        """Return the bits of the findings, of `size` in all, that meet a condition on this attribute."""
        if condition not in self._answers:
            if len(self._answers) >= MAX_ANSWERS:
                self._answers.clear()
            self._answers[condition] = self._matching(condition, size)
        return self._answers[condition]

    def _matching(self, condition: Condition, size: int) -> int:
        everything = (1 << size) - 1
        included = everything
        if condition.equals or condition.tests:
            included = self._any(condition.equals, condition.tests, size)
        return included & ~self._any(condition.not_equals, condition.not_tests, size)

    def _any(self, equals: frozenset[Value], tests: tuple[Test, ...], size: int) -> int:
        positions = (p for value in self._values(equals, tests) for p in self._positions[value])
        return bits_of(positions, size)

    def _values(self, equals: frozenset[Value], tests: tuple[Test, ...]) -> Iterator[Value]:
        yield from (value for value in equals if value in self._positions)
        if tests:
            yield from [value for value in self._positions if any(test(value) for test in tests)]
