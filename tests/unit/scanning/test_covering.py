"""The coverage of a report, looked up beside the scan."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Event

import pytest

from bot.domain.coverage import Coverage
from bot.domain.job import ScanJob
from bot.domain.query import Query, chosen
from bot.i18n import Locale
from bot.render.coverage import coverage_text
from bot.usecases.scanning.covering import WAIT_SECONDS, CoverageLookup
from tests.builders import some_findings
from tests.delivery import deliver_once
from tests.fakes import FakeRegions, FakeWorld
from tests.unit.world.scan import JOB, SCHEDULE, a_world

COVERED = Coverage("ap-northeast-1", "ap-northeast-1", ("us-east-1", "us-west-2"), 41)


@dataclass
class HangingRegions(FakeRegions):
    """Regions that are not told before the end of the test."""

    end: Event = field(default_factory=Event)

    def coverage(self) -> Coverage:
        """Wait."""
        self.end.wait()
        return self.found

    def readable(self, seen: Collection[str]) -> tuple[str, ...]:
        """Return none."""
        del seen
        return ()


class TestLookup:
    """The look-up."""

    def test_result_is_there_without_waiting(self) -> None:
        """What is known is there at once."""
        assert COVERED == CoverageLookup(FakeRegions(COVERED)).result()

    def test_coverage_that_hangs_is_left_out(self) -> None:
        """The wait has a bound."""
        regions = HangingRegions()
        try:
            assert CoverageLookup(regions).result(seconds=0.01) is None
        finally:
            regions.end.set()


def texts(world: FakeWorld) -> str:
    """Return all texts of the report."""
    (posted,) = [posted for posted in world.messenger.posted.values() if posted.message.blocks]
    return json.dumps(posted.message.blocks, ensure_ascii=False)


def footer(world: FakeWorld) -> str:
    """Return the last block of the report."""
    (posted,) = [posted for posted in world.messenger.posted.values() if posted.message.blocks]
    return str(posted.message.blocks[-1]["elements"][0]["text"])


class TestReport:
    """The report's last line."""

    @pytest.mark.parametrize("job", [JOB, SCHEDULE])
    def test_report_says_what_it_covers(self, job: ScanJob) -> None:
        """A person's report and a schedule's have the numbers in their footer."""
        world = a_world()
        world.regions.found = COVERED
        deliver_once(job, world)

        assert "3 リージョン、41 アカウント" in footer(world)

    def test_report_of_chosen_findings_covers_nothing(self) -> None:
        """Of findings that a person has ticked, it would say nothing."""
        world = a_world()
        world.regions.found = Coverage("us-east-1", "ap-northeast-1", (), 41)
        deliver_once(ScanJob("eventbridge/1", chosen(some_findings(1)[0].identifiers), None, None), world)

        assert "アカウント" not in footer(world)
        assert "us-east-1" not in texts(world)

    def test_report_does_not_wait_for_a_region_that_hangs(self) -> None:
        """It comes a second later at most, without the numbers."""
        world = a_world()
        world.regions = hanging = HangingRegions(COVERED)
        before = time.monotonic()
        try:
            deliver_once(JOB, world)
        finally:
            hanging.end.set()

        assert "アカウント" not in footer(world)
        assert time.monotonic() - before < WAIT_SECONDS + 5  # what a busy machine takes besides


class TestText:
    """The words."""

    @pytest.mark.parametrize(
        ("query", "text"),
        [
            (Query(controls=("S3.8",)), "3 Regions, 41 accounts"),
            (Query(controls=("S3.8",), regions=("us-east-1",)), "41 accounts"),
            (Query(controls=("S3.8",), accounts=("123456789012",)), "3 Regions"),
            (Query(controls=("S3.8",), account_names=("web",)), "3 Regions"),
            (Query(controls=("S3.8",), accounts=("123456789012",), regions=("us-east-1",)), ""),
        ],
    )
    def test_number_is_left_out_if_the_query_narrows_it(self, query: Query, text: str) -> None:
        """A report of one Region does not cover three."""
        assert text == coverage_text(COVERED, query, Locale.EN)

    @pytest.mark.parametrize(
        ("coverage", "text"),
        [
            (None, ""),
            (Coverage("ap-northeast-1"), ""),
            (Coverage("ap-northeast-1", account_count=2), "2 accounts"),
            (Coverage("ap-northeast-1", ""), "1 Region"),
        ],
    )
    def test_number_that_is_not_known_is_left_out(self, coverage: Coverage | None, text: str) -> None:
        """The other one stands alone."""
        assert text == coverage_text(coverage, Query(controls=("S3.8",)), Locale.EN)
