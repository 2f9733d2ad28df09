"""The owners of a report that goes to several channels: mentions, direct messages, and own rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain.finding import Severity
from bot.domain.job import MineJob, job_id
from bot.errors import (
    NotInChannelError,
    ThrottledError,
)
from tests.builders import PERSON
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.routes import (
    DATA,
    EN,
    FINDINGS,
    HOME,
    ROUTES,
    SCHEDULE,
    WEB,
    a_world,
    owned,
    part_id,
    resources_in,
    text_in,
    ts_in,
)


class TestOwners:
    """Mentions of the owners of routed rows."""

    MENTION = ROUTES + '[mention]\n[people]\nweb = "S0WEB00000"\nops = "S0OPS00000"\n'

    def test_owners_are_mentioned_where_their_rows_are(self) -> None:
        """Each report's thread mentions the owners of its rows."""
        world = a_world(routes=self.MENTION)
        deliver_once(SCHEDULE, world)
        threads = {
            channel: "".join(
                repr(p.message)
                for p in world.messenger.posted.values()
                if p.thread_ts and p.channel == channel
            )
            for channel in (WEB, DATA, HOME)
        }
        mentioned = {
            channel: [group for group in ("S0WEB00000", "S0OPS00000") if f"<!subteam^{group}>" in text]
            for channel, text in threads.items()
        }

        assert {
            WEB: ["S0WEB00000", "S0OPS00000"],
            DATA: ["S0OPS00000"],
            HOME: ["S0OPS00000"],
        } == mentioned

    def test_every_report_precedes_every_mention(self) -> None:
        """No report waits for the look-up of an owner."""
        world = a_world(routes=self.MENTION)
        deliver_once(SCHEDULE, world)
        threads = [posted.thread_ts for posted in world.messenger.posted.values()]

        assert [None] * 3 == threads[:3]
        assert None not in threads[3:]

    def test_second_report_mentions_nobody_again(self) -> None:
        """What each channel has mentioned is remembered by itself."""
        world = a_world(routes=self.MENTION)
        deliver_once(SCHEDULE, world)
        before = len(world.messenger.posted)
        deliver_once(replace(SCHEDULE, key="another"), world)

        assert 3 == len(world.messenger.posted) - before

    def test_refused_rows_are_remembered_apart_from_own_ones(self) -> None:
        """Two reports of one schedule in one channel do not forget each other's mentions."""
        world = a_world(routes=self.MENTION)
        world.messenger.refusing[WEB] = NotInChannelError(channel=WEB)
        deliver_once(SCHEDULE, world)
        before = len(world.messenger.posted)
        deliver_once(replace(SCHEDULE, key="another"), world)

        assert 3 == len(world.messenger.posted) - before

    def test_marked_rows_are_those_of_reached_owners_in_each_channel(self) -> None:
        """NOTIFIED is set in each part for members of that channel; row 2 has an owner who is none."""
        world = a_world(routes=self.MENTION.replace("[mention]", "[mention]\nmark_notified = true"))
        world.people.groups = {"S0WEB00000": frozenset({"U0WEB00000"}), "S0OPS00000": frozenset()}
        world.channels.people = {WEB: frozenset({"U0WEB00000"})}
        deliver_once(SCHEDULE, world)
        marked = {f.resource_id.rpartition("-")[2] for f in world.findings.findings if not f.is_new}

        assert {"1", "6"} == marked
        assert "NOTIFIED" in text_in(world, WEB)


