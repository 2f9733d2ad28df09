"""The scenarios again, by people who look at the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playground.world import World
from tests.e2e.conftest import Look
from tests.e2e.page_driver import PageDriver
from tests.scenarios import scenario
from tests.scenarios.player import Driver
from tests.scenarios.runner import failures


class TestScenarios:
    """Findings, steps in the browser, and expected results."""

    @pytest.mark.parametrize("name", scenario.played_in("browser"))
    def test_scenario_holds(self, name: str, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        expected = scenario.load(name)

        @contextmanager
        def driver(world: World) -> Iterator[Driver]:
            with look(world) as page:
                yield PageDriver(page, world.slack)

        assert [] == failures(expected, driver, monkeypatch), expected.claim
