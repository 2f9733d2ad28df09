"""The HTTP API of the page."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from playground.slack import LocalSlack, PanelAction
from tests.slack import kit
from tests.slack.kit import option, plain
from tests.slack.receiver import Receiver

HOME = "C0SECURITY"


ME = "U0SECURITY"


AS: dict[str, Any] = {"as": ME}


FIELDS = {
    *("version", "me", "team", "bot", "people", "channels", "groups", "direct", "commands"),
    *("messages", "views", "home", "panel", "faults", "fault_kinds", "traffic"),
}


def do(slack: LocalSlack, action: str, status: int = 200, **body: Any) -> Any:
    """Do something as the page does."""
    answer = requests.post(f"{slack.url}/do/{action}", json=body, headers={"Origin": slack.url}, timeout=5)
    assert status == answer.status_code, answer.text
    return answer.json()


def state(slack: LocalSlack, person: str = ME) -> Any:
    """Get what a person sees."""
    return requests.get(f"{slack.url}/workspace", params={"as": person}, timeout=5).json()


class TestState:
    """What a person sees."""

    def test_state_has_fields_of_page(self, slack: LocalSlack) -> None:
        """The fields are those that the page relies on."""
        seen = state(slack)

        bot = {"id": "U0SECHUB", "name": "sechub", "app_id": "A0SECHUB", "display_name": "SecHub"}
        person = {"id": "U0PLATFORM", "name": "platform", "real_name": "Platform engineer"}
        channel = {"id": "C0RANDOM", "name": "random", "bot_is_member": False, "is_im": False}
        channel |= {"is_shared": False}
        person |= {"locale": "ja-JP"}
        assert FIELDS == set(seen)
        assert bot == seen["bot"]
        assert [{"command": "/sechub-scan", "description": "Scan", "usage_hint": "S3.1"}] == seen["commands"]
        assert {**person, "is_bot": False, "is_active": True, "notifications": []} in seen["people"]
        assert channel in seen["channels"]
        assert {"id": "S0DATATEAM", "handle": "data-team", "has_me": False} in seen["groups"]

    def test_message_has_what_page_shows(self, slack: LocalSlack, client: WebClient) -> None:
        """A message has what the page shows of it, its file and the number of replies."""
        ts = client.chat_postMessage(channel=HOME, text="report", blocks=[kit.section(block_id="b")])["ts"]
        client.files_upload_v2(channel=HOME, thread_ts=ts, filename="a b.csv", title="Report", content="a")
        client.chat_update(channel=HOME, ts=ts, text="changed")

        first, reply = state(slack)["messages"]

        file = reply["files"][0]
        assert first == {
            "channel": HOME,
            "ts": ts,
            "thread_ts": None,
            "user": "U0SECHUB",
            "text": "changed",
            "blocks": [kit.section(block_id="b")],
            "files": [],
            "ephemeral": False,
            "edited": True,
            "error": None,
            "reply_count": 1,
            "notifies_me": False,
        }
        assert ts == reply["thread_ts"]
        assert "a b.csv" == file["name"]
        assert "Report" == file["title"]
        assert "text/csv" == file["mimetype"]
        assert 1 == file["size"]
        assert f"/files/{file['id']}/a b.csv" == file["url"]

    def test_message_says_whether_it_notifies_person(self, slack: LocalSlack, client: WebClient) -> None:
        """Of a mention the page knows whether it is one of the person who looks."""
        client.chat_postMessage(channel=HOME, text="<@U0PLATFORM>")

        mentioned = {
            person: state(slack, person)["messages"][0]["notifies_me"] for person in (ME, "U0PLATFORM")
        }

        assert {ME: False, "U0PLATFORM": True} == mentioned
        (ts,) = (m.ts for m in slack.workspace.messages)
        assert {"U0PLATFORM": [ts]} == {
            p["id"]: p["notifications"] for p in state(slack)["people"] if p["notifications"]
        }

    def test_everybody_sees_their_own_ephemeral_and_direct_messages_only(
        self, slack: LocalSlack, client: WebClient
    ) -> None:
        """Everybody sees their own ephemeral and direct messages only."""
        client.chat_postEphemeral(channel=HOME, user="U0AUDITOR", text="psst")
        client.chat_postMessage(channel="U0AUDITOR", text="direct")

        seen = {person: state(slack, person) for person in ("U0AUDITOR", ME)}

        assert [m["text"] for m in seen["U0AUDITOR"]["messages"]] == ["psst", "direct"]
        assert seen[ME]["messages"] == []
        direct = {
            "id": "D0AUDITOR",
            "name": "sechub",
            "bot_is_member": True,
            "is_im": True,
            "is_shared": False,
        }
        assert direct in seen["U0AUDITOR"]["channels"]
        assert len(seen[ME]["channels"]) == 3

    @pytest.mark.parametrize("person", ["U0NOBODY", "U0SECHUB"])
    def test_unknown_person_sees_nothing(self, slack: LocalSlack, person: str) -> None:
        """Who is not a person sees nothing."""
        assert requests.get(f"{slack.url}/workspace?as={person}", timeout=5).status_code == 404


class TestActions:
    """What the page does."""

    def test_composer_sends_commands_and_messages(self, slack: LocalSlack, receiver: Receiver) -> None:
        """The composer sends commands and messages."""
        do(slack, "command", **AS, channel=HOME, text="/sechub-scan S3.8")
        do(slack, "command", **AS, channel=HOME, text="hello")
        do(slack, "say", **AS, channel=HOME, text="again", thread_ts="1.0")

        assert receiver.last["text"] == "S3.8"
        assert [("hello", None), ("again", "1.0")] == [
            (m["text"], m["thread_ts"]) for m in state(slack)["messages"]
        ]

    def test_button_of_message_is_pressed(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """A button of a message is pressed."""
        block = kit.actions(kit.select(), block_id="b")
        block["elements"][0]["action_id"] = "a"
        ts = client.chat_postMessage(channel=HOME, text="x", blocks=[block])["ts"]

        do(
            slack,
            "act",
            **AS,
            channel=HOME,
            ts=ts,
            block_id="b",
            action_id="a",
            selected_option={"value": "1"},
        )

        assert receiver.last["actions"][0]["selected_option"] == option()

    def test_modal_is_shown_searched_and_closed(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """A modal is shown, searched in, acted in, sent in vain, and closed."""
        search = {"type": "external_select", "action_id": "a", "min_query_length": 0}
        view = kit.modal(
            kit.entry(search, block_id="s"), kit.actions(kit.button(), block_id="b"), submit=plain("Go")
        )
        slack.command(ME, HOME, "/sechub-scan")
        client.views_open(trigger_id=receiver.last["trigger_id"], view=view)
        (shown,) = state(slack)["views"]
        receiver.will_say({"options": [option()]})
        place: dict[str, Any] = {"as": ME, "view_id": shown["id"]}

        offered = do(slack, "suggest", **place, block_id="s", action_id="a", value="x")
        do(
            slack,
            "act",
            **place,
            block_id="b",
            action_id="press",
            state={"s": {"a": {"selected_option": option()}}},
        )
        acted = receiver.last
        refused = do(slack, "submit", **place, state={"s": {"a": {"selected_option": None}}})
        do(slack, "close", **place)

        assert view["title"] == shown["view"]["title"]
        assert shown["error"] is None
        assert {"options": [option()]} == offered
        assert acted["view"]["state"]["values"]["s"]["a"]["selected_option"] == option()
        assert {"errors": {"s": "Please complete this required field."}} == refused
        assert state(slack)["views"] == []

    def test_form_that_is_taken_has_no_errors(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """A form that is taken has no errors."""
        slack.command(ME, HOME, "/sechub-scan")
        client.views_open(trigger_id=receiver.last["trigger_id"], view=kit.modal(submit=plain("Go")))

        assert do(slack, "submit", **AS, view_id=state(slack)["views"][0]["id"], state={}) == {}

    def test_home_tab_is_opened(self, slack: LocalSlack, client: WebClient, receiver: Receiver) -> None:
        """The Home tab is opened, and shown once it is published."""
        before = state(slack)["home"]
        do(slack, "home", **AS)

        client.views_publish(user_id=receiver.last["event"]["user"], view=kit.home())

        assert before is None
        assert "home" == state(slack)["home"]["type"]

    def test_extra_button_runs_with_channel_that_is_shown(self, slack: LocalSlack) -> None:
        """An extra button runs, with the channel that is shown."""
        ran: list[str] = []
        slack.panel.append(PanelAction("run", "Run", "実行", ran.append))

        do(slack, "panel", id="run", channel=HOME)

        assert ran == [HOME]
        assert state(slack)["panel"] == [{"id": "run", "label": {"en": "Run", "ja": "実行"}}]

    def test_faults_are_added_and_cleared(self, slack: LocalSlack) -> None:
        """Faults are added and cleared."""
        do(slack, "fault", method="*", kind="ratelimited", count=2, value=3)
        waiting = state(slack)["faults"]
        do(slack, "fault", clear=True)

        assert [{"method": "*", "kind": "ratelimited", "count": 2, "value": 3}] == waiting
        assert state(slack)["faults"] == []
        assert "slow_ack" in state(slack)["fault_kinds"]

    def test_bot_is_invited_to_channel(self, slack: LocalSlack) -> None:
        """The bot is invited to a channel."""
        do(slack, "membership", channel="C0RANDOM", member=True)

        assert all(channel["bot_is_member"] for channel in state(slack)["channels"])

    @pytest.mark.parametrize(
        ("action", "body"),
        [
            ("dance", {}),
            ("command", {"as": "U0NOBODY", "channel": HOME, "text": "/x"}),
            ("command", {"channel": HOME}),
            ("act", {"as": ME, "channel": HOME, "ts": "1.0", "block_id": "b", "action_id": "a"}),
            ("fault", {"method": "*", "kind": "earthquake"}),
            ("panel", {"id": "nothing"}),
            ("membership", {"channel": "C0NOWHERE", "member": True}),
        ],
    )
    def test_impossible_action_is_refused_with_reason(
        self, slack: LocalSlack, action: str, body: dict[str, Any]
    ) -> None:
        """What cannot be done is refused with a reason."""
        assert do(slack, action, 400, **body)["error"]

    def test_file_comes_as_download_that_no_browser_renders(
        self, slack: LocalSlack, client: WebClient
    ) -> None:
        """A file comes as a download that no browser renders; one that is not there does not."""
        file_id = client.files_upload_v2(filename="a.html", content="<script>")["file"]["id"]

        answer = requests.get(f"{slack.url}/files/{file_id}/a.html", timeout=5)

        assert b"<script>" == answer.content
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert requests.get(f"{slack.url}/files/F0/a.html", timeout=5).status_code == 404
