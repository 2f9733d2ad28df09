"""Messages, files and blocks for the page to show."""

from __future__ import annotations

from typing import Any

from bot.domain.slack import Message

Shape = dict[str, Any]

FIRST_TS = 1795480200
"""2026-11-24 00:30 UTC, the moment of the first message."""


def a_ts(number: int) -> str:
    """Make the timestamp of the message that many minutes after the first."""
    return f"{FIRST_TS + 60 * number}.000100"


def a_message(number: int = 0, **fields: Any) -> Shape:
    """Make a message of the bot's; another number is a minute later."""
    message: Shape = {
        "channel": "C0SECURITY",
        "ts": a_ts(number),
        "thread_ts": None,
        "user": "U0SECHUB",
        "text": "Hello",
        "blocks": [],
        "files": [],
        "ephemeral": False,
        "edited": False,
        "error": None,
        "reply_count": 0,
        "notifies_me": False,
    }
    return message | fields


def rendered(message: Message) -> Shape:
    """Return the fields of a message that the bot has rendered, its blocks with IDs as Slack gives them."""
    blocks = [{"block_id": f"block-{at}", **block} for at, block in enumerate(message.blocks)]
    return {"text": message.text, "blocks": blocks}


def plain(text: str) -> Shape:
    """Make a text object that is not parsed."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Shape:
    """Make a text object in mrkdwn."""
    return {"type": "mrkdwn", "text": text}


def an_option(value: str, text: str = "") -> Shape:
    """Make an option of a menu."""
    return {"text": plain(text or value), "value": value}


def an_input(block_id: str, element: Shape, **fields: Any) -> Shape:
    """Make an input block whose element has the block's ID as its own."""
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **fields}


def a_modal(*blocks: Shape, **fields: Any) -> Shape:
    """Make a modal that can be submitted."""
    view = {"type": "modal", "title": plain("Scan"), "submit": plain("Scan"), "close": plain("Close")}
    return view | {"blocks": list(blocks)} | fields


def a_file(file_id: str, name: str = "report.csv", size: int = 100) -> Shape:
    """Make a CSV file."""
    return {
        "id": file_id,
        "name": name,
        "title": name,
        "mimetype": "text/csv",
        "size": size,
        "url": f"/files/{file_id}/{name}",
    }
