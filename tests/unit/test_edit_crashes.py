"""Edited CSVs whose jobs die or fail."""

from __future__ import annotations

import pytest

from bot.domain.edit_job import ApplyEditJob, EditJob
from bot.errors import (
    BotError,
    MissingScopeError,
    UnavailableError,
)
from tests.builders import some_findings
from tests.fakes import FakeSharedFiles, FakeWorld
from tests.sabotage import Saboteur, deliver_as_lambda, deliver_once
from tests.unit.clicks import a_world, statuses, told
from tests.unit.edits import (
    DROP,
    NEW,
    NOTIFIED,
    SUPPRESSED,
    THREAD,
    drop,
    edited,
    press,
    preview_text,
    status,
    unavailable,
)


class TestCrashes:
    """A process that dies at any call, and Lambda, which delivers the job again."""

    @staticmethod
    def dropped() -> FakeWorld:
        """Make a world with an edited file in the report's thread."""
        world = a_world(some_findings(3))
        content = edited(world, (0, status("NOTIFIED")), (1, status("SUPPRESSED", "ok")))
        world.files.share("C0SECURITY", "edited.csv", content, THREAD)
        return world

    @pytest.mark.parametrize("late", [False, True])
    def test_show_the_preview_once(self, late: bool) -> None:  # noqa: FBT001 - a table
        """It is in the thread once, or who dropped the file is told that it may not be."""
        count = calls_of(DROP, self.dropped())
        for at in range(count):
            world = self.dropped()
            deliver_as_lambda(DROP, world, Saboteur(at, late=late))

            replies = [p for p in world.messenger.posted.values() if p.thread_ts == THREAD]
            assert len(replies) == 1 or (not replies and told(world)), at
            assert [] == world.findings.updated

    @pytest.mark.parametrize("late", [False, True])
    def test_apply_all_of_it(self, late: bool) -> None:  # noqa: FBT001 - a table
        """Every finding gets what was shown, and the messages say so."""

        def previewed() -> FakeWorld:
            world = self.dropped()
            deliver_once(DROP, world)
            return world

        world = previewed()
        count = calls_of(press(world), world)
        for at in range(count):
            world = previewed()
            deliver_as_lambda(press(world), world, Saboteur(at, late=late))

            assert [NOTIFIED, SUPPRESSED, NEW] == statuses(world), at
            assert "2 件を変更しました" in preview_text(world), at


def calls_of(job: EditJob | ApplyEditJob, world: FakeWorld) -> int:
    """Count the calls that a job makes."""
    saboteur = Saboteur()
    deliver_once(job, world, saboteur)
    return len(saboteur.calls)


class TestFailing:
    """AWS or Slack fails."""

    @pytest.mark.parametrize(
        "error", [MissingScopeError(scope="files:read"), UnavailableError(service="Slack", call="files.info")]
    )
    def test_is_told_nobody_before_the_file_is_known(self, error: BotError) -> None:
        """Most files are none of the bot's business: only the operator's alarm hears of one."""
        world = a_world(some_findings(1))
        world.files.error = error
        with pytest.raises(type(error)):
            deliver_once(DROP, world)

        assert [] == told(world)

    def test_is_told_where_the_file_is_a_reports(self, monkeypatch: pytest.MonkeyPatch) -> None:
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

    def test_in_doubt_is_told(self) -> None:
        """Where nobody knows whether the preview was posted, who dropped the file is told."""
        world = a_world(some_findings(1))
        content = edited(world, (0, status("NOTIFIED")))
        world.messenger.errors["post"] = UnavailableError(service="Slack", call="chat.postMessage")
        drop(world, content)

        assert ["drop the file again" in text for text in told(world)] == [True]
