"""A figure: something measured, the baseline that it is compared with, and what it must reach."""

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
    Give the median CPU time of each, for which it matters little what else the machine does.

    They take turns: a processor that is slower for a while is so for all of them.
    """
    rounds = [[_once(work) for work in works] for _ in range(times)]
    return [median(seconds) for seconds in zip(*rounds, strict=True)]


def _once(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
