"""
views.*: modals and Home tabs.

Source: https://docs.slack.dev/reference/methods/views.open and its neighbours, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.workspace.tickets import TicketError, Trigger
from playground.slack.workspace.views import View, ViewError


def open_view(call: Call) -> Answer:
    """views.open: open a modal for the person who pulled the trigger."""
    body = _body(call)
    trigger = _pull(call)
    return _shown(lambda: call.workspace.views.open(trigger.person, body))


def push(call: Call) -> Answer:
    """views.push: lay a view on the modal in which the trigger was pulled."""
    body = _body(call)
    trigger = _pull(call)
    if call.workspace.views.find(trigger.view_id) not in call.workspace.views.stack(trigger.person):
        raise ApiError("invalid_trigger_id")
    return _shown(lambda: call.workspace.views.push(trigger.person, body))


def update(call: Call) -> Answer:
    """views.update: change a view that is open, unless it has changed since `hash`."""
    body = _body(call)
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise ApiError("invalid_arguments", ["missing required field: view_id"])
    view = call.workspace.views.find(view_id or None, external_id or None)
    if view is None:
        raise ApiError("not_found")
    _same_hash(call, view)
    return _shown(lambda: _updated(call, view, body))


def publish(call: Call) -> Answer:
    """views.publish: show a person's Home tab, where the manifest has one."""
    body = _body(call)
    person = call.person("user_id")
    if not call.workspace.app_home.get("home_tab_enabled"):
        raise ApiError("not_enabled")
    before = call.workspace.views.home(person.id)
    if before:
        _same_hash(call, before)
    return _shown(lambda: call.workspace.views.publish(person.id, body))


def _body(call: Call) -> Any:
    body = call.json("view", "invalid_arguments")
    if not isinstance(body, dict):
        raise ApiError("invalid_arguments", ["missing required field: view"])
    return body


def _pull(call: Call) -> Trigger:
    try:
        return call.workspace.tickets.pull(call.required("trigger_id"))
    except TicketError as error:
        raise ApiError(str(error)) from None


def _same_hash(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise ApiError("hash_conflict")


def _updated(call: Call, view: View, body: Any) -> View:
    call.workspace.views.update(view, body)
    return view


def _shown(change: Callable[[], View]) -> Answer:
    try:
        return {"view": change().shown()}
    except ViewError as error:
        raise ApiError(error.error, error.messages) from None


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
