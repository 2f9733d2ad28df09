"""The progress of a long scan: what its channel sees while it reads."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.query import Query
from bot.errors import (
    AccessDeniedError,
    BotError,
    InternalError,
    MissingScopeError,
    NotInChannelError,
    ThrottledError,
)
from bot.i18n import Locale
from bot.usecases.progress import JobProgress, ProgressPlace
from bot.usecases.scanning.checkpoint import OnProgress
from bot.usecases.steps import Result, Steps
from tests.delivery import ConcurrentActor, CrashError, FaultInjector, deliver_as_lambda, deliver_once
from tests.fakes import FakeLedger, FakeWorld
from tests.unit.world.long_scan import (
    DROPPED,
    EN,
    FINISHED,
    FLAG,
    JOB,
    MANY,
    REPORT,
    REPORT_ID,
    SCANNING,
    SCHEDULE,
    STOPPED,
    a_world,
    scan,
)

pytestmark = pytest.mark.usefixtures("few_are_many")


class TestProgress:
    """The message of a long scan."""

    def test_progress_is_one_message_that_ends(self) -> None:
        """It is rewritten every three seconds, and before the report is posted says that the scan is done."""
        world = a_world()
        scan(world)

        assert [
            ("1.000001", SCANNING.format("110")),
            ("1.000001", SCANNING.format("140")),
            ("1.000001", FINISHED),
            ("2.000001", REPORT),
        ] == world.messenger.shown

    def test_cancel_button_lasts_until_the_end(self) -> None:
        """The button has the scan's job and requester; it is gone with the last text."""
        seen: list[str] = []
        world = a_world()
        world.findings.meanwhile[12] = lambda: seen.append(str(world.messenger.posted["1.000001"].message))
        scan(world)

        assert f"'value': '{REPORT_ID}:U0PERSON'" in seen[0]
        assert "button" not in str(world.messenger.posted["1.000001"].message)

    def test_progress_is_in_the_channels_language(self) -> None:
        """It is for all, as the report is, and not in the person's language."""
        world = a_world()
        deliver_once(JOB, world)

        assert "🔍 スキャンしています… これまでに 110 件の検出結果を読み取りました" == world.texts[0]
        assert "🔍 スキャンが完了しました。150 件の検出結果を読み取りました。" == world.standing[0]

    def test_short_scan_makes_no_progress_calls(self) -> None:
        """
        Beyond the permission check it makes the calls of a scheduled one, which shows no progress.

        The scheduled one is remembered as the latest: a step, with as many calls of the ledger as the check.
        """
        for_person, for_nobody = FaultInjector(), FaultInjector()
        scan(a_world(MANY), for_person)
        deliver_once(SCHEDULE, a_world(MANY), for_nobody, EN)

        of_person, of_nobody = Counter(for_person.calls), Counter(for_nobody.calls)
        assert Counter(["people.standing"]) == of_person - of_nobody
        assert Counter(["reports.set_latest"]) == of_nobody - of_person

    def test_scheduled_scan_shows_no_progress(self) -> None:
        """Nobody waits for a scheduled report, which is all that its channel sees."""
        world = a_world()
        deliver_once(SCHEDULE, world)

        assert 1 == len(world.messenger.shown)
        assert 15 == world.findings.page_count

    def test_parallel_partitions_share_one_message(self) -> None:
        """With several partitions there is one message too, and in the end it has counted all."""
        world = a_world()
        controls = ("S3.8", "S3.1", "EC2.19")
        world.findings.findings = [
            replace(finding, control_id=controls[number % 3])
            for number, finding in enumerate(world.findings.findings)
        ]
        deliver_once(replace(JOB, query=Query(controls)), world, deployment=EN)

        assert len(world.findings.queries) > 1
        assert [FINISHED, REPORT] == world.standing


class TestOtherThreads:
    """The threads that read while one of them talks to Slack."""

    def test_readers_do_not_wait_for_slack(self) -> None:
        """While a call to Slack lasts, another thread counts and goes on reading; the count is kept."""
        world = a_world()
        tells: list[OnProgress] = []

        def read_on() -> None:
            other = threading.Thread(target=tells[0], args=(MANY + 2,), daemon=True)
            other.start()
            other.join(10)
            assert not other.is_alive()

        def scanning(tell: OnProgress) -> Result:
            tells.append(tell)
            tell(MANY + 1)
            return {}

        during_post = ConcurrentActor(before="messenger.post", act=read_on)
        assert {"count": MANY + 2} == progress_in(world, during_post).follow(scanning)

    def test_smaller_late_count_changes_nothing(self) -> None:
        """A smaller number that comes after a larger one changes nothing."""

        def scanning(tell: OnProgress) -> Result:
            tell(MANY + 5)
            tell(MANY + 4)
            return {}

        assert {"count": MANY + 5} == progress_in(a_world()).follow(scanning)


def progress_in(world: FakeWorld, injector: FaultInjector | None = None) -> JobProgress:
    """Make a progress in English."""
    step = Steps(world.ledger, REPORT_ID, world.clock)
    ports = (injector or FaultInjector()).ports(world.ports)
    return JobProgress(ProgressPlace(REPORT_ID, "C0SECURITY", Locale.EN), ports, step)


