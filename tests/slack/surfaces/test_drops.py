"""Files that people drop: seen by all, told to the app, read with its token."""

from __future__ import annotations

import pytest
import requests
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.slack.receiver import TOKEN, Receiver

HOME, ME = "C0SECURITY", "U0SECURITY"


@pytest.fixture(autouse=True)
def subscribed(slack: LocalSlack) -> None:
    """Subscribe to the events of files; repeat at once."""
    slack.workspace.manifest["settings"]["event_subscriptions"]["bot_events"].append("file_shared")
    slack.events.retry_seconds = (0, 0, 0)


def in_thread(slack: LocalSlack, client: WebClient) -> str:
    """Drop a file into a thread; give the thread."""
    parent: str = client.chat_postMessage(channel=HOME, text="report")["ts"]
    slack.drop(ME, HOME, "edited.csv", b"a,b\r\n", text="please", thread_ts=parent)
    return parent


class TestDrop:
    """A file in a thread."""

    def test_dropped_file_is_message_of_person(self, slack: LocalSlack, client: WebClient) -> None:
        """It is a message of the person's, in the thread, with the file and what they wrote."""
        parent = in_thread(slack, client)

        (message,) = slack.workspace.messages.replies(HOME, parent)
        assert ME == message.user
        assert "please" == message.text
        assert 1 == len(message.files)

    def test_event_names_file_channel_and_person(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """The event names the file, the channel and the person, and neither the message nor its thread."""
        in_thread(slack, client)

        event = receiver.last["event"]
        (file,) = slack.workspace.files
        event.pop("event_ts")
        assert event == {
            "type": "file_shared",
            "file_id": file.id,
            "file": {"id": file.id},
            "user_id": ME,
            "channel_id": HOME,
        }

    def test_file_in_direct_message_opens_it(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """A person's first file opens their direct messages with the bot, which is told, and may answer."""
        slack.drop(ME, "D0SECURITY", "routing.toml", b"version = 1")

        assert receiver.last["event"]["channel_id"] == "D0SECURITY"
        assert client.chat_postMessage(channel="D0SECURITY", text="x")["channel"] == "D0SECURITY"

    @pytest.mark.parametrize(
        "app_home",
        [{}, {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}],
        ids=["off", "read-only"],
    )
    def test_closed_messages_tab_takes_no_file(self, slack: LocalSlack, app_home: dict[str, bool]) -> None:
        """An app whose Messages tab is off or read-only gets nothing from people there."""
        slack.workspace.manifest["features"]["app_home"] = app_home

        with pytest.raises(LookupError, match="takes no messages"):
            slack.drop(ME, "D0SECURITY", "routing.toml", b"version = 1")

    def test_unconfirmed_file_event_is_repeated(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """An app that does not confirm it is told again, of the same event."""
        receiver.will_say("", 500)
        in_thread(slack, client)
        slack.wait(lambda workspace: len(workspace.traffic.named("event_callback")) >= 2)

        assert [None, "1"] == [r.headers.get("X-Slack-Retry-Num") for r in receiver.received]
        assert 1 == len({r.body["event_id"] for r in receiver.received})

    def test_drop_is_not_told_where_the_app_is_not(self, slack: LocalSlack, receiver: Receiver) -> None:
        """Of what happens in a channel without the app it hears nothing."""
        slack.drop(ME, "C0RANDOM", "a.csv", b"a")

        assert [] == receiver.received

    def test_drop_says_where_it_is(self, slack: LocalSlack, client: WebClient) -> None:
        """files.info tells whose it is, and in which thread."""
        parent = in_thread(slack, client)

        (file,) = slack.workspace.files
        info = client.files_info(file=file.id)["file"]
        (message,) = slack.workspace.messages.replies(HOME, parent)
        assert ME == info["user"]
        assert 5 == info["size"]
        assert {"public": {HOME: [{"ts": message.ts, "thread_ts": parent}]}} == info["shares"]

    def test_drop_is_read_with_the_token(self, slack: LocalSlack, client: WebClient) -> None:
        """Its address gives the bytes to the app, and a page to sign in without a token."""
        in_thread(slack, client)
        (file,) = slack.workspace.files
        address = client.files_info(file=file.id)["file"]["url_private_download"]

        assert (
            b"a,b\r\n"
            == requests.get(address, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5).content
        )
        assert "Sign in" in requests.get(address, timeout=5).text

    @pytest.mark.parametrize(
        ("name", "content", "thread_ts"), [("a", b"", None), (" ", b"a", None), ("a", b"a", "1.1")]
    )
    def test_malformed_drop_is_refused(
        self, slack: LocalSlack, name: str, content: bytes, thread_ts: str | None
    ) -> None:
        """An empty file, one without a name, one in a thread that there is not."""
        with pytest.raises((ValueError, LookupError)):
            slack.drop(ME, HOME, name, content, thread_ts=thread_ts)

        assert [] == [*slack.workspace.messages]

    def test_page_sends_bytes_in_base64(self, slack: LocalSlack) -> None:
        """The page sends a file's bytes in base64; what is none is refused."""
        body = {"as": ME, "channel": HOME, "name": "a.csv", "content": "YSxiDQo="}

        def post(**changes: str) -> int:
            origin = {"Origin": slack.url}
            answer = requests.post(f"{slack.url}/do/drop", json=body | changes, headers=origin, timeout=5)
            return answer.status_code

        assert [200, 400] == [post(), post(content="?")]
        assert [b"a,b\r\n"] == [file.content for file in slack.workspace.files]
