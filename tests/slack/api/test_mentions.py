"""Who is notified by a message."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.slack import kit

HOME, ELSEWHERE = "C0SECURITY", "C0PLATFORM"
HERE = {"U0SECURITY", "U0PLATFORM", "U0AUDITOR", "U0CONTRACTOR"}
"""The people in HOME; U0ANALYST is in ELSEWHERE only."""
USER = {"type": "user", "user_id": "U0AUDITOR"}


def notified(slack: LocalSlack) -> dict[str, str]:
    """Return whom the last message has notified, and why."""
    found: dict[str, str] = dict(list(slack.workspace.messages)[-1].notified)
    return found


class TestMentions:
    """Mentions in a new message."""

    @pytest.mark.parametrize(
        ("text", "people"),
        [
            ("<@U0AUDITOR>, look", {"U0AUDITOR"}),
            ("<@U0AUDITOR|auditor>", {"U0AUDITOR"}),
            ("<!subteam^S0SECURITY>", {"U0SECURITY", "U0PLATFORM"}),
            ("<!subteam^S0SECURITY|@security-team>", {"U0SECURITY", "U0PLATFORM"}),
            ("<!here>", HERE),
            ("<!channel>", HERE),
            ("`<@U0AUDITOR>`", {"U0AUDITOR"}),
            ("&lt;@U0AUDITOR&gt;", set()),
            ("@auditor @U0AUDITOR", set()),
            ("@here @security-team", set()),
            ("<@S0SECURITY>", set()),
            ("<!subteam^S0LEGACY>", set()),
            ("<@U0SECHUB> <@U0NOBODY>", set()),
        ],
    )
    def test_only_slacks_own_form_notifies(
        self, slack: LocalSlack, client: WebClient, text: str, people: set[str]
    ) -> None:
        """A person, a group or all are notified by Slack's form of a mention, and by no other text."""
        client.chat_postMessage(channel=HOME, text=text)

        assert dict.fromkeys(people, "mention") == notified(slack)

    @pytest.mark.parametrize(
        "block",
        [
            kit.section(text=kit.mrkdwn("<@U0AUDITOR>")),
            {"type": "section", "fields": [kit.mrkdwn("<@U0AUDITOR>")]},
            {"type": "context", "elements": [kit.mrkdwn("<@U0AUDITOR>")]},
            kit.rich(USER),
            kit.container(child_blocks=[kit.section(text=kit.mrkdwn("<@U0AUDITOR>"))]),
        ],
        ids=["section", "fields", "context", "rich text", "container"],
    )
    def test_mention_in_block_notifies(self, slack: LocalSlack, client: WebClient, block: kit.Piece) -> None:
        """mrkdwn and rich text notify."""
        client.chat_postMessage(channel=HOME, text="x", blocks=[block])

        assert {"U0AUDITOR": "mention"} == notified(slack)

    @pytest.mark.parametrize(
        "block",
        [
            kit.section(text=kit.plain("<@U0AUDITOR>")),
            {"type": "header", "text": kit.plain("<@U0AUDITOR>")},
            kit.table([[kit.cell("<@U0AUDITOR>")]]),
            kit.table([[kit.rich(USER)]]),
            {"type": "markdown", "text": "<@U0AUDITOR>"},
        ],
        ids=["plain text", "header", "raw cell", "rich cell", "markdown"],
    )
    def test_mention_elsewhere_notifies_nobody(
        self, slack: LocalSlack, client: WebClient, block: kit.Piece
    ) -> None:
        """Plain text, cells and Markdown notify nobody, nor does the text in whose place blocks are shown."""
        client.chat_postMessage(channel=HOME, text="<@U0AUDITOR>", blocks=[block])

        assert {} == notified(slack)

    def test_person_outside_channel_is_not_notified(self, slack: LocalSlack, client: WebClient) -> None:
        """Of a group only those are notified who are in the channel."""
        client.chat_postMessage(channel=HOME, text="<@U0ANALYST> <!subteam^S0DATATEAM>")
        here = notified(slack)
        client.chat_postMessage(channel=ELSEWHERE, text="<@U0ANALYST>")

        assert {"U0PLATFORM": "mention"} == here
        assert {"U0ANALYST": "mention"} == notified(slack)

    def test_deactivated_person_is_not_notified(self, slack: LocalSlack, client: WebClient) -> None:
        """A message to somebody who has left is taken, and reaches nobody."""
        client.chat_postMessage(channel="U0FORMER", text="x")

        assert {} == notified(slack)

    def test_reply_notifies_whom_it_mentions(self, slack: LocalSlack, client: WebClient) -> None:
        """In a thread a mention notifies as in the channel."""
        parent = client.chat_postMessage(channel=HOME, text="report")["ts"]
        client.chat_postMessage(channel=HOME, text="<@U0AUDITOR>", thread_ts=parent)

        assert {"U0AUDITOR": "mention"} == notified(slack)

    def test_edit_notifies_nobody(self, slack: LocalSlack, client: WebClient) -> None:
        """A mention that is edited in notifies nobody; one that is edited out has notified."""
        first = client.chat_postMessage(channel=HOME, text="<@U0AUDITOR>")["ts"]
        second = client.chat_postMessage(channel=HOME, text="x")["ts"]
        client.chat_update(channel=HOME, ts=first, text="x")
        client.chat_update(channel=HOME, ts=second, text="<@U0AUDITOR>")

        assert [{"U0AUDITOR": "mention"}, {}] == [message.notified for message in slack.workspace.messages]

    def test_direct_message_notifies_its_person(self, slack: LocalSlack, client: WebClient) -> None:
        """A direct message notifies with any text; a reply to it only by a mention."""
        sent = client.chat_postMessage(channel="U0ANALYST", text="x")
        direct = notified(slack)
        client.chat_postMessage(channel=sent["channel"], text="more", thread_ts=sent["ts"])

        assert {"U0ANALYST": "direct"} == direct
        assert {} == notified(slack)

    def test_ephemeral_message_notifies_nobody(self, slack: LocalSlack, client: WebClient) -> None:
        """A message that only one person sees notifies nobody."""
        client.chat_postEphemeral(channel=HOME, user="U0AUDITOR", text="<@U0AUDITOR> <!here>")

        assert {} == notified(slack)

    def test_author_is_not_notified(self, slack: LocalSlack) -> None:
        """A person who mentions all is not one of them."""
        slack.say("U0SECURITY", HOME, "<!channel>")

        assert HERE - {"U0SECURITY"} == set(notified(slack))


