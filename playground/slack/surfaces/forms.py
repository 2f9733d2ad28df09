"""
The actions of a person on a modal and the Home tab as a whole.

Source: https://docs.slack.dev/surfaces/modals#view_submissions and .../app-home, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.surfaces import payloads
from playground.slack.surfaces.dispatcher import Dispatcher
from playground.slack.surfaces.events import Events
from playground.slack.surfaces.interactions import TROUBLE
from playground.slack.workspace import choices
from playground.slack.workspace.people import Person
from playground.slack.workspace.views import View, ViewError
from playground.slack.workspace.workspace import Workspace

Errors = dict[str, str]
"""block_id to the text under its input; "" to the text above the form."""


class Forms:
    """Submitting, closing, and opening the Home tab."""

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher, events: Events) -> None:
        self._workspace = workspace
        self._dispatcher = dispatcher
        self._events = events

    def submit(self, person: Person, view: View, state: Mapping[str, Any]) -> Errors | None:
        """
        Send a form, unless Slack's own client finds something missing, and follow the app's answer.

        Raises:
            LookupError: the view is not the one on top, or has no such element.
            ValueError: the choice is not on offer.
        """
        if self._workspace.views.stack(person.id)[-1:] != [view]:
            raise LookupError(f"view {view.id} is not on top")
        with self._workspace.changing():
            view.state = self.filled(view, state)
            missing = choices.complaints(view.body["blocks"], view.state)
            if missing:
                return missing
            payload = {
                **payloads.common("view_submission", person),
                "view": view.shown(),
                "trigger_id": self._workspace.tickets.trigger(person.id, view.id),
                "response_urls": [],
            }
        ack = self._dispatcher.send_payload(payload)
        with self._workspace.changing():
            errors = {"": TROUBLE} if ack.failure else self._follow(view, ack.body)
            view.complaint = (errors or {}).get("")
        return errors

    def filled(self, view: View, state: Mapping[str, Any]) -> choices.State:
        """Return a view's state with the form's values. Raises as `submit` does."""
        return choices.chosen_state(view.body["blocks"], view.state, state)

    def close(self, person: Person, view: View) -> None:
        """Close a view; the app is told if the view wants it to be."""
        with self._workspace.changing():
            if view.body.get("clear_on_close"):
                self._workspace.views.clear(person.id)
            else:
                self._workspace.views.remove(view)
        if view.body.get("notify_on_close"):
            is_cleared = bool(view.body.get("clear_on_close"))
            payload = {**payloads.common("view_closed", person), "view": view.shown()}
            self._dispatcher.send_payload({**payload, "is_cleared": is_cleared})

    def open_home(self, person: Person) -> None:
        """Open the bot's Home tab."""
        with self._workspace.changing():
            channel = self._workspace.direct_messages(person.id)
            view = self._workspace.views.home(person.id)
            event: dict[str, Any] = {
                "type": "app_home_opened",
                "user": person.id,
                "channel": channel.id,
                "tab": "home",
            }
            if view:
                event["view"] = view.shown()
        self._events.send(event)

    def _follow(self, view: View, body: Any) -> Errors | None:
        """Follow the answer to a submission; return Slack's text if it makes no sense."""
        if not body:
            self._workspace.views.remove(view)
            return None
        action = body.get("response_action") if isinstance(body, dict) else None
        if action == "errors":
            return _errors(view, body.get("errors"))
        try:
            return self._show(view, action, body)
        except (ViewError, AttributeError):
            return {"": TROUBLE}

    def _show(self, view: View, action: Any, body: Mapping[str, Any]) -> Errors | None:
        if action == "clear":
            self._workspace.views.clear(view.person)
        elif action == "update":
            self._workspace.views.update(view, body.get("view") or {})
        elif action == "push":
            self._workspace.views.push(view.person, body.get("view") or {})
        else:
            return {"": TROUBLE}
        return None


def _errors(view: View, errors: Any) -> Errors:
    """Take errors about inputs of the view; Slack shows no others."""
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return {"": TROUBLE}
    return {block_id: str(text) for block_id, text in errors.items()}
