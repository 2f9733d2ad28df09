"""Cutting a query into partitions to read side by side: a page's token cannot be shared, they can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.domain.finding import Finding
from bot.domain.query import MOST_VALUES, Query

LARGEST_SHARE = 1 / 4
"""
What one partition should hold at most. GetFindings takes 3 requests a second and answers within about one, so
that four readers reach the limit; a larger partition would be read alone at the end, below it.
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a query, disjoint from the others: two findings of one problem are never in two."""

    query: Query
    weight: float = 1.0
    """How many findings it may hold, in proportion to the others: those of the sample, and one."""


def partitioned(query: Query, sample: Sequence[Finding]) -> list[Partition]:
    """
    Cut a query whose answer is longer than a page.

    By control first; what the sample shows to be too much for one reader then by account, and by Region. Each
    control has a partition, and so has what lies outside the accounts and Regions that the sample names.

    Args:
        query: of at most MOST_VALUES values for each attribute.
        sample: the first page of its answer.

    Returns:
        At least one; together they answer what `query` does.
    """
    parts = [_Part(query, sample)]
    for attribute in _ATTRIBUTES:
        parts = [
            piece
            for part in parts
            for piece in (_cut(part, attribute) if _should_cut(part, attribute, sample) else [part])
        ]
    return [Partition(part.query, len(part.inside) + 1) for part in parts]


class _Part(NamedTuple):
    query: Query
    inside: Sequence[Finding]
    """What the sample has of it."""


class _Attribute(NamedTuple):
    of: Callable[[Finding], str]
    wanted: str
    """The query's field of what it must be …"""
    excluded: str
    """… and of what it must not be."""


_CONTROL = _Attribute(lambda finding: finding.control_id, "controls", "")
_ATTRIBUTES = (
    _CONTROL,
    _Attribute(lambda finding: finding.account_id, "accounts", "not_accounts"),
    _Attribute(lambda finding: finding.region, "regions", "not_regions"),
)


def _should_cut(part: _Part, attribute: _Attribute, sample: Sequence[Finding]) -> bool:
    return attribute is _CONTROL or len(part.inside) > LARGEST_SHARE * len(sample)


def _cut(part: _Part, attribute: _Attribute) -> Iterator[_Part]:
    """Give a part for each value, the most frequent first, and one for all others where they are wanted."""
    seen = Counter(map(attribute.of, part.inside))
    named = getattr(part.query, attribute.wanted)
    values = named or tuple(value for value, _ in seen.most_common(MOST_VALUES))
    if len(values) < 2:
        yield part
        return
    for value in values:
        inside = [finding for finding in part.inside if attribute.of(finding) == value]
        yield _Part(replace(part.query, **{attribute.wanted: (value,)}), inside)
    if not named:
        yield _Part(replace(part.query, **{attribute.excluded: values}), [])
