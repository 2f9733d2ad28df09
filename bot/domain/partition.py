"""Splitting a query into partitions that are read in parallel, because the pages of one query cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.control import covers
from bot.domain.finding import Finding
from bot.domain.query import MOST_VALUES, Query

ENOUGH = 4
"""
The number of readers that reach Security Hub's limit of 3 requests a second, if an answer takes a second.
"""

EAGERNESS = 2.0
"""
The exponent that gives larger partitions more than their share of the requests, because the end of a large
one would be read alone. It came nearest to the limit with 25 controls of equal sizes and of sizes by Zipf's
law, at 0.3 to 1.3 s for an answer, over 60 samples each.
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a query, disjoint from the others. All findings of one problem are in one partition."""

    query: Query
    weight: float = 1.0
    """Its share of the requests, in proportion to the others."""
    may_be_split: bool = False
    """Whether to split it once it turns out to be long."""


def by_control(query: Query, sample: Sequence[Finding]) -> list[Partition]:
    """
    Split a query into one for each control or service; a query for one of them stays as it is.

    Args:
        sample: a page of its answer, from which the controls' sizes are estimated.
    """
    counts = Counter(finding.control_id for finding in sample)
    are_few = len(query.controls) < ENOUGH
    weights = _weights(
        [sum(n for found, n in counts.items() if covers(control, found)) for control in query.controls]
    )
    return [
        Partition(replace(query, controls=(control,)), weight, are_few)
        for control, weight in zip(query.controls, weights, strict=True)
    ]


def by_place(query: Query, sample: Sequence[Finding]) -> list[Partition]:
    """
    Split a query by account or else by Region, with one partition for those that are not in the sample.

    Args:
        sample: a part of its answer.

    Returns:
        Partitions of the whole answer; the query itself if all of the sample is of one account and Region.
    """
    return (
        _split(query, sample, lambda finding: finding.account_id, "accounts")
        or _split(query, sample, lambda finding: finding.region, "regions")
        or [Partition(query)]
    )


def _split(
    query: Query, sample: Sequence[Finding], value_of: Callable[[Finding], str], attribute: str
) -> list[Partition]:
    counts = Counter(map(value_of, sample))
    named = getattr(query, attribute)
    values = named or tuple(value for value, _ in counts.most_common(MOST_VALUES))
    if len(values) < 2:
        return []
    weights = _weights([counts[value] for value in values])
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
    Return the weights of partitions from their counts in a sample.

    A sample of equal partitions has unequal counts by chance, with a variance of about the mean (Poisson).
    Only a larger difference means anything, so each count is drawn towards the mean: the James-Stein
    estimator.
    """
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / max(1, len(counts) - 1)
    trust = max(0.0, 1 - mean / variance) if variance else 0.0
    return [(1 + mean + trust * (count - mean)) ** EAGERNESS for count in counts]
