"""What people type: slash commands, and what comes of them."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from werkzeug.wrappers import Response

from playground.slack import LocalSlack
from tests.slack import kit
from tests.slack.conftest import manifest
from tests.slack.receiver import TOKEN, Received, Receiver
from tests.slack.surfaces.commands import HOME, only, scan


class TestRequest:
    """What the app gets."""

    def test_command_is_signed_form(self, slack: LocalSlack, receiver: Receiver) -> None:
        """A command is a signed form; its text is trimmed, and keeps any character."""
        scan(slack, "/sechub-scan   S3.8 Ｓ３．１ “a&b=c” 🚨 ")

        form = receiver.last
        assert "/sechub-scan" == form["command"]
        assert "S3.8 Ｓ３．１ “a&b=c” 🚨" == form["text"]
        assert HOME == form["channel_id"]
        assert "security" == form["channel_name"]
        assert "U0SECURITY" == form["user_id"]
        assert "security" == form["user_name"]
        assert receiver.received[0].headers["Content-Type"] == "application/x-www-form-urlencoded"

    def test_trigger_id_and_response_url_have_slacks_form(
        self, slack: LocalSlack, receiver: Receiver
    ) -> None:
        """trigger_id and response_url have Slack's form, and are new each time."""
        scan(slack)
        scan(slack)

        one, two = (received.body for received in receiver.received)
        assert re.fullmatch(r"\d+\.\d+\.[0-9a-f]{32}", one["trigger_id"])
        assert re.fullmatch(slack.url + r"/commands/T0LOCAL/\d+/\S+", one["response_url"])
        assert one["trigger_id"] != two["trigger_id"]
        assert one["response_url"] != two["response_url"]

    def test_command_without_arguments_has_empty_text(self, slack: LocalSlack, receiver: Receiver) -> None:
        """A command without arguments has an empty text."""
        scan(slack, "/sechub-scan")

        assert receiver.last["text"] == ""

    def test_command_that_manifest_lacks_is_answered_by_slackbot(
        self, slack: LocalSlack, receiver: Receiver
    ) -> None:
        """A command that the manifest lacks is answered by Slackbot, and not sent."""
        scan(slack, "/sechub-scam S3.8")

        assert receiver.received == []
        assert "/sechub-scam is not a valid command." == only(slack).error
        assert "U0SECURITY" == only(slack).only_for
        assert "USLACKBOT" == only(slack).user

    def test_plain_text_is_a_message(self, slack: LocalSlack, receiver: Receiver) -> None:
        """What is no command is a message, and an empty one is nothing."""
        slack.say("U0AUDITOR", HOME, "hello")
        slack.say("U0AUDITOR", HOME, "  ")

        assert "hello" == only(slack).text
        assert "U0AUDITOR" == only(slack).user
        assert receiver.received == []

    def test_strangers_and_bots_cannot_type(self, slack: LocalSlack) -> None:
        """Who is not there, or a bot, types nothing, and nobody types into no channel."""
        for user, channel in [("U0NOBODY", HOME), ("U0SECHUB", HOME), ("U0AUDITOR", "C0NOWHERE")]:
            with pytest.raises(LookupError):
                slack.command(user, channel, "/sechub-scan")


