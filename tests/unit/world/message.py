"""Readers of a report's message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.slack import Message
from bot.i18n import Locale
from bot.render.message import ReportSetting

EN = ReportSetting(Locale.EN, "production")


MOST_CHARACTERS = 12_000
"""Slack answers msg_blocks_too_long beyond about this much JSON."""


def texts(value: Any) -> Iterator[str]:
    """Return every text that is shown, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def shown(message: Message) -> str:
    """Return all that a message shows as one text."""
    return "\n".join(texts(message.blocks))


def buttons(message: Message) -> list[dict[str, Any]]:
    """Return a message's buttons, from the top."""
    return [
        element
        for block in message.blocks
        for element in (block.get("accessory"), *block.get("elements", ()))
        if element and "action_id" in element
    ]


def values(message: Message, action_id: str) -> list[str]:
    """Return the values of the buttons that do something."""
    return [button["value"] for button in buttons(message) if button["action_id"] == action_id]
