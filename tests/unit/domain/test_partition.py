"""Partitions: together the whole, each problem in one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.control import ALL, without_covered
from bot.domain.finding import Finding
from bot.domain.partition import ENOUGH, Partition, Sample, by_control, by_place, sample_of, spread
from bot.domain.query import Query
from tests.builders import a_finding
from tests.fakes.findings import FakeFindings

CONTROLS = ("EC2.19", "S3.1", "S3.8")
ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGIONS = ("ap-northeast-1", "us-east-1")
FINDINGS = st.lists(
    st.builds(
        a_finding,
        number=st.integers(0, 999),
        control_id=st.sampled_from(CONTROLS),
        account_id=st.sampled_from(ACCOUNTS),
        region=st.sampled_from(REGIONS),
    ),
    max_size=30,
)
QUERIES = st.builds(
    Query,
    controls=st.sets(st.sampled_from([*CONTROLS, "S3.*"]), min_size=1).map(without_covered) | st.just((ALL,)),
    accounts=st.sets(st.sampled_from(ACCOUNTS), max_size=2).map(tuple),
    regions=st.sets(st.sampled_from(REGIONS), max_size=2).map(tuple),
)


def answer(findings: list[Finding], query: Query) -> list[Finding]:
    """Read all that answers a query."""
    return [finding for page in FakeFindings(findings).pages(query) for finding in page.findings]


def by_region(query: Query, sample: Sample) -> list[Partition]:
    """Spread a query over one other Region."""
    return spread([query], sample, REGIONS[1:])


Cut = Callable[[Query, Sample], list[Partition]]


@pytest.mark.parametrize("cut", [by_control, by_place, by_region])
class TestAll:
    """Cutting a query in any way."""

    @given(FINDINGS, QUERIES, st.integers(0, 30))
    def test_every_finding_is_in_exactly_one_partition(
        self, cut: Cut, findings: list[Finding], query: Query, sample_size: int
    ) -> None:
        """Every finding is in exactly one partition, also where the sample shows little of the whole."""
        whole = answer(findings, query)
        parts = [answer(findings, part.query) for part in cut(query, sample_of(whole[:sample_size]))]

        assert sorted(map(id, whole)) == sorted(id(finding) for part in parts for finding in part)

    @given(FINDINGS, QUERIES)
    def test_findings_of_one_problem_stay_together(
        self, cut: Cut, findings: list[Finding], query: Query
    ) -> None:
        """The findings of one problem are in one partition: nowhere else could they be merged."""
        whole = answer(findings, query)
        parts = [answer(findings, part.query) for part in cut(query, sample_of(whole))]
        problems = [problem for part in parts for problem in {finding.problem for finding in part}]

        assert len(problems) == len(set(problems))


class TestByControl:
    """One partition for each control."""

    def test_weight_follows_the_sample(self) -> None:
        """What the sample has more of gets more of the requests; what it has none of gets some."""
        query = Query(controls=("S3.1", "S3.8", "EC2.19"))
        sample = [a_finding(1, control_id="S3.1"), *(a_finding(n, control_id="S3.8") for n in range(9))]
        few, many, none = by_control(query, sample_of(sample))

        assert [("S3.1",), ("S3.8",), ("EC2.19",)] == [part.query.controls for part in (few, many, none)]
        assert 0 < none.weight < few.weight < many.weight

    def test_chance_differences_do_not_count(self) -> None:
        """Controls whose counts differ no more than chance makes equal ones differ are equal to it."""
        counts = (6, 11, 8, 9, 5, 8, 10, 7)
        query = Query(controls=tuple(f"S3.{n}" for n in range(len(counts))))
        sample = [
            a_finding(n, control_id=control)
            for control, count in zip(query.controls, counts, strict=True)
            for n in range(count)
        ]

        assert 1 == len({part.weight for part in by_control(query, sample_of(sample))})

    def test_few_partitions_may_be_cut_again(self) -> None:
        """Fewer partitions than readers are needed may be cut again, more need not."""
        three, four = (Query(controls=tuple(f"S3.{n}" for n in range(count))) for count in (3, 4))

        assert [True] * 3 == [part.may_be_split for part in by_control(three, Sample())]
        assert [False] * 4 == [part.may_be_split for part in by_control(four, Sample())]


class TestByPlace:
    """One partition for each account or Region, and one for the rest."""

    def test_account_with_most_comes_first(self) -> None:
        """The account with the most comes first."""
        sample = [a_finding(n, account_id=ACCOUNTS[bool(n)], region=REGIONS[n % 2]) for n in range(100)]
        parts = [part.query for part in by_place(Query(controls=("S3.8",)), sample_of(sample))]

        assert [ACCOUNTS[1:2], ACCOUNTS[:1], ()] == [part.accounts for part in parts]
        assert (ACCOUNTS[1], ACCOUNTS[0]) == parts[-1].not_accounts

    def test_single_account_is_cut_by_region(self) -> None:
        """If there is one account only, the query is cut by Region."""
        sample = [a_finding(n, region=REGIONS[n % 2]) for n in range(100)]
        parts = [part.query for part in by_place(Query(controls=("S3.8",)), sample_of(sample))]

        assert [REGIONS[:1], REGIONS[1:], ()] == [part.regions for part in parts]
        assert REGIONS == parts[-1].not_regions

    def test_named_places_leave_no_rest(self) -> None:
        """A query for two accounts is two queries."""
        parts = by_place(Query(controls=("S3.8",), accounts=ACCOUNTS[:2]), Sample())

        assert [ACCOUNTS[:1], ACCOUNTS[1:2]] == [part.query.accounts for part in parts]

    def test_single_place_is_not_cut(self) -> None:
        """One account and Region are read as they are."""
        query = Query(controls=("S3.8",))

        assert [query] == [
            part.query for part in by_place(query, sample_of(a_finding(n) for n in range(100)))
        ]

    def test_at_most_twenty_accounts_are_excluded(self) -> None:
        """Of very many accounts twenty have their own partition."""
        sample = [a_finding(n, account_id=f"{n:012}") for n in range(100)]
        parts = by_place(Query(controls=("S3.8",)), sample_of(sample))

        assert 21 == len(parts)
        assert 20 == len(parts[-1].query.not_accounts)


class TestSpread:
    """Partitions for this Region and others."""

    def test_region_has_enough_readers(self) -> None:
        """A Region has as many partitions as readers are needed, and another one as many to hand over."""
        query = Query(controls=tuple(f"S3.{n}" for n in range(1, 26)))
        sample = sample_of(
            a_finding(n, control_id=f"S3.{n % 25 + 1}", region=REGIONS[n % 2]) for n in range(200)
        )
        parts = spread([query], sample, REGIONS[1:])

        assert [REGIONS[1]] * 6 + [""] * ENOUGH == [part.region for part in parts]
        assert [4] * 5 + [5] + [6] * 3 + [7] == sorted(len(part.query.controls) for part in parts)

    def test_lone_control_is_divided_by_account(self) -> None:
        """The findings of one control are divided by accounts, with one partition for the others."""
        sample = sample_of(
            a_finding(n, account_id=f"{n % 30:012}", region=REGIONS[n % 2]) for n in range(300)
        )
        parts = spread([Query(controls=("S3.8",))], sample, REGIONS[1:])

        assert [REGIONS[1]] * 7 + [""] * (ENOUGH + 1) == [part.region for part in parts]
        assert 20 == len(parts[-1].query.not_accounts)

    @given(FINDINGS, st.integers(1, 100), st.integers(0, 30))
    def test_no_partition_names_more_than_twenty(
        self, findings: list[Finding], control_count: int, region_count: int
    ) -> None:
        """However many controls and Regions there are, a partition names at most twenty of each."""
        regions = tuple(f"region-{n}" for n in range(min(region_count, 20)))
        query = Query(controls=tuple(f"S3.{n}" for n in range(control_count)))

        for part in spread([query], sample_of(findings), regions):
            assert 1 <= len(part.query.controls) <= 20
            assert len(part.query.not_regions) <= 20

    def test_parts_of_one_query_are_joined(self) -> None:
        """Partitions by control are spread together, as if they had never been split."""
        query = Query(controls=CONTROLS)
        parts = [part.query for part in by_control(query, Sample())]

        assert spread([query], Sample(), REGIONS[1:]) == spread(parts, Sample(), REGIONS[1:])
