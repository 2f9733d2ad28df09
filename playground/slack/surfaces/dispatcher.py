"""
Requests to the app, signed as Slack signs them.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack, read 2026-11.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from playground.slack.workspace.faults import APP_KINDS
from playground.slack.workspace.traffic import Entry, masked
from playground.slack.workspace.workspace import Workspace

ACK_SECONDS = 3.0
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True)
class Ack:
    """The app's answer."""

    failure: str | None
    """operation_timeout or dispatch_failed; None if it has answered 200 in time."""
    status: int = 0
    """HTTP status; 0 if there is no answer."""
    body: Any = None
    """The object of a JSON answer, the text of another; None if empty."""
    headers: Mapping[str, str] | None = None
    """Their names in lower case."""


class Dispatcher:
    """Sends requests to the app; tests shorten `ack_seconds` to see a timeout."""

    def __init__(self, workspace: Workspace, app_url: Callable[[], str] | str, signing_secret: str) -> None:
        self._workspace = workspace
        self._app_url = app_url
        self._secret = signing_secret.encode()
        self.ack_seconds = ACK_SECONDS

    def send_form(self, name: str, fields: Mapping[str, str]) -> Ack:
        """Send a slash command."""
        return self._send(name, fields, urlencode(fields), FORM, {})

    def send_payload(self, payload: Mapping[str, Any]) -> Ack:
        """Send an interaction: JSON in the one field of a form."""
        text = urlencode({"payload": json.dumps(payload)})
        return self._send(str(payload["type"]), payload, text, FORM, {})

    def send_event(self, event: Mapping[str, Any], headers: Mapping[str, str]) -> Ack:
        """Send a request of the Events API."""
        return self._send(str(event["type"]), event, json.dumps(event), JSON, headers)

    def _send(self, name: str, content: Any, text: str, kind: str, extra: Mapping[str, str]) -> Ack:
        headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0", "Accept": "application/json,*/*"}
        headers |= {**extra, **self._signature(text.encode())}
        started = time.monotonic()
        ack = self._post(text.encode(), headers)
        seconds = time.monotonic() - started
        with self._workspace.changing():
            slow = self._workspace.faults.take(name, APP_KINDS)
        if slow or seconds > self.ack_seconds:
            ack = Ack("operation_timeout", ack.status, ack.body, ack.headers)
        request = {"headers": masked(headers), "body": masked(content)}
        response = {"status": ack.status, "body": masked(ack.body)}
        now, word = self._workspace.clock(), ack.failure or "ok"
        self._workspace.log(Entry(now, "to_app", name, word, round(seconds * 1000), request, response))
        return ack

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Ack:
        address = urlsplit(self._app_url if isinstance(self._app_url, str) else self._app_url())
        connection = http.client.HTTPConnection(address.netloc, timeout=self.ack_seconds)
        try:
            connection.request("POST", address.path or "/", body, dict(headers))
            with connection.getresponse() as answer:
                return _ack(answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()})
        except TimeoutError:
            return Ack("operation_timeout")
        except (OSError, http.client.HTTPException):
            return Ack("dispatch_failed")
        finally:
            connection.close()

    def _signature(self, body: bytes) -> dict[str, str]:
        """Sign with the wall clock, because the app checks against it."""
        timestamp = str(int(time.time()))
        digest = hmac.new(self._secret, b"v0:%b:%b" % (timestamp.encode(), body), hashlib.sha256)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}


def _ack(status: int, body: bytes, headers: Mapping[str, str]) -> Ack:
    if status != 200:
        return Ack("dispatch_failed", status, body.decode(errors="replace") or None, headers)
    text = body.decode(errors="replace")
    if not headers.get("content-type", "").startswith(JSON) or not text:
        return Ack(None, status, text or None, headers)
    try:
        return Ack(None, status, json.loads(text), headers)
    except ValueError:
        return Ack("dispatch_failed", status, text, headers)
