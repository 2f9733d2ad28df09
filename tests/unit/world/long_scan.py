"""A scan that takes long: time passes only while a page is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bot.domain.job import CancelJob, Requester, ScanJob, job_id
from bot.domain.query import Query
from bot.domain.slack import Message
from bot.errors import UnavailableError
from bot.i18n import Locale
from bot.ports import CheckCancelled, Page, never_cancelled
from tests.builders import PERSON, a_cancel_job, a_scan_job, some_findings
from tests.delivery import DEPLOYMENT, FaultInjector, deliver_once
from tests.fakes import FakeClock, FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings

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


@dataclass
class SlowFindings(FakeFindings):
    """A Security Hub that takes a second for a page of 10, and in which something may happen meanwhile."""

    clock: FakeClock = field(default_factory=FakeClock)
    page_size: int = 10
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    """What happens before a page is given, counted from 1."""
    page_count: int = 0

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Return the pages."""
        for page in super().pages(query, weight, check_cancelled, token):
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
        """The private messages, each with its receiver."""
        return [(user_id, message.text) for user_id, message in self.messenger.told]


def a_world(count: int = LONG) -> LongWorld:
    """Make a world with many findings, whose clock moves as they are read."""
    world = LongWorld()
    world.findings.findings = some_findings(count)
    world.findings.clock = world.clock
    return world


def scan(world: FakeWorld, injector: FaultInjector | None = None) -> None:
    """Deliver the job once, for a channel in English."""
    deliver_once(JOB, world, injector, EN)


def cancel(world: FakeWorld, job: CancelJob = CANCEL) -> None:
    """Deliver a click on Cancel."""
    deliver_once(job, world, deployment=EN)


SCANNING = "🔍 Scanning … {} findings read so far"
FINISHED = "🔍 Scan finished: 150 findings read."
REPORT = "🚨 Found 150 violations in 本番. See the attached CSV file for details."
STOPPED = "🔍 The scan has stopped."
