"""Long scans: what their channel sees while they read, and how they are cancelled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import pytest

from bot.domain.job import CancelJob, Requester, ScanJob, job_id
from bot.domain.message import Message
from bot.domain.query import Query
from bot.errors import (
    AccessDeniedError,
    BotError,
    InternalError,
    MissingScopeError,
    NotInChannelError,
    ThrottledError,
    UnavailableError,
)
from bot.i18n import Locale
from bot.ports import GoOn, Page, unhindered
from bot.usecases import progress
from bot.usecases.progress import Place, ScanProgress
from bot.usecases.scan import Progress
from bot.usecases.steps import LedgerSteps, Result
from tests.builders import PERSON, a_cancel_job, a_scan_job, some_findings
from tests.fakes import FakeClock, FakeFindings, FakeLedger, FakeMessenger, FakeWorld
from tests.sabotage import DEPLOYMENT, CrashError, Saboteur, deliver_as_lambda, deliver_once

JOB = a_scan_job()
REPORT_ID = job_id(JOB)
FLAG = f"{REPORT_ID}/cancelled"
SCHEDULE = ScanJob("arn:aws:scheduler:…/2026-11-24T00:30:00Z", Query(controls=("S3.8",)), None, None)
OTHER = Requester("U0OTHER", "")
CANCEL = a_cancel_job(REPORT_ID, requester=OTHER)
EN = replace(DEPLOYMENT, locale=Locale.EN)
MANY = 100
"""A small number of findings that is taken for a large one here, so that nothing takes long."""
LONG = 150
"""Findings: 15 pages, of which the eleventh is the first that tells progress."""
DROPPED = UnavailableError(service="Slack", call="chat.postMessage")


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MANY", MANY)


@dataclass
class SlowFindings(FakeFindings):
    """A Security Hub that takes a second for a page of 10, and in which something may happen meanwhile."""

    clock: FakeClock = field(default_factory=FakeClock)
    page_size: int = 10
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    """What happens before a page is given, counted from 1."""
    page_count: int = 0

    def pages(self, query: Query, weight: float = 1.0, go_on: GoOn = unhindered) -> Iterator[Page]:
        """Give the pages."""
        for page in super().pages(query, weight, go_on):
            self.page_count += 1
            self.clock.move(1)
            self.meanwhile.get(self.page_count, lambda: None)()
            yield page


class Shown(NamedTuple):
    """A text that a channel has seen, of a message."""

    ts: str
    text: str


@dataclass
class RememberingMessenger(FakeMessenger):
    """A Slack that remembers what its messages have said before."""

    shown: list[Shown] = field(default_factory=list)

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Post, and remember it."""
        ts = super().post(channel, message, thread_ts)
        self.shown.append(Shown(ts, message.text))
        return ts

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace, and remember it."""
        super().update(channel, ts, message)
        self.shown.append(Shown(ts, message.text))


@dataclass
class LongWorld(FakeWorld):
    """A world in which a scan takes its time."""

    messenger: RememberingMessenger = field(
        default_factory=lambda: RememberingMessenger(locales={PERSON.user_id: Locale.EN})
    )
    findings: SlowFindings = field(default_factory=SlowFindings)

    @property
    def texts(self) -> list[str]:
        """All that the channel has been shown, one after the other."""
        return [text for _, text in self.messenger.shown]

    @property
    def standing(self) -> list[str]:
        """The texts that stand in the channel."""
        return [posted.message.text for posted in self.messenger.posted.values()]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was told in private, and to whom."""
        return [(user_id, message.text) for user_id, message in self.messenger.told]


def a_world(count: int = LONG) -> LongWorld:
    """Make a world with many findings, whose clock moves as they are read."""
    world = LongWorld()
    world.findings.findings = some_findings(count)
    world.findings.clock = world.clock
    return world


def scan(world: FakeWorld, saboteur: Saboteur | None = None) -> None:
    """Deliver the job once, for a channel in English."""
    deliver_once(JOB, world, saboteur, EN)


def cancel(world: FakeWorld, job: CancelJob = CANCEL) -> None:
    """Deliver a click on Cancel."""
    deliver_once(job, world, deployment=EN)


SCANNING = "🔍 Scanning … {} findings read so far"
FINISHED = "🔍 Scan finished: 150 findings read."
REPORT = "🚨 Found 150 violations in 本番. See the attached CSV file for details."
STOPPED = "🔍 The scan has stopped."


