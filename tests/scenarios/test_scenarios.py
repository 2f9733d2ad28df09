"""Every scenario but those of test_grants.py, in one process."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from tests.scenarios import scenario
from tests.scenarios.driver import DirectDriver
from tests.scenarios.runner import failures
from tests.scenarios.scenario import PLAYED


class TestScenarios:
    """What is given, what is done, and what must be seen."""

    @pytest.mark.parametrize("name", [name for name in scenario.names() if name not in PLAYED])
    def test_scenario_holds(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        expected = scenario.load(name)
        found = failures(expected, lambda world: nullcontext(DirectDriver(world.slack)), monkeypatch)

        assert [] == found, expected.claim