class TestDirect:
    """Direct messages to the owners of routed rows."""

    DIRECT = ROUTES + '[mention]\nhow = "dm"\n[people]\nweb = "U0WEB00000"\nops = "U0OPS00000"\n'

    def messages(self, world: FakeWorld) -> dict[str, list[str]]:
        """Return the texts of the direct messages by conversation."""
        texts: dict[str, list[str]] = {}
        for posted in world.messenger.posted.values():
            if posted.channel.startswith("D"):
                texts.setdefault(posted.channel, []).append(posted.message.text)
        return texts

    def test_owner_of_rows_in_several_channels_gets_one_message(self) -> None:
        """It counts the rows of all channels, and its CSV has them."""
        world = a_world(routes=self.DIRECT)
        deliver_once(SCHEDULE, world, deployment=EN)
        (text,) = self.messages(world)["D0OPS00000"]

        assert "You own 3 violations in production; 3 are new." == text
        assert [["2", "3", "4"]] == resources_in(world, "D0OPS00000")

    def test_each_thread_counts_those_who_were_told(self) -> None:
        """An owner who has a message is not mentioned in any of them."""
        world = a_world(routes=self.DIRECT)
        deliver_once(SCHEDULE, world, deployment=EN)
        threads = {
            posted.channel: repr(posted.message)
            for posted in world.messenger.posted.values()
            if posted.thread_ts and posted.channel.startswith("C")
        }

        assert {HOME, WEB, DATA} == set(threads)
        assert all("Told by direct message" in text for text in threads.values())
        assert not any("<@U0OPS00000>" in text for text in threads.values())

    def test_rows_of_a_part_that_was_late_are_told_in_another_message(self) -> None:
        """Nobody is said to have rows that their message does not have."""
        world = a_world(routes=self.DIRECT.replace("[mention]", "[mention]\nmark_notified = true"))
        world.messenger.refusing[DATA] = ThrottledError(service="Slack", call="chat.postMessage")
        with pytest.raises(ThrottledError):
            deliver_once(SCHEDULE, world, deployment=EN)
        marked = {f.resource_id[-1] for f in world.findings.findings if not f.is_new}
        world.messenger.refusing.clear()
        deliver_once(SCHEDULE, world, deployment=EN)

        assert {"1", "2", "4", "6"} == marked
        assert [["2", "4"], ["3"]] == resources_in(world, "D0OPS00000")
        assert {"1", "2", "3", "4", "6"} == {
            f.resource_id[-1] for f in world.findings.findings if not f.is_new
        }

    def test_repeated_job_sends_nothing_again(self) -> None:
        """One message and one CSV for each owner."""
        world = a_world(routes=self.DIRECT)
        for _ in range(3):
            deliver_once(SCHEDULE, world, deployment=EN)

        assert {"D0WEB00000": 1, "D0OPS00000": 1} == {
            channel: len(texts) for channel, texts in self.messages(world).items()
        }
        assert 1 == len(resources_in(world, "D0OPS00000"))


class TestMine:
    """A person's own rows, of which a route sends some to another channel."""

    ME = "me@example.com"
    MINE = MineJob("slack/mine", "C0ELSEWHERE", PERSON)

    @pytest.fixture
    def world(self) -> FakeWorld:
        """A report with a row of the person's in its own channel, and one in another."""
        world = a_world([*FINDINGS, owned(7, self.ME), owned(8, self.ME, Severity.CRITICAL)])
        world.people.emails = {self.ME: PERSON.user_id}
        deliver_once(SCHEDULE, world, deployment=EN)
        return world

    def test_own_rows_of_all_channels_are_shown(self, world: FakeWorld) -> None:
        """There is an answer for each report with rows of the person's, and none for the others."""
        deliver_once(self.MINE, world, deployment=EN)
        answers = [repr(message.blocks) for _, message in world.messenger.told]

        assert [["bucket-7"], ["bucket-8"]] == [re.findall("bucket-[0-9]", answer) for answer in answers]

    def test_link_of_each_answer_has_its_rows(self, world: FakeWorld) -> None:
        """Each answer links to the CSV of its own rows."""
        deliver_once(self.MINE, world, deployment=EN)

        assert 2 == len(world.reports.shared)

    def test_button_of_the_own_report_finds_all(self, world: FakeWorld) -> None:
        """*Show mine* in the message with the totals shows the rows in other channels too."""
        button = replace(self.MINE, report_id=job_id(SCHEDULE), channel=HOME, message_ts=ts_in(world, HOME))
        deliver_once(button, world, deployment=EN)

        assert 2 == len(world.messenger.told)

    def test_button_of_a_part_finds_those_of_the_part(self, world: FakeWorld) -> None:
        """*Show mine* in a channel of a route is about that message."""
        button = replace(self.MINE, report_id=part_id(DATA), channel=DATA, message_ts=ts_in(world, DATA))
        deliver_once(button, world, deployment=EN)
        ((_, answer),) = world.messenger.told

        assert ["bucket-8"] == re.findall("bucket-[0-9]", repr(answer.blocks))

    def test_rows_of_a_part_that_was_late_are_shown(self) -> None:
        """The latest report has a part that only a repeat of the job has posted."""
        world = a_world([*FINDINGS, owned(7, self.ME), owned(8, self.ME, Severity.CRITICAL)])
        world.people.emails = {self.ME: PERSON.user_id}
        world.messenger.refusing[DATA] = ThrottledError(service="Slack", call="chat.postMessage")
        with pytest.raises(ThrottledError):
            deliver_once(SCHEDULE, world, deployment=EN)
        world.messenger.refusing.clear()
        deliver_once(SCHEDULE, world, deployment=EN)
        deliver_once(self.MINE, world, deployment=EN)
        answers = "".join(repr(message.blocks) for _, message in world.messenger.told)

        assert ["bucket-7", "bucket-8"] == sorted(re.findall("bucket-[78]", answers))

    def test_person_without_rows_gets_one_answer(self, world: FakeWorld) -> None:
        """If none of the rows is theirs, the one answer counts all rows."""
        world.people.emails = {"other@example.com": PERSON.user_id}
        deliver_once(self.MINE, world, deployment=EN)
        ((_, answer),) = world.messenger.told

        assert "None of the 8 violations" in answer.text
