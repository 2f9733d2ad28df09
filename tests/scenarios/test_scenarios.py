"""
Every scenario in one process, except those of test_grants.py.

Outside CI a scenario that tests/e2e plays in a browser is not played here too: the outcome is judged alike.
"""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from tests.browser import chromium
from tests.effort import IS_CI
from tests.scenarios import scenario
from tests.scenarios.driver import DirectDriver
from tests.scenarios.runner import failures
from tests.scenarios.scenario import PLAYED

ELSEWHERE = {*PLAYED, *(scenario.played_in("browser") if chromium() and not IS_CI else ())}
"""The scenarios that other tests of this run play."""


class TestScenarios:
    """Findings, steps, and expected results."""

    @pytest.mark.parametrize("name", [name for name in scenario.names() if name not in ELSEWHERE])
    def test_scenario_holds(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        expected = scenario.load(name)
        found = failures(expected, lambda world: nullcontext(DirectDriver(world.slack)), monkeypatch)

        assert [] == found, expected.claim
