"""The scenarios of tests/scenarios, on what is deployed."""

from __future__ import annotations

import os

import pytest

from playground.world import World
from tests.artifact.functions import SETTINGS, Built
from tests.scenarios import scenario
from tests.scenarios.hands import Direct
from tests.scenarios.judge import differences
from tests.scenarios.stage import Stage


def left_out(wanted: scenario.Scenario) -> str | None:
    """Say why a scenario cannot be played on another process; None where it can."""
    if wanted.given.crashes:
        return "a crash is an exception in this process; tests/artifact/test_jobs.py kills one"
    if wanted.given.meanwhile:
        return "a job's calls are watched in this process"
    return None


CHOSEN = (
    "documents_that_are_no_job",  # errors as Lambda carries them
    "form",  # the catalogue of controls, which is a file of the package
    "hub_fails_in_the_middle",
    "hub_not_enabled",
    "job_cannot_be_dispatched",
    "mark_all",  # the report that another event has kept
    "mark_refused",
    "not_in_channel",
    "scan",
    "scan_delivered_twice",  # two environments at the same time
    "scan_in_japanese",  # text that is not ASCII, through the runtime's JSON and the settings
    "scan_many_pages",
    "schedule",
    "slack_breaks_off_posting_drop_after",
    "slack_lacks_a_scope",  # a link that is signed with the function's credentials
)
"""One for each way through the package: each starts processes anew, which takes seconds."""

PLAYED = [
    name
    for name in (scenario.names() if os.environ.get("SCENARIOS") == "all" else CHOSEN)
    if left_out(scenario.load(name)) is None
]


class TestScenarios:
    """What is given, what is done, and what must be seen."""

    @pytest.mark.parametrize("name", PLAYED)
    def test_holds(self, name: str) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        wanted = scenario.load(name)
        world = World(SETTINGS | wanted.given.settings, runtime=Built(warm=True))
        world.invocations.pause = lambda _seconds: world.invocations.wait_until_idle()
        with world:
            stage = Stage(world, Direct(world.slack))
            stage.play(wanted)

            assert [] == differences(stage, wanted.then), wanted.claim
