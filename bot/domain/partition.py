"""Splitting a query into partitions that are read in parallel, because the pages of one query cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
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


SPREAD_PARTITIONS = 64
"""The most partitions of a spread scan, about: each takes one request at least."""

TO_HAND_OVER = 2
"""
The partitions of a Region besides those of its readers. Each costs half a page, since the last one is seldom
full.
"""

LEAST_SIZE = 0.5
"""The findings that a control or account is taken to have if the sample has none."""

Sample = Counter[tuple[str, str, str]]
"""The number of findings of each control, account and Region."""


def sample_of(findings: Iterable[Finding]) -> Sample:
    """Count findings by control, account and Region."""
    return Counter((finding.control_id, finding.account_id, finding.region) for finding in findings)


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a query, disjoint from the others. All findings of one problem are in one partition."""

    query: Query
    weight: float = 1.0
    """Its share of the requests, in proportion to the others."""
    may_be_split: bool = False
    """Whether to split it once it turns out to be long."""
    may_be_spread: bool = False
    """Whether to end it and read its findings in several Regions if the scan turns out to be long."""
    region: str = ""
    """The Region whose Security Hub is asked; empty: this one."""


def by_control(query: Query, sample: Sample, *, may_be_spread: bool = False) -> list[Partition]:
    """
    Split a query into one for each control or service; a query for one of them stays as it is.

    Args:
        sample: a page of its answer, from which the controls' sizes are estimated.
    """
    counts = _counts(sample, 0)
    are_few = len(query.controls) < ENOUGH
    weights = _weights(
        [sum(n for found, n in counts.items() if covers(control, found)) for control in query.controls]
    )
    return [
        Partition(replace(query, controls=(control,)), weight, are_few, may_be_spread)
        for control, weight in zip(query.controls, weights, strict=True)
    ]


def by_place(query: Query, sample: Sample) -> list[Partition]:
    """
    Split a query by account or else by Region, with one partition for those that are not in the sample.

    Args:
        sample: a part of its answer.

    Returns:
        Partitions of the whole answer; the query itself if all of the sample is of one account and Region.
    """
    return (
        _split(query, _counts(sample, 1), "accounts")
        or _split(query, _counts(sample, 2), "regions")
        or [Partition(query)]
    )


def _split(query: Query, counts: Counter[str], attribute: str) -> list[Partition]:
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


def spread(queries: Sequence[Query], sample: Sample, regions: Sequence[str]) -> list[Partition]:
    """
    Split queries anew: the findings of each of some Regions are read in that Region, all others here.

    A part is divided by control, or by account if there is one control: into ENOUGH groups here, and into
    TO_HAND_OVER more in another Region, which this Region takes over if it has none left. The sample does not
    decide their number: AWS does not say in which order it gives findings, and it may be by Region.

    Args:
        queries: disjoint, without `not_regions`.
        sample: a part of their answers, from which sizes are estimated.
        regions: at most MOST_VALUES, this Region not among them.

    Returns:
        Partitions of all findings of the queries, those of one Region in the order of their estimated sizes.
    """
    joined: dict[Query, set[str]] = {}
    for query in queries:
        joined.setdefault(replace(query, controls=()), set()).update(query.controls)
    wholes = [replace(query, controls=tuple(sorted(words))) for query, words in joined.items()]
    parts = list[Partition]()
    for region, query, count in [place for whole in wholes for place in _places(whole, regions)]:
        groups = _grouped(query, sample, max(1, count // len(wholes)))
        mean = sum(weight for _, weight in groups) / len(groups)
        parts += [Partition(narrowed, weight / mean, region=region) for narrowed, weight in groups]
    return parts


def _places(query: Query, regions: Sequence[str]) -> Iterator[tuple[str, Query, int]]:
    """Yield each Region, its part of a query and the number of groups; last "", this Region, for the rest."""
    most = max(1, SPREAD_PARTITIONS // (len(regions) + 1))
    for region in regions:
        if not query.regions or region in query.regions:
            yield region, replace(query, regions=(region,)), min(ENOUGH + TO_HAND_OVER, most)
    left = tuple(region for region in query.regions if region not in regions)
    if left or not query.regions:
        yield "", replace(query, regions=left, not_regions=() if left else tuple(regions)), min(ENOUGH, most)


def _grouped(query: Query, sample: Sample, count: int) -> list[tuple[Query, float]]:
    """Divide a query into about `count` queries, with their weights, the largest first."""
    if len(query.controls) > 1:
        words = {control: _word(query.controls, control) for control, _, _ in sample}
        sizes = _sizes(query, ((words[control], region, n) for (control, _, region), n in sample.items()))
        groups = _groups(query.controls, sizes, count)
        queries = [replace(query, controls=tuple(sorted(values))) for values, _ in groups]
        return list(zip(queries, _weights([size for _, size in groups]), strict=True))
    sizes = _sizes(query, ((account, region, n) for (_, account, region), n in sample.items()))
    values = query.accounts or sorted(sizes, key=lambda value: (-sizes[value], value))[:MOST_VALUES]
    if len(values) < 2:
        return [(query, 1.0)]
    groups = _groups(values, sizes, count)
    queries = [replace(query, accounts=tuple(sorted(values))) for values, _ in groups]
    weights = _weights([size for _, size in groups])
    rest = [] if query.accounts else [(replace(query, not_accounts=tuple(sorted(values))), min(weights))]
    return [*zip(queries, weights, strict=True), *rest]


def _word(words: Iterable[str], control: str) -> str:
    return next((word for word in words if covers(word, control)), "")


def _sizes(query: Query, entries: Iterable[tuple[str, str, int]]) -> dict[str, float]:
    """
    Estimate the number of findings of each value, such as a control, in the Regions of a query.

    It is the mean of two estimates: its count there, which chance makes vary, and its count everywhere in the
    proportion of these Regions.

    Args:
        entries: value, Region and count.
    """
    there, everywhere = Counter[str](), Counter[str]()
    for value, region, count in entries:
        everywhere[value] += count
        if region in query.regions or not (query.regions or region in query.not_regions):
            there[value] += count
    share = there.total() / max(1, everywhere.total())
    return {value: (there[value] + share * count) / 2 for value, count in everywhere.items()}


def _groups(values: Sequence[str], sizes: Mapping[str, float], count: int) -> list[tuple[list[str], float]]:
    """Divide values into groups of about equal size and at most MOST_VALUES values, the largest first."""
    count = max(min(count, len(values)), ceil(len(values) / MOST_VALUES))
    groups: list[tuple[list[str], float]] = [([], 0.0) for _ in range(count)]
    for value in sorted(values, key=lambda value: (-sizes.get(value, 0.0), value)):
        at = min(range(count), key=lambda at: (len(groups[at][0]) == MOST_VALUES, groups[at][1]))
        members, size = groups[at]
        groups[at] = [*members, value], size + sizes.get(value, 0.0) + LEAST_SIZE
    return sorted(groups, key=lambda group: -group[1])


def _counts(sample: Sample, place: int) -> Counter[str]:
    """Count the findings by one of a sample's three values."""
    counts = Counter[str]()
    for values, count in sample.items():
        counts[values[place]] += count
    return counts


def _narrowed(query: Query, attribute: str, values: Sequence[str]) -> Query:
    change: dict[str, Any] = {attribute: values}
    return replace(query, **change)


def _weights(counts: Sequence[float]) -> list[float]:
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