class TestProgress:
    """The message of a long scan."""

    def test_is_one_message_that_ends(self) -> None:
        """It is rewritten every three seconds, and before the report is posted says that the scan is done."""
        world = a_world()
        scan(world)

        assert [
            ("1.000001", SCANNING.format("110")),
            ("1.000001", SCANNING.format("140")),
            ("1.000001", FINISHED),
            ("2.000001", REPORT),
        ] == world.messenger.shown

    def test_offers_to_cancel_while_it_goes_on(self) -> None:
        """The button stands for the scan's job; it is gone with the last text."""
        seen: list[str] = []
        world = a_world()
        world.findings.meanwhile[12] = lambda: seen.append(str(world.messenger.posted["1.000001"].message))
        scan(world)

        assert f"'value': '{REPORT_ID}'" in seen[0]
        assert "button" not in str(world.messenger.posted["1.000001"].message)

    def test_is_in_the_channels_language(self) -> None:
        """It is for all, as the report is, whatever language the person has."""
        world = a_world()
        deliver_once(JOB, world)

        assert "🔍 スキャンしています… これまでに 110 件の検出結果を読み取りました" == world.texts[0]
        assert "🔍 スキャンが完了しました。150 件の検出結果を読み取りました。" == world.standing[0]

    def test_costs_a_small_scan_nothing(self) -> None:
        """Up to so many findings it makes the calls of a scheduled one, which tells nothing, and no other."""
        for_person, for_nobody = Saboteur(), Saboteur()
        scan(a_world(MANY), for_person)
        deliver_once(SCHEDULE, a_world(MANY), for_nobody, EN)

        assert for_nobody.calls == [call for call in for_person.calls if call != "messenger.locale"]

    def test_is_not_told_of_a_schedule(self) -> None:
        """Nobody waits for a scheduled report, which is all that its channel sees."""
        world = a_world()
        deliver_once(SCHEDULE, world)

        assert 1 == len(world.messenger.shown)
        assert 15 == world.findings.page_count

    def test_counts_what_is_read_side_by_side(self) -> None:
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

    def test_do_not_wait(self) -> None:
        """While a call to Slack lasts, another thread counts and goes on reading; the count is kept."""
        world = a_world()
        tells: list[Progress] = []

        def slow_post(channel: str, message: Message) -> str:
            other = threading.Thread(target=tells[0], args=(MANY + 2,), daemon=True)
            other.start()
            other.join(10)
            assert not other.is_alive()
            return RememberingMessenger.post(world.messenger, channel, message)

        world.messenger.post = slow_post  # type: ignore[assignment, method-assign]

        def scanning(tell: Progress) -> Result:
            tells.append(tell)
            tell(MANY + 1)
            return {}

        assert {"read_count": MANY + 2} == progress_in(world).follow(scanning)

    def test_may_be_out_of_order(self) -> None:
        """A smaller number that comes after a larger one changes nothing."""

        def scanning(tell: Progress) -> Result:
            tell(MANY + 5)
            tell(MANY + 4)
            return {}

        assert {"read_count": MANY + 5} == progress_in(a_world()).follow(scanning)


