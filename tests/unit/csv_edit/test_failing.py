"""Edited CSVs whose jobs fail."""

from __future__ import annotations

import pytest

from bot.errors import (
    BotError,
    MissingScopeError,
    UnavailableError,
)
from tests.builders import some_findings
from tests.delivery import deliver_once
from tests.fakes import FakeSharedFiles
from tests.unit.world.csv_edit import (
    DROP,
    THREAD,
    drop,
    edited,
    status,
    unavailable,
)
from tests.unit.world.report import a_world, told


class TestFailing:
    """AWS or Slack fails."""

    @pytest.mark.parametrize(
        "error", [MissingScopeError(scope="files:read"), UnavailableError(service="Slack", call="files.info")]
    )
    def test_failure_before_the_file_is_known_is_told_to_nobody(self, error: BotError) -> None:
        """Most files are none of the bot's business: only the operator's alarm hears of one."""
        world = a_world(some_findings(1))
        world.files.error = error
        with pytest.raises(type(error)):
            deliver_once(DROP, world)

        assert [] == told(world)

    def test_failure_on_a_file_of_a_report_is_told_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who dropped the file hears of it, also where the first attempt did not get so far."""
        world = a_world(some_findings(1))
        world.files.share("C0SECURITY", "edited.csv", edited(world), THREAD)
        monkeypatch.setattr(FakeSharedFiles, "fetch", unavailable)
        world.files.error = UnavailableError(service="Slack", call="files.info")
        with pytest.raises(UnavailableError):
            deliver_once(DROP, world)
        world.files.error = None
        with pytest.raises(UnavailableError):
            deliver_once(DROP, world)

        assert ["did not answer" in text for text in told(world)] == [True]

    def test_unknown_outcome_of_the_post_is_told(self) -> None:
        """Where nobody knows whether the preview was posted, who dropped the file is told."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED")))
        world.messenger.errors["post"] = UnavailableError(service="Slack", call="chat.postMessage")
        drop(world, content)

        assert ["drop the file again" in text for text in told(world)] == [True]
