"""Queries split into what one call of GetFindings takes."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import FindingIdentifier
from bot.domain.query import Query, split

ATTRIBUTES = ("controls", "accounts", "regions", "findings")

MOST = 3
"""A small limit, for the laws: they hold for any."""

SIZES = st.integers(0, 7)
QUERIES = st.builds(
    lambda controls, accounts, regions, ids: Query(
        controls=tuple(f"S3.{n}" for n in range(controls)),
        accounts=tuple(f"{n:012}" for n in range(accounts)),
        regions=tuple(f"xx-yy-{n}" for n in range(regions)),
        findings=tuple(FindingIdentifier(f"arn:{n}", "arn:product") for n in range(ids)),
    ),
    SIZES,
    SIZES,
    SIZES,
    SIZES,
)


def asked(query: Query) -> set[tuple[str, ...]]:
    """Return every combination of values that a query asks for; "*" where it narrows nothing."""
    ways: set[tuple[str, ...]] = {()}
    for attribute in ATTRIBUTES:
        values = getattr(query, attribute) or ("*",)
        ways = {(*way, value) for way in ways for value in values}
    return ways


class TestSplit:
    """Splitting a query."""

    @given(QUERIES)
    def test_parts_together_equal_the_query(self, query: Query) -> None:
        """The parts together ask for what the query asks for, neither more nor less."""
        parts = list(split(query, MOST))

        assert asked(query) == set().union(*map(asked, parts))

    @given(QUERIES)
    def test_no_finding_answers_two_parts(self, query: Query) -> None:
        """No finding answers two parts, or it would be counted twice."""
        parts = [asked(part) for part in split(query, MOST)]

        assert all(not one & other for one, other in combinations(parts, 2))

    @given(QUERIES)
    def test_no_part_has_more_values_for_one_attribute_than_it_may(self, query: Query) -> None:
        """No part has more values for one attribute than it may."""
        sizes = [len(getattr(part, attribute)) for part in split(query, MOST) for attribute in ATTRIBUTES]

        assert max(sizes) <= MOST

    @pytest.mark.parametrize(("count", "parts"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3), (200, 10)])
    def test_every_part_but_the_last_is_full(self, count: int, parts: int) -> None:
        """Every part but the last is full, for each is at least one call."""
        query = Query(controls=tuple(f"S3.{n}" for n in range(count)))

        assert parts == len(list(split(query, 20)))

    def test_every_part_keeps_severities_and_statuses(self) -> None:
        """Severities and statuses, which are few, narrow every part."""
        query = Query(controls=tuple(f"S3.{n}" for n in range(21)))

        assert {query.statuses} == {part.statuses for part in split(query, 20)}

    def test_repeated_value_is_asked_for_once(self) -> None:
        """A value that stands there twice is asked for once."""
        (part,) = split(Query(controls=("S3.1", "S3.1")), 20)

        assert ("S3.1",) == part.controls
