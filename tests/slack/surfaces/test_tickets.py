"""What a command lets the app do later: answer at its response URL, open a view."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient
from werkzeug.wrappers import Response

from playground.slack import LocalSlack
from tests.slack import kit
from tests.slack.receiver import Clock, Received, Receiver
from tests.slack.surfaces.commands import only, scan


class TestResponseUrl:
    """Answers that come later."""

    def hook(self, slack: LocalSlack, receiver: Receiver) -> WebhookClient:
        """Type a command, and give its response URL."""
        scan(slack)
        return WebhookClient(receiver.last["response_url"], timeout=5, retry_handlers=[])

    def test_answer_is_for_person_alone(self, slack: LocalSlack, receiver: Receiver) -> None:
        """An answer is for the person alone, unless it says otherwise."""
        hook = self.hook(slack, receiver)

        answers = [hook.send(text="one"), hook.send(text="two", response_type="in_channel")]

        assert [(200, "ok")] * 2 == [(answer.status_code, answer.body) for answer in answers]
        assert [("one", "U0SECURITY"), ("two", None)] == [
            (m.text, m.only_for) for m in slack.workspace.messages
        ]

    def test_sixth_answer_is_refused(self, slack: LocalSlack, receiver: Receiver) -> None:
        """A sixth answer is refused; one that was refused for another reason does not count."""
        hook = self.hook(slack, receiver)
        hook.send(text="")

        statuses = [hook.send(text=str(n)).status_code for n in range(6)]

        assert [200] * 5 + [404] == statuses
        assert len(list(slack.workspace.messages)) == 5

    def test_response_url_works_for_30_minutes(
        self, slack: LocalSlack, receiver: Receiver, clock: Clock
    ) -> None:
        """It works for 30 minutes and no longer."""
        hook = self.hook(slack, receiver)
        clock.now += 1800
        in_time = hook.send(text="in time")
        clock.now += 1

        late = hook.send(text="late")

        assert 200 == in_time.status_code
        assert 404 == late.status_code
        assert "expired_url" in late.body

    def test_later_answer_may_replace_first(self, slack: LocalSlack, receiver: Receiver) -> None:
        """A later answer may replace the first, or delete it."""
        receiver.will_say("Scanning…")
        hook = self.hook(slack, receiver)

        hook.send(text="Done", replace_original=True)
        replaced = only(slack).text
        hook.send(delete_original=True)

        assert "Done" == replaced
        assert [] == list(slack.workspace.messages)

    @pytest.mark.parametrize(
        ("body", "status", "word"),
        [
            ({"text": ""}, 400, "no_text"),
            ({"blocks": [{"type": "bogus"}]}, 400, "invalid_blocks"),
            ([], 400, "invalid_payload"),
        ],
    )
    def test_malformed_answer_is_refused(
        self, slack: LocalSlack, receiver: Receiver, body: Any, status: int, word: str
    ) -> None:
        """What is no message is refused."""
        scan(slack)

        answer = requests.post(receiver.last["response_url"], json=body, timeout=5)

        assert status == answer.status_code
        assert word in answer.text
        assert list(slack.workspace.messages) == []

    def test_json_may_come_in_field_payload_of_form(self, slack: LocalSlack, receiver: Receiver) -> None:
        """JSON may come in the field `payload` of a form; what is not JSON is nothing."""
        scan(slack)
        url = receiver.last["response_url"]

        bodies: list[Any] = [{"payload": '{"text": "x"}'}, "{"]
        statuses = [requests.post(url, data=body, timeout=5).status_code for body in bodies]

        assert [200, 400] == statuses
        assert "x" == only(slack).text

    def test_replacing_nothing_posts_a_message(self, slack: LocalSlack, receiver: Receiver) -> None:
        """Where nothing has been said, an answer that would replace it is said, and deleting does nothing."""
        hook = self.hook(slack, receiver)

        hook.send(delete_original=True)
        hook.send(text="x", replace_original=True)

        assert only(slack).text == "x"

    def test_address_that_slack_has_not_given_answers_nothing(self, slack: LocalSlack) -> None:
        """An address that Slack has not given answers nothing."""
        answer = WebhookClient(f"{slack.url}/commands/T0LOCAL/1/x", retry_handlers=[]).send(text="x")

        assert answer.status_code == 404


class TestTriggers:
    """What a command lets the app open."""

    def test_trigger_opens_one_view(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, refusal: Any
    ) -> None:
        """A trigger opens one view."""
        scan(slack)
        trigger = receiver.last["trigger_id"]

        client.views_open(trigger_id=trigger, view=kit.modal())
        again = refusal(client.views_open, trigger_id=trigger, view=kit.modal())

        assert again["error"] == "exchanged_trigger_id"

    def test_trigger_lives_for_3_s(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, clock: Clock, refusal: Any
    ) -> None:
        """A trigger lives for 3 s."""
        scan(slack)
        scan(slack)
        one, two = (received.body["trigger_id"] for received in receiver.received)
        clock.now += 3
        client.views_open(trigger_id=one, view=kit.modal())
        clock.now += 0.001

        assert refusal(client.views_open, trigger_id=two, view=kit.modal())["error"] == "expired_trigger_id"

    def test_made_up_trigger_is_refused(self, client: WebClient, refusal: Any) -> None:
        """A trigger is Slack's."""
        answer = refusal(client.views_open, trigger_id="1.2.3", view=kit.modal())

        assert answer["error"] == "invalid_trigger_id"

    def test_view_may_be_opened_before_command_is_answered(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient
    ) -> None:
        """A view may be opened before the command is answered: nothing is locked meanwhile."""

        def opens(received: Received) -> Response:
            client.views_open(trigger_id=received.body["trigger_id"], view=kit.modal())
            return Response("")

        receiver.answers.append(opens)

        scan(slack)

        (view,) = slack.workspace.views.stack("U0SECURITY")
        assert view.body["type"] == "modal"
