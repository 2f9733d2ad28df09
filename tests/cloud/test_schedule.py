"""EventBridge Scheduler: what it takes for a schedule, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.document import parse_job
from playground.cloud.environment import Function
from playground.cloud.invocations import Invocations
from playground.cloud.schedule import MAX_INPUT_BYTES, check_expression
from playground.deployment import schedule_named

AT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
REPORT = schedule_named("ReportSchedule")


@pytest.fixture
def jobs() -> list[Any]:
    """Keep what is sent."""
    return []


@pytest.fixture
def invocations(jobs: list[Any]) -> Iterator[Invocations]:
    """Make a job function that keeps its events."""
    function = Function(
        "JobFunction", "1", "r", lambda event, _context: jobs.append(event), timeout_seconds=1
    )
    made = Invocations({function.name: function})
    yield made
    made.stop()


class TestFire:
    """A schedule fires."""

    def test_schedule_sends_a_job(self, invocations: Invocations, jobs: list[Any]) -> None:
        """The context attributes are filled in, so that the template's input is a Job."""
        REPORT.fire(invocations, AT)
        invocations.drain()

        assert f"{REPORT.arn}@2026-11-24T00:00:00Z" == parse_job(jobs[0]).key
        assert "<aws." not in json.dumps(jobs)

    def test_second_attempt_has_the_same_key(self, invocations: Invocations, jobs: list[Any]) -> None:
        """Another attempt for the same time has the same key, but another execution ID."""
        schedule = replace(REPORT, input='{"k": "<aws.scheduler.execution-id>"}')
        for attempt in (1, 2):
            REPORT.fire(invocations, AT, attempt)
            schedule.fire(invocations, AT, attempt)
            invocations.drain()

        assert 1 == len({job["key"] for job in jobs if "key" in job})
        assert 2 == len({job["k"] for job in jobs if "k" in job})


class TestSchedule:
    """What is refused."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "x" * 65},
            {"name": "two words"},
            {"name": ""},
            {"group": "a/b"},
            {"input": "x" * (MAX_INPUT_BYTES + 1)},
            {"expression": "every day"},
        ],
    )
    def test_malformed_schedule_is_refused(self, changes: dict[str, str]) -> None:
        """A name, an input or an expression that the Scheduler would not take is an error."""
        with pytest.raises(ValueError, match=r".+"):
            replace(REPORT, **changes)

    @pytest.mark.parametrize("zone", ["Asia/Tokio", "JST"])
    def test_unknown_time_zone_is_refused(self, zone: str) -> None:
        """A time zone is a name of the IANA database."""
        with pytest.raises(KeyError):
            replace(REPORT, time_zone=zone)

    @pytest.mark.parametrize(
        "expression",
        [
            "rate(1 day)",
            "rate(5 minutes)",
            "cron(0 9 ? * MON-FRI *)",
            "cron(0 9 L * ? 2027)",
            "at(2026-11-24T09:00:00)",
        ],
    )
    def test_rates_cron_expressions_and_single_times_are_taken(self, expression: str) -> None:
        """Rates, cron expressions and single times are taken, in the forms of the user guide."""
        check_expression(expression)

    @pytest.mark.parametrize(
        "expression",
        [
            "rate(1 days)",
            "rate(5 minute)",
            "rate(0 days)",
            "cron(0 9 * * *)",
            "cron(0 9 * * * *)",
            "cron(60 9 ? * MON *)",
            "at(2026-11-24)",
            "0 9 * * *",
        ],
    )
    def test_malformed_expressions_are_refused(self, expression: str) -> None:
        """One of a unit is singular; a cron expression has six fields, one of its days a question mark."""
        with pytest.raises(ValueError, match=r".+"):
            check_expression(expression)
