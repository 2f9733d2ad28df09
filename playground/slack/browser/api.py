"""The page, and the HTTP API that it drives the workspace with."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.security import safe_join

from playground.slack.api.transfers import file_response
from playground.slack.browser.state import page_state
from playground.slack.surfaces.client import Client

PAGE = Path(__file__).parents[1] / "page"
BEAT_SECONDS = 15.0
"""How often a stream of changes says something, so that one whose reader has gone ends."""

Body = dict[str, Any]


def page_api(slack: Client) -> Blueprint:
    """Make the Flask blueprint of the page and its HTTP API."""
    blueprint = Blueprint("page_api", __name__)

    @blueprint.get("/")
    def index() -> Response:
        return _page_file("index.html")

    @blueprint.get("/page/<path:name>")
    def static(name: str) -> Response:
        return _page_file(name)

    @blueprint.get("/workspace")
    def workspace() -> Response:
        with slack.workspace.reading():
            person = slack.workspace.people.get(request.args.get("as", "U0SECURITY"))
            if person is None or not person.is_active:
                abort(404)
            return jsonify(page_state(slack.workspace, person, slack.panel))

    @blueprint.get("/changes")
    def changes() -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(_changes(slack), mimetype="text/event-stream", headers=headers)

    @blueprint.get("/files/<file_id>/<name>")
    def file(file_id: str, name: str) -> Response:
        return file_response(slack.workspace.files.find(file_id))

    @blueprint.post("/do/<action>")
    def do(action: str) -> tuple[Response, int]:
        body = request.get_json(silent=True)
        if action not in ACTIONS or not isinstance(body, dict):
            return jsonify({"error": "not an action, or not a JSON object"}), 400
        try:
            return jsonify(ACTIONS[action](slack, body) or {}), 200
        except (LookupError, TypeError, ValueError) as error:
            return jsonify({"error": f"{type(error).__name__}: {error}"}), 400

    return blueprint


def _page_file(name: str) -> Response:
    """Send a file of the page, read whole: werkzeug leaves an open one open when the reader has gone."""
    path = safe_join(str(PAGE), name)
    if path is None or not Path(path).is_file():
        abort(404)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Response(Path(path).read_bytes(), mimetype=kind, headers={"Cache-Control": "no-cache"})


def _changes(slack: Client) -> Iterator[str]:
    """Tell the version now, and each time it has changed."""
    version = slack.workspace.version
    yield f"data: {version}\n\n"
    while not slack.workspace.is_closed:
        latest = slack.workspace.next_version(version, BEAT_SECONDS)
        yield f"data: {latest}\n\n" if latest != version else ": nothing new\n\n"
        version = latest


def _command(slack: Client, body: Body) -> None:
    send = slack.command if body["text"].startswith("/") else slack.say
    send(body["as"], body["channel"], body["text"])


def _say(slack: Client, body: Body) -> None:
    slack.say(body["as"], body["channel"], body["text"], body.get("thread_ts"))


def _drop(slack: Client, body: Body) -> None:
    content = base64.b64decode(body["content"], validate=True)
    place = {"text": body.get("text", ""), "thread_ts": body.get("thread_ts")}
    slack.drop(body["as"], body["channel"], body["name"], content, **place)


def _act(slack: Client, body: Body) -> None:
    place = ("as", "channel", "ts", "view_id", "block_id", "action_id", "state")
    choice = {name: value for name, value in body.items() if name not in place}
    ids = {"block_id": body["block_id"], "action_id": body["action_id"]}
    if "view_id" in body:
        slack.act_in_view(body["as"], body["view_id"], state=body.get("state"), **ids, **choice)
    else:
        slack.act(body["as"], body["channel"], body["ts"], **ids, **choice)


def _suggest(slack: Client, body: Body) -> Body:
    place = {name: body[name] for name in ("channel", "ts") if name in body}
    view_id = body.get("view_id", "")
    found = slack.suggest(body["as"], view_id, body["block_id"], body["action_id"], body["value"], **place)
    return {"options": found}


def _submit(slack: Client, body: Body) -> Body:
    errors = slack.submit(body["as"], body["view_id"], body["state"])
    return {"errors": errors} if errors else {}


def _close(slack: Client, body: Body) -> None:
    slack.close(body["as"], body["view_id"])


def _home(slack: Client, body: Body) -> None:
    slack.open_home(body["as"])


def _panel(slack: Client, body: Body) -> None:
    actions = {action.id: action for action in slack.panel}
    actions[body["id"]].run(body.get("channel", ""))


def _fault(slack: Client, body: Body) -> None:
    with slack.workspace.changing():
        if body.get("clear"):
            slack.workspace.faults.clear()
        else:
            count = int(body.get("count") or 1)
            slack.workspace.faults.add(body["method"], body["kind"], count, body.get("value"))


def _membership(slack: Client, body: Body) -> None:
    slack.workspace.set_membership(body["channel"], member=bool(body["member"]))


ACTIONS: dict[str, Callable[[Client, Body], Body | None]] = {
    "command": _command,
    "say": _say,
    "drop": _drop,
    "act": _act,
    "suggest": _suggest,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "panel": _panel,
    "fault": _fault,
    "membership": _membership,
}
