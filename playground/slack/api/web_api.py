"""
The Web API over HTTP: bodies, tokens, scopes, and the table of all methods.

Source: https://docs.slack.dev/apis/web-api, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Request, Response, request

from playground.slack.api import chat, checks, conversations, files, people, views
from playground.slack.api.call import ApiError, Call, Method
from playground.slack.api.reply import Reply, ratelimited, reply
from playground.slack.workspace.tokens import Token
from playground.slack.workspace.workspace import Workspace

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **checks.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}
INACTIVE = Token(frozenset())
"""Who calls api.test, the one method that needs no token."""


def web_api(workspace: Workspace) -> Blueprint:
    """Make /api/<method>."""
    blueprint = Blueprint("web_api", __name__)

    @blueprint.route("/api/<name>", methods=["GET", "POST"])
    def call(name: str) -> Response:
        try:
            arguments = read_arguments(request)
        except ApiError as error:
            refusal = error.answer
            return reply(workspace, name, {}, lambda: Reply(refusal))
        return reply(workspace, name, arguments, lambda: _run(workspace, name, arguments))

    return blueprint


def read_arguments(source: Request) -> dict[str, Any]:
    """
    Read a call's arguments.

    Raises:
        ApiError: invalid_json, json_not_object, or invalid_post_type for a body of another kind.
    """
    if source.mimetype == "application/json":
        body = source.get_json(silent=True) if source.get_data() else {}  # slack_sdk sends nothing as JSON
        if body is None:
            raise ApiError("invalid_json")
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        return {**source.args.to_dict(), **body}
    if source.mimetype not in ("", "application/x-www-form-urlencoded", "multipart/form-data"):
        raise ApiError("invalid_post_type")
    return {**source.args.to_dict(), **source.form.to_dict()}


def bearer(source: Request) -> str:
    """Return the token of a request: from its header, or from a form or query, never from JSON."""
    scheme, _, token = source.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(source.form.get("token") or source.args.get("token") or "")


def _run(workspace: Workspace, name: str, arguments: Mapping[str, Any]) -> Reply:
    method = METHODS.get(name)
    if method is None:
        return Reply({"ok": False, "error": "unknown_method", "req_method": name})
    wait = workspace.rates.wait_seconds(name, str(arguments.get("channel", "")))
    if wait:
        return ratelimited(wait)
    try:
        token = INACTIVE if name == "api.test" else _token(workspace, method)
        answer = method.run(Call(workspace, arguments, token, request.host_url.rstrip("/")))
    except ApiError as error:
        return Reply(error.answer)
    scopes = {"X-OAuth-Scopes": token.provided(), "X-Accepted-OAuth-Scopes": ",".join(method.scopes)}
    return Reply({"ok": True, **answer}, headers=scopes)


def _token(workspace: Workspace, method: Method) -> Token:
    text = bearer(request)
    if not text:
        raise ApiError("not_authed")
    token = workspace.tokens.find(text)
    if token is None:
        raise ApiError("invalid_auth")
    if not token.may(method.scopes):
        raise ApiError("missing_scope", needed=method.scopes[0], provided=token.provided())
    return token
