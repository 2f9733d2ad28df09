"""Messages with elements to press and choose."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from tests.slack import kit
from tests.slack.kit import option

HOME = "C0SECURITY"


MARK = kit.actions(
    kit.button(action_id="mark", value="r1:0", style="primary", confirm=kit.confirm()), block_id="row-0"
)


MENUS = kit.actions(
    kit.select(action_id="pick", options=[option("1"), option("2", "two")]),
    {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]},
    {"type": "external_select", "action_id": "search", "min_query_length": 2},
    {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"},
    block_id="menus",
)


def post(client: WebClient, *blocks: kit.Piece, **arguments: Any) -> str:
    """Post a message; give its ts."""
    return str(client.chat_postMessage(channel=HOME, text="x", blocks=list(blocks), **arguments)["ts"])
