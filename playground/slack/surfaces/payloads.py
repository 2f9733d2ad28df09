"""
The payloads of interactions.

Source: https://docs.slack.dev/reference/interaction-payloads, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.api.shapes import message_shape
from playground.slack.surfaces.events import VERIFICATION
from playground.slack.workspace.choices import Block, State, choice_of, first_state
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import APP, TEAM, Channel, Person
from playground.slack.workspace.views import View
from playground.slack.workspace.workspace import Workspace

Payload = dict[str, Any]


def common(kind: str, person: Person) -> Payload:
    """The fields of every interaction."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "api_app_id": APP,
        "token": VERIFICATION,
        "team": {"id": TEAM, "domain": "local"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(workspace: Workspace, message: Message) -> Payload:
    """Where it happened, if in a message. Slack does not send an ephemeral message's content back."""
    channel = workspace.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    place: Payload = {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.person else channel.name},
        "state": {"values": state_of(message)},
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    if not message.ephemeral:
        place["message"] = message_shape(workspace, message)
    return place


def in_view(view: View) -> Payload:
    """Where it happened, if in a view."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.shown()}


def state_of(message: Message) -> State:
    """The choices in a message."""
    state = first_state(message.blocks)
    for block_id, actions in message.chosen.items():
        state.setdefault(block_id, {}).update(actions)
    return state


def action(block: Block, element: Block, choice: Mapping[str, Any], ts: str) -> Payload:
    """
    The element that was pressed or chosen. A button's value is the one it was made with.

    Raises:
        ValueError: the choice is not on offer.
    """
    said: Payload = {"block_id": block["block_id"], "action_id": element["action_id"], "action_ts": ts}
    said["type"] = element["type"]
    for name in ("text", "value", "style", "confirm", "placeholder"):
        if name in element:
            said[name] = element[name]
    if element["type"] == "overflow":
        values = {option["value"]: option for option in element["options"]}
        value = (choice.get("selected_option") or {}).get("value")
        if value not in values:
            raise ValueError(f"{value!r} is not an option of {element['action_id']}")
        said["selected_option"] = values[value]
    elif element["type"] not in ("button", "workflow_button"):
        said |= choice_of(element, choice)
    return said


def command_form(person: Person, channel: Channel, command: str, text: str) -> dict[str, str]:
    """The fields of a slash command, without response_url and trigger_id."""
    return {
        "token": VERIFICATION,
        "team_id": person.team,
        "team_domain": "local",
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.person else channel.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }
