"""Slack as the ack sees it: signed requests, and calls that stay in the process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import SlackResponse

from bot.errors import ThrottledError
from bot.i18n import Locale
from bot.listeners.app import build_app
from bot.listeners.context import Context
from tests.builders import CATALOGUE
from tests.fakes import FakeJobs

SECRET = "local-signing-secret"


TRIGGER = "1795480200.000001.abc"


RESPONSE_URL = "https://hooks.slack.com/commands/T0LOCAL/1/x"


THROTTLED = ThrottledError(service="AWS", call="lambda:InvokeFunction")


class Side:
    """Slack's side: the app on a fake queue, and calls to Slack that stay here."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, locale: Locale | None = Locale.EN) -> None:
        self.jobs = FakeJobs()
        self.locale = locale
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.error = ""
        self.lookups = 0
        monkeypatch.setattr(WebClient, "api_call", self._called)
        context = Context(
            jobs=self.jobs,
            catalogue=CATALOGUE,
            default_locale=Locale.JA,
            known_locale=lambda user_id: self.locale,
            find_locale=self._find,
        )
        self.app: App = build_app(
            context, token="xoxb-local", signing_secret=SECRET, api_url="http://127.0.0.1:9/api/"
        )

    def _find(self, user_id: str) -> Locale | None:
        self.lookups += 1
        return self.locale

    def _called(self, method: str, **options: Any) -> SlackResponse:
        self.calls.append((method, options.get("json") or options.get("params") or {}))
        data = {"ok": not self.error, "error": self.error}
        response = SlackResponse(
            client=self.app.client,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers={},
            status_code=200,
        )
        if self.error:
            raise SlackApiError("failed", response)  # type: ignore[no-untyped-call]
        return response

    def send(self, fields: dict[str, str], secret: str = SECRET) -> BoltResponse:
        """Send a form as Slack does, signed."""
        import time

        body = urlencode(fields)
        timestamp = str(int(time.time()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        headers: dict[str, str | Sequence[str]] = {
            "content-type": ["application/x-www-form-urlencoded"],
            "x-slack-request-timestamp": [timestamp],
            "x-slack-signature": [str(signature)],
        }
        return self.app.dispatch(BoltRequest(body=body, headers=headers))

    def command(self, text: str, **changes: str) -> str:
        """Enter the command; return what the ack says."""
        fields = {
            "command": "/sechub-scan",
            "text": text,
            "team_id": "T0LOCAL",
            "user_id": "U0PERSON",
            "channel_id": "C0SECURITY",
            "trigger_id": TRIGGER,
            "response_url": RESPONSE_URL,
        }
        response = self.send(fields | changes)
        assert 200 == response.status
        if not response.body:
            return ""
        answer = json.loads(response.body)
        assert "ephemeral" == answer["response_type"]
        return str(answer["text"])

    def interact(self, **payload: Any) -> BoltResponse:
        """Send an interaction."""
        whole = {"team": {"id": "T0LOCAL"}, "user": {"id": "U0PERSON"}, "trigger_id": TRIGGER} | payload
        return self.send({"payload": json.dumps(whole)})

    @property
    def job(self) -> Any:
        """Return the one job that was dispatched."""
        (job,) = self.jobs.jobs
        return job


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Side:
    """Return Slack's side, with a person whose language is known."""
    return Side(monkeypatch)


def clicked(action: dict[str, Any]) -> dict[str, Any]:
    """Say of a click in a message what Slack says."""
    return {
        "type": "block_actions",
        "container": {"type": "message", "channel_id": "C0SECURITY", "message_ts": "1.000001"},
        "response_url": "https://hooks.slack.com/actions/T0LOCAL/1/x",
        "actions": [{"block_id": "b"} | action],
    }


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the answers at the response URL."""
    answers: list[dict[str, Any]] = []

    def respond(_self: object, **answer: Any) -> None:
        answers.append(answer)

    monkeypatch.setattr("bot.listeners.respond.FastRespond.__call__", respond)
    return answers


def view_of(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the view of a call that opens one."""
    view = arguments["view"]
    return json.loads(view) if isinstance(view, str) else dict(view)
