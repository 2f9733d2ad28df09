"""Trying a scenario in this process, where nothing really waits and everything can be made to die."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from bot.adapters import security_hub
from bot.bootstrap import job
from bot.usecases.scanning import scan_job
from playground.world import World
from tests.fakes import skipping_pace
from tests.scenarios.crashes import Crashes
from tests.scenarios.driver import DirectDriver
from tests.scenarios.judge import differences
from tests.scenarios.meanwhile import Meanwhiles
from tests.scenarios.player import Driver, Player, last_with, user_id
from tests.scenarios.scenario import Meanwhile, Scenario

SLEEPERS = (
    "botocore.endpoint",
    "bot.adapters.slack",
    "slack_sdk.http_retry.handler",
    "slack_sdk.http_retry.builtin_handlers",
)
"""Modules that sleep before they try a call again."""


class Clock:
    """The job's clock: the real time, and what Lambda has waited between attempts."""

    def __init__(self) -> None:
        self.waited = timedelta()
        self._now = job.utc_now

    def __call__(self) -> datetime:
        """Return the time."""
        return self._now() + self.waited


def failures(
    expected: Scenario,
    driver: Callable[[World], AbstractContextManager[Driver]],
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """Play a scenario in a world of its own; say in what that is not as the scenario says."""
    clock = Clock()
    monkeypatch.setattr(job, "utc_now", clock)
    for module in SLEEPERS:
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(sleep=lambda _seconds: None))
    monkeypatch.setattr(security_hub, "TokenBucket", skipping_pace)
    monkeypatch.setattr(scan_job, "ASKED_PAGES", expected.given.pages_before_a_pause)
    world = World({"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "test"} | expected.given.settings)

    def wait(seconds: float) -> None:
        world.invocations.wait_until_idle()
        clock.waited += timedelta(seconds=seconds)

    world.invocations.pause = wait

    def press(meanwhile: Meanwhile) -> None:
        message = last_with(world, meanwhile.presses)
        DirectDriver(world.slack).press(user_id(meanwhile.who), message, meanwhile.presses)
        clock.waited += timedelta(seconds=meanwhile.seconds)

    meanwhiles = Meanwhiles(expected.given.meanwhile, press)
    crashes = Crashes(expected.given.crashes, meanwhiles.after)
    with world, driver(world) as person:
        player = Player(world, person)
        with monkeypatch.context() as patches:
            crashes.install(patches)
            player.play(expected)
        return [
            *differences(player, expected.then),
            *(f"did not die at {crash}" for crash in crashes.left),
            *(f"nothing was pressed at {meanwhile}" for meanwhile in meanwhiles.left),
        ]
