"""The progress of an act on many findings: what the report's thread sees while it updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.job import job_id
from bot.domain.triage import FindingState, Refusal
from bot.errors import AccessDeniedError
from bot.usecases.triage import update as update_module
from tests.builders import an_act_job, some_findings
from tests.delivery import CrashError, FaultInjector, deliver_as_lambda, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.long_scan import (
    DROPPED,
    EN,
    MANY,
    REPORT_ID,
    LongWorld,
    SlowFindings,
    scan,
)

pytestmark = pytest.mark.usefixtures("few_are_many")

CLICK = an_act_job(REPORT_ID, message_ts="1.000001")
COUNT = 150
UPDATING = "✏️ Updating … {} of 150 findings so far"
DONE = "✏️ Done: 150 findings. The report's message shows the result."
STOPPED = "⚠️ The update has stopped before its end. What has been updated stays updated."


@dataclass
class SlowUpdates(SlowFindings):
    """A Security Hub that takes a second for 10 updates."""

    page_size: int = 1000
    denied_after: int | None = None
    """How many updates it takes before it denies them."""

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Take its time."""
        return super().update(self._slowly(updates))

    def _slowly(
        self, updates: Iterable[tuple[FindingIdentifier, FindingState]]
    ) -> Iterator[tuple[FindingIdentifier, FindingState]]:
        for number, update in enumerate(updates):
            if number == self.denied_after:
                raise AccessDeniedError(action="securityhub:BatchUpdateFindings")
            self.clock.move(0.1)
            yield update


def a_world(count: int = COUNT) -> LongWorld:
    """Make a world in whose channel a report of so many findings stands, posted without a progress."""
    world = LongWorld(findings=SlowUpdates())
    world.findings.clock = world.clock
    world.findings.findings = some_findings(count)
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("bot.usecases.progress.MANY", count)
        scan(world)
    world.messenger.shown.clear()
    return world


click = partial(deliver_once, CLICK, deployment=EN)


def thread(world: FakeWorld) -> list[str]:
    """Return the texts that stand in the report's thread."""
    return [
        posted.message.text for posted in world.messenger.posted.values() if posted.thread_ts == "1.000001"
    ]


def progress_texts(world: LongWorld) -> list[str]:
    """Return all that was said of the progress, one after the other."""
    return [text for text in world.texts if text.startswith("✏️")]


class TestProgress:
    """One message in the report's thread."""

    def test_progress_is_rewritten_every_three_seconds(self) -> None:
        """It says how many of how many, at most every three seconds, and ends with the act."""
        world = a_world()
        click(world)

        assert [UPDATING.format("101"), UPDATING.format("131"), DONE] == progress_texts(world)
        assert [DONE] == thread(world)

    def test_progress_of_action_has_no_button(self) -> None:
        """An act that was confirmed is not cancelled half way, but undone."""
        world = a_world()
        shown: list[str] = []
        update = world.messenger.update

        def watching(channel: str, ts: str, message: object) -> None:
            shown.append(str(message))
            update(channel, ts, message)  # type: ignore[arg-type]

        world.messenger.update = watching  # type: ignore[method-assign]
        click(world)

        assert not any("button" in text for text in shown if "✏️" in text)

    def test_progress_is_in_the_channels_language(self) -> None:
        """It is for all, whatever language the person has."""
        world = a_world()
        deliver_once(CLICK, world)

        assert ["✏️ 150 件の処理が完了しました。結果はレポートのメッセージにあります。"] == thread(world)

    def test_progress_is_not_told_of_few(self) -> None:
        """An act on no more than that is over before anybody could read it."""
        world = a_world(MANY)
        click(world)

        assert [] == progress_texts(world)
        assert {WorkflowStatus.NOTIFIED} == {f.workflow_status for f in world.findings.findings}


class TestFailure:
    """Something goes wrong on the way."""

    def test_failure_of_slack_does_not_stop_the_act(self) -> None:
        """A progress that cannot be posted is left out; all is changed."""
        world = a_world()
        world.messenger.errors["post"] = DROPPED
        click(world)

        assert [] == thread(world)
        assert {WorkflowStatus.NOTIFIED} == {f.workflow_status for f in world.findings.findings}

    def test_failure_of_security_hub_ends_the_message(self) -> None:
        """It does not claim to go on."""
        world = a_world()
        assert isinstance(world.findings, SlowUpdates)
        world.findings.denied_after = 120
        with pytest.raises(AccessDeniedError):
            click(world)

        assert [STOPPED] == thread(world)

    def test_then_goes_on_with_the_same_message(self) -> None:
        """What an earlier delivery has updated counts, and the message comes to its end."""
        world = a_world()
        with pytest.MonkeyPatch.context() as patches:
            patches.setattr(update_module, "BATCH", 40)
            undisturbed = FaultInjector()
            deliver_once(CLICK, a_world(), undisturbed, EN)
            last = len(undisturbed.calls) - 1 - undisturbed.calls[::-1].index("findings.update")
            with pytest.raises(CrashError):
                deliver_once(CLICK, world, FaultInjector(last), EN)
            world.clock.move(30)
            left = deliver_as_lambda(CLICK, world, deployment=EN)

        assert left is None
        assert [DONE] == thread(world)
        assert COUNT == len(world.findings.updated)


class TestTwice:
    """The job is delivered again."""

    def test_twice_says_the_same_again(self) -> None:
        """There is no second message, and the end stays."""
        world = a_world()
        click(world)
        click(world)

        assert [DONE] == thread(world)
        assert f"{job_id(CLICK)}/progress.done" in world.ledger.entries
