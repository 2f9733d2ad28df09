"""People who do without the page what the page would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.slack import LocalSlack
from playground.slack.workspace.messages import Message


class DirectDriver:
    """Driver that reach into the local Slack."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack

    def type(self, user: str, channel: str, text: str) -> None:
        """Type a command."""
        self._slack.command(user, channel, text)

    def press(self, user: str, message: Message, label: str) -> None:
        """Press a button, or choose from a menu."""
        block, element, state = labelled(message, label)
        names = {"block_id": block["block_id"], "action_id": element["action_id"]}
        self._slack.act(user, message.channel, message.ts, **names, **state)

    def drop(self, user: str, channel: str, thread_ts: str | None, name: str, content: bytes) -> None:
        """Drop a file."""
        self._slack.drop(user, channel, name, content, thread_ts=thread_ts)

    def fill(self, user: str, values: dict[str, str]) -> list[str]:
        """Fill and send the form."""
        view = self._slack.workspace.views.stack(user)[-1]
        state: dict[str, Any] = {}
        for block in view.body["blocks"]:
            expected = values.get(block["label"]["text"]) if block["type"] == "input" else None
            if expected is not None:
                chosen = self._choice(user, view.id, block, expected)
                state[block["block_id"]] = {block["element"]["action_id"]: chosen}
        errors = self._slack.submit(user, view.id, state)
        return list((errors or {}).values())

    def _choice(self, user: str, view_id: str, block: Any, text: str) -> dict[str, Any]:
        element = block["element"]
        kind, options = element["type"], element.get("options")
        if kind == "plain_text_input":
            return {"type": kind, "value": text}
        if kind == "datepicker":
            return {"type": kind, "selected_date": text}
        if kind == "radio_buttons":
            (option,) = (option for option in options if option["text"]["text"] == text)
            return {"type": kind, "selected_option": option}
        if options is None:
            options = self._slack.suggest(user, view_id, block["block_id"], element["action_id"], text)
        return {"type": kind, "selected_options": [o for o in options if text in o["text"]["text"]][:1]}


def labelled(message: Message, label: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Find what can be pressed or chosen first under a label: its block, the element, and what it sends."""
    return next(
        (block, element, state)
        for block in message.blocks
        for element in [*block.get("elements", ()), block.get("accessory", {})]
        for text, state in _choices(element)
        if text.startswith(label)
    )


def _choices(element: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the buttons and options: each label, and the value that it sends."""
    if element.get("type") == "button":
        yield element["text"]["text"], {"value": element["value"]}
    for option in element.get("options", ()) if element.get("type") == "overflow" else ():
        yield option["text"]["text"], {"selected_option": option}
