"""conversations.*, users.* and usergroups.*."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.workspace.people import BOT, Channel, Person

HOME = "C0SECURITY"


class TestChannels:
    """Who talks where."""

    def test_public_channels_are_listed(self, client: WebClient) -> None:
        """The public channels are listed, with whether the bot is in."""
        client.conversations_open(users="U0AUDITOR")

        channels = client.conversations_list()["channels"]
        direct = client.conversations_list(types="im")["channels"]

        assert {"security": True, "platform": True, "random": False} == {
            c["name"]: c["is_member"] for c in channels
        }
        assert [c["user"] for c in direct] == ["U0AUDITOR"]

    def test_channel_info_goes_by_id(self, client: WebClient, refusal: Any) -> None:
        """A channel is told of by its ID."""
        assert client.conversations_info(channel=HOME)["channel"]["name"] == "security"
        assert refusal(client.conversations_info, channel="C0NOWHERE")["error"] == "channel_not_found"

    def test_members_come_in_pages(self, client: WebClient) -> None:
        """Members come in pages."""
        first = client.conversations_members(channel=HOME, limit=3)
        rest = client.conversations_members(channel=HOME, cursor=first["response_metadata"]["next_cursor"])

        assert sorted(first["members"] + rest["members"]) == [
            "U0AUDITOR",
            "U0CONTRACTOR",
            "U0PLATFORM",
            "U0SECHUB",
            "U0SECURITY",
        ]
        assert rest["response_metadata"]["next_cursor"] == ""

    def test_direct_messages_are_opened_once_for_each_person(self, client: WebClient, refusal: Any) -> None:
        """Direct messages are opened once for each person, never with a bot."""
        opened = [client.conversations_open(users="U0AUDITOR")["channel"]["id"] for _ in range(2)]

        assert opened == ["D0AUDITOR"] * 2
        assert client.conversations_open(channel="D0AUDITOR")["channel"]["is_im"] is True
        assert refusal(client.conversations_open, users="U0NOBODY")["error"] == "user_not_found"
        for bot in ("U0SECHUB", "U0DEPLOY"):
            assert refusal(client.conversations_open, users=bot)["error"] == "cannot_dm_bot"
        assert refusal(client.conversations_open, users="U0FORMER")["error"] == "user_disabled"
        assert refusal(client.conversations_open, users="")["error"] == "users_list_not_supplied"

    def test_stranger_is_written_to_only_from_common_channel(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """A person of another organization is out of reach until a channel has both them and the bot."""
        before = refusal(client.conversations_open, users="U0PARTNER")["error"]
        unreached = refusal(client.chat_postMessage, channel="U0PARTNER", text="x")["error"]
        slack.workspace.channels[HOME].members.add("U0PARTNER")

        assert "invalid_user_combination" == before
        assert "channel_not_found" == unreached
        assert client.conversations_open(users="U0PARTNER")["channel"]["id"] == "D0PARTNER"

    def test_members_of_private_channel_are_told_to_its_members(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """The members of a private channel are told to a bot that is one, and has the scope of its kind."""
        slack.workspace.channels["G0PRIVATE"] = Channel(
            "G0PRIVATE", "private", {"U0ANALYST"}, is_private=True
        )
        slack.workspace.tokens.add("xoxb-poor", ["channels:read"])
        poor = WebClient("xoxb-poor", base_url=slack.api_url)
        outside = refusal(client.conversations_members, channel="G0PRIVATE")["error"]
        slack.workspace.set_membership("G0PRIVATE", member=True)

        answer = refusal(poor.conversations_members, channel="G0PRIVATE")

        assert outside == "channel_not_found"
        assert "missing_scope" == answer["error"]
        assert "groups:read" == answer["needed"]
        assert client.conversations_members(channel="G0PRIVATE")["members"] == ["U0ANALYST", "U0SECHUB"]

    def test_bot_can_be_invited_and_removed(self, slack: LocalSlack, client: WebClient) -> None:
        """The bot can be invited and removed."""
        slack.workspace.set_membership("C0RANDOM", member=True)
        slack.workspace.set_membership(HOME, member=False)

        members = {c["name"]: c["is_member"] for c in client.conversations_list()["channels"]}

        assert {"security": False, "platform": True, "random": True} == members


class TestHistory:
    """What has been said."""

    def test_history_has_newest_message_first_and_no_replies(self, client: WebClient) -> None:
        """History has the newest message first and no replies; pages go back in time."""
        parent = client.chat_postMessage(channel=HOME, text="1")["ts"]
        client.chat_postMessage(channel=HOME, text="reply", thread_ts=parent)
        client.chat_postMessage(channel=HOME, text="2")

        first = client.conversations_history(channel=HOME, limit=1)
        rest = client.conversations_history(channel=HOME, cursor=first["response_metadata"]["next_cursor"])

        assert ["2"] == [m["text"] for m in first["messages"]]
        assert first["has_more"] is True
        assert ["1"] == [m["text"] for m in rest["messages"]]
        assert rest["has_more"] is False
        assert rest["messages"][0]["reply_count"] == 1

    def test_history_has_peoples_messages(self, slack: LocalSlack, client: WebClient) -> None:
        """What people say is there, and is not the bot's."""
        slack.say("U0AUDITOR", HOME, "hello")

        (message,) = client.conversations_history(channel=HOME)["messages"]

        assert "U0AUDITOR" == message["user"]
        assert "bot_id" not in message

    def test_oldest_and_latest_leave_themselves_out_unless_inclusive_is_set(self, client: WebClient) -> None:
        """oldest and latest leave themselves out unless `inclusive` is set."""
        one, two, three = (client.chat_postMessage(channel=HOME, text=t)["ts"] for t in "123")

        between = client.conversations_history(channel=HOME, oldest=one, latest=three)["messages"]
        with_ends = client.conversations_history(channel=HOME, oldest=one, latest=three, inclusive=True)

        assert [m["ts"] for m in between] == [two]
        assert [m["ts"] for m in with_ends["messages"]] == [three, two, one]

    def test_replies_come_after_their_parent(self, client: WebClient, refusal: Any) -> None:
        """Replies come after their parent, the oldest first."""
        parent = client.chat_postMessage(channel=HOME, text="0")["ts"]
        for text in "12":
            client.chat_postMessage(channel=HOME, text=text, thread_ts=parent)

        messages = client.conversations_replies(channel=HOME, ts=parent)["messages"]

        assert [m["text"] for m in messages] == ["0", "1", "2"]
        assert messages[0]["thread_ts"] == parent
        assert refusal(client.conversations_replies, channel=HOME, ts="1.0")["error"] == "thread_not_found"

    def test_bot_reads_no_channel_that_it_is_not_in(self, client: WebClient, refusal: Any) -> None:
        """The bot reads no channel that it is not in."""
        assert refusal(client.conversations_history, channel="C0RANDOM")["error"] == "not_in_channel"

    @pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "1001"), ("cursor", "x")])
    def test_malformed_page_size_is_refused(
        self, client: WebClient, refusal: Any, name: str, value: str
    ) -> None:
        """A page has 1 to 1,000 messages, and a cursor is Slack's."""
        answer = refusal(client.conversations_history, channel=HOME, **{name: value})

        assert answer["error"] == f"invalid_{name}"


