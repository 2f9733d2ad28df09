"""
Buttons that a person presses, and choices.

Source: https://docs.slack.dev/interactivity/handling-user-interaction, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.slack.blocks import option_problems
from playground.slack.surfaces import payloads
from playground.slack.surfaces.dispatcher import Dispatcher
from playground.slack.surfaces.payloads import Payload
from playground.slack.workspace import choices
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import Person
from playground.slack.workspace.tickets import Response
from playground.slack.workspace.views import View
from playground.slack.workspace.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"
"""Slack's text in a view after the app has failed to answer."""
SHORTEST_QUERY = 3
"""min_query_length of an external select that does not say."""


class Interactions:
    """Buttons, menus and searches. `url` gives this server's, for response_url."""

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher, url: Callable[[], str]) -> None:
        self._workspace = workspace
        self._dispatcher = dispatcher
        self._url = url

    def act_in_message(
        self, person: Person, message: Message, block_id: str, action_id: str, choice: Mapping[str, Any]
    ) -> None:
        """Press or choose something in a message. Raises LookupError, ValueError: it is not there."""
        block, element = choices.find(message.blocks, block_id, action_id)
        with self._workspace.changing():
            pressed = payloads.action(block, element, choice, self._workspace.timestamp())
            if element["type"] in choices.FIELDS:
                chosen = choices.choice_of(element, choice)
                message.chosen.setdefault(block_id, {})[action_id] = chosen
            ticket = Response(person.id, message.channel, self._workspace.clock(), original=message.ts)
            payload = {
                **payloads.common("block_actions", person),
                **payloads.in_message(self._workspace, message),
                "response_url": self._url() + self._workspace.tickets.response("actions", ticket),
                "trigger_id": self._workspace.tickets.trigger(person.id),
                "actions": [pressed],
            }
        failure = self._send(payload)
        if failure:
            line = f'{_label(element)} failed with the error "{failure}"'
            self._workspace.say_as_slack(message.channel, person.id, line, message.thread_ts)

    def act_in_view(
        self, person: Person, view: View, block_id: str, action_id: str, choice: Mapping[str, Any]
    ) -> None:
        """Press or choose something in a view; an input tells the app only if it dispatches its actions."""
        block, element = choices.find(view.body["blocks"], block_id, action_id)
        with self._workspace.changing():
            pressed = payloads.action(block, element, choice, self._workspace.timestamp())
            if element["type"] in choices.FIELDS:
                given = {block_id: {action_id: choice}}
                view.state = choices.chosen_state(view.body["blocks"], view.state, given)
            if block["type"] == "input" and not block.get("dispatch_action"):
                return
            payload = {
                **payloads.common("block_actions", person),
                **payloads.in_view(view),
                "trigger_id": self._workspace.tickets.trigger(person.id, view.id),
                "actions": [pressed],
            }
        failure = self._send(payload)
        with self._workspace.changing():
            view.complaint = TROUBLE if failure else None

    def suggest(
        self, person: Person, place: Message | View, block_id: str, action_id: str, value: str
    ) -> list[dict[str, Any]]:
        """Search in an external select; return its options, none if the app does not answer well."""
        blocks = place.blocks if isinstance(place, Message) else place.body["blocks"]
        _, element = choices.find(blocks, block_id, action_id)
        if "external" not in element["type"]:
            raise LookupError(f"{action_id} is not an external select")
        if len(value) < element.get("min_query_length", SHORTEST_QUERY):
            return []
        with self._workspace.reading():
            payload = {
                **payloads.common("block_suggestion", person),
                **self._place(place),
                "block_id": block_id,
                "action_id": action_id,
                "value": value,
            }
        if not self._interactivity().get("message_menu_options_url"):
            return []
        ack = self._dispatcher.send_payload(payload)
        return [] if ack.failure else _options(ack.body)

    def _place(self, place: Message | View) -> Payload:
        if isinstance(place, Message):
            return payloads.in_message(self._workspace, place)
        return payloads.in_view(place)

    def _interactivity(self) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = self._workspace.manifest.get("settings", {}).get("interactivity", {})
        return settings if settings.get("is_enabled") else {}

    def _send(self, payload: Payload) -> str | None:
        """Send the interaction; return the error. Without interactivity in the manifest nothing is sent."""
        if not self._interactivity():
            return "not_interactive"
        return self._dispatcher.send_payload(payload).failure


def _options(body: Any) -> list[dict[str, Any]]:
    """Read the options, or those of all groups, of an answer."""
    if not isinstance(body, dict):
        return []
    options, groups = body.get("options"), body.get("option_groups")
    if option_problems(options, groups):
        return []
    if groups is None:
        return list(options or [])
    return [option for group in groups for option in group["options"]]


def _label(element: Mapping[str, Any]) -> str:
    return str(element.get("text", {}).get("text") or element["action_id"])