def progress_in(world: FakeWorld) -> ScanProgress:
    """Make a progress in English."""
    step = LedgerSteps(world.ledger, REPORT_ID, world.clock)
    return ScanProgress(Place(REPORT_ID, "C0SECURITY", Locale.EN), world.ports, step)


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
    def test_while_it_is_posted(self, error: BotError, caplog: pytest.LogCaptureFixture) -> None:
        """The scan goes on without a message, which is not tried again, and the log says why."""
        world = a_world()
        world.messenger.errors["post"] = error
        with caplog.at_level(logging.WARNING):
            scan(world)

        assert [REPORT] == world.texts
        assert "could not be told" in caplog.text

    def test_while_it_is_updated(self) -> None:
        """A text that is lost is followed by the next."""
        world = a_world()
        world.messenger.errors["update"] = DROPPED
        scan(world)

        assert [SCANNING.format("110"), FINISHED, REPORT] == world.texts

    def test_at_every_update(self) -> None:
        """Whatever becomes of the message, the report is posted."""
        world = a_world()
        world.messenger.lasting_errors["update"] = DROPPED
        scan(world)

        assert REPORT == world.standing[-1]
        assert [] == world.told

    def test_that_may_have_posted_it(self) -> None:
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

    def test_is_no_reason_to_stop(self) -> None:
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

    def test_ends_the_message(self) -> None:
        """It does not claim to go on; who asked is told why."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 12
        with pytest.raises(AccessDeniedError):
            scan(world)

        assert [STOPPED] == world.standing
        assert 1 == len(world.told)

    def test_by_a_fault_of_the_bot_ends_it_too(self) -> None:
        """So does an error that nobody has thought of."""
        world = a_world()
        world.reports.save = None  # type: ignore[assignment, method-assign]
        with pytest.raises(InternalError):
            scan(world)

        assert [STOPPED] == world.standing

    def test_and_goes_on_with_the_same_message(self) -> None:
        """A repeat that goes well makes the message say so; there is no second one."""
        world = a_world()
        save = world.reports.save

        def save_later(*_: object) -> None:
            world.reports.save = save  # type: ignore[method-assign]
            raise ThrottledError(service="AWS", call="s3:PutObject")

        world.reports.save = save_later  # type: ignore[assignment, method-assign]
        deliver_as_lambda(JOB, world, deployment=EN)

        assert STOPPED in world.texts
        assert [FINISHED, REPORT] == world.standing

    def test_in_a_repeat_before_it_tells_anything(self) -> None:
        """What an earlier delivery has posted is ended too."""
        world = a_world()
        world.findings.meanwhile[12] = dies_once()
        with pytest.raises(CrashError):
            scan(world)
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 12
        with pytest.raises(AccessDeniedError):
            scan(world)

        assert [STOPPED] == world.standing

    def test_says_nothing_where_nothing_was_said(self) -> None:
        """A short scan that fails posts nothing."""
        world = a_world(3)
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0
        with pytest.raises(AccessDeniedError):
            scan(world)

        assert [] == world.texts


class TestTwice:
    """A long scan is delivered again."""

    def test_after_its_end(self) -> None:
        """It does not scan again, and the message stays as it is."""
        world = a_world()
        scan(world)
        scan(world)

        assert 15 == world.findings.page_count
        assert [FINISHED, REPORT] == world.standing

    def test_at_once(self) -> None:
        """A duplicate that comes while the first reads posts no second message, whoever is done first."""
        world = a_world()
        world.findings.meanwhile[13] = lambda: scan(world)
        scan(world)

        assert [FINISHED, REPORT] == world.standing

    def test_while_the_message_is_posted(self) -> None:
        """A duplicate that comes while the first posts goes on without a message of its own."""
        world = a_world()
        post = world.messenger.post

        def posting(channel: str, message: Message) -> str:
            world.messenger.post = post  # type: ignore[method-assign]
            scan(world)
            return post(channel, message)

        world.messenger.post = posting  # type: ignore[assignment, method-assign]
        scan(world)

        assert 1 == world.texts.count(REPORT)
        assert sorted([FINISHED, REPORT]) == sorted(world.standing)


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
class TestCrash:
    """The process dies before or after any of its calls, and Lambda delivers the job again."""

    def test_posts_one_message(self, *, late: bool) -> None:
        """Wherever it dies there is one progress at most and one report; and the progress has an end."""
        undisturbed = Saboteur()
        scan(a_world(), undisturbed)
        for place in range(len(undisturbed.calls)):
            world = a_world()
            left = deliver_as_lambda(JOB, world, Saboteur(place, late), EN)
            others = [text for text in world.standing if text != REPORT]

            assert left is None, place
            assert len(others) <= 1, place
            assert others == [FINISHED] or f"{REPORT_ID}/progress.done" not in world.ledger.entries, place
            assert REPORT in world.standing or world.told, place

    def test_while_cancelling_cancels(self, *, late: bool) -> None:
        """Wherever the click's job dies, the scan is cancelled, and nothing is posted."""
        undisturbed = Saboteur()
        deliver_once(CANCEL, a_world(), undisturbed, EN)
        for place in range(len(undisturbed.calls)):
            world = a_world()
            saboteur = Saboteur(place, late)
            world.findings.meanwhile[12] = partial(deliver_as_lambda, CANCEL, world, saboteur, EN)
            scan(world)

            (text,) = world.standing
            assert text.startswith("🔍 Cancelled by <@U0OTHER>"), place


CANCELLED = "🔍 Cancelled by <@U0OTHER> after 140 findings."


