"""
The bot's own adapter before emulate, and what another app then sees there.

Not here: answers at a response URL, which emulate does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.adapters.slack import SlackMessenger
from bot.domain.job import Requester
from bot.domain.slack import Message
from bot.errors import MissingScopeError, NotInChannelError
from bot.i18n import Locale
from bot.render.message import ReportSetting, report_message
from tests.builders import a_csv, a_summary, some_findings
from tests.peers.emulate import FURNISHER, emulate
from tests.peers.places import READING, SCOPES, client, ids

pytestmark = pytest.mark.xdist_group("emulate")  # one process, not one a worker

BOT = "xoxb-bot"
OBSERVER = "xoxb-observer"
REPORT = report_message(a_summary(some_findings(3)), [], ReportSetting(Locale.JA, "本番"))


def without(scope: str) -> str:
    """Name the token that has all of the manifest's scopes but one."""
    return f"{BOT}-without-{scope}"


@pytest.fixture(scope="module")
def slack(_installed: None) -> Iterator[str]:
    """Return the address of emulate's Web API."""
    fewer = {without(scope): [other for other in SCOPES if other != scope] for scope in SCOPES}
    with emulate({BOT: SCOPES, OBSERVER: READING, **fewer}) as api_url:
        yield api_url


@pytest.fixture(scope="module")
def channels(slack: str) -> dict[str, str]:
    """Return the IDs of the channels by their names."""
    return ids(client(slack, FURNISHER))[0]


@pytest.fixture
def security(channels: dict[str, str]) -> str:
    """Return the ID of #security."""
    return channels["security"]


@pytest.fixture
def messenger(slack: str) -> SlackMessenger:
    """Return the adapter, with the scopes of the manifest."""
    return SlackMessenger(BOT, slack)


@pytest.fixture
def observer(slack: str) -> WebClient:
    """Return the client of another app, which only reads."""
    return client(slack, OBSERVER)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a CSV as the bot writes it."""
    file = tmp_path / "local.csv"
    file.write_bytes(a_csv(some_findings(3)))
    return file


def thread(observer: WebClient, channel: str, ts: str) -> list[dict[str, Any]]:
    """Read a message and its replies."""
    messages: list[dict[str, Any]] = observer.conversations_replies(channel=channel, ts=ts)["messages"]
    return messages


def downloaded(url: str, token: str) -> bytes:
    """Download a file as an app does."""
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - emulate's own address
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
        content: bytes = answer.read()
    return content


class TestReport:
    """A report in a channel."""

    def test_another_app_sees_text_and_every_block(
        self, messenger: SlackMessenger, observer: WebClient, security: str
    ) -> None:
        """Another app sees the text and every block, its buttons too."""
        ts = messenger.post(security, REPORT)

        (message,) = thread(observer, security, ts)
        assert REPORT.text == message["text"]
        assert list(REPORT.blocks) == message["blocks"]
        assert "actions" in {block["type"] for block in message["blocks"]}

    def test_click_replaces_the_message(
        self, messenger: SlackMessenger, observer: WebClient, security: str
    ) -> None:
        """After a click another text and other blocks stand in its place."""
        ts = messenger.post(security, Message("before"))
        messenger.update(security, ts, REPORT)

        (message,) = thread(observer, security, ts)
        assert REPORT.text == message["text"]
        assert list(REPORT.blocks) == message["blocks"]

    def test_another_app_downloads_the_csv(
        self, messenger: SlackMessenger, observer: WebClient, security: str, file: Path
    ) -> None:
        """Another app finds the CSV in the thread and downloads it, byte for byte."""
        ts = messenger.post(security, REPORT)
        messenger.upload(security, ts, "report.csv", file)

        _, reply = thread(observer, security, ts)
        (shared,) = reply["files"]
        assert ts == reply["thread_ts"]
        assert "report.csv" == shared["name"]
        assert file.read_bytes() == downloaded(shared["url_private"], OBSERVER)

    def test_channel_without_bot_is_refused(
        self, messenger: SlackMessenger, channels: dict[str, str]
    ) -> None:
        """A channel that the bot is not in, or that does not exist, is named."""
        for channel in (channels["elsewhere"], "C0NOWHERE"):
            with pytest.raises(NotInChannelError) as caught:
                messenger.post(channel, REPORT)

            assert {"channel": channel} == caught.value.values


class TestTell:
    """What one person is told."""

    def test_tell_is_not_for_all(self, messenger: SlackMessenger, observer: WebClient, slack: str) -> None:
        """What the bot tells a person in the channel is not in what everybody reads."""
        channels, people = ids(client(slack, FURNISHER))
        messenger.tell(Requester(people["security"], ""), Message("for you"), channels["platform"])

        assert [] == observer.conversations_history(channel=channels["platform"])["messages"]


Call = Callable[[SlackMessenger, str, Path], object]


class TestScopes:
    """The manifest's scopes, which emulate asks for; it knows no slash commands, and so not `commands`."""

    @pytest.mark.parametrize(
        ("scope", "run"),
        [
            ("chat:write", lambda bot, channel, _: bot.post(channel, REPORT)),
            ("chat:write", lambda bot, channel, _: bot.update(channel, "1700000000.000001", REPORT)),
            ("chat:write", lambda bot, channel, _: bot.tell(Requester("U0SECHUB", ""), REPORT, channel)),
            ("files:write", lambda bot, channel, file: bot.upload(channel, "1.1", "x.csv", file)),
        ],
        ids=["post", "update", "tell", "upload"],
    )
    def test_without_scope_bot_names_it(
        self, slack: str, security: str, file: Path, scope: str, run: Call
    ) -> None:
        """Without the scope the bot names it."""
        with pytest.raises(MissingScopeError) as caught:
            run(SlackMessenger(without(scope), slack), security, file)

        assert {"scope": scope} == caught.value.values

    def test_without_users_read_persons_language_is_not_known(self, slack: str) -> None:
        """Without users:read a person's language is not known, which stops nothing."""
        blind = SlackMessenger(without("users:read"), slack)
        english = SlackMessenger(BOT, slack, Locale.EN)  # it has no locales: the deployment's language

        assert blind.locale("U0SECHUB") is None
        assert Locale.EN == english.locale("U0SECHUB")
