"""Partitions: together the whole, each problem in one of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding
from bot.domain.partition import partitioned
from bot.domain.query import Query
from tests.builders import a_finding
from tests.fakes import FakeFindings

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
    controls=st.sets(st.sampled_from(CONTROLS), min_size=1).map(tuple),
    accounts=st.sets(st.sampled_from(ACCOUNTS), max_size=2).map(tuple),
    regions=st.sets(st.sampled_from(REGIONS), max_size=2).map(tuple),
)


def answer(findings: list[Finding], query: Query) -> list[Finding]:
    """Read all that answers a query."""
    return [finding for page in FakeFindings(findings).pages(query) for finding in page.findings]


class TestPartitioned:
    """Cutting a query."""

    @given(FINDINGS, QUERIES, st.integers(0, 30))
    def test_is_exact(self, findings: list[Finding], query: Query, sample_size: int) -> None:
        """Every finding is in exactly one partition, also where the sample shows little of the whole."""
        whole = answer(findings, query)
        parts = [answer(findings, part.query) for part in partitioned(query, whole[:sample_size])]

        assert sorted(map(id, whole)) == sorted(id(finding) for part in parts for finding in part)

    @given(FINDINGS, QUERIES)
    def test_takes_no_problem_apart(self, findings: list[Finding], query: Query) -> None:
        """The findings of one problem are in one partition: nowhere else could they be merged."""
        whole = answer(findings, query)
        parts = [answer(findings, part.query) for part in partitioned(query, whole)]
        problems = [problem for part in parts for problem in {finding.problem for finding in part}]

        assert len(problems) == len(set(problems))

    def test_goes_by_control_first(self) -> None:
        """Several controls of like size are cut no further; the larger ones get more of the requests."""
        many = Query(controls=(*(f"EC2.{n}" for n in range(10)), "S3.8"))
        sample = [a_finding(n, control_id=control) for n, control in enumerate((*many.controls, "S3.8"))]
        parts = partitioned(many, sample)

        assert [(control,) for control in many.controls] == [part.query.controls for part in parts]
        assert [2] * 10 + [3] == [part.weight for part in parts]

    def test_cuts_a_large_control_by_account(self) -> None:
        """What one reader would be left alone with at the end is read by account, and the rest apart."""
        sample = [a_finding(n, account_id=ACCOUNTS[n % 2], region=REGIONS[n % 2]) for n in range(100)]
        parts = [part.query for part in partitioned(Query(controls=("S3.8",)), sample)]

        assert [ACCOUNTS[:1], ACCOUNTS[1:2], ()] == [part.accounts for part in parts]
        assert ACCOUNTS[:2] == parts[-1].not_accounts

    def test_cuts_one_account_by_region(self) -> None:
        """Where there is one account only, Regions are what is left."""
        sample = [a_finding(n, region=REGIONS[n % 2]) for n in range(100)]
        parts = [part.query for part in partitioned(Query(controls=("S3.8",)), sample)]

        assert [REGIONS[:1], REGIONS[1:], ()] == [part.regions for part in parts]
        assert REGIONS == parts[-1].not_regions

    def test_does_not_cut_what_is_one(self) -> None:
        """One control in one account and Region is read as it is."""
        query = Query(controls=("S3.8",))

        assert [query] == [part.query for part in partitioned(query, [a_finding(n) for n in range(100)])]

    def test_excludes_no_more_than_a_filter_takes(self) -> None:
        """Of very many accounts twenty have their own partition."""
        sample = [a_finding(n, account_id=f"{n:012}") for n in range(100)]
        parts = partitioned(Query(controls=("S3.8",)), sample)

        assert 21 == len(parts)
        assert 20 == len(parts[-1].query.not_accounts)
