"""
Where a hub keeps its findings.

The interface is small so that another store can stand in for this one: findings that are made as they are
asked for, say, when there are a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from playground.hub.findings.bits import positions_of
from playground.hub.findings.column import Column
from playground.hub.findings.conditions import Condition
from playground.hub.findings.finding import Asff, Key, key_of


class Selection(Protocol):
    """The findings that met a query when it was asked, in the store's order."""

    def __len__(self) -> int: ...

    def page(self, start: int, count: int) -> list[Asff]:
        """Return at most `count` of them, from the one numbered `start` on."""


class Store(Protocol):
    """Findings by identity and by query."""

    def __len__(self) -> int: ...

    def get(self, key: Key) -> Asff | None:
        """Find a finding by its identity."""

    def named(self, finding_id: str) -> list[Asff]:
        """Find the findings with this Id; different products may use the same."""

    def put(self, finding: Asff) -> None:
        """Keep a finding, in the place of the one with its identity if there is one."""

    def select(self, conditions: Sequence[Condition]) -> Selection:
        """Find the findings that meet every condition."""


class MemoryStore:
    """Findings in the order in which they came, with an index for each attribute that a query has named."""

    def __init__(self) -> None:
        self._findings: list[Asff] = []
        self._position: dict[Key, int] = {}
        self._columns: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self._findings)

    def get(self, key: Key) -> Asff | None:
        """Find a finding by its identity."""
        position = self._position.get(key)
        return None if position is None else self._findings[position]

    def named(self, finding_id: str) -> list[Asff]:
        """Find the findings with this Id."""
        selection = self.select([Condition("Id", equals=frozenset({finding_id}))])
        return selection.page(0, len(selection))

    def put(self, finding: Asff) -> None:
        """Keep a finding."""
        key = key_of(finding)
        position = self._position.get(key)
        if position is None:
            self._position[key] = position = len(self._findings)
            self._findings.append(finding)
            for column in self._columns.values():
                column.add(position, finding)
        else:
            for column in self._columns.values():
                column.replace(position, self._findings[position], finding)
            self._findings[position] = finding

    def select(self, conditions: Sequence[Condition]) -> Selection:
        """Find the findings that meet every condition."""
        size = len(self._findings)
        bits = (1 << size) - 1
        for condition in conditions:
            bits &= self._column(condition.attribute).matching(condition, size)
        return _Matches(self._findings, bits)

    def _column(self, attribute: str) -> Column:
        if attribute not in self._columns:
            self._columns[attribute] = Column(attribute, self._findings)
        return self._columns[attribute]


class _Matches:
    def __init__(self, findings: list[Asff], bits: int) -> None:
        self._findings = findings
        self._bits = bits

    def __len__(self) -> int:
        return self._bits.bit_count()

    def page(self, start: int, count: int) -> list[Asff]:
        return [self._findings[position] for position in positions_of(self._bits, start, count)]
