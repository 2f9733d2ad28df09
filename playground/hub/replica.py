"""
The copies that the home Region shows of another Region's findings.

AWS copies "in near real time" in both directions, and of two changes of a finding the later one counts:
https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-overview.html.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from playground.hub.findings.changes import updated
from playground.hub.findings.finding import Asff, Key, key_of
from playground.hub.findings.store import MemoryStore


@dataclass(frozen=True)
class _Update:
    """An update that a customer made in the home Region."""

    changes: Asff
    due_at: float
    """When the home Region shows it."""
    ends_at: float
    """When the other Region has it, and its copy has come back."""


class Replica:
    """Copies of a Region's findings, each as it was some time ago, with the updates made on the copies."""

    def __init__(self, findings: Iterable[Asff]) -> None:
        self.findings = MemoryStore()
        for finding in findings:
            self.findings.put(finding)
        self._coming: list[tuple[float, int, Asff]] = []
        self._numbers = count()
        self._latest: dict[Key, float] = {}
        """When each finding that has changed comes for the last time."""
        self._updates: dict[Key, list[_Update]] = {}
        self._source: dict[Key, Asff] = {}
        """The findings of `_updates` as they have come from the other Region."""

    def follow(self, finding: Asff, due_at: float) -> None:
        """Show a finding as it is now in the other Region, from `due_at` on and after its earlier changes."""
        key = key_of(finding)
        self._latest[key] = due_at = max(due_at, self._latest.get(key, due_at))
        heapq.heappush(self._coming, (due_at, next(self._numbers), finding))

    def update(self, key: Key, changes: Asff, due_at: float, lag_seconds: float) -> None:
        """Show a customer's update of a copy from `due_at` on; the other Region has it after the lag."""
        finding = self.findings.get(key)
        if finding is not None:
            self._source.setdefault(key, finding)
            updates = self._updates.setdefault(key, [])
            updates.append(_Update(changes, due_at, due_at + 2 * lag_seconds))

    def settle(self, now: float) -> None:
        """Show the changes whose time has come."""
        while self._coming and self._coming[0][0] <= now:
            finding = heapq.heappop(self._coming)[2]
            if key_of(finding) in self._updates:
                self._source[key_of(finding)] = finding
            else:
                self.findings.put(finding)
        for key in list(self._updates):
            self._show(key, now)

    def _show(self, key: Key, now: float) -> None:
        finding = self._source[key]
        left = [update for update in self._updates.pop(key) if update.ends_at > now]
        for update in left:
            if update.due_at <= now:
                finding = updated(finding, update.changes)
        self.findings.put(finding)
        if left:
            self._updates[key] = left
        else:
            del self._source[key]
