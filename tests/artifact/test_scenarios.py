"""The scenarios of tests/scenarios, on what is deployed."""

from __future__ import annotations

import pytest

from playground.world import World
from tests.artifact.functions import SETTINGS, Built
from tests.artifact.kills import Kills, age
from tests.scenarios import scenario
from tests.scenarios.driver import DirectDriver
from tests.scenarios.judge import differences
from tests.scenarios.player import Player


class TestScenarios:
    """Findings, steps, and expected results."""

    @pytest.mark.parametrize("name", scenario.played_in("package"))
    def test_scenario_holds(self, name: str) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        expected = scenario.load(name)
        built = Built(warm=True)
        kills = Kills(expected.given.crashes, built)
        world = World(SETTINGS | expected.given.settings, runtime=built)

        def wait(seconds: float) -> None:
            world.invocations.wait_until_idle()
            age(seconds)

        world.invocations.pause = wait
        with world:
            kills.watch(world)
            player = Player(world, DirectDriver(world.slack))
            player.play(expected)

            assert [] == differences(player, expected.then), expected.claim
            assert [] == kills.left
