"""Every scenario, in one process."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.bootstrap import job
from playground.world import World
from tests.scenarios import scenario
from tests.scenarios.crashes import Crashes
from tests.scenarios.hands import Direct
from tests.scenarios.judge import differences
from tests.scenarios.stage import Stage


class Clock:
    """The job's clock: the real time, and what Lambda has waited between attempts."""

    def __init__(self) -> None:
        self.waited = timedelta()
        self._now = job.utc_now

    def __call__(self) -> object:
        """Give the time."""
        return self._now() + self.waited


def settings_of(wanted: scenario.Scenario) -> dict[str, str]:
    """Give the settings of a scenario: reports in English, of an environment called test."""
    return {"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "test"} | wanted.given.settings


class TestScenarios:
    """What is given, what is done, and what must be seen."""

    @pytest.mark.parametrize("name", scenario.names())
    def test_holds(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The world is in the end as the scenario says, and in nothing otherwise."""
        wanted = scenario.load(name)
        clock = Clock()
        monkeypatch.setattr(job, "utc_now", clock)
        for module in (
            "botocore.endpoint",
            "slack_sdk.http_retry.handler",
            "slack_sdk.http_retry.builtin_handlers",
        ):
            monkeypatch.setattr(f"{module}.time", SimpleNamespace(sleep=lambda _seconds: None))
        world = World(settings_of(wanted))

        def wait(seconds: float) -> None:
            world.invocations.wait_until_idle()
            clock.waited += timedelta(seconds=seconds)

        world.invocations.pause = wait
        with world:
            crashes = Crashes(wanted.given.crashes)
            stage = Stage(world, Direct(world.slack))
            with monkeypatch.context() as patches:
                crashes.install(patches)
                stage.play(wanted)

            assert [] == differences(stage, wanted.then), wanted.claim
            assert [] == crashes.left
