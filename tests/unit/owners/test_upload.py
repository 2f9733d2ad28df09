"""A routing file from its drop into a direct message to the file in force."""

from __future__ import annotations

import pytest

from bot.domain.finding import WorkflowStatus
from bot.domain.job import HistoryJob
from bot.domain.owners.routing_change import version_of
from bot.errors import AccessDeniedError, BotError, NotInChannelError, UnavailableError
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.context import Deployment
from tests.builders import PERSON, some_findings
from tests.delivery import ConcurrentActor, deliver_once
from tests.fakes import FakeRoutingFile, FakeWorld
from tests.unit.world import csv_edit, report
from tests.unit.world.routing import (
    DIRECT,
    DROP,
    HOME,
    NEW,
    OLD,
    PREVIEW,
    discard,
    drop,
    messages,
    put,
    text_in,
)

NOBODY = Deployment("本番", Locale.EN, Settings({"SLACK_CHANNEL": HOME, "ACT_ALLOWED": "U0OTHER"}))
DROPPED = UnavailableError(service="Slack", call="chat.postMessage")


@pytest.fixture
def world() -> FakeWorld:
    """Return a world with a routing file, and a person who reads English."""
    world = FakeWorld(routing_file=FakeRoutingFile(OLD))
    world.messenger.locales[PERSON.user_id] = Locale.EN
    return world


