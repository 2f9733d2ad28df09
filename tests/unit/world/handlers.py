"""The ack's handler on fake adapters, and events of API Gateway for it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import App
from slack_sdk.signature import SignatureVerifier

import handlers.job
import handlers.slack
from bot.adapters.secret import SlackSecret
from bot.errors import BotError
from bot.i18n import Locale
from bot.listeners.app import build_app
from bot.listeners.context import Context
from bot.listeners.signature import RefusalLog
from tests.builders import CATALOGUE
from tests.fakes import FakeJobs

SECRET = SlackSecret("xoxb-local", "local-signing-secret")


COMMAND = urlencode(
    {
        "command": "/sechub-scan",
        "text": "S3.8",
        "team_id": "T0LOCAL",
        "user_id": "U0PERSON",
        "user_name": "監査",
        "channel_id": "C0SECURITY",
        "trigger_id": "1.2.3",
    }
)


@dataclass
class FakeAck:
    """The ack's adapters, on a fake queue."""

    jobs: FakeJobs = field(default_factory=FakeJobs)
    error: BotError | None = None
    app_made: App | None = None

    def secret(self) -> SlackSecret:
        """Return the secret."""
        if self.error:
            raise self.error
        return SECRET

    def app(self, secret: SlackSecret) -> App:
        """Return the app, one for all requests."""
        if self.app_made is None:
            context = Context(self.jobs, CATALOGUE, Locale.EN, lambda _: Locale.EN, lambda _: Locale.EN)
            self.app_made = build_app(
                context,
                token=secret.token,
                signing_secret=secret.signing_secret,
                api_url="http://127.0.0.1:9/api/",
            )
        return self.app_made


ENVIRONMENT = ThreadPoolExecutor(1, thread_name_prefix="environment")
"""Where the handler runs: a thread with its own event loop; a browser's tests leave one running in ours."""


def handle(request: dict[str, Any]) -> dict[str, Any]:
    """Answer a request as in Lambda, always in the same thread."""
    return ENVIRONMENT.submit(handlers.slack.handler, request, None).result()


@pytest.fixture
def ack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAck]:
    """Put the fake adapters into the handler, which logs as if it had refused nothing yet."""
    fake = FakeAck()
    monkeypatch.setattr(handlers.slack, "_ack", lambda: fake)
    monkeypatch.setattr(handlers.slack, "REFUSALS", RefusalLog())
    yield fake
    handlers.slack._mangum.cache_clear()
    handlers.slack.event_loop().close()
    handlers.slack.event_loop.cache_clear()


def event(
    body: bytes | str = COMMAND,
    *,
    method: str = "POST",
    path: str = "/slack/events",
    headers: dict[str, str] | None = None,
    in_base64: bool = False,
    secret: str = SECRET.signing_secret,
) -> dict[str, Any]:
    """Make a signed request as API Gateway passes it on."""
    content = body.encode() if isinstance(body, str) else body
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(
        timestamp=timestamp, body=content.decode(errors="replace")
    )
    signed = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": str(signature),
    }
    text = base64.b64encode(content).decode() if in_base64 else content.decode(errors="replace")
    return {
        "version": "2.0",
        "routeKey": "POST /slack/events",
        "rawPath": path,
        "rawQueryString": "",
        "headers": signed | (headers or {}),
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "stage": "$default",
        },
        "body": text,
        "isBase64Encoded": in_base64,
    }
