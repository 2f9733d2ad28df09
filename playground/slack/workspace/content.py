"""
The checks of a message from the Web API, a response URL or the answer to a command.

Source: https://docs.slack.dev/reference/methods/chat.postMessage (errors), read 2026-11.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from playground.slack.blocks import problems
from playground.slack.workspace.choices import CHILDREN, FIELDS, children
from playground.slack.workspace.mentions import linked
from playground.slack.workspace.people import UserGroup

LONGEST_TEXT = 40_000
INTERACTIVE = {*FIELDS, "button", "overflow", "workflow_button", "icon_button", "feedback_buttons"}
Block = dict[str, Any]


class ContentError(Exception):
    """Slack's error about a message, and its messages."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


def checked_content(text: Any, blocks: Any, groups: Sequence[UserGroup]) -> tuple[str, list[Block]]:
    """
    Return a message's text and blocks, these with the IDs that the app has left out, and linked.

    Raises:
        ContentError: no_text, msg_too_long, invalid_blocks_format, or invalid_blocks with every violation
            (invalid_attachments where it is a second table).
    """
    text = "" if text is None else str(text)
    if not text and not blocks:
        raise ContentError("no_text")
    if len(text) > LONGEST_TEXT:
        raise ContentError("msg_too_long")
    return text, checked_blocks(blocks or [], groups)


def checked_blocks(blocks: Any, groups: Sequence[UserGroup]) -> list[Block]:
    """Return a message's blocks, with all IDs and linked. Raises ContentError as checked_content does."""
    if not isinstance(blocks, list):
        raise ContentError("invalid_blocks_format")
    found = problems(blocks, "message") if blocks else []
    if found:
        only_tables = all(problem.startswith("only_one_table_allowed") for problem in found)
        raise ContentError("invalid_attachments" if only_tables else "invalid_blocks", found)
    shown: list[Block] = linked(with_ids(blocks), groups)
    return shown


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Copy blocks, with a block_id and an action_id for each that has none, as Slack does."""
    copied: list[Block] = [copy.deepcopy(dict(block)) for block in blocks]
    for block in copied:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        inner = block.get("elements", []) + block.get("actions", [])
        for element in [*inner, block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                element.setdefault("action_id", secrets.token_urlsafe(4))
        if children(block):
            block[CHILDREN[block["type"]]] = with_ids(children(block))
    return copied