class TestPeople:
    """Who is there."""

    def test_persons_language_is_told_if_it_is_asked_for(self, client: WebClient, refusal: Any) -> None:
        """A person's language is told if it is asked for."""
        plain = client.users_info(user="U0PLATFORM")["user"]
        asked = client.users_info(user="U0PLATFORM", include_locale=True)["user"]

        assert "Platform engineer" == plain["real_name"]
        assert plain.get("locale") is None
        assert "ja-JP" == asked["locale"]
        assert refusal(client.users_info, user="U0NOBODY")["error"] == "user_not_found"

    def test_email_needs_its_scope(self, slack: LocalSlack, client: WebClient) -> None:
        """An address is in the answer only with users:read.email."""
        slack.workspace.tokens.add("xoxb-poor", ["users:read"])
        poor = WebClient("xoxb-poor", base_url=slack.api_url)

        profiles = [c.users_info(user="U0AUDITOR")["user"]["profile"] for c in (client, poor)]

        assert ["auditor@example.com", None] == [profile.get("email") for profile in profiles]

    def test_person_is_found_by_their_address(self, client: WebClient, refusal: Any) -> None:
        """A person is found by their address in any case, and so is a guest."""
        found = [
            client.users_lookupByEmail(email=email)["user"]["id"]
            for email in ("Security@example.com", "contractor@example.com")
        ]

        assert ["U0SECURITY", "U0CONTRACTOR"] == found

    @pytest.mark.parametrize("name", ["nobody", "former", "deploy", "sechub", "partner"])
    def test_one_answer_is_for_unknown_and_deactivated(
        self, client: WebClient, refusal: Any, name: str
    ) -> None:
        """Who has left, is a bot or of another organization is not told apart from nobody."""
        answer = refusal(client.users_lookupByEmail, email=f"{name}@example.com")

        assert answer["error"] == "users_not_found"

    def test_users_list_has_everybody(self, client: WebClient) -> None:
        """Everybody is listed, with bots, strangers, and those who have left, of whom little is told."""
        members = client.users_list()["members"]

        assert {m["id"] for m in members if m["is_bot"]} == {"U0SECHUB", "USLACKBOT", "U0DEPLOY"}
        assert {m["id"] for m in members if m.get("is_restricted")} == {"U0CONTRACTOR"}
        assert {m["id"] for m in members if m.get("is_stranger")} == {"U0PARTNER"}
        (former,) = (m for m in members if m["deleted"])
        assert "U0FORMER" == former["id"]
        assert "is_restricted" not in former
        assert {m["team_id"] for m in members} == {"T0LOCAL", "T0PARTNER"}

    def test_users_come_in_pages_if_limit_is_given(self, slack: LocalSlack, client: WebClient) -> None:
        """Without a limit all are in one answer, be they more than a page of other methods."""
        crowd = [Person(f"U0C{n}", f"c{n}", "One of many") for n in range(150)]
        slack.workspace.people |= {person.id: person for person in crowd}
        first = client.users_list(limit=100)
        rest = client.users_list(limit=100, cursor=first["response_metadata"]["next_cursor"])

        every = {m["id"] for m in client.users_list()["members"]}

        assert every == {m["id"] for m in [*first["members"], *rest["members"]]}
        assert every == set(slack.workspace.people)
        assert rest["response_metadata"]["next_cursor"] == ""

    def test_single_channel_guest_is_ultra_restricted(self, slack: LocalSlack, client: WebClient) -> None:
        """A guest of one channel has both marks, one of several channels has one."""
        visitor = Person("U0VISITOR", "visitor", "Visitor", is_guest=True, is_single_channel_guest=True)
        slack.workspace.people[visitor.id] = visitor

        guests = [client.users_info(user=user)["user"] for user in ("U0CONTRACTOR", "U0VISITOR")]

        assert [(True, False), (True, True)] == [
            (guest["is_restricted"], guest["is_ultra_restricted"]) for guest in guests
        ]

    def test_disabled_group_is_told_only_if_asked(self, client: WebClient, refusal: Any) -> None:
        """A disabled group has the time of its end, and is in no answer unless that is asked for."""
        groups = client.usergroups_list(include_disabled=True, include_count=True)["usergroups"]
        usual = client.usergroups_list()["usergroups"]

        assert {"security-team": 2, "data-team": 2, "legacy-team": 1} == {
            group["handle"]: group["user_count"] for group in groups
        }
        assert {"legacy-team"} == {group["handle"] for group in groups if group["date_delete"]}
        assert ["security-team", "data-team"] == [group["handle"] for group in usual]
        assert refusal(client.usergroups_users_list, usergroup="S0LEGACY")["error"] == "no_such_subteam"

    def test_group_has_handle_and_people(self, client: WebClient, refusal: Any) -> None:
        """A group has a handle and people."""
        group = client.usergroups_list()["usergroups"][0]

        assert group["handle"] == "security-team"
        assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == [
            "U0SECURITY",
            "U0PLATFORM",
        ]
        assert client.usergroups_users_list(usergroup=group["id"])["users"] == ["U0SECURITY", "U0PLATFORM"]
        assert refusal(client.usergroups_users_list, usergroup="S1")["error"] == "no_such_subteam"


