"""What the tests of a scan's job share."""

from __future__ import annotations

from bot.domain.job import ScanJob
from bot.errors import UnavailableError
from bot.i18n import Locale
from tests.builders import PERSON, a_scan_job, some_findings
from tests.fake_findings import FakeFindings
from tests.fakes import FakeMessenger, FakeWorld

JOB = a_scan_job()
SCHEDULE = ScanJob("arn:aws:scheduler:…/2026-11-24T00:30:00Z", None, None, None)
DROPPED = UnavailableError(service="Slack", call="chat.postMessage")


def a_world(count: int = 3, locale: Locale = Locale.EN) -> FakeWorld:
    """Make a world with findings, whose one person speaks a language."""
    messenger = FakeMessenger(locales={PERSON.user_id: locale})
    return FakeWorld(findings=FakeFindings(some_findings(count)), messenger=messenger)


def reports(world: FakeWorld) -> list[str]:
    """Give the texts of the reports in the channel."""
    return [posted.message.text for posted in world.messenger.posted.values() if posted.message.blocks]


def notes(world: FakeWorld) -> list[str]:
    """Give the texts of what else the bot has posted for all to see."""
    return [posted.message.text for posted in world.messenger.posted.values() if not posted.message.blocks]


def told(world: FakeWorld) -> list[str]:
    """Give the texts of what the person alone was told."""
    assert {PERSON.user_id} >= {user_id for user_id, _ in world.messenger.told}
    return [message.text for _, message in world.messenger.told]
