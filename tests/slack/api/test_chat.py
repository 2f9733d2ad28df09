"""chat.*: messages."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.slack import kit

HOME = "C0SECURITY"


class TestPost:
    """chat.postMessage."""

    def test_posted_message_is_as_sent(self, slack: LocalSlack, client: WebClient) -> None:
        """A message is there as it was sent, by the bot, under a ts in Slack's form."""
        answer = client.chat_postMessage(channel=HOME, text="héllo 🚨", blocks=[kit.section(block_id="b")])

        message = slack.workspace.messages.find(HOME, answer["ts"])
        assert message is not None
        assert "héllo 🚨" == message.text
        assert [kit.section(block_id="b")] == message.blocks
        assert answer["channel"] == HOME
        assert answer["message"]["user"] == "U0SECHUB"
        assert len(answer["ts"].split(".")[1]) == 6

    def test_every_ts_is_later(self, client: WebClient) -> None:
        """Every ts is later than the one before, though the clock stands still."""
        stamps = [client.chat_postMessage(channel=HOME, text=str(n))["ts"] for n in range(3)]

        assert sorted(set(stamps)) == stamps

    def test_blocks_without_id_get_one(self, client: WebClient) -> None:
        """Blocks and elements without an ID get one, divider and image too."""
        blocks = [{"type": "divider"}, kit.actions({"type": "button", "text": kit.plain()})]

        posted = client.chat_postMessage(channel=HOME, blocks=blocks, text="x")["message"]["blocks"]

        assert all(block["block_id"] for block in posted)
        assert posted[1]["elements"][0]["action_id"]

    @pytest.mark.parametrize("channel", ["C0SECURITY", "#security", "security"])
    def test_channel_goes_by_its_id_or_its_name(self, client: WebClient, channel: str) -> None:
        """A channel goes by its ID or its name."""
        assert client.chat_postMessage(channel=channel, text="x")["channel"] == HOME

    def test_persons_id_stands_for_their_direct_messages(self, client: WebClient) -> None:
        """A person's ID stands for their direct messages."""
        assert client.chat_postMessage(channel="U0AUDITOR", text="x")["channel"] == "D0AUDITOR"

    def test_message_to_person_needs_messages_tab(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """An app whose Messages tab is off writes to nobody directly."""
        slack.workspace.manifest["features"]["app_home"]["messages_tab_enabled"] = False

        assert (
            refusal(client.chat_postMessage, channel="U0AUDITOR", text="x")["error"]
            == "messages_tab_disabled"
        )

    def test_message_to_deactivated_person_is_taken(self, client: WebClient, refusal: Any) -> None:
        """Slack takes a message to somebody who has left, and none to a bot."""
        assert client.chat_postMessage(channel="U0FORMER", text="x")["channel"] == "D0FORMER"
        assert refusal(client.chat_postMessage, channel="U0DEPLOY", text="x")["error"] == "channel_not_found"

    def test_nothing_is_posted_in_archived_channel(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """An archived channel takes no message, neither for all nor for one."""
        slack.workspace.channels[HOME].is_archived = True

        assert refusal(client.chat_postMessage, channel=HOME, text="x")["error"] == "is_archived"
        assert (
            refusal(client.chat_postEphemeral, channel=HOME, user="U0ANALYST", text="x")["error"]
            == "is_archived"
        )

    def test_reply_goes_into_thread_of_what_it_replies(self, client: WebClient) -> None:
        """A reply goes into the thread of what it replies to, be that a reply itself."""
        parent = client.chat_postMessage(channel=HOME, text="parent")["ts"]
        reply = client.chat_postMessage(channel=HOME, text="reply", thread_ts=parent)

        second = client.chat_postMessage(channel=HOME, text="second", thread_ts=reply["ts"])

        assert parent == reply["message"]["thread_ts"] == second["message"]["thread_ts"]

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
            ({"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
            ({"channel": HOME}, "no_text"),
            ({"channel": HOME, "text": "x" * 40_001}, "msg_too_long"),
            ({"channel": HOME, "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
            ({"channel": HOME, "text": "x", "blocks": "{"}, "invalid_blocks_format"),
            ({"channel": HOME, "text": "x", "blocks": '{"a": 1}'}, "invalid_blocks_format"),
            ({"channel": HOME, "text": "x", "attachments": "[{}]"}, "invalid_arguments"),
        ],
    )
    def test_each_refusal_has_slacks_word(
        self, slack: LocalSlack, client: WebClient, refusal: Any, arguments: dict[str, Any], error: str
    ) -> None:
        """Each refusal has Slack's word, and posts nothing."""
        answer = refusal(client.api_call, api_method="chat.postMessage", params=arguments)

        assert answer["error"] == error
        assert list(slack.workspace.messages) == []

    def test_message_of_40000_characters_is_taken(self, client: WebClient) -> None:
        """40,000 characters are a message."""
        assert client.chat_postMessage(channel=HOME, text="🚨" * 40_000)["ok"] is True

    def test_with_chat_write_public_bot_posts_where_it_is_not_member(self, slack: LocalSlack) -> None:
        """With chat:write.public a bot posts where it is not a member."""
        slack.workspace.tokens.add("xoxb-public", ["chat:write", "chat:write.public"])
        client = WebClient("xoxb-public", base_url=slack.api_url)

        assert client.chat_postMessage(channel="C0RANDOM", text="x")["ok"] is True

    def test_broken_blocks_are_refused_with_pointers(self, client: WebClient, refusal: Any) -> None:
        """Broken blocks are told one by one, each with a pointer."""
        answer = refusal(
            client.chat_postMessage, channel=HOME, text="x", blocks=[{"type": "section"}, {"type": "bogus"}]
        )

        assert answer["error"] == "invalid_blocks"
        assert answer["response_metadata"]["messages"] == [
            "[ERROR] must define either `text` or `fields` [json-pointer:/blocks/0/type]",
            "[ERROR] unsupported type: bogus [json-pointer:/blocks/1/type]",
        ]

    def test_second_table_is_invalid_attachment(self, client: WebClient, refusal: Any) -> None:
        """A second table is an invalid attachment, as Slack has it."""
        answer = refusal(client.chat_postMessage, channel=HOME, text="x", blocks=[kit.table(), kit.table()])

        assert answer["error"] == "invalid_attachments"


class TestEphemeral:
    """chat.postEphemeral."""

    def test_only_one_person_sees_it(self, slack: LocalSlack, client: WebClient) -> None:
        """Only one person sees it."""
        ts = client.chat_postEphemeral(channel=HOME, user="U0AUDITOR", text="psst")["message_ts"]

        seen = {
            user: [m.ts for m in slack.workspace.messages.seen_by(user, {HOME})]
            for user in ("U0AUDITOR", "U0SECURITY")
        }
        assert {"U0AUDITOR": [ts], "U0SECURITY": []} == seen

    def test_ephemeral_message_is_in_no_history(self, client: WebClient, refusal: Any) -> None:
        """It is in no history, and can be neither changed nor deleted nor linked to."""
        ts = client.chat_postEphemeral(channel=HOME, user="U0AUDITOR", text="psst")["message_ts"]

        assert client.conversations_history(channel=HOME)["messages"] == []
        assert refusal(client.chat_update, channel=HOME, ts=ts, text="x")["error"] == "message_not_found"
        assert refusal(client.chat_delete, channel=HOME, ts=ts)["error"] == "message_not_found"
        assert refusal(client.chat_getPermalink, channel=HOME, message_ts=ts)["error"] == "message_not_found"

    def test_bot_and_person_must_both_be_in_channel(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """Bot and person must both be in the channel."""
        slack.workspace.channels[HOME].members.discard("U0AUDITOR")

        def error(**arguments: Any) -> Any:
            return refusal(client.chat_postEphemeral, text="x", **arguments)["error"]

        assert error(channel=HOME, user="U0AUDITOR") == "user_not_in_channel"
        assert error(channel=HOME, user="U0NOBODY") == "user_not_in_channel"
        assert error(channel="C0RANDOM", user="U0AUDITOR") == "not_in_channel"


class TestChange:
    """chat.update and chat.delete."""

    def test_message_is_replaced_without_blocks_it_keeps_its_own(
        self, slack: LocalSlack, client: WebClient
    ) -> None:
        """A message is replaced; without blocks it keeps its own, with an empty list it loses them."""
        ts = client.chat_postMessage(channel=HOME, text="old", blocks=[kit.section()])["ts"]
        message = slack.workspace.messages.find(HOME, ts)
        assert message is not None

        answer = client.chat_update(channel=HOME, ts=ts, text="new")
        kept = len(message.blocks)
        client.chat_update(channel=HOME, ts=ts, text="newer", blocks=[])

        assert "new" == answer["text"]
        assert ts == answer["ts"]
        assert 1 == kept
        assert "newer" == message.text
        assert [] == message.blocks
        assert answer["message"]["edited"]["user"] == "U0SECHUB"

    def test_deleted_message_is_gone(self, slack: LocalSlack, client: WebClient) -> None:
        """A deleted message is gone."""
        ts = client.chat_postMessage(channel=HOME, text="x")["ts"]

        client.chat_delete(channel=HOME, ts=ts)

        assert slack.workspace.messages.find(HOME, ts) is None

    def test_bot_changes_no_message_of_persons(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """The bot changes no message of a person's."""
        slack.say("U0AUDITOR", HOME, "mine")
        (message,) = slack.workspace.messages

        assert (
            refusal(client.chat_update, channel=HOME, ts=message.ts, text="x")["error"]
            == "cant_update_message"
        )
        assert refusal(client.chat_delete, channel=HOME, ts=message.ts)["error"] == "cant_delete_message"

    def test_missing_message_cannot_be_changed(self, client: WebClient, refusal: Any) -> None:
        """A message that is not there cannot be changed."""
        assert refusal(client.chat_update, channel=HOME, ts="1.0", text="x")["error"] == "message_not_found"
        assert refusal(client.chat_delete, channel=HOME, ts="1.0")["error"] == "message_not_found"

    def test_change_is_judged_as_message_is(self, client: WebClient, refusal: Any) -> None:
        """A change is judged as a message is."""
        ts = client.chat_postMessage(channel=HOME, text="x", blocks=[kit.section()])["ts"]

        broken = refusal(client.chat_update, channel=HOME, ts=ts, text="x", blocks=[{"type": "bogus"}])
        empty = refusal(client.api_call, api_method="chat.update", params={"channel": HOME, "ts": ts})

        assert "invalid_blocks" == broken["error"]
        assert "no_text" == empty["error"]


class TestPermalink:
    """chat.getPermalink."""

    def test_link_holds_channel_and_ts(self, slack: LocalSlack, client: WebClient) -> None:
        """A link holds channel and ts; that of a reply the thread as well."""
        parent = client.chat_postMessage(channel=HOME, text="parent")["ts"]
        reply = client.chat_postMessage(channel=HOME, text="reply", thread_ts=parent)["ts"]

        first = client.chat_getPermalink(channel=HOME, message_ts=parent)["permalink"]
        second = client.chat_getPermalink(channel=HOME, message_ts=reply)["permalink"]

        assert first == f"{slack.url}/archives/{HOME}/p{parent.replace('.', '')}"
        assert second.endswith(f"?thread_ts={parent}&cid={HOME}")
