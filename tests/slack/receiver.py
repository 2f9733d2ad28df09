"""An app that takes what Slack sends: it checks the signature with slack_sdk, remembers, and answers."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier
from werkzeug.wrappers import Request, Response

from playground.http import HttpServer
from playground.slack.workspace.traffic import Entry
from playground.slack.workspace.workspace import Workspace

SECRET = "local-signing-secret"
TOKEN = "xoxb-local"

Answer = Response | Callable[["Received"], Response]


@dataclass(frozen=True)
class Received:
    """One request of Slack's: the fields of a command, a payload, or an event."""

    body: Any
    headers: dict[str, str]


class Receiver:
    """The app. `answers` are used up one by one; without any left it answers 200 with nothing."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: deque[Answer] = deque()
        self._verifier = SignatureVerifier(SECRET)
        self._server = HttpServer(self._serve, "receiver")
        self.url = f"{self._server.url}/slack/events"

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()

    def will_say(self, body: Any = "", status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Answer JSON, or a text, to the next request that has no answer yet."""
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "text/plain" if isinstance(body, str) else "application/json"
        self.answers.append(Response(text, status, headers, content_type=kind))

    @property
    def last(self) -> Any:
        """The body of the last request."""
        return self.received[-1].body

    def _serve(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        raw = request.get_data(as_text=True)
        headers = dict(request.headers)
        if request.path != "/slack/events" or not self._verifier.is_valid_request(raw, headers):
            return Response(status=401)(environ, start_response)
        received = Received(read(request.mimetype, raw), headers)
        self.received.append(received)
        answer = self.answers.popleft() if self.answers else Response("")
        response = answer(received) if not isinstance(answer, Response) else answer
        return response(environ, start_response)


def read(kind: str, raw: str) -> Any:
    """Read JSON, a form with a payload, or a form."""
    if kind == "application/json":
        return json.loads(raw)
    form = dict(parse_qsl(raw, keep_blank_values=True, strict_parsing=True))
    return json.loads(form["payload"]) if "payload" in form else form


class Clock:
    """A clock that a test turns on."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def last_traffic(workspace: Workspace) -> Entry:
    """Return the last line of the log."""
    return list(workspace.traffic)[-1]
