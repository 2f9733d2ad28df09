"""What people type and choose, and what Slack itself says of it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.workspace.choices import FIELDS, SEVERAL, choice_of, first_state
from tests.slack import kit
from tests.slack.forms import ME, SEARCH, top, trigger
from tests.slack.kit import option, plain
from tests.slack.receiver import Receiver

LIMITED = kit.modal(
    kit.entry(
        {"type": "plain_text_input", "action_id": "a", "min_length": 2, "max_length": 3}, block_id="text"
    ),
    kit.entry({"type": "email_text_input", "action_id": "a"}, block_id="email"),
    kit.entry({"type": "url_text_input", "action_id": "a"}, block_id="url"),
    kit.entry(
        {"type": "number_input", "action_id": "a", "is_decimal_allowed": False, "max_value": "9"},
        block_id="number",
    ),
    kit.entry(kit.select(action_id="a"), block_id="select"),
    kit.entry({**SEARCH["element"], "action_id": "a"}, block_id="search"),
    submit=plain("Go"),
)


RIGHT: dict[str, dict[str, Any]] = {
    "text": {"value": "abc"},
    "email": {"value": "a@example.com"},
    "url": {"value": "https://example.com"},
    "number": {"value": "9"},
    "select": {"selected_option": {"value": "1"}},
    "search": {"selected_options": [option()]},
}


class TestClientSide:
    """What Slack's own client does not send."""

    def submit(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, **changed: dict[str, Any]
    ) -> Any:
        """Open the form, fill it right but for some inputs, and send it."""
        client.views_open(trigger_id=trigger(slack, receiver), view=LIMITED)
        state = {block_id: {"a": choice} for block_id, choice in {**RIGHT, **changed}.items()}
        return slack.submit(ME, top(slack).id, state)

    def test_correct_form_is_sent(self, slack: LocalSlack, receiver: Receiver, client: WebClient) -> None:
        """A form that is right is sent, its options complete."""
        assert self.submit(slack, receiver, client) is None
        assert receiver.last["view"]["state"]["values"]["select"]["a"]["selected_option"] == option()

    @pytest.mark.parametrize(
        ("block_id", "choice"),
        [
            ("text", {"value": "a"}),
            ("text", {"value": "abcd"}),
            ("text", {"value": ""}),
            ("email", {"value": "nobody"}),
            ("url", {"value": "example"}),
            ("number", {"value": "nine"}),
            ("number", {"value": "1.5"}),
            ("number", {"value": "10"}),
            ("select", {"selected_option": None}),
            ("search", {"selected_options": [option(str(n)) for n in range(3)]}),
        ],
    )
    def test_wrong_input_is_told_beside_it(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, block_id: str, choice: Any
    ) -> None:
        """What an input does not take is told beside it."""
        assert list(self.submit(slack, receiver, client, **{block_id: choice})) == [block_id]
        assert len(receiver.received) == 1

    def test_forged_input_cannot_be_sent(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient
    ) -> None:
        """An input or option that the form does not have cannot be sent."""
        with pytest.raises(ValueError, match="is not an option"):
            self.submit(slack, receiver, client, select={"selected_option": {"value": "z"}})
        with pytest.raises(LookupError):
            self.submit(slack, receiver, client, nowhere={"value": "z"})


class TestState:
    """The state of an element."""

    @pytest.mark.parametrize("name", [name for name in kit.ELEMENTS if name in FIELDS])
    def test_element_without_choice_has_null(self, name: str) -> None:
        """An element without a choice has null, or an empty list where several can be chosen."""
        element = {"type": name, "action_id": "a"}
        field = FIELDS[name][0]
        empty: list[str] | None = [] if name in SEVERAL else None

        assert first_state([kit.entry(element, block_id="b")]) == {"b": {"a": {"type": name, field: empty}}}
        assert choice_of(element, {}) == {"type": name, field: empty}

    def test_element_has_what_app_chose_at_first(self) -> None:
        """An element has what the app chose at first."""
        element = {"type": "users_select", "action_id": "a", "initial_user": ME}
        chosen = {"type": "users_select", "selected_user": ME}

        assert first_state([kit.entry(element, block_id="b")]) == {"b": {"a": chosen}}

    def test_seven_elements_allow_several_choices(self) -> None:
        """There are seven elements in which several can be chosen."""
        assert len(SEVERAL) == 7
