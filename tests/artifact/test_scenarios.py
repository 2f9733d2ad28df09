"""The scenarios of tests/scenarios, on what is deployed."""

from __future__ import annotations

import pytest

from playground.world import World
from tests.artifact.deaths import Deaths, age
from tests.artifact.functions import SETTINGS, Built
from tests.scenarios import scenario
from tests.scenarios.hands import Direct
from tests.scenarios.judge import differences
from tests.scenarios.stage import Stage

MOST_REFUSALS = 10
"""How many of a scenario's calls Security Hub may refuse: each makes the bot wait longer, in earnest."""


def left_out(wanted: scenario.Scenario) -> str | None:
    """Say why a scenario cannot be played on another process; None where it can."""
    if wanted.given.meanwhile:
        return "a job's calls are watched in this process"
    if any(step.waits_days for step in wanted.steps):
        return "another process has a clock of its own"
    if sum(fault.count for fault in wanted.given.hub_faults) > MOST_REFUSALS:
        return "the bot's patience lasts minutes, which pass at once in this process only"
    return None


PLAYED = [name for name in scenario.names() if left_out(scenario.load(name)) is None]


class TestScenarios:
    """What is given, what is done, and what must be seen."""

    @pytest.mark.parametrize("name", PLAYED)
    def test_holds(self, name: str) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        wanted = scenario.load(name)
        built = Built(warm=True)
        deaths = Deaths(wanted.given.crashes, built)
        world = World(SETTINGS | wanted.given.settings, runtime=built)

        def wait(seconds: float) -> None:
            world.invocations.wait_until_idle()
            age(seconds)

        world.invocations.pause = wait
        with world:
            deaths.watch(world)
            stage = Stage(world, Direct(world.slack))
            stage.play(wanted)

            assert [] == differences(stage, wanted.then), wanted.claim
            assert [] == deaths.left
