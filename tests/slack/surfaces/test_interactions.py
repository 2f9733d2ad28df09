"""What people press and choose in messages."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from playground.slack import LocalSlack
from tests.slack import kit
from tests.slack.kit import option, plain
from tests.slack.receiver import SECRET, TOKEN, Receiver
from tests.slack.surfaces.clicks import HOME, MARK, MENUS, post


class TestButton:
    """A button in a message."""

    def test_app_is_told_who_pressed_what_where(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """The app is told who pressed what where."""
        ts = post(client, MARK)

        slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark")

        payload = receiver.last
        assert payload["type"] == "block_actions"
        assert payload["container"] == {
            "type": "message",
            "message_ts": ts,
            "channel_id": HOME,
            "is_ephemeral": False,
        }
        person = {"id": "U0PLATFORM", "username": "platform", "name": "platform", "team_id": "T0LOCAL"}
        assert person == payload["user"]
        assert {"id": HOME, "name": "security"} == payload["channel"]
        assert ts == payload["message"]["ts"]
        assert [MARK] == payload["message"]["blocks"]
        assert payload["trigger_id"]

    def test_buttons_value_is_its_own(self, slack: LocalSlack, client: WebClient, receiver: Receiver) -> None:
        """A button's value is its own, not the browser's."""
        ts = post(client, MARK)

        slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark", value="forged")

        (action,) = receiver.last["actions"]
        assert "button" == action["type"]
        assert "mark" == action["action_id"]
        assert "row-0" == action["block_id"]
        assert "r1:0" == action["value"]
        assert plain() == action["text"]
        assert action["action_ts"] > ts

    def test_button_in_thread_container_names_thread(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """In a thread the container names the thread."""
        parent = post(client, kit.section())
        ts = post(client, MARK, thread_ts=parent)

        slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark")

        assert parent == receiver.last["container"]["thread_ts"] == receiver.last["message"]["thread_ts"]

    def test_what_is_in_ephemeral_message_is_not_sent_back(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """What is in an ephemeral message is not sent back, and only its person can press."""
        ts = client.chat_postEphemeral(channel=HOME, user="U0AUDITOR", text="x", blocks=[MARK])["message_ts"]

        slack.act("U0AUDITOR", HOME, ts, block_id="row-0", action_id="mark")

        assert receiver.last["container"]["is_ephemeral"] is True
        assert "message" not in receiver.last
        with pytest.raises(LookupError):
            slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark")

    def test_answer_to_click_may_replace_message(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """The answer to a click may replace the message, add one, or delete it."""
        ts = post(client, MARK)
        slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark")
        hook = WebhookClient(receiver.last["response_url"], retry_handlers=[])

        hook.send(text="marked", replace_original=True)
        hook.send(text="only you")
        seen = [(m.ts == ts, m.text, m.only_for) for m in slack.workspace.messages]
        hook.send(delete_original=True)

        assert [(True, "marked", None), (False, "only you", "U0PLATFORM")] == seen
        assert [m.text for m in slack.workspace.messages] == ["only you"]

    @pytest.mark.parametrize(("status", "slow"), [(500, False), (200, True)])
    def test_click_that_app_does_not_confirm_is_told_to_person_alone(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver, status: int, *, slow: bool
    ) -> None:
        """A click that the app does not confirm is told to the person alone."""
        ts = post(client, MARK)
        receiver.will_say("", status)
        if slow:
            slack.workspace.faults.add("block_actions", "slow_ack")

        slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark")

        told = list(slack.workspace.messages)[-1]
        word = "operation_timeout" if slow else "dispatch_failed"
        assert f'text failed with the error "{word}"' == told.error
        assert "U0PLATFORM" == told.only_for

    def test_missing_element_cannot_be_pressed(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """What is not there cannot be pressed."""
        ts = post(client, MARK)

        for place in [(ts, "row-1", "mark"), (ts, "row-0", "other"), ("1.0", "row-0", "mark")]:
            with pytest.raises(LookupError):
                slack.act("U0PLATFORM", HOME, place[0], block_id=place[1], action_id=place[2])
        assert receiver.received == []

    def test_without_interactivity_in_manifest_nothing_is_sent(self, receiver: Receiver) -> None:
        """Without interactivity in the manifest nothing is sent."""
        slack = LocalSlack(
            {"oauth_config": {"scopes": {"bot": ["chat:write"]}}},
            app_url=receiver.url,
            signing_secret=SECRET,
            token=TOKEN,
        )
        slack.start()
        ts = post(WebClient(TOKEN, base_url=slack.api_url), MARK)

        slack.act("U0PLATFORM", HOME, ts, block_id="row-0", action_id="mark")
        slack.stop()

        assert receiver.received == []
        assert list(slack.workspace.messages)[-1].error == 'text failed with the error "not_interactive"'

    @pytest.mark.parametrize(
        "outer",
        [
            kit.container(child_blocks=[kit.actions(kit.button(action_id="deep"), block_id="inner")]),
            {"type": "carousel", "elements": [{"type": "card", "actions": [kit.button(action_id="deep")]}]},
        ],
    )
    def test_buttons_in_containers_and_cards_are_pressed(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver, outer: kit.Piece
    ) -> None:
        """Buttons in containers and cards are pressed too."""
        answer = client.chat_postMessage(channel=HOME, text="x", blocks=[outer])
        (block,) = answer["message"]["blocks"]
        (inner,) = block.get("child_blocks") or block["elements"]

        slack.act("U0PLATFORM", HOME, answer["ts"], block_id=inner["block_id"], action_id="deep")

        assert receiver.last["actions"][0]["block_id"] == inner["block_id"]


class TestMenus:
    """Menus in a message."""

    def act(self, slack: LocalSlack, client: WebClient, action_id: str, **choice: Any) -> None:
        """Post the menus, and choose."""
        slack.act("U0AUDITOR", HOME, post(client, MENUS), block_id="menus", action_id=action_id, **choice)

    def test_choice_is_sent_with_its_option_as_app_made(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """A choice is sent with its option as the app made it, and stays chosen."""
        self.act(slack, client, "pick", selected_option={"value": "2"})

        (action,) = receiver.last["actions"]
        state = receiver.last["state"]["values"]["menus"]
        assert action["selected_option"] == option("2", "two") == state["pick"]["selected_option"]
        assert state["day"] == {"type": "datepicker", "selected_date": "2026-11-24"}
        assert "more" not in state

    def test_overflow_choice_is_sent_with_its_option(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """So is a choice in an overflow menu, which keeps none."""
        self.act(slack, client, "more", selected_option={"value": "b"})

        assert receiver.last["actions"][0]["selected_option"]["value"] == "b"

    @pytest.mark.parametrize("action_id", ["pick", "more"])
    def test_option_not_on_offer_cannot_be_chosen(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver, action_id: str
    ) -> None:
        """What is not on offer cannot be chosen."""
        with pytest.raises(ValueError, match="is not an option"):
            self.act(slack, client, action_id, selected_option={"value": "z"})
        assert receiver.received == []
