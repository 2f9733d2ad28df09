"""A figure: a measured value, its baseline and its bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    name: str
    value: float
    baseline: str
    baseline_value: float
    most: float
    """The highest ratio of the two that is good enough."""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times the baseline it is."""
        return self.value / self.baseline_value

    @property
    def is_reached(self) -> bool:
        """Whether it is good enough."""
        return self.ratio <= self.most


def seconds_of(*works: Callable[[], object], times: int) -> list[float]:
    """
    Return the median CPU time of each, which depends little on other programs.

    They take turns, so that a processor that is slower for a while slows all of them.
    """
    rounds = [[_once(work) for work in works] for _ in range(times)]
    return [median(seconds) for seconds in zip(*rounds, strict=True)]


def _once(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