class TestSharing:
    """Channels that another organization can read."""

    def test_private_channel_gets_another_id(
        self, slack: LocalSlack, client: WebClient, refusal: Any, receiver: Any
    ) -> None:
        """A private channel that is shared has a new ID for good, with its messages, and the bot is told."""
        slack.workspace.manifest["settings"]["event_subscriptions"]["bot_events"].append("channel_id_changed")
        slack.workspace.channels["G0PRIVATE"] = Channel("G0PRIVATE", "private", {BOT}, is_private=True)
        ts = client.chat_postMessage(channel="G0PRIVATE", text="x")["ts"]
        moved = slack.share("G0PRIVATE")

        assert refusal(client.conversations_info, channel="G0PRIVATE")["error"] == "channel_not_found"
        assert client.conversations_info(channel=moved)["channel"]["is_ext_shared"] is True
        assert slack.workspace.messages.find(moved, ts)
        event = receiver.last["event"]
        assert event["old_channel_id"] == "G0PRIVATE"
        assert event["new_channel_id"] == moved

    def test_public_channel_keeps_its_id(self, slack: LocalSlack, client: WebClient) -> None:
        """A public one keeps it, and may be taken back."""
        assert slack.share(HOME, "pending") == slack.share(HOME) == HOME
        assert client.conversations_info(channel=HOME)["channel"]["is_shared"] is True
        slack.share(HOME, "")
        assert client.conversations_info(channel=HOME)["channel"]["is_shared"] is False
