"""
Modals and Home tabs.

Source: https://docs.slack.dev/surfaces/modals and .../app-home, read 2026-11.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.slack.blocks import view_problems
from playground.slack.workspace.choices import State, first_state
from playground.slack.workspace.content import with_ids
from playground.slack.workspace.people import APP, BOT_ID, TEAM

STACK_DEPTH = 3
"""Views of one modal, https://docs.slack.dev/surfaces/modals#view-stack."""

Body = Mapping[str, Any]
"""A view as an app sends it."""


class ViewError(Exception):
    """Slack's error about a view, and its messages."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


@dataclass
class View:
    """A view that a person has before them."""

    id: str
    person: str
    body: Body
    """Its blocks have all their IDs."""
    root_id: str
    previous_id: str | None = None
    hash: str = field(default_factory=lambda: f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}")
    state: State = field(default_factory=dict)
    complaint: str | None = None
    """Slack's text above the form after the app has failed to answer."""

    def shown(self) -> dict[str, Any]:
        """Return the view as Slack sends and shows it."""
        own = {
            "id": self.id,
            "team_id": TEAM,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            "submit_disabled": False,
        }
        slack = {
            "state": {"values": self.state},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
        }
        return {**own, **self.body, **slack}


class Views:
    """Each person's modal, which is a stack of views, and Home tab."""

    def __init__(self, identifier: Callable[[str], str]) -> None:
        self._identifier = identifier
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, person: str) -> list[View]:
        """Return a person's modal, the view on top last."""
        return list(self._stacks.get(person, []))

    def home(self, person: str) -> View | None:
        """Return a person's Home tab."""
        return self._homes.get(person)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """Find a view by Slack's ID or the app's."""
        for view in [*(v for stack in self._stacks.values() for v in stack), *self._homes.values()]:
            if view_id == view.id or (external_id and external_id == view.body.get("external_id")):
                return view
        return None

    def open(self, person: str, body: Body) -> View:
        """Show a modal in place of the present one."""
        self._check(body, "modal")
        view = self._make(person, body, [])
        self._stacks[person] = [view]
        return view

    def push(self, person: str, body: Body) -> View:
        """Lay a view on top of a modal."""
        self._check(body, "modal")
        stack = self._stacks.get(person, [])
        if not stack:
            raise ViewError("not_found")
        if len(stack) >= STACK_DEPTH:
            raise ViewError("push_limit_reached")
        view = self._make(person, body, stack)
        self._stacks[person] = [*stack, view]
        return view

    def update(self, view: View, body: Body) -> None:
        """Change a view in its place. Input stays in blocks that keep their IDs."""
        self._check(body, str(view.body["type"]), updated=view)
        body = _complete(body)
        kept = first_state(body["blocks"])
        for block_id, actions in kept.items():
            for action_id in actions:
                before = view.state.get(block_id, {}).get(action_id)
                if before and before["type"] == actions[action_id]["type"]:
                    actions[action_id] = before
        view.body, view.state, view.complaint = body, kept, None
        view.hash = f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"

    def publish(self, person: str, body: Body) -> View:
        """Show a Home tab."""
        view = self._homes.get(person)
        if view:
            self.update(view, body)
            return view
        self._check(body, "home")
        view = self._make(person, body, [])
        self._homes[person] = view
        return view

    def remove(self, view: View) -> None:
        """Take a view off its modal."""
        self._stacks[view.person] = [v for v in self.stack(view.person) if v is not view]

    def clear(self, person: str) -> None:
        """Close a person's modal with all its views."""
        self._stacks.pop(person, None)

    def _make(self, person: str, body: Body, stack: list[View]) -> View:
        view_id, body = self._identifier("V"), _complete(body)
        root, previous = (stack[0].id, stack[-1].id) if stack else (view_id, None)
        return View(view_id, person, body, root, previous, state=first_state(body["blocks"]))

    def _check(self, body: Body, kind: str, updated: View | None = None) -> None:
        if body.get("type") in ("modal", "home") and body.get("type") != kind:
            raise ViewError("invalid_arguments", [f"must be a {kind} [json-pointer:/view/type]"])
        problems = view_problems(body)
        if problems:
            raise ViewError("invalid_arguments", problems)
        external_id = body.get("external_id")
        if external_id and self.find(external_id=external_id) not in (None, updated):
            raise ViewError("duplicate_external_id")


def _complete(body: Body) -> Body:
    return {**body, "blocks": with_ids(body["blocks"])}
