"""Messenger: Slack, as the fake and as the local Slack behind the real adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.slack import SlackMessenger
from bot.adapters.slack_users import SlackUsers
from bot.domain.job import Requester
from bot.domain.slack import Message
from bot.errors import (
    ChannelSharedError,
    FileTooLargeError,
    MissingScopeError,
    NotInChannelError,
    SlackTokenError,
    UnexpectedResponseError,
)
from bot.i18n import Locale
from bot.ports import Messenger
from bot.render.message import ReportSetting, report_message
from playground.slack import LocalSlack
from tests.builders import a_summary, some_findings
from tests.contracts.slack.local import CHANNEL, TOKEN, a_slack, call_count, texts
from tests.fakes import FakeMessenger

SECURITY = Requester("U0SECURITY", "")
REPORT = report_message(a_summary(some_findings(3)), [], ReportSetting(Locale.JA, "本番"))


class Seen:
    """What people see, in either Slack."""

    def __init__(self, messages: Callable[[], list[dict[str, Any]]], files: Callable[[], list[Any]]) -> None:
        self.messages = messages
        self.files = files


def _in_fake(fake: FakeMessenger) -> Seen:
    def messages() -> list[dict[str, Any]]:
        posted = [
            {
                "ts": ts,
                "channel": p.channel,
                "text": p.message.text,
                "blocks": len(p.message.blocks),
                "thread_ts": p.thread_ts,
                "only_for": None,
            }
            for ts, p in fake.posted.items()
        ]
        told = [{"text": message.text, "only_for": user_id} for user_id, message in fake.told]
        return [*posted, *told]

    return Seen(messages, lambda: fake.files)


def _in_local(slack: LocalSlack) -> Seen:
    def messages() -> list[dict[str, Any]]:
        return [
            {
                "ts": m.ts,
                "channel": m.channel,
                "text": m.text,
                "blocks": len(m.blocks),
                "thread_ts": m.thread_ts,
                "only_for": m.only_for,
            }
            for m in slack.workspace.messages
            if not m.files
        ]

    def files() -> list[Any]:
        threads = {m.files[0]: (m.channel, m.thread_ts) for m in slack.workspace.messages if m.files}
        return [(*threads[file.id], file.name, file.content) for file in slack.workspace.files]

    return Seen(messages, files)


@pytest.fixture(params=["fake", "slack"])
def port(request: pytest.FixtureRequest) -> tuple[Messenger, Seen]:
    """Return the port, and what people see."""
    if request.param == "fake":
        fake = FakeMessenger(locales={"U0PLATFORM": Locale.JA, "U0AUDITOR": Locale.EN})
        return fake, _in_fake(fake)
    return request.getfixturevalue("adapter"), _in_local(request.getfixturevalue("slack"))


class TestPost:
    """Posting."""

    def test_post_is_seen_in_the_channel(self, port: tuple[Messenger, Seen]) -> None:
        """The report stands there with its text and all of its blocks."""
        messenger, seen = port
        ts = messenger.post(CHANNEL, REPORT)

        (message,) = seen.messages()
        assert ts == message["ts"]
        assert CHANNEL == message["channel"]
        assert REPORT.text == message["text"]
        assert len(REPORT.blocks) == message["blocks"]

    def test_post_may_be_text_alone(self, port: tuple[Messenger, Seen]) -> None:
        """A message needs no blocks."""
        messenger, seen = port
        messenger.post(CHANNEL, Message("hello"))

        assert ["hello"] == [message["text"] for message in seen.messages()]

    def test_post_may_be_in_a_thread(self, port: tuple[Messenger, Seen]) -> None:
        """A reply stands under what it replies to."""
        messenger, seen = port
        ts = messenger.post(CHANNEL, Message("one"))
        messenger.post(CHANNEL, Message("two"), thread_ts=ts)

        assert [None, ts] == [message["thread_ts"] for message in seen.messages()]

    def test_each_message_has_its_own_ts(self, port: tuple[Messenger, Seen]) -> None:
        """No two messages have the same ts."""
        messenger, _ = port

        assert 3 == len({messenger.post(CHANNEL, Message("x")) for _ in range(3)})


class TestUpdate:
    """Replacing a message."""

    @pytest.mark.parametrize(("old", "new"), [(Message("old"), REPORT), (REPORT, Message("new"))])
    def test_update_replaces_text_and_blocks(
        self, port: tuple[Messenger, Seen], old: Message, new: Message
    ) -> None:
        """The new text and blocks stand in the old one's place, also where the new one has no blocks."""
        messenger, seen = port
        ts = messenger.post(CHANNEL, old)
        messenger.update(CHANNEL, ts, new)

        (message,) = seen.messages()
        assert ts == message["ts"]
        assert new.text == message["text"]
        assert len(new.blocks) == message["blocks"]


class TestUpload:
    """Sharing a file."""

    def test_upload_is_in_the_thread(self, port: tuple[Messenger, Seen], tmp_path: Path) -> None:
        """The file stands under the report, byte for byte, under its name."""
        messenger, seen = port
        file = tmp_path / "local.csv"
        file.write_bytes("\ufeffリソース名\r\n".encode() * 1000)
        ts = messenger.post(CHANNEL, Message("report"))
        messenger.upload(CHANNEL, ts, "report.csv", file)

        assert [(CHANNEL, ts, "report.csv", file.read_bytes())] == seen.files()