class TestPreview:
    """The answer to a file."""

    def test_preview_shows_changes_and_changes_nothing(self, world: FakeWorld) -> None:
        """Each table is counted, with its first entries; there are two buttons."""
        drop(world, NEW)

        text = text_in(world)
        assert "`[people]`  1 added  ·  1 changed" in text
        assert "+ `bob`  `U0123456789`" in text
        assert "~ `alice`  `U0123456789` → `U9876543210`" in text
        assert "− `123456789012`  `finance`" in text
        assert 2 == text.count("'type': 'button'")
        assert OLD == world.routing_file.data
        assert [] == messages(world, HOME)

    def test_errors_are_named_with_line_and_remedy(self, world: FakeWorld) -> None:
        """The first ten are shown and the others counted; there is no button."""
        wrong = b"".join(b"[t%d]\n" % number for number in range(13))
        drop(world, b'version = 1\n[accounts]\n12 = "x"\n' + wrong)

        text = text_in(world)
        assert "has 14 errors" in text
        assert "line `4`, `t0`: There is no such key" in text
        assert "… and" in text
        assert "button" not in text

    def test_too_large_file_is_not_fetched(self, world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        """Slack knows the size."""
        monkeypatch.setattr(world.files, "fetch", None)
        drop(world, b"#" * 5_000_000)

        assert "more than `1,000,000` bytes" in text_in(world)

    def test_file_in_force_has_no_buttons(self, world: FakeWorld) -> None:
        """There is nothing to change."""
        drop(world, OLD)

        assert "in force already" in text_in(world)
        assert "button" not in text_in(world)

    def test_other_comment_can_be_put(self, world: FakeWorld) -> None:
        """A file with the same entries is another file all the same."""
        drop(world, OLD + b"# reviewed\n")

        assert "No entry changes" in text_in(world)
        put(world)
        assert OLD + b"# reviewed\n" == world.routing_file.data

    def test_broken_file_in_force_is_said(self, world: FakeWorld) -> None:
        """The changes are those to what counts at present: the last version without errors."""
        world.routing_file.data, world.routing_file.good = b"x", OLD
        drop(world, OLD)

        assert "The file in force has errors" in text_in(world)
        put(world)
        assert OLD == world.routing_file.data

    def test_unreadable_file_in_force_stops_preview(self, world: FakeWorld) -> None:
        """Without the file in force nobody knows what changes."""
        world.routing_file.errors["read"] = AccessDeniedError(action="s3:GetObject")
        with pytest.raises(BotError):
            drop(world, NEW)

        assert [] == messages(world)
        assert {} == world.routing_file.versions
        assert "s3:GetObject" in report.told(world)[0]

    @pytest.mark.parametrize("name", ["edited.csv", "picture.png", "toml", ""])
    def test_other_files_are_answered(self, world: FakeWorld, name: str) -> None:
        """A person who writes to the bot alone gets an answer: the files that it reads there."""
        drop(world, b"x", name)

        assert "ends in `.toml`" in text_in(world)

    def test_bots_file_is_left_alone(self, world: FakeWorld) -> None:
        """Another bot is no person."""
        world.files.bots.add(PERSON.user_id)
        drop(world, NEW)

        assert [] == messages(world)

    def test_report_in_direct_messages_can_be_edited(self) -> None:
        """A CSV in the thread of a report is an edit, also where the report is a direct message."""
        world = report.a_world(some_findings(1))
        report_id = world.reports.report_in("C0SECURITY", csv_edit.THREAD)
        assert report_id
        world.reports.add_thread(DIRECT, csv_edit.THREAD, report_id)
        content = csv_edit.edited(world, (0, csv_edit.status("NOTIFIED")))
        drop(world, content, "edited.csv", csv_edit.THREAD)

        assert "1 件の検出結果への変更" in text_in(world)
        assert [WorkflowStatus.NEW] == report.statuses(world)

    def test_person_who_may_not_act_is_told_at_once(self, world: FakeWorld) -> None:
        """The file is not read; the reason names no channel, because a direct message cannot be allowed."""
        world.files.share(DIRECT, "routing.toml", NEW, None)
        deliver_once(DROP, world, deployment=NOBODY)

        (told,) = report.told(world)
        assert "ACT_ALLOWED" in told
        assert DIRECT not in told
        assert [] == messages(world)
        assert {} == world.routing_file.versions

    def test_lost_answer_is_told(self, world: FakeWorld) -> None:
        """If nobody knows whether Slack has the answer, the person is told."""
        world.messenger.errors["post"] = DROPPED
        drop(world, NEW)

        assert [] == messages(world)
        assert "drop the file again" in report.told(world)[0]


class TestPut:
    """The press of a button."""

    def test_previewed_version_is_put(self, world: FakeWorld) -> None:
        """It is in force, the version before is kept, the preview and the report's channel say so."""
        drop(world, NEW)
        put(world)

        assert (NEW, OLD) == (world.routing_file.data, world.routing_file.before)
        assert "In force since" in text_in(world)
        assert "button" not in text_in(world)
        (announced,) = messages(world, HOME)
        assert f"<@{PERSON.user_id}> さんがルーティングファイルを置き換えました" in announced.text
        assert "`bob`" in str(announced.blocks)

    def test_first_file_is_put(self, world: FakeWorld) -> None:
        """A deployment without a file gets one, and nothing is said of a version before."""
        world.routing_file = FakeRoutingFile()
        drop(world, NEW)
        put(world)

        assert NEW == world.routing_file.data
        assert "In force since" in text_in(world)
        assert "routing.before.toml" not in text_in(world)
        assert "最初のルーティングファイル" in text_in(world, HOME)

    def test_audit_log_names_versions(self, world: FakeWorld) -> None:
        """The entry has the person, both versions and the numbers, under the file's name."""
        drop(world, NEW)
        put(world)

        (entry,) = world.audit_log.about("routing.toml")
        assert (PERSON.user_id, version_of(OLD), version_of(NEW)) == (
            entry.user_id,
            entry.before,
            entry.after,
        )
        assert "people +1 ~1, accounts -1" == entry.reason
        assert f"{DIRECT}/{PREVIEW}" == entry.message

    @pytest.mark.parametrize("subject", ["routing", "Routing", "routing.toml", "ルーティング"])
    def test_history_knows_the_file_by_its_short_name(self, world: FakeWorld, subject: str) -> None:
        """A person types the word that the command line has for it."""
        drop(world, NEW)
        put(world)
        deliver_once(HistoryJob("slack/history", subject, HOME, PERSON), world)

        assert version_of(NEW) in world.messenger.told[-1][1].text

    def test_second_press_repeats_nothing(self, world: FakeWorld) -> None:
        """A press after another one finds everything done."""
        drop(world, NEW)
        put(world)
        world.routing_file.data = b"version = 1"
        put(world, "2")

        assert b"version = 1" == world.routing_file.data
        assert 1 == len(messages(world, HOME))

    def test_changed_file_is_not_overwritten(self, world: FakeWorld) -> None:
        """A file that somebody has replaced since the preview stays, and the preview says why."""
        drop(world, NEW)
        world.routing_file.data = b"version = 1"
        put(world)

        assert b"version = 1" == world.routing_file.data
        assert "since this preview" in text_in(world)
        assert [] == messages(world, HOME)
        assert [] == list(world.audit_log.about("routing.toml"))

    def test_lost_race_is_in_the_audit_log(self, world: FakeWorld) -> None:
        """If somebody is faster after the entry is written, another entry takes it back."""
        drop(world, NEW)

        def replace() -> None:
            world.routing_file.data = b"version = 1"

        actor = ConcurrentActor(before="routing_file.replace", act=replace)
        put(world, injector=actor)

        assert b"version = 1" == world.routing_file.data
        assert ["", "taken back"] == sorted(
            "taken back" if one.undoes else "" for one in world.audit_log.about("routing.toml")
        )

    def test_expired_proposal_is_said(self, world: FakeWorld) -> None:
        """A version that is no longer kept cannot be put in force."""
        drop(world, NEW)
        world.routing_file.versions.clear()
        put(world)

        assert OLD == world.routing_file.data
        assert "preview is too old" in text_in(world)

    def test_forgotten_preview_is_said(self, world: FakeWorld) -> None:
        """So is one that the ledger has forgotten."""
        drop(world, NEW)
        world.ledger.entries.clear()
        put(world)

        assert OLD == world.routing_file.data
        assert "preview is too old" in text_in(world)

    def test_permission_is_checked_again(self, world: FakeWorld) -> None:
        """A person who may no longer act changes nothing; the buttons stay."""
        drop(world, NEW)
        put(world, deployment=NOBODY)

        assert OLD == world.routing_file.data
        assert "ACT_ALLOWED" in report.told(world)[0]
        assert "button" in text_in(world)

    def test_failed_press_can_be_repeated(self, world: FakeWorld) -> None:
        """A denied write changes nothing; once it is allowed, the next press does it."""
        drop(world, NEW)
        world.routing_file.errors["replace"] = AccessDeniedError(action="s3:PutObject")
        with pytest.raises(AccessDeniedError):
            put(world)
        assert OLD == world.routing_file.data
        world.routing_file.errors.clear()
        put(world, "2")

        assert NEW == world.routing_file.data
        assert 1 == len(list(world.audit_log.about("routing.toml")))

    def test_closed_channel_is_told_to_person(self, world: FakeWorld) -> None:
        """If the report's channel cannot be told, the person is."""
        drop(world, NEW)
        world.messenger.errors["post"] = NotInChannelError(channel=HOME)
        put(world)

        assert NEW == world.routing_file.data
        assert "In force since" in text_in(world)
        assert f"<#{HOME}>" in report.told(world)[0]

    def test_lost_announcement_is_told_to_person(self, world: FakeWorld) -> None:
        """If nobody knows whether the channel was told, the person is."""
        drop(world, NEW)
        world.messenger.errors["post"] = DROPPED
        put(world)

        assert f"<#{HOME}>" in report.told(world)[0]


class TestDiscard:
    """The other button."""

    def test_discarded_file_changes_nothing(self, world: FakeWorld) -> None:
        """The preview says so, and a later press of the first button does too."""
        drop(world, NEW)
        discard(world)
        put(world)

        assert OLD == world.routing_file.data
        assert "Cancelled" in text_in(world)
        assert "button" not in text_in(world)
        assert [] == messages(world, HOME)

    def test_confirmed_file_is_not_discarded(self, world: FakeWorld) -> None:
        """After a confirmation that failed, the other button neither does nor hides anything."""
        drop(world, NEW)
        world.routing_file.errors["replace"] = AccessDeniedError(action="s3:PutObject")
        with pytest.raises(AccessDeniedError):
            put(world)
        world.routing_file.errors.clear()
        discard(world)

        assert OLD == world.routing_file.data
        assert "can no longer be cancelled" in report.told(world)[-1]
        assert "button" in text_in(world)
