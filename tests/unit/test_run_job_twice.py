"""A scan's job that is delivered twice, or dies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.finding import Severity
from bot.domain.job import ScanJob, job_id
from bot.errors import (
    AccessDeniedError,
    MissingScopeError,
)
from bot.ports import Page
from bot.usecases.steps import BusyStepError
from tests.builders import a_finding
from tests.sabotage import Saboteur, deliver_as_lambda, deliver_once
from tests.unit.scans import DROPPED, JOB, SCHEDULE, a_world, notes, reports, told


@pytest.mark.parametrize("job", [JOB, SCHEDULE], ids=["person", "schedule"])
class TestTwice:
    """The same job is delivered twice."""

    def test_is_one_report(self, job: ScanJob) -> None:
        """A second delivery does nothing, and does not scan again."""
        world = a_world()
        deliver_once(job, world)
        queries = list(world.findings.queries)
        for _ in range(2):
            deliver_once(job, world)

        assert 1 == len(reports(world)) == len(world.messenger.files)
        assert queries == world.findings.queries

    def test_at_once_is_one_report(self, job: ScanJob) -> None:
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

    def test_at_once_keeps_what_was_posted(self, job: ScanJob, monkeypatch: pytest.MonkeyPatch) -> None:
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

    def test_for_another_key_is_another_report(self, job: ScanJob) -> None:
        """Whoever asks again gets a report again."""
        world = a_world()
        deliver_once(job, world)
        deliver_once(replace(job, key="another"), world)

        assert 2 == len(reports(world))


@pytest.mark.parametrize("count", [0, 3])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("job", [JOB, SCHEDULE], ids=["person", "schedule"])
class TestCrash:
    """The process dies before or after any of its calls, and Lambda delivers the job again."""

    def test_posts_nothing_twice(self, job: ScanJob, count: int, *, late: bool) -> None:
        """Wherever it dies there is one report at most, one file at most, and no text twice."""
        for place in places(job, count):
            world = a_world(count)
            deliver_as_lambda(job, world, Saboteur(place, late))
            everything = [*reports(world), *notes(world), *told(world)]

            assert len(everything) == len(set(everything)), place
            assert len(reports(world)) <= 1, place
            assert len(world.messenger.files) <= 1, place

    def test_loses_nothing(self, job: ScanJob, count: int, *, late: bool) -> None:
        """Wherever it dies the report or a word that it may be missing arrives, and the CSV or a link."""
        for place in places(job, count):
            world = a_world(count)
            left = deliver_as_lambda(job, world, Saboteur(place, late))

            assert None is left, place
            assert reports(world) or notes(world) or told(world), place
            links = [text for text in notes(world) + told(world) if "https://bucket.example" in text]
            assert count == 0 or world.messenger.files or links, place


def places(job: ScanJob, count: int) -> range:
    """Give the numbers of the calls of an undisturbed delivery."""
    saboteur = Saboteur()
    deliver_once(job, a_world(count), saboteur)
    return range(len(saboteur.calls))


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
class TestDoubleFault:
    """The process dies while it tells a channel of another failure."""

    def test_while_the_file_is_refused(self, *, late: bool) -> None:
        """The link that stands for the file is not posted twice, and its loss is known."""
        for place in range(30):
            world = a_world()
            world.messenger.lasting_errors["upload"] = MissingScopeError(scope="files:write")
            left = deliver_as_lambda(SCHEDULE, world, Saboteur(place, late))

            assert len(notes(world)) <= 1, place
            assert notes(world) or left, place

    def test_while_the_report_may_be_missing(self, *, late: bool) -> None:
        """The word that the report may be missing is not posted twice either."""
        for place in range(30):
            world = a_world()
            world.messenger.errors["post"] = DROPPED
            left = deliver_as_lambda(SCHEDULE, world, Saboteur(place, late))

            assert len(reports(world) + notes(world)) <= 1, place
            assert reports(world) or notes(world) or left, place

    def test_while_security_hub_fails(self, *, late: bool) -> None:
        """The word that the scan failed is not posted twice, and the failure is dead-lettered anyway."""
        for place in range(30):
            world = a_world()
            world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0
            left = deliver_as_lambda(SCHEDULE, world, Saboteur(place, late))

            assert len(notes(world)) <= 1, place
            assert left, place