class TestCancel:
    """A click on Cancel."""

    def test_stops_the_scan(self) -> None:
        """It stops at the next text that is due, posts no report, and its message says who did it."""
        world = a_world(500)
        world.findings.meanwhile[12] = lambda: cancel(world)
        scan(world)

        assert [
            SCANNING.format("110"),
            "🔍 <@U0OTHER> has cancelled the scan. It is stopping …",
            CANCELLED,
        ] == world.texts
        assert 14 == world.findings.page_count
        assert {} == world.reports.summaries

    def test_is_told_to_who_asked(self) -> None:
        """Who waits for the report learns in their own language that there will be none."""
        world = a_world()
        world.findings.meanwhile[12] = lambda: cancel(world)
        deliver_once(JOB, world)

        assert [
            (PERSON.user_id, "The scan was cancelled, so there is no report. Scan again if you want one.")
        ] == world.told

    def test_stops_all_readers(self) -> None:
        """Partitions that are read side by side stop too."""
        world = a_world(600)
        regions = ("ap-northeast-1", "us-east-1", "eu-west-1")
        world.findings.findings = [
            replace(finding, region=regions[number % 3])
            for number, finding in enumerate(world.findings.findings)
        ]
        world.ledger.create(FLAG, {"user_id": OTHER.user_id})
        scan(world)

        assert world.findings.page_count < 60
        assert [] == world.standing

    def test_holds_for_a_repeat(self) -> None:
        """The job delivered again does not read again, says nothing again, and posts no report."""
        world = a_world()
        world.findings.meanwhile[12] = lambda: cancel(world)
        scan(world)
        read = world.findings.page_count
        scan(world)

        assert read == world.findings.page_count
        assert [CANCELLED] == world.standing
        assert 1 == len(world.told)

    def test_holds_after_a_crash(self) -> None:
        """A process that dies after the click is followed by one that stops as soon as it looks."""
        world = a_world(500)

        def cancel_and_die() -> None:
            cancel(world)
            raise CrashError

        world.findings.meanwhile[12] = cancel_and_die
        deliver_as_lambda(JOB, world, deployment=EN)

        assert ["🔍 Cancelled by <@U0OTHER> after 110 findings."] == world.standing
        assert 12 + 11 == world.findings.page_count

    def test_names_the_first(self) -> None:
        """Whoever presses it after somebody else changes nothing."""
        world = a_world()
        another = a_cancel_job(REPORT_ID, key="slack/another", requester=PERSON)
        world.findings.meanwhile[12] = lambda: cancel(world)
        world.findings.meanwhile[13] = lambda: cancel(world, another)
        scan(world)

        assert [CANCELLED] == world.standing
        assert not [text for text in world.texts if PERSON.user_id in text]

    def test_remembers_who_and_when(self) -> None:
        """The flag in the ledger says it."""
        world = a_world()
        cancel(world)

        assert {
            "user_id": "U0OTHER",
            "cancelled_at": "2026-11-24T00:30:00+00:00",
        } == world.ledger.entries[FLAG]

    def test_after_the_end_changes_nothing(self) -> None:
        """The person is told in private that the scan has ended, once for a click; what stands stays."""
        world = a_world()
        world.messenger.locales[OTHER.user_id] = Locale.JA
        scan(world)
        cancel(world)
        cancel(world)

        assert [FINISHED, REPORT] == world.standing
        assert [(OTHER.user_id, "このスキャンはすでに終了しています。")] == world.told
        assert FLAG not in world.ledger.entries

    def test_at_the_end_leaves_the_end(self) -> None:
        """A scan that ends while its cancelling is told has ended, and its message says so."""
        world = a_world()
        create = world.ledger.create

        def creating(key: str, entry: dict[str, Any]) -> bool:
            world.ledger.create = create  # type: ignore[method-assign]
            scan(world)
            return create(key, entry)

        world.ledger.create = creating  # type: ignore[method-assign]
        cancel(world)

        assert [FINISHED, REPORT] == world.standing
        assert "It is stopping" in world.texts[-2]

    def test_after_the_end_ends_a_message_that_was_lost(self) -> None:
        """A process that died before it knew what it had posted has left a button, which then goes away."""
        world = a_world()
        world.messenger.late_errors["post"] = DROPPED
        scan(world)
        cancel(world)

        assert [FINISHED, REPORT] == world.standing

    def test_does_not_need_its_message(self) -> None:
        """If the message cannot be rewritten now the scan is cancelled all the same."""
        world = a_world()

        def cancel_unseen() -> None:
            world.messenger.errors["update"] = DROPPED
            cancel(world)

        world.findings.meanwhile[12] = cancel_unseen
        scan(world)

        assert [CANCELLED] == world.standing