class TestPlainNames:
    """Names of which Slack makes mentions."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("ask @here.", "ask <!here>."),
            ("(@security-team)", "(<!subteam^S0SECURITY>)"),
            ("@security-teams, @legacy-team, me@here", "@security-teams, @legacy-team, me@here"),
            (
                "`@here` ```@here``` <https://x.test/@here|@here>",
                "`@here` ```@here``` <https://x.test/@here|@here>",
            ),
            ("@auditor", "@auditor"),
        ],
    )
    def test_mrkdwn_makes_mentions_unless_verbatim(self, client: WebClient, text: str, shown: str) -> None:
        """A group's handle and @here become mentions, but for code, links, and text that is verbatim."""
        blocks = [
            kit.section(text=kit.mrkdwn(text)),
            kit.section(text={**kit.mrkdwn(text), "verbatim": True}),
            kit.section(text=kit.plain(text)),
        ]

        posted: Any = client.chat_postMessage(channel=HOME, text=text, blocks=blocks)["message"]

        assert [shown, text, text] == [block["text"]["text"] for block in posted["blocks"]]
        assert text == posted["text"]

    def test_plain_name_notifies_as_mention(self, slack: LocalSlack, client: WebClient) -> None:
        """A name that Slack has made a mention of notifies."""
        client.chat_postMessage(
            channel=HOME, text="x", blocks=[kit.section(text=kit.mrkdwn("@security-team"))]
        )

        assert {"U0SECURITY", "U0PLATFORM"} == set(notified(slack))

    @pytest.mark.parametrize("asked", [{"link_names": True}, {"parse": "full"}])
    def test_text_is_linked_only_if_asked(
        self, slack: LocalSlack, client: WebClient, asked: dict[str, Any]
    ) -> None:
        """Names in a message's own text become mentions if the app asks for it; an edit does so by itself."""
        ts = client.chat_postMessage(channel=HOME, text="@security-team")["ts"]
        plain = notified(slack)
        client.chat_postMessage(channel=HOME, text="@security-team", **asked)
        linked = notified(slack)
        edited = client.chat_update(channel=HOME, ts=ts, text="@here")["text"]
        written = client.chat_update(channel=HOME, ts=ts, text="@here", parse="none")["text"]

        assert ({}, {"U0SECURITY", "U0PLATFORM"}) == (plain, set(linked))
        assert ("<!here>", "@here") == (edited, written)
