"""
Answers through a response_url, and in the response to a command.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses, read 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from playground.slack.api.reply import Reply, reply
from playground.slack.workspace.content import ContentError, checked_content
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import BOT
from playground.slack.workspace.tickets import Response as Ticket
from playground.slack.workspace.tickets import TicketError
from playground.slack.workspace.workspace import Workspace


def responses(workspace: Workspace) -> Blueprint:
    """Make the response URLs."""
    blueprint = Blueprint("responses", __name__)

    @blueprint.post("/commands/<path:_rest>")
    @blueprint.post("/actions/<path:_rest>")
    def respond(_rest: str) -> Response:
        body = _read()
        return reply(workspace, "response_url", body, lambda: _respond(workspace, request.path, body))

    return blueprint


def deliver(workspace: Workspace, ticket: Ticket, body: Mapping[str, Any]) -> None:
    """
    Say, replace or delete, for the person or for all.

    Raises:
        ContentError: as checked_content does.
    """
    original = workspace.messages.find(ticket.channel, ticket.original) if ticket.original else None
    if body.get("delete_original"):
        if original:
            workspace.messages.remove(original)
        return
    text, blocks = checked_content(body.get("text"), body.get("blocks"), workspace.usergroups)
    if body.get("replace_original") and original:
        workspace.messages.edit(original, text, blocks)
    else:
        _say(workspace, ticket, body, text, blocks)


def _say(
    workspace: Workspace, ticket: Ticket, body: Mapping[str, Any], text: str, blocks: list[dict[str, Any]]
) -> Message:
    only_for = None if body.get("response_type") == "in_channel" else ticket.person
    thread_ts = body.get("thread_ts")
    message = workspace.messages.add(
        ticket.channel, BOT, text, blocks=blocks, only_for=only_for, thread_ts=thread_ts
    )
    if ticket.original is None:
        ticket.original = message.ts  # a command's answer is what its later answers may replace
    return message


def _read() -> Any:
    """Read JSON, or a form with JSON in its field `payload`; None if it is neither."""
    text = request.form.get("payload") if request.form else request.get_data(as_text=True)
    try:
        return json.loads(text or "")
    except ValueError:
        return None


def _respond(workspace: Workspace, path: str, body: Any) -> Reply:
    if not isinstance(body, Mapping):
        return Reply("invalid_payload", 400)
    try:
        ticket = workspace.tickets.answer(path)
        deliver(workspace, ticket, body)
    except TicketError as error:
        return Reply({"ok": False, "error": str(error)}, 404)
    except ContentError as error:
        messages = {"messages": [f"[ERROR] {message}" for message in error.messages]}
        return Reply({"ok": False, "error": error.error, "response_metadata": messages}, 400)
    ticket.uses += 1
    return Reply("ok")
