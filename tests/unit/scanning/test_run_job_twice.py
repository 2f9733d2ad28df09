"""A scan's job that is delivered twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.finding import Severity
from bot.domain.job import ScanJob, job_id
from bot.domain.report import Summary
from bot.usecases.steps import BusyStepError
from tests.builders import a_finding
from tests.delivery import ConcurrentActor, deliver_once
from tests.unit.world.scan import JOB, SCHEDULE, a_world, reports


@pytest.mark.parametrize("job", [JOB, SCHEDULE], ids=["person", "schedule"])
class TestTwice:
    """The same job is delivered twice."""

    def test_second_delivery_does_nothing(self, job: ScanJob) -> None:
        """A second delivery does nothing, and does not scan again."""
        world = a_world()
        deliver_once(job, world)
        queries = list(world.findings.queries)
        for _ in range(2):
            deliver_once(job, world)

        assert 1 == len(reports(world)) == len(world.messenger.files)
        assert queries == world.findings.queries

    def test_concurrent_duplicate_posts_nothing(self, job: ScanJob) -> None:
        """A duplicate that arrives while Slack is being called leaves it to the first."""
        world = a_world()
        busy = []

        def duplicate() -> None:
            with pytest.raises(BusyStepError) as caught:
                deliver_once(job, world)
            busy.append(caught.value)

        deliver_once(job, world, ConcurrentActor(before="messenger.post", act=duplicate))

        assert 1 == len(busy)
        assert 1 == len(reports(world)) == len(world.messenger.files)

    def test_later_duplicate_keeps_the_posted_report(self, job: ScanJob) -> None:
        """A duplicate that has scanned longer, and found something else, does not exchange the report."""
        world = a_world()
        posted: list[Summary] = []

        def duplicate() -> None:
            deliver_once(job, world)
            posted.append(world.reports.summary(job_id(job)))
            world.findings.findings.insert(0, a_finding(99, severity=Severity.CRITICAL))

        deliver_once(job, world, ConcurrentActor(before="findings.pages", act=duplicate))

        kept = world.reports.summary(job_id(job))
        assert [kept] == posted
        assert 1 == len(reports(world))
        assert Severity.CRITICAL not in kept.by_severity
        assert kept.finding_count == len(world.reports.lines[job_id(job)])

    def test_another_key_is_another_report(self, job: ScanJob) -> None:
        """A second request makes a second report."""
        world = a_world()
        deliver_once(job, world)
        deliver_once(replace(job, key="another"), world)

        assert 2 == len(reports(world))