class TestSlackFails:
    """The progress cannot be told."""

    @pytest.mark.parametrize(
        "error",
        [
            NotInChannelError(channel="C0SECURITY"),
            MissingScopeError(scope="chat:write"),
            ThrottledError(service="Slack", call="chat.postMessage"),
            DROPPED,
        ],
    )
    def test_failed_post_leaves_the_scan_without_a_message(
        self, error: BotError, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The scan goes on without a message, which is not tried again, and the log says why."""
        world = a_world()
        world.messenger.errors["post"] = error
        with caplog.at_level(logging.WARNING):
            scan(world)

        assert [REPORT] == world.texts
        assert "could not be told" in caplog.text

    def test_lost_update_is_followed_by_the_next(self) -> None:
        """A text that is lost is followed by the next."""
        world = a_world()
        world.messenger.errors["update"] = DROPPED
        scan(world)

        assert [SCANNING.format("110"), FINISHED, REPORT] == world.texts

    def test_crash_at_any_update_keeps_one_message(self) -> None:
        """The report is posted also if the message is lost."""
        world = a_world()
        world.messenger.lasting_errors["update"] = DROPPED
        scan(world)

        assert REPORT == world.standing[-1]
        assert [] == world.told

    def test_uncertain_post_is_never_repeated(self) -> None:
        """Where nobody knows whether the message is there no second one is posted, in a repeat neither."""
        world = a_world()
        world.messenger.late_errors["post"] = DROPPED
        world.findings.meanwhile[14] = dies_once()
        left = deliver_as_lambda(JOB, world, deployment=EN)

        assert left is None
        assert [SCANNING.format("110"), REPORT] == world.standing


class FailingLedger(FakeLedger):
    """A ledger that cannot be asked for a flag."""

    def read(self, key: str) -> dict[str, Any] | None:
        """Fail at the flag."""
        if key == FLAG:
            raise ThrottledError(service="AWS", call="s3:GetObject")
        return super().read(key)


class TestLedgerFails:
    """The ledger does not say whether somebody has cancelled."""

    def test_failing_ledger_does_not_stop_the_scan(self) -> None:
        """The scan goes on, and so does its message."""
        world = a_world()
        world.ledger = FailingLedger()
        scan(world)

        assert [FINISHED, REPORT] == world.standing


def dies_once() -> Callable[[], None]:
    """Make something that kills the process the first time."""
    deaths = iter([True])

    def die() -> None:
        if next(deaths, False):
            raise CrashError

    return die


class TestScanFails:
    """The scan does not come to its end."""

    def test_failed_scan_ends_its_progress_message(self) -> None:
        """It does not claim to go on; the requester is told why."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 12
        with pytest.raises(AccessDeniedError):
            scan(world)

        assert [STOPPED] == world.standing
        assert 1 == len(world.told)

    def test_unexpected_error_ends_the_progress_message(self) -> None:
        """So does an error that nobody has thought of."""
        world = a_world()
        with pytest.raises(InternalError):
            scan(world, FaultInjector(errors={"reports.save": TypeError("not foreseen")}))

        assert [STOPPED] == world.standing

    def test_retry_keeps_the_progress_message(self) -> None:
        """A repeat that goes well makes the message say so; there is no second one."""
        world = a_world()
        throttled = ThrottledError(service="AWS", call="s3:PutObject")
        deliver_as_lambda(JOB, world, FaultInjector(errors={"reports.save": throttled}), EN)

        assert STOPPED in world.texts
        assert [FINISHED, REPORT] == world.standing

    def test_failed_retry_ends_the_earlier_message(self) -> None:
        """What an earlier delivery has posted is ended too."""
        world = a_world()
        world.findings.meanwhile[12] = dies_once()
        with pytest.raises(CrashError):
            scan(world)
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 12
        with pytest.raises(AccessDeniedError):
            scan(world)

        assert [STOPPED] == world.standing

    def test_failed_short_scan_posts_no_progress(self) -> None:
        """A short scan that fails posts nothing."""
        world = a_world(3)
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0
        with pytest.raises(AccessDeniedError):
            scan(world)

        assert [] == world.texts


class TestTwice:
    """A long scan is delivered again."""

    def test_delivery_after_end_does_not_scan(self) -> None:
        """It does not scan again, and the message stays as it is."""
        world = a_world()
        scan(world)
        scan(world)

        assert 15 == world.findings.page_count
        assert [FINISHED, REPORT] == world.standing

    def test_duplicate_during_the_scan_posts_no_second_message(self) -> None:
        """A duplicate during the scan posts no second message, even if it is done first."""
        world = a_world()
        world.findings.meanwhile[13] = lambda: scan(world)
        scan(world)

        assert [FINISHED, REPORT] == world.standing

    def test_duplicate_during_the_post_has_no_message(self) -> None:
        """A duplicate that comes while the first posts goes on without a message of its own."""
        world = a_world()
        scan(world, ConcurrentActor(before="messenger.post", act=lambda: scan(world)))

        assert 30 == world.findings.page_count
        assert 1 == world.texts.count(REPORT)
        assert sorted([FINISHED, REPORT]) == sorted(world.standing)
