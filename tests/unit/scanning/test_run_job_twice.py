"""A scan's job that is delivered twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.finding import Severity
from bot.domain.job import ScanJob, job_id
from bot.ports import Page
from bot.usecases.steps import BusyStepError
from tests.builders import a_finding
from tests.delivery import deliver_once
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
        post = world.messenger.post
        seen = []

        def posting(*args: object, **options: object) -> str:
            world.messenger.post = post  # type: ignore[method-assign]
            with pytest.raises(BusyStepError):
                deliver_once(job, world)
            seen.append("duplicate")
            return post(*args, **options)  # type: ignore[arg-type]

        world.messenger.post = posting  # type: ignore[method-assign]
        deliver_once(job, world)

        assert ["duplicate"] == seen
        assert 1 == len(reports(world)) == len(world.messenger.files)

    def test_later_duplicate_keeps_the_posted_report(
        self, job: ScanJob, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A duplicate that has scanned longer, and found something else, does not exchange the report."""
        world = a_world()
        pages = world.findings.pages

        def meanwhile(*args: object, **options: object) -> Iterator[Page]:
            monkeypatch.undo()
            deliver_once(job, world)
            world.findings.findings.insert(0, a_finding(99, severity=Severity.CRITICAL))
            return pages(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(world.findings, "pages", meanwhile)
        deliver_once(job, world)

        kept = world.reports.summary(job_id(job))
        assert 1 == len(reports(world))
        assert Severity.CRITICAL not in kept.by_severity
        assert kept.finding_count == len(world.reports.lines[job_id(job)])

    def test_another_key_is_another_report(self, job: ScanJob) -> None:
        """Whoever asks again gets a report again."""
        world = a_world()
        deliver_once(job, world)
        deliver_once(replace(job, key="another"), world)

        assert 2 == len(reports(world))
