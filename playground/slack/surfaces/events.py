"""
The Events API: notices to the app, repeated if the app does not confirm them.

Source: https://docs.slack.dev/apis/events-api#retries, read 2026-11.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from playground.slack.surfaces.dispatcher import Ack, Dispatcher
from playground.slack.workspace.people import APP, BOT, TEAM
from playground.slack.workspace.workspace import Workspace

RETRY_SECONDS = (0.0, 60.0, 300.0)
VERIFICATION = "local-verification"
"""The field `token` of every request, which Slack has given up for signatures."""


class Events:
    """
    Sends events.

    Attributes:
        retry_seconds: waits before each repetition; tests make them 0.
    """

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher) -> None:
        self._workspace = workspace
        self._dispatcher = dispatcher
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self.retry_seconds: Sequence[float] = RETRY_SECONDS

    def stop(self) -> None:
        """Cancel pending repetitions."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def send(self, event: Mapping[str, Any]) -> None:
        """Send an event if the manifest subscribes to it; repetitions go on in a thread."""
        settings = self._workspace.manifest.get("settings", {})
        if event["type"] not in settings.get("event_subscriptions", {}).get("bot_events", []):
            return
        envelope = self._envelope(event)
        ack = self._dispatcher.send_event(envelope, {})
        if _should_repeat(ack):
            thread = threading.Thread(target=self._repeat, args=(envelope, ack), daemon=True)
            self._threads.append(thread)
            thread.start()

    def verify_url(self) -> bool:
        """Ask the app to prove that the address is its own, as Slack does when the address is saved."""
        challenge = secrets.token_urlsafe(32)
        request = {"token": VERIFICATION, "challenge": challenge, "type": "url_verification"}
        ack = self._dispatcher.send_event(request, {})
        told = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.failure is None and told == challenge

    def _repeat(self, envelope: Mapping[str, Any], ack: Ack) -> None:
        for number, seconds in enumerate(self.retry_seconds, 1):
            if self._stopped.wait(seconds):
                return
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": _reason(ack)}
            ack = self._dispatcher.send_event(envelope, headers)
            if not _should_repeat(ack):
                return

    def _envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "token": VERIFICATION,
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {**event, "event_ts": self._workspace.timestamp()},
            "type": "event_callback",
            "event_id": self._workspace.identifier("Ev"),
            "event_time": int(self._workspace.clock()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }


def _should_repeat(ack: Ack) -> bool:
    return ack.failure is not None and (ack.headers or {}).get("x-slack-no-retry") != "1"


def _reason(ack: Ack) -> str:
    if ack.failure == "operation_timeout":
        return "http_timeout"
    return "http_error" if ack.status else "connection_failed"
