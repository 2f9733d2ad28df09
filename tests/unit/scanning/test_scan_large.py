"""A scan that is read in partitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.query import Query
from bot.domain.row import Row
from bot.errors import (
    AccessDeniedError,
    PageLostError,
)
from bot.ports import CheckCancelled, Page, never_cancelled
from tests.builders import a_finding
from tests.fakes.findings import FakeFindings
from tests.fakes.reports import FakeCheckpoints
from tests.unit.world.counting_findings import CountingFindings
from tests.unit.world.scan import DENIED, Countdown, scanned


def large(count: int = 40) -> FakeFindings:
    """Make a Security Hub whose answer is cut into partitions: two controls of many pages."""
    return FakeFindings([a_finding(n, control_id=("S3.8", "EC2.19")[n % 2]) for n in range(count)])


class TestLarge:
    """A scan that is read in partitions."""

    @given(st.integers(0, 60))
    def test_large_scan_equals_small_scan(self, count: int) -> None:
        """However it is cut, the report has every finding once, in the same order."""
        small = large(count)
        small.page_size = 100

        assert scanned(small, ["S3.8", "EC2.19"]).rows == scanned(large(count), ["S3.8", "EC2.19"]).rows

    @given(st.integers(0, 60))
    def test_single_large_control_is_cut_by_account(self, count: int) -> None:
        """A lone control that goes on and on is read by account, and has every finding once."""
        findings = [a_finding(n, account_id=f"{n % 3:012}") for n in range(count)]

        assert scanned(FakeFindings(findings, page_size=100)).rows == scanned(FakeFindings(findings)).rows

    def test_scan_of_all_stops_at_its_bound(self) -> None:
        """A person's scan of everything reads so many pages, and its report says that it is incomplete."""
        findings = [a_finding(n, account_id=f"{n % 3:012}") for n in range(400)]
        hub = CountingFindings(findings)
        found = scanned(hub, ["all"], most_pages=60)

        assert 60 <= hub.given_in_all <= 64
        assert {"too-much"} == {unread.code for unread in found.report.unread}
        assert 0 < len(found.rows) < 100

    def test_scan_without_a_bound_is_read_to_its_end(self) -> None:
        """A schedule's scan of everything is complete."""
        findings = [a_finding(n) for n in range(100)]

        assert 100 == len(scanned(FakeFindings(findings), ["all"]).rows)

    def test_answer_that_fits_the_bound_is_complete(self) -> None:
        """A scan of exactly as many pages as the bound is complete."""
        found = scanned(FakeFindings([a_finding(n) for n in range(20)]), ["all"], most_pages=10)

        assert 20 == len(found.rows)
        assert () == found.report.unread

    def test_scan_above_twenty_pages_is_cut(self) -> None:
        """Twenty pages are read by one reader; with one more it is one reader for each account."""
        short, long = (
            FakeFindings([a_finding(n, account_id=f"{n % 3:012}") for n in range(2 * pages)])
            for pages in (20, 21)
        )
        scanned(short)
        scanned(long)

        assert 1 == len(short.queries)
        assert [(), (), *((f"{n:012}",) for n in range(3))] == sorted(
            query.accounts for query in long.queries
        )

    def test_finished_partition_is_not_read_again(self) -> None:
        """What another attempt finds kept it does not read again, not even to see what there is."""
        store, hub = FakeCheckpoints(), large()
        first = scanned(hub, ["S3.8", "EC2.19"], store=store)
        pages = hub._pages
        again = scanned(hub, ["S3.8", "EC2.19"], store=store)

        assert first.rows == again.rows
        assert first.identifiers == again.identifiers
        assert first.report.tally == again.report.tally
        assert 0 == hub._pages - pages

    def test_unfinished_partition_is_read_again(self) -> None:
        """A partition that was not read to its end is read again from its start, and nothing is missing."""
        store, hub = FakeCheckpoints(), large()
        broken = scanned(hub, ["S3.8", "EC2.19"], store=store, time_left=Countdown(15))
        whole = scanned(hub, ["S3.8", "EC2.19"], store=store)

        assert broken.report.is_partial
        assert 40 == len(whole.rows)
        assert scanned(large(), ["S3.8", "EC2.19"]).rows == whole.rows

    def test_lost_token_restarts_the_partition(self) -> None:
        """A token that is refused in the middle costs a second reading of the partition, and no finding."""
        hub = large()
        hub.fail_at_page, hub.error_once = 7, True
        hub.error = PageLostError(service="AWS", call="securityhub:GetFindings")

        assert scanned(large(), ["S3.8", "EC2.19"]).rows == scanned(hub, ["S3.8", "EC2.19"]).rows

    def test_partition_is_unread_after_three_restarts(self) -> None:
        """After three restarts the partition counts as not read."""
        hub = LosingFindings(large().findings)
        found = scanned(hub, ["S3.8", "EC2.19"])

        assert [("EC2.19", "page-lost")] == [(u.controls[0], u.code) for u in found.report.unread]
        assert {"S3.8"} == {row["control"] for row in found.rows}

    def test_denied_partition_ends_the_scan(self) -> None:
        """A denial is for good: it ends the scan, and the other readers with it."""
        hub = large()
        hub.fail_at_page, hub.error = 5, DENIED

        with pytest.raises(AccessDeniedError):
            scanned(hub, ["S3.8", "EC2.19"])


class TestCompleted:
    """Rows between reading and rendering."""

    def test_each_row_is_completed_once_in_batches(self) -> None:
        """All rows pass in the report's order, at most 50 at once, and are rendered as completed."""
        batches: list[list[str]] = []

        def complete(rows: Sequence[Row]) -> Sequence[Row]:
            batches.append([row.finding.resource_id for row in rows])
            for row in rows:
                row.finding = replace(row.finding, account_name=f"owner of {row.finding.resource_id}")
            return rows

        found = scanned(large(230), ["S3.8", "EC2.19"], complete=complete)

        assert [50, 50, 50, 50, 30] == [len(batch) for batch in batches]
        assert found.resources == [resource for batch in batches for resource in batch]
        assert [f"owner of {resource}" for resource in found.resources] == [
            row["account-name"] for row in found.rows
        ]
        assert {f"owner of {one.resource_id}" == one.account_name for one in found.report.tally.top} == {True}

    def test_tags_last_from_reading_to_completing(self) -> None:
        """A row has the tags of its resource, also after another attempt has read it."""
        tags = (("Owner", "platform"),)
        seen: list[tuple[tuple[str, str], ...]] = []
        hub = FakeFindings([a_finding(n, tags=tags) for n in range(40)])
        store = FakeCheckpoints()

        def complete(rows: Sequence[Row]) -> Sequence[Row]:
            seen.extend(row.finding.tags for row in rows)
            return rows

        for _ in range(2):
            scanned(hub, store=store, complete=complete)

        assert [tags] * 80 == seen


class LosingFindings(FakeFindings):
    """A Security Hub that never knows the second page of one control."""

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Return the first page only."""
        for page in super().pages(query, weight, check_cancelled, token):
            yield page
            if query.controls == ("EC2.19",):
                raise PageLostError(service="AWS", call="securityhub:GetFindings")
