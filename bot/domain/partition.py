"""Cutting a query into partitions to read side by side: a page's token cannot be shared, they can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.finding import Finding
from bot.domain.query import MOST_VALUES, Query

ENOUGH = 4
"""
How many readers reach Security Hub's limit: it takes 3 requests a second, and answers within about one.
"""

EAGERNESS = 2.0
"""
Larger partitions get more than their share of the requests, because the last of a large one would be read
alone at the end. Of some exponents this one came nearest to the limit, with 25 controls of equal sizes and of
sizes by Zipf's law, at 0.3 to 1.3 s for an answer, over 60 samples each.
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a query, disjoint from the others: two findings of one problem are never in two."""

    query: Query
    weight: float = 1.0
    """What share of the requests it gets, in proportion to the others."""
    may_be_cut: bool = False
    """Whether it would pay to cut it further, once it turns out to be long."""


def by_control(query: Query, sample: Sequence[Finding]) -> list[Partition]:
    """
    Cut a query into one for each control; a query for one control stays as it is.

    Args:
        sample: a page of its answer, the only hint of the controls' sizes.
    """
    seen = Counter(finding.control_id for finding in sample)
    are_few = len(query.controls) < ENOUGH
    weights = _weights([seen[control] for control in query.controls])
    return [
        Partition(replace(query, controls=(control,)), weight, are_few)
        for control, weight in zip(query.controls, weights, strict=True)
    ]


def by_place(query: Query, sample: Sequence[Finding]) -> list[Partition]:
    """
    Cut a query by account or else by Region, with one partition for what lies outside those of the sample.

    Args:
        sample: some of its answer.

    Returns:
        Together they answer what `query` does; the query itself where all of the sample is in one place.
    """
    return (
        _cut(query, sample, lambda finding: finding.account_id, "accounts")
        or _cut(query, sample, lambda finding: finding.region, "regions")
        or [Partition(query)]
    )


def _cut(
    query: Query, sample: Sequence[Finding], value_of: Callable[[Finding], str], attribute: str
) -> list[Partition]:
    seen = Counter(map(value_of, sample))
    named = getattr(query, attribute)
    values = named or tuple(value for value, _ in seen.most_common(MOST_VALUES))
    if len(values) < 2:
        return []
    weights = _weights([seen[value] for value in values])
    parts = [
        Partition(_narrowed(query, attribute, (value,)), weight)
        for value, weight in zip(values, weights, strict=True)
    ]
    rest = [] if named else [Partition(_narrowed(query, f"not_{attribute}", values))]
    return parts + rest


def _narrowed(query: Query, attribute: str, values: Sequence[str]) -> Query:
    change: dict[str, Any] = {attribute: values}
    return replace(query, **change)


def _weights(counts: Sequence[int]) -> list[float]:
    """
    Weigh partitions by how often a sample has met each.

    Of partitions of equal sizes a sample meets some more often than others by mere chance, with a variance of
    about the mean (Poisson). Only as far as the counts differ by more than that do they say anything, so each
    is drawn towards the mean: the James-Stein estimator.
    """
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / max(1, len(counts) - 1)
    trust = max(0.0, 1 - mean / variance) if variance else 0.0
    return [(1 + mean + trust * (count - mean)) ** EAGERNESS for count in counts]