class TestAnswer:
    """What the person sees of the answer."""

    def test_empty_answer_shows_nothing(self, slack: LocalSlack) -> None:
        """An empty answer shows nothing."""
        scan(slack)

        assert list(slack.workspace.messages) == []

    @pytest.mark.parametrize("answer", ["Scanning…", {"text": "Scanning…"}])
    def test_text_or_json_is_for_person_alone(
        self, slack: LocalSlack, receiver: Receiver, answer: Any
    ) -> None:
        """A text or JSON is for the person alone, also where the bot is no member."""
        receiver.will_say(answer)

        scan(slack, channel="C0RANDOM")

        assert "Scanning…" == only(slack).text
        assert "U0SECURITY" == only(slack).only_for
        assert "U0SECHUB" == only(slack).user
        assert "C0RANDOM" == only(slack).channel

    def test_answer_to_all_comes_after_command_that_it_answers(
        self, slack: LocalSlack, receiver: Receiver
    ) -> None:
        """An answer to all comes after the command that it answers."""
        receiver.will_say({"text": "done", "blocks": [kit.section()], "response_type": "in_channel"})

        scan(slack)

        assert [("U0SECURITY", "/sechub-scan S3.8", 0, None), ("U0SECHUB", "done", 1, None)] == [
            (m.user, m.text, len(m.blocks), m.only_for) for m in slack.workspace.messages
        ]

    @pytest.mark.parametrize("answer", [["a list"], {"blocks": [{"type": "bogus"}]}, {"response_type": "x"}])
    def test_answer_that_is_no_message_is_told_to_person(
        self, slack: LocalSlack, receiver: Receiver, answer: Any
    ) -> None:
        """An answer that is no message is told to the person."""
        receiver.will_say(answer)

        scan(slack)

        assert only(slack).error == '/sechub-scan failed with the error "invalid_command_response"'


class TestFailure:
    """What the person sees if the app does not answer well."""

    @pytest.mark.parametrize("status", [201, 302, 401, 404, 500])
    def test_any_status_but_200_is_failed_dispatch(
        self, slack: LocalSlack, receiver: Receiver, status: int
    ) -> None:
        """Any status but 200 is a failed dispatch, with any body."""
        receiver.will_say({"text": "hello"}, status)

        scan(slack)

        assert only(slack).error == '/sechub-scan failed with the error "dispatch_failed"'

    def test_broken_json_is_failed_dispatch(self, slack: LocalSlack, receiver: Receiver) -> None:
        """So is JSON that is none."""
        receiver.answers.append(Response("{", content_type="application/json"))

        scan(slack)

        assert only(slack).error == '/sechub-scan failed with the error "dispatch_failed"'

    def test_unreachable_app_is_failed_dispatch(self, slack: LocalSlack, receiver: Receiver) -> None:
        """So is an app that is not there."""
        receiver.stop()

        scan(slack)

        assert only(slack).error == '/sechub-scan failed with the error "dispatch_failed"'

    def test_app_that_does_not_answer_in_time_has_timed_out(
        self, slack: LocalSlack, receiver: Receiver
    ) -> None:
        """An app that does not answer in time has timed out; what it says later is not shown."""
        may_answer = threading.Event()

        def late(_: Received) -> Response:
            may_answer.wait(10)
            return Response("late")

        receiver.answers.append(late)
        slack.dispatcher.ack_seconds = 0.1

        scan(slack)
        may_answer.set()

        assert only(slack).error == '/sechub-scan failed with the error "operation_timeout"'

    def test_slack_waits_3_s(self, slack: LocalSlack) -> None:
        """Slack waits 3 s."""
        assert slack.dispatcher.ack_seconds == 3

    def test_fault_slow_ack_does_same_without_waiting(self, slack: LocalSlack, receiver: Receiver) -> None:
        """The fault slow_ack does the same without the waiting: the app has done its part."""
        slack.workspace.faults.add("slash_command", "slow_ack")
        receiver.will_say("Scanning…")

        scan(slack)

        assert len(receiver.received) == 1
        assert only(slack).text == '/sechub-scan failed with the error "operation_timeout"'

    def test_signature_with_another_secret_is_not_slacks(self, receiver: Receiver) -> None:
        """A signature with another secret is not Slack's: the receiver of these tests does check."""
        slack = LocalSlack(manifest(), app_url=receiver.url, signing_secret="other", token=TOKEN)
        slack.start()

        scan(slack)
        slack.stop()

        assert receiver.received == []
        assert list(slack.workspace.traffic)[-1].response["status"] == 401
