"""Direct messages to owners: what is in them, and who gets none."""

from __future__ import annotations

import pytest

from bot.domain.permission import Standing
from bot.i18n import Locale
from bot.render.csv_file import read_rows
from bot.usecases.steps import Deadline, UnfinishedError
from tests.builders import a_finding
from tests.unit.world.owned import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    THROTTLED,
    OwnedReports,
    findings,
)


class TestDirect:
    """Direct messages."""

    def test_each_owner_gets_their_own_rows(self, reports: OwnedReports) -> None:
        """The CSV has the owner's rows and no others."""
        one, two, three = findings(3)
        reports.save({one: (ALICE,), two: (BOB,), three: (ALICE, BOB)})
        reports.notify(DIRECT)

        files = {channel: content for channel, _, _, content in reports.world.messenger.files}
        own = {
            channel: [row["resource"] for row in read_rows(content.decode("utf-8-sig").splitlines())]
            for channel, content in files.items()
        }
        assert {
            "D0ALICE00": [one.resource_id, three.resource_id],
            "D0BOB0000": [two.resource_id, three.resource_id],
        } == own

    def test_message_is_in_the_owners_language(self, reports: OwnedReports) -> None:
        """The thread has the deployment's."""
        reports.world.messenger.locales["U0ALICE00"] = Locale.EN
        reports.save({a_finding(): (ALICE,)})
        reports.notify(DIRECT)

        (direct,) = (each for each in reports.world.messenger.posted.values() if each.channel == "D0ALICE00")
        assert "You own 1 violation" in direct.message.text

    def test_person_who_has_left_since_the_look_up_gets_none(self, reports: OwnedReports) -> None:
        """A contact may be a week old; the person is named in the thread then."""
        reports.save({a_finding(): (ALICE,)})
        reports.notify(DIRECT, report_id="0123456789abcdef")
        reports.world.people.standings["U0ALICE00"] = Standing.INACTIVE
        reports.save({a_finding(2): (ALICE,)}, "2" * 16)
        reports.notify(DIRECT, report_id="2" * 16)

        assert 1 == [each.channel for each in reports.world.messenger.posted.values()].count("D0ALICE00")

    def test_group_is_mentioned_in_the_thread(self, reports: OwnedReports) -> None:
        """There is no direct message to a group."""
        reports.save({a_finding(): ("web-team",)})
        reports.notify(DIRECT)

        assert "<!subteam^S0WEBTEAM>" in reports.text

    def test_message_is_sent_once_for_a_repeated_job(self, reports: OwnedReports) -> None:
        """So is its file."""
        reports.save(dict.fromkeys(findings(2), (ALICE,)))
        for _ in range(3):
            reports.notify(DIRECT)

        assert 1 == len(reports.world.messenger.files)
        assert ["D0ALICE00", CHANNEL] == [each.channel for each in reports.world.messenger.posted.values()]

    def test_next_delivery_continues_when_the_time_is_up(self, reports: OwnedReports) -> None:
        """Those who have their message do not get another."""
        reports.save({a_finding(1): (ALICE,), a_finding(2): (BOB,)})
        left = iter([True] * 3 + [False])  # two look-ups and one message
        reports.deadline = Deadline(lambda: next(left), resumable=True)
        with pytest.raises(UnfinishedError):
            reports.notify(DIRECT)
        reports.deadline = Deadline()
        reports.notify(DIRECT)

        channels = [each.channel for each in reports.world.messenger.posted.values()]
        assert ["D0ALICE00", "D0BOB0000", CHANNEL] == channels


class TestProof:
    """Names that prove nothing."""

    def test_guessed_person_gets_no_direct_message(self, reports: OwnedReports) -> None:
        """A bare word of a tag is good for a mention only: their rows may be somebody else's."""
        reports.save({a_finding(): ("alice",)})
        reports.notify(DIRECT, domain="example.com")

        assert [CHANNEL] == [each.channel for each in reports.world.messenger.posted.values()]
        assert "<@U0ALICE00>" in reports.text

    def test_person_who_has_left_is_not_mentioned_instead(self, reports: OwnedReports) -> None:
        """A direct message that is refused is no reason for a mention."""
        reports.save({a_finding(1): (ALICE,)}, "1" * 16)
        reports.notify(DIRECT, report_id="1" * 16)
        reports.world.people.standings["U0ALICE00"] = Standing.INACTIVE
        reports.save({a_finding(2): (ALICE,)}, "2" * 16)
        reports.notify(DIRECT, report_id="2" * 16)

        *_, last = reports.world.messenger.posted.values()
        assert "U0ALICE00" not in repr(last.message.blocks)

    def test_file_that_cannot_be_shared_is_linked(self, reports: OwnedReports) -> None:
        """The person has their rows all the same."""
        reports.world.messenger.errors["upload"] = THROTTLED
        reports.save({a_finding(): (ALICE,)})
        reports.notify(DIRECT)

        texts = [each.message.text for each in reports.world.messenger.posted.values() if each.thread_ts]
        assert any("https://" in text for text in texts)
