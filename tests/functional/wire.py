"""Requests of Slack as API Gateway hands them to the function, signed as Slack signs them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playground.world import SIGNING_SECRET

EVENTS = Path(__file__).resolve().parents[1] / "events"

COMMAND = {
    "token": "deprecated",
    "team_id": "T0LOCAL",
    "team_domain": "local",
    "channel_id": "C0SECURITY",
    "channel_name": "security",
    "user_id": "U0SECURITY",
    "user_name": "security",
    "command": "/sechub-scan",
    "api_app_id": "A0SECHUB",
    "is_enterprise_install": "false",
    "response_url": "https://hooks.slack.com/commands/T0LOCAL/1/abc",
    "trigger_id": "13345224609.738474920.8088",
}
"""The fields of a slash command: https://docs.slack.dev/interactivity/implementing-slash-commands"""


def captured(name: str) -> Any:
    """Read a captured event."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def signature(body: bytes, timestamp: str, secret: str = SIGNING_SECRET) -> str:
    """Sign: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def event(body: bytes, *, headers: dict[str, str] | None = None, in_base64: bool = True) -> dict[str, Any]:
    """Make the event of a request signed now; a header given as an empty text is left out."""
    timestamp = str(int(time.time()))
    made: dict[str, Any] = captured("slash_command")
    signed = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature(body, timestamp)}
    sent = made["headers"] | {"content-length": str(len(body))} | signed | (headers or {})
    made["headers"] = {name: value for name, value in sent.items() if value}
    made["body"] = base64.b64encode(body).decode() if in_base64 else body.decode()
    made["isBase64Encoded"] = in_base64
    return made


def command(text: str, **fields: str) -> bytes:
    """Write the body of a slash command."""
    return urlencode(COMMAND | fields | {"text": text}).encode()


def interaction(payload: dict[str, Any]) -> bytes:
    """Write the body of a click, a search or a form's answer."""
    return urlencode({"payload": json.dumps(payload)}).encode()
