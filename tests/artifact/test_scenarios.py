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


class TestScenarios:
    """What is given, what is done, and what must be seen."""

    @pytest.mark.parametrize("name", scenario.played_in("package"))
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
