"""Modals: filled, sent, closed."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.surfaces.interactions import TROUBLE
from playground.slack.workspace.choices import REQUIRED
from playground.slack.workspace.views import View
from tests.slack import kit
from tests.slack.forms import FILLED, FORM, ME, NAME, SEARCH, count, top
from tests.slack.kit import option, plain
from tests.slack.receiver import Receiver


class TestAct:
    """Buttons and menus in a modal."""

    def test_click_is_told_with_view_and_all_that_form_holds(
        self, slack: LocalSlack, receiver: Receiver, form: View
    ) -> None:
        """A click is told with the view and all that the form holds, and without a response URL."""
        slack.act_in_view(ME, form.id, block_id="more", action_id="more", state=FILLED)

        payload = receiver.last
        assert payload["container"] == {"type": "view", "view_id": form.id}
        chosen = payload["view"]["state"]["values"]["controls"]["controls"]["selected_options"]
        assert [option("S3.1")] == chosen
        assert not {"response_url", "channel", "message"} & set(payload)

    def test_input_is_kept_and_told_only_if_it_dispatches_its_actions(
        self, slack: LocalSlack, receiver: Receiver, form: View
    ) -> None:
        """An input is kept, and told only if it dispatches its actions."""
        slack.act_in_view(ME, form.id, block_id="name", action_id="name", value="typed")
        told = len(receiver.received)

        slack.workspace.views.update(form, {**FORM, "blocks": [SEARCH, NAME | {"dispatch_action": True}]})
        slack.act_in_view(ME, form.id, block_id="name", action_id="name", value="again")

        assert 1 == told
        assert 2 == len(receiver.received)
        assert form.state["name"]["name"]["value"] == "again"

    def test_click_that_app_does_not_confirm_is_told_above_form(
        self, slack: LocalSlack, receiver: Receiver, form: View
    ) -> None:
        """A click that the app does not confirm is told above the form."""
        receiver.will_say("", 500)

        slack.act_in_view(ME, form.id, block_id="more", action_id="more")

        assert form.complaint == TROUBLE

    def test_search_in_form_names_view(self, slack: LocalSlack, receiver: Receiver, form: View) -> None:
        """A search in a form names the view."""
        receiver.will_say({"options": [option("S3.1")]})

        assert slack.suggest(ME, form.id, "controls", "controls", "s") == [option("S3.1")]
        assert receiver.last["container"] == {"type": "view", "view_id": form.id}

    def test_nobody_sees_another_persons_modal(self, slack: LocalSlack, form: View) -> None:
        """Nobody sees another person's modal."""
        with pytest.raises(LookupError):
            slack.submit("U0AUDITOR", form.id, FILLED)