class TestTell:
    """Telling one person."""

    def test_tell_reaches_that_person_alone(self, port: tuple[Messenger, Seen]) -> None:
        """Nobody else sees it."""
        messenger, seen = port
        messenger.tell(SECURITY, Message("for you"), CHANNEL)

        assert [("for you", "U0SECURITY")] == [(m["text"], m["only_for"]) for m in seen.messages()]


class TestLocale:
    """People's languages."""

    @pytest.mark.parametrize(
        ("user_id", "locale"), [("U0PLATFORM", Locale.JA), ("U0AUDITOR", Locale.EN), ("U0NOBODY", None)]
    )
    def test_each_person_has_a_locale(
        self, port: tuple[Messenger, Seen], user_id: str, locale: Locale | None
    ) -> None:
        """Everybody has theirs, and somebody unknown none."""
        messenger, _ = port

        assert locale == messenger.locale(user_id)

    def test_person_without_locale_gets_the_deployments(
        self, slack: LocalSlack, adapter: SlackMessenger
    ) -> None:
        """Slack has no locale of some people: they are answered as the channel is, in the ack too."""
        people = slack.workspace.people
        people["U0AUDITOR"] = replace(people["U0AUDITOR"], locale="")
        locales = SlackUsers(adapter._retrying, Locale.JA)

        assert [Locale.JA] * 2 == [adapter.locale("U0AUDITOR"), locales.locale("U0AUDITOR")]
        assert Locale.JA is locales.known_locale("U0AUDITOR")

    def test_each_person_has_a_name(self, port: tuple[Messenger, Seen]) -> None:
        """Everybody has a name, and somebody unknown none."""
        messenger, _ = port

        assert messenger.name("U0PLATFORM")
        assert None is messenger.name("U0NOBODY")


class TestText:
    """A message's own text."""

    def test_text_is_parsed_as_it_is_written(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """No call lets Slack make mentions and links of plain words."""
        ts = adapter.post("C0SECURITY", Message("@here"))
        adapter.update("C0SECURITY", ts, Message("#general"))
        adapter.tell(Requester("U0SECURITY", ""), Message("@here"), "C0SECURITY")

        calls = [entry for entry in slack.workspace.traffic if entry.name.startswith("chat.")]
        assert 3 == len(calls)
        assert ["none"] * 3 == [entry.request["parse"] for entry in calls]


class TestRefused:
    """Slack says no."""

    def test_channel_without_the_bot_is_named(self, adapter: SlackMessenger) -> None:
        """A channel that the bot is not in, or that does not exist, is named."""
        for channel in ("C0RANDOM", "C0NOWHERE"):
            with pytest.raises(NotInChannelError) as caught:
                adapter.post(channel, Message("x"))

            assert {"channel": channel} == caught.value.values

    def test_channel_of_another_organization_gets_no_report(self, slack: LocalSlack, tmp_path: Path) -> None:
        """Neither a message nor a file goes there, but for a message that is for everybody."""

        def check(channel: str) -> None:
            raise ChannelSharedError(channel=channel)

        file = tmp_path / "x.csv"
        file.write_text("x")
        adapter = SlackMessenger(TOKEN, slack.api_url, check=check)
        ts = adapter.post(CHANNEL, Message("no findings here", is_for_everybody=True))
        with pytest.raises(ChannelSharedError):
            adapter.post(CHANNEL, Message("S3.8"))
        with pytest.raises(ChannelSharedError):
            adapter.upload(CHANNEL, ts, "x.csv", file)

        assert ["no findings here"] == texts(slack)
        assert 0 == call_count(slack, "files.getUploadURLExternal")

    def test_missing_scope_is_named(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The scope that is missing is named."""
        slack = a_slack(scopes=["commands", "chat:write"])
        file = tmp_path / "x.csv"
        file.write_text("x")
        try:
            adapter = SlackMessenger(TOKEN, slack.api_url)
            ts = adapter.post(CHANNEL, Message("x"))
            with pytest.raises(MissingScopeError) as caught:
                adapter.upload(CHANNEL, ts, "x.csv", file)

            assert {"scope": "files:write"} == caught.value.values
            assert None is adapter.locale("U0PLATFORM")
        finally:
            slack.stop()

    def test_file_above_one_gib_is_refused_before_upload(
        self, slack: LocalSlack, adapter: SlackMessenger, tmp_path: Path
    ) -> None:
        """A file above Slack's 1 GiB is refused before any of it is sent."""
        file = tmp_path / "x.csv"
        with file.open("wb") as out:
            out.truncate((1 << 30) + 1)
        ts = adapter.post(CHANNEL, Message("report"))
        with pytest.raises(FileTooLargeError):
            adapter.upload(CHANNEL, ts, "x.csv", file)

        assert 0 == call_count(slack, "upload_url")

    def test_unknown_token_is_an_error(self, slack: LocalSlack) -> None:
        """A token that Slack does not know is a matter for the bot's operator."""
        with pytest.raises(SlackTokenError):
            SlackMessenger("xoxb-another", slack.api_url).post(CHANNEL, Message("x"))

    def test_update_of_deleted_message_is_an_error(self, adapter: SlackMessenger) -> None:
        """A message that somebody deleted cannot be rewritten, which Slack's word says."""
        with pytest.raises(UnexpectedResponseError, match="message_not_found"):
            adapter.update(CHANNEL, "1.000001", Message("x"))
