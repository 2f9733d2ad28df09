"""The built job function under AWS's local engine, as a deployed one is under Lambda's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.domain.document import parse_job
from bot.domain.job import job_id
from playground.world import World
from tests.artifact.engine import Engine
from tests.artifact.functions import Built
from tests.functional.asff import a_control_finding

COUNT = 1_000
"""Findings, of one control in one account: ten pages, one after the other."""

PAGE_SECONDS = 1.0

SLICE_SECONDS = 95
"""An invocation's time, of which the job keeps 90 for what comes after reading."""

SCAN = {
    "version": 1,
    "kind": "scan",
    "key": "slack/1.2.3",
    "query": {"controls": ["S3.8"], "statuses": ["NEW"]},
    "channel": "C0SECURITY",
    "requester": {"user_id": "U0SECURITY"},
}


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Return an engine that has not started."""
    with Engine() as made:
        yield made


@pytest.fixture
def built(engine: Engine) -> Built:
    """Return the built functions, of which the job keeps its state in the engine, and has little time."""

    def change(name: str, environment: dict[str, str]) -> dict[str, str]:
        if name != "JobFunction":
            return environment
        changes = {"AWS_ENDPOINT_URL_LAMBDA": engine.url, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(SLICE_SECONDS)}
        return environment | changes

    return Built(change)


class TestDurable:
    """A job that does not fit into an invocation."""

    def test_job_goes_on_in_another_invocation(self, world: World, built: Built, engine: Engine) -> None:
        """A scan with five seconds an invocation is reported once, whole, after several of them."""
        world.hub.load(a_control_finding(number, "S3.8") for number in range(COUNT))
        world.hub.knobs.latency_seconds = PAGE_SECONDS
        engine.start(built.functions["JobFunction"])
        execution = engine.execute(SCAN, job_id(parse_job(SCAN)))

        said = [m for m in world.slack.workspace.messages if m.is_the_bots and not m.ephemeral]
        (report,) = [message for message in said if not message.thread_ts]
        steps = [event.get("Name") for event in execution["Events"] if event["EventType"] == "StepSucceeded"]
        assert "SUCCEEDED" == execution["Status"]
        assert f"Found {COUNT:,} violations" in report.text
        assert [f"slice-{number}" for number in range(1, len(steps) + 1)] == steps
        assert 1 < len(steps)
