"""The Events API: retries, and the proof of the address."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.wrappers import Response

from playground.slack import LocalSlack
from playground.slack.surfaces.events import RETRY_SECONDS
from tests.slack.receiver import Receiver

ME = "U0SECURITY"


@pytest.fixture(autouse=True)
def impatient(slack: LocalSlack) -> None:
    """Repeat at once."""
    slack.events.retry_seconds = (0, 0, 0)


def sent(slack: LocalSlack, count: int) -> None:
    """Wait until an event has been sent so many times."""
    slack.wait(lambda workspace: len(workspace.traffic.named("event_callback")) >= count)


def jsonified(body: Any) -> Response:
    """Answer JSON."""
    return Response(json.dumps(body), content_type="application/json")


class TestRetries:
    """An event that the app does not confirm."""

    def test_event_that_is_confirmed_is_sent_once(self, slack: LocalSlack, receiver: Receiver) -> None:
        """An event that is confirmed is sent once."""
        slack.open_home(ME)
        slack.events.stop()

        (received,) = receiver.received
        assert "X-Slack-Retry-Num" not in received.headers

    def test_unconfirmed_event_is_sent_three_times(self, slack: LocalSlack, receiver: Receiver) -> None:
        """It is sent three times more, each numbered and with its reason, always as the same event."""
        for _ in range(4):
            receiver.will_say("", 500)

        slack.open_home(ME)
        sent(slack, 4)
        slack.events.stop()

        headers = [received.headers for received in receiver.received]
        assert [None, "1", "2", "3"] == [h.get("X-Slack-Retry-Num") for h in headers]
        assert [None, *["http_error"] * 3] == [h.get("X-Slack-Retry-Reason") for h in headers]
        assert len({received.body["event_id"] for received in receiver.received}) == 1

    def test_confirmed_repetition_is_the_last(self, slack: LocalSlack, receiver: Receiver) -> None:
        """A repetition that is confirmed is the last; one that was too late says so."""
        slack.workspace.faults.add("event_callback", "slow_ack")

        slack.open_home(ME)
        sent(slack, 2)
        slack.events.stop()

        assert ["http_timeout"] == [r.headers.get("X-Slack-Retry-Reason") for r in receiver.received[1:]]

    def test_unreachable_app_is_failed_connection(self, slack: LocalSlack, receiver: Receiver) -> None:
        """An app that is not there has failed the connection."""
        receiver.stop()

        slack.open_home(ME)
        sent(slack, 4)

        reasons = [e.request["headers"].get("X-Slack-Retry-Reason") for e in slack.workspace.traffic]
        assert [None, *["connection_failed"] * 3] == reasons

    def test_app_may_ask_not_to_be_told_again(self, slack: LocalSlack, receiver: Receiver) -> None:
        """The app may ask not to be told again."""
        receiver.will_say("", 500, {"X-Slack-No-Retry": "1"})

        slack.open_home(ME)
        slack.events.stop()

        assert len(receiver.received) == 1

    def test_pending_repetition_does_not_delay_stop(self, slack: LocalSlack, receiver: Receiver) -> None:
        """A repetition that is still to come does not keep the local Slack from stopping."""
        slack.events.retry_seconds = RETRY_SECONDS[1:]
        receiver.will_say("", 500)

        slack.open_home(ME)
        slack.events.stop()

        assert 60 == slack.events.retry_seconds[0]
        assert 1 == len(receiver.received)


class TestUrlVerification:
    """The proof that the address is the app's."""

    def test_returned_challenge_verifies_the_app(self, slack: LocalSlack, receiver: Receiver) -> None:
        """An app that gives the challenge back, as JSON or text, is believed."""
        receiver.answers.append(lambda received: Response(received.body["challenge"]))
        receiver.answers.append(lambda received: jsonified({"challenge": received.body["challenge"]}))

        assert [slack.events.verify_url(), slack.events.verify_url()] == [True, True]
        assert receiver.last["type"] == "url_verification"

    @pytest.mark.parametrize(("answer", "status"), [("", 200), ({"challenge": "other"}, 200), ("", 401)])
    def test_other_answer_does_not_verify_the_app(
        self, slack: LocalSlack, receiver: Receiver, answer: object, status: int
    ) -> None:
        """Any other answer is not."""
        receiver.will_say(answer, status)

        assert slack.events.verify_url() is False