class TestSubmit:
    """Sending a form."""

    def test_app_gets_all_inputs(self, slack: LocalSlack, receiver: Receiver, form: View) -> None:
        """The app gets all inputs, those that are empty too; an empty answer closes the view."""
        assert slack.submit(ME, form.id, FILLED) is None

        payload = receiver.last
        assert "view_submission" == payload["type"]
        assert "form" == payload["view"]["callback_id"]
        assert '{"a": 1}' == payload["view"]["private_metadata"]
        assert payload["view"]["state"]["values"] == {
            "controls": {"controls": {"type": "multi_external_select", "selected_options": [option("S3.1")]}},
            "name": {"name": {"type": "plain_text_input", "value": None}},
        }
        assert count(slack) == 0

    def test_missing_required_input_is_told_by_slack(
        self, slack: LocalSlack, receiver: Receiver, form: View
    ) -> None:
        """What is missing is told by Slack itself, and nothing is sent."""
        assert {"controls": REQUIRED} == slack.submit(ME, form.id, {})
        assert 1 == len(receiver.received)
        assert 1 == count(slack)

    def test_errors_of_app_are_told_beside_inputs(
        self, slack: LocalSlack, receiver: Receiver, form: View
    ) -> None:
        """What the app objects to is told beside the inputs; the form stays, filled."""
        receiver.will_say({"response_action": "errors", "errors": {"controls": "unknown"}})

        assert {"controls": "unknown"} == slack.submit(ME, form.id, FILLED)
        assert top(slack).state["controls"]["controls"]["selected_options"] == [option("S3.1")]

    def test_answer_may_put_another_view_in_forms_place(
        self, slack: LocalSlack, receiver: Receiver, form: View
    ) -> None:
        """The answer may put another view in the form's place."""
        receiver.will_say({"response_action": "update", "view": kit.modal(title=plain("Done"))})

        assert slack.submit(ME, form.id, FILLED) is None
        assert "Done" == top(slack).body["title"]["text"]
        assert form.id == top(slack).id
        assert 1 == count(slack)

    def test_answer_may_push_a_view(self, slack: LocalSlack, receiver: Receiver, form: View) -> None:
        """Or lay one on top of it, which closes back to it."""
        receiver.will_say({"response_action": "push", "view": kit.modal()})

        assert slack.submit(ME, form.id, FILLED) is None
        depth = count(slack)
        with pytest.raises(LookupError, match="not on top"):
            slack.submit(ME, form.id, FILLED)
        slack.close(ME, top(slack).id)

        assert 2 == depth
        assert form == top(slack)

    def test_answer_may_clear_all_views(self, slack: LocalSlack, receiver: Receiver, form: View) -> None:
        """Or close all."""
        receiver.will_say({"response_action": "push", "view": FORM})
        slack.submit(ME, form.id, FILLED)
        receiver.will_say({"response_action": "clear"})

        assert slack.submit(ME, top(slack).id, FILLED) is None
        assert count(slack) == 0

    @pytest.mark.parametrize(
        "answer",
        [
            "text",
            {"response_action": "dance"},
            {"response_action": "errors"},
            {"response_action": "errors", "errors": {"nowhere": "x"}},
            {"response_action": "update"},
            {"response_action": "update", "view": kit.modal({"type": "bogus"})},
            {"response_action": "push", "view": []},
        ],
    )
    def test_answer_that_makes_no_sense_is_trouble(
        self, slack: LocalSlack, receiver: Receiver, form: View, answer: Any
    ) -> None:
        """An answer that makes no sense is trouble, told above the form, which stays."""
        receiver.will_say(answer)

        assert {"": TROUBLE} == slack.submit(ME, form.id, FILLED)
        assert form == top(slack)
        assert TROUBLE == form.complaint

    @pytest.mark.parametrize("slow", [True, False])
    def test_late_answer_to_form_is_trouble(
        self, slack: LocalSlack, receiver: Receiver, form: View, *, slow: bool
    ) -> None:
        """So is no answer in time, or one that is not 200; a second try may go well."""
        if slow:
            slack.workspace.faults.add("view_submission", "slow_ack")
        else:
            receiver.will_say("", 503)

        assert {"": TROUBLE} == slack.submit(ME, form.id, FILLED)
        assert slack.submit(ME, form.id, FILLED) is None

    def test_submission_has_trigger_of_its_own(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, form: View
    ) -> None:
        """A submission has a trigger of its own."""
        slack.submit(ME, form.id, FILLED)

        assert client.views_open(trigger_id=receiver.last["trigger_id"], view=kit.modal())["ok"] is True


class TestClose:
    """Closing a form."""

    @pytest.mark.parametrize("clear", [True, False])
    def test_closing_is_told_if_view_asks_for_it(
        self, slack: LocalSlack, receiver: Receiver, form: View, *, clear: bool
    ) -> None:
        """The app is told if the view wants it; a view may take the others with it."""
        view = FORM | {"notify_on_close": True, "clear_on_close": clear}
        slack.workspace.views.push(ME, view)

        slack.close(ME, top(slack).id)

        assert "view_closed" == receiver.last["type"]
        assert clear == receiver.last["is_cleared"]
        assert count(slack) == (0 if clear else 1)

    def test_closing_is_not_told_otherwise(self, slack: LocalSlack, receiver: Receiver, form: View) -> None:
        """Otherwise it is not."""
        slack.close(ME, form.id)

        assert 0 == count(slack)
        assert 1 == len(receiver.received)
