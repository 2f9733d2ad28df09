"""Answering HTTP requests to Slack: with the faults that wait for them, and a line in the log for each."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify, request

from playground.slack.workspace.faults import CALL_KINDS, Fault
from playground.slack.workspace.traffic import Entry, masked
from playground.slack.workspace.workspace import Workspace

HTML_ERROR = "<!doctype html><title>Server Error</title><h1>Server Error</h1>"


@dataclass(frozen=True)
class Reply:
    """An answer: JSON if the body is an object, text otherwise."""

    body: Mapping[str, Any] | str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    """The connection ends without an answer."""

    @property
    def word(self) -> str:
        """The outcome in the log: ok, dropped, or the error."""
        if self.is_cut:
            return "dropped"
        if isinstance(self.body, Mapping):
            return "ok" if self.body.get("ok") else str(self.body.get("error"))
        return "ok" if self.status < 300 else str(self.status)


def reply(workspace: Workspace, name: str, arguments: Any, run: Callable[[], Reply]) -> Response:
    """Run a call unless a fault forbids it, log it, and make Flask's answer of it."""
    started = time.monotonic()
    with workspace.changing():
        fault = workspace.faults.take(name, CALL_KINDS)
        answer = run() if fault is None or fault.kind == "drop_after" else _faulty(fault)
        if fault is not None and fault.kind.startswith("drop"):
            answer = Reply(answer.body, is_cut=True)
    milliseconds = round((time.monotonic() - started) * 1000)
    shown = "the connection was cut" if answer.is_cut else masked(answer.body)
    workspace.log(
        Entry(workspace.clock(), "to_slack", name, answer.word, milliseconds, masked(arguments), shown)
    )
    return _response(answer)


def ratelimited(seconds: int) -> Reply:
    """Refuse a call for some seconds."""
    return Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


def _faulty(fault: Fault) -> Reply:
    """Answer as the fault wants."""
    if fault.kind == "ratelimited":
        return ratelimited(fault.value)
    if fault.kind == "server_error":
        return Reply(HTML_ERROR, 500, {"Content-Type": "text/html; charset=utf-8"})
    return Reply({"ok": False, "error": fault.value})


def _response(answer: Reply) -> Response:
    if answer.is_cut:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # what follows is written to nobody
    if isinstance(answer.body, Mapping):
        response = jsonify(answer.body)
    else:
        response = Response(answer.body, content_type="text/plain; charset=utf-8")
    response.status_code = answer.status
    response.headers.update(answer.headers)
    return response
