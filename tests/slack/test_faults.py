"""Faults on demand, and the log of the traffic."""

from __future__ import annotations

import threading
from http.client import RemoteDisconnected
from typing import Any
from urllib.error import HTTPError

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from playground.slack import LocalSlack
from playground.slack.workspace.traffic import KEPT
from tests.slack import kit
from tests.slack.receiver import SECRET, TOKEN, Clock, Receiver, last_traffic

HOME = "C0SECURITY"
POST = "chat.postMessage"


def texts(slack: LocalSlack) -> list[str]:
    """Return the texts of all messages."""
    return [message.text for message in slack.workspace.messages]


class TestFaults:
    """Calls that go wrong."""

    def test_ratelimited_is_429_with_retry_after(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """429 with Retry-After, as often as asked, and nothing done."""
        slack.workspace.faults.add(POST, "ratelimited", count=2, value=7)

        answers = [requests.post(slack.api_url + POST, timeout=5) for _ in range(2)]
        client.chat_postMessage(channel=HOME, text="third")

        assert [(429, "7")] * 2 == [(a.status_code, a.headers["Retry-After"]) for a in answers]
        assert {"ok": False, "error": "ratelimited"} == answers[0].json()
        assert texts(slack) == ["third"]

    def test_server_error_is_500_in_html(self, slack: LocalSlack, client: WebClient) -> None:
        """HTTP 500 in HTML, and nothing done."""
        slack.workspace.faults.add(POST, "server_error")

        answer = requests.post(slack.api_url + POST, timeout=5)

        assert 500 == answer.status_code
        assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
        assert texts(slack) == []

    @pytest.mark.parametrize(("kind", "said"), [("drop_before", []), ("drop_after", ["x"])])
    def test_connection_ends_without_answer(
        self, slack: LocalSlack, client: WebClient, kind: str, said: list[str]
    ) -> None:
        """The connection ends without an answer, before the call takes effect or after."""
        slack.workspace.faults.add(POST, kind)

        with pytest.raises(RemoteDisconnected):
            client.chat_postMessage(channel=HOME, text="x")

        assert said == texts(slack)
        assert last_traffic(slack.workspace).status == "dropped"

    def test_fault_answers_any_slack_error(self, slack: LocalSlack, client: WebClient, refusal: Any) -> None:
        """Any error of Slack's."""
        slack.workspace.faults.add(POST, "error", value="is_archived")

        answer = refusal(client.chat_postMessage, channel=HOME, text="x")

        assert answer["error"] == "is_archived"
        assert texts(slack) == []

    def test_star_is_for_every_method(self, slack: LocalSlack, client: WebClient, refusal: Any) -> None:
        """A star is for every method, but not for what is sent to the app."""
        slack.workspace.faults.add("*", "error", value="fatal_error")
        slack.command("U0SECURITY", HOME, "/sechub-scan")

        assert refusal(client.auth_test)["error"] == "fatal_error"

    def test_fault_waits_for_its_method(self, slack: LocalSlack, client: WebClient) -> None:
        """A fault waits for its method."""
        slack.workspace.faults.add("chat.update", "server_error")

        assert client.chat_postMessage(channel=HOME, text="x")["ok"] is True
        assert [fault.method for fault in slack.workspace.faults] == ["chat.update"]

    def test_fault_file_is_taken_and_never_shared(self, slack: LocalSlack, client: WebClient) -> None:
        """A file is taken, and never appears."""
        slack.workspace.faults.add("files.completeUploadExternal", "file_not_shared")

        answer = client.files_upload_v2(channel=HOME, filename="a.csv", content="a")

        assert answer["ok"] is True
        assert [] == texts(slack)
        assert client.files_info(file=answer["file"]["id"])["file"]["shares"] == {}

    def test_upload_can_fail_which_slack_sdk_raises_as_urllib_does(
        self, slack: LocalSlack, client: WebClient
    ) -> None:
        """The upload itself can fail, which slack_sdk raises as urllib does."""
        slack.workspace.faults.add("upload_url", "server_error")

        with pytest.raises(HTTPError) as caught:
            client.files_upload_v2(channel=HOME, filename="a.csv", content="a")
        caught.value.close()

        assert list(slack.workspace.files) == []

    def test_response_url_can_fail(self, slack: LocalSlack, receiver: Receiver) -> None:
        """So can an answer at a response URL."""
        slack.command("U0SECURITY", HOME, "/sechub-scan")
        slack.workspace.faults.add("response_url", "ratelimited")

        answer = WebhookClient(receiver.last["response_url"], retry_handlers=[]).send(text="x")

        assert 429 == answer.status_code
        assert [] == texts(slack)

    @pytest.mark.parametrize(
        ("kind", "count", "value"), [("earthquake", 1, None), ("error", 1, None), ("server_error", 0, None)]
    )
    def test_unknown_kind_of_fault_is_refused(
        self, slack: LocalSlack, kind: str, count: int, value: Any
    ) -> None:
        """A fault has a kind that is known, happens at least once, and an error has a name."""
        with pytest.raises(ValueError, match=r"\w"):
            slack.workspace.faults.add(POST, kind, count, value)

    def test_faults_can_be_cleared(self, slack: LocalSlack) -> None:
        """All can be taken back."""
        slack.workspace.faults.add("*", "server_error", count=9)
        slack.workspace.faults.clear()

        assert list(slack.workspace.faults) == []


class TestTraffic:
    """The log."""

    def test_log_has_call_with_arguments_and_answer(
        self, slack: LocalSlack, client: WebClient, clock: Clock
    ) -> None:
        """A call is there with its arguments and its answer."""
        ts = client.chat_postMessage(channel=HOME, text="x")["ts"]

        entry = last_traffic(slack.workspace)
        assert "to_slack" == entry.direction
        assert POST == entry.name
        assert "ok" == entry.status
        assert clock.now == entry.at
        assert HOME == entry.request["channel"]
        assert ts == entry.response["ts"]
        assert entry.milliseconds >= 0

    def test_log_has_error_of_refused_call(self, slack: LocalSlack, client: WebClient, refusal: Any) -> None:
        """A refused call has its error for its status."""
        refusal(client.chat_postMessage, channel="C0NOWHERE", text="x")

        assert last_traffic(slack.workspace).status == "channel_not_found"

    def test_log_has_request_to_app_with_answer(self, slack: LocalSlack, receiver: Receiver) -> None:
        """What is sent to the app is there with its headers and the answer."""
        receiver.will_say({"text": "hello"})

        slack.command("U0SECURITY", HOME, "/sechub-scan S3.8")

        entry = last_traffic(slack.workspace)
        assert "to_app" == entry.direction
        assert "slash_command" == entry.name
        assert "ok" == entry.status
        assert entry.request["body"]["text"] == "S3.8"
        assert entry.response == {"status": 200, "body": {"text": "hello"}}

    def test_log_has_no_secrets(self, slack: LocalSlack, client: WebClient, receiver: Receiver) -> None:
        """Neither token nor signature nor signing secret is in it, however they were sent."""
        slack.command("U0SECURITY", HOME, "/sechub-scan")
        slack.open_home("U0SECURITY")
        requests.post(slack.api_url + "auth.test", data={"token": TOKEN}, timeout=5)
        client.api_call("auth.test", json={"token": TOKEN})

        log = repr(list(slack.workspace.traffic))
        signatures = [received.headers["X-Slack-Signature"] for received in receiver.received]
        assert not [secret for secret in [TOKEN, SECRET, *signatures] if secret in log]

    def test_log_tells_size_of_upload(self, slack: LocalSlack, client: WebClient) -> None:
        """Of an upload the log tells the size."""
        client.files_upload_v2(filename="a.csv", content="abc")

        (entry,) = slack.workspace.traffic.named("upload_url")
        assert entry.request == {"content": "3 bytes"}

    def test_log_keeps_last_200_entries(self, slack: LocalSlack, client: WebClient) -> None:
        """It keeps the last 200."""
        client.api_test(n="first")
        entry = last_traffic(slack.workspace)
        for _ in range(KEPT):
            slack.workspace.log(entry)
        client.api_test(n="last")

        kept = list(slack.workspace.traffic)
        assert 200 == len(kept)
        assert "last" == kept[-1].request["n"]


class TestStart:
    """Before the start."""

    def test_local_slack_that_has_not_been_started_has_no_address(self) -> None:
        """A local Slack that has not been started has no address, and can be stopped."""
        slack = LocalSlack({}, app_url="http://127.0.0.1:1", signing_secret=SECRET, token=TOKEN)

        with pytest.raises(RuntimeError, match="not been started"):
            _ = slack.api_url
        slack.stop()


class TestWait:
    """Waiting for what is to come."""

    def test_wait_returns_when_condition_holds(self, slack: LocalSlack, client: WebClient) -> None:
        """Who waits gets what the condition gives as soon as it gives something."""
        thread = threading.Thread(target=client.chat_postMessage, kwargs={"channel": HOME, "text": "x"})
        thread.start()

        found = slack.wait(lambda workspace: [m.text for m in workspace.messages])
        thread.join()

        assert found == ["x"]

    def test_wait_in_vain_tells_the_state(self, slack: LocalSlack, client: WebClient) -> None:
        """Who waits in vain is told what there is."""
        client.chat_postMessage(channel=HOME, text="only this", blocks=[kit.section()])

        with pytest.raises(TimeoutError, match=r"only this.*(?s:.*)chat\.postMessage: ok"):
            slack.wait(lambda _: None, timeout=0)
