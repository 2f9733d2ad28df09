"""
Commands and messages that a person types.

Source: https://docs.slack.dev/interactivity/implementing-slash-commands, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack.api.responses import deliver
from playground.slack.surfaces import payloads
from playground.slack.surfaces.dispatcher import Ack, Dispatcher
from playground.slack.workspace.content import ContentError
from playground.slack.workspace.people import Channel, Person
from playground.slack.workspace.tickets import Response
from playground.slack.workspace.workspace import Workspace


class Commands:
    """Slash commands and messages. `url` gives this server's, for response_url."""

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher, url: Callable[[], str]) -> None:
        self._workspace = workspace
        self._dispatcher = dispatcher
        self._url = url

    def known(self) -> list[dict[str, Any]]:
        """Return the commands of the manifest."""
        commands: list[dict[str, Any]] = self._workspace.manifest.get("features", {}).get(
            "slash_commands", []
        )
        return commands

    def say(self, person: Person, channel: Channel, text: str, thread_ts: str | None = None) -> None:
        """Post a message; an empty one is not sent."""
        if text.strip():
            with self._workspace.changing():
                self._workspace.messages.add(channel.id, person.id, text, thread_ts=thread_ts)

    def run(self, person: Person, channel: Channel, text: str) -> None:
        """Send a command, and show the app's answer, or that there is none."""
        name, _, rest = text.strip().partition(" ")
        if name not in [command["command"] for command in self.known()]:
            self._workspace.say_as_slack(channel.id, person.id, f"{name} is not a valid command.")
            return
        ticket = Response(person.id, channel.id, self._workspace.clock())
        form = payloads.command_form(person, channel, name, rest.strip())
        with self._workspace.changing():
            form["response_url"] = self._url() + self._workspace.tickets.response("commands", ticket)
            form["trigger_id"] = self._workspace.tickets.trigger(person.id)
        ack = self._dispatcher.send_form("slash_command", form)
        failure = ack.failure or self._show(ticket, text.strip(), ack)
        if failure:
            line = f'{name} failed with the error "{failure}"'
            self._workspace.say_as_slack(channel.id, person.id, line)

    def _show(self, ticket: Response, typed: str, ack: Ack) -> str | None:
        """Show an answer; return Slack's word for its fault. An answer to all shows the command."""
        body = {"text": ack.body} if isinstance(ack.body, str) else ack.body
        if not body:
            return None
        if not isinstance(body, dict):
            return "invalid_command_response"
        with self._workspace.changing():
            try:
                before = self._workspace.timestamp()
                deliver(self._workspace, ticket, body)
            except ContentError:
                return "invalid_command_response"
            if body.get("response_type") == "in_channel":
                self._workspace.messages.add(ticket.channel, ticket.person, typed, ts=before)
        return None
