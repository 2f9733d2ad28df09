"""
Judges that we did not write, over the whole suite: what playground.slack.blocks finds no fault with must be
without fault to slack_sdk's models and to slackblocks too.

They see every message that the bot makes in a test, sent or not, and every message and view that reaches a
local Slack in the process. A fault fails the test. Where a judge has no model of a block, it says nothing.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pytest
import slackblocks
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks import _limits
from slackblocks.errors import InvalidUsageError

from bot.domain.slack import Message
from playground.slack import blocks as ours
from playground.slack.api import checks
from playground.slack.workspace import content, views

Piece = dict[str, Any]

UNKNOWN_TO_SLACK_SDK = frozenset({"data_table", "data_visualization"})
"""Blocks of which slack_sdk has no model; it would log a warning for each."""

LONGEST = {
    ("actions", "elements"): _limits.ACTIONS_ELEMENTS_MAX_ITEMS,
    ("button", "text"): _limits.BUTTON_TEXT_MAX_LENGTH,
    ("button", "value"): _limits.BUTTON_VALUE_MAX_LENGTH,
    ("button", "url"): _limits.BUTTON_URL_MAX_LENGTH,
    ("checkboxes", "options"): _limits.CHECKBOXES_OPTIONS_MAX_ITEMS,
    ("context", "elements"): _limits.CONTEXT_ELEMENTS_MAX_ITEMS,
    ("external_select", "placeholder"): _limits.SELECT_PLACEHOLDER_MAX_LENGTH,
    ("home", "blocks"): _limits.VIEW_BLOCKS_MAX_ITEMS,
    ("input", "hint"): _limits.INPUT_HINT_MAX_LENGTH,
    ("input", "label"): _limits.INPUT_LABEL_MAX_LENGTH,
    ("modal", "blocks"): _limits.VIEW_BLOCKS_MAX_ITEMS,
    ("modal", "close"): _limits.VIEW_CLOSE_MAX_LENGTH,
    ("modal", "submit"): _limits.VIEW_SUBMIT_MAX_LENGTH,
    ("modal", "title"): _limits.VIEW_TITLE_MAX_LENGTH,
    ("multi_external_select", "placeholder"): _limits.SELECT_PLACEHOLDER_MAX_LENGTH,
    ("overflow", "options"): _limits.OVERFLOW_OPTIONS_MAX_ITEMS,
    ("plain_text_input", "placeholder"): _limits.PLAIN_TEXT_INPUT_PLACEHOLDER_MAX_LENGTH,
    ("radio_buttons", "options"): _limits.RADIO_BUTTONS_OPTIONS_MAX_ITEMS,
    ("static_select", "options"): _limits.SELECT_OPTIONS_MAX_ITEMS,
    ("static_select", "placeholder"): _limits.SELECT_PLACEHOLDER_MAX_LENGTH,
    ("table", "column_settings"): _limits.TABLE_COLUMN_SETTINGS_MAX_ITEMS,
    ("table", "rows"): _limits.TABLE_ROWS_MAX_ITEMS,
}
"""slackblocks' limits where it cannot read JSON: elements, and blocks with elements in them."""
LONGEST_ANYWHERE = {
    "action_id": _limits.ACTION_ID_MAX_LENGTH,
    "block_id": _limits.BLOCK_ID_MAX_LENGTH,
    "callback_id": _limits.VIEW_CALLBACK_ID_MAX_LENGTH,
    "private_metadata": _limits.VIEW_PRIVATE_METADATA_MAX_LENGTH,
}


def message_faults(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """List what the judges find in a message's blocks."""
    most = _limits.MESSAGE_BLOCKS_MAX_ITEMS
    many = [f"slackblocks: {len(blocks)} blocks, not {most}"] if len(blocks) > most else []
    return [*many, *_faults(blocks)]


def view_faults(view: Mapping[str, Any]) -> list[str]:
    """List what the judges find in a modal or a Home tab."""
    body = copy.deepcopy(dict(view))
    faults = _refused("slack_sdk", lambda: View(**body).to_dict(), SlackObjectFormationError)
    return [*faults, *_too_long({**body, "blocks": len(body["blocks"]) * [{}]}), *_faults(body["blocks"])]


def _faults(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    return [fault for block in blocks for fault in _block_faults(json.dumps(block))]


@lru_cache(maxsize=4096)
def _block_faults(text: str) -> tuple[str, ...]:
    """Judge a block, which is JSON here because the same ones come again and again, and judges are slow."""
    block: Piece = json.loads(text)
    plain = {name: value for name, value in block.items() if name != "accessory"}
    return (
        *_refused("slack_sdk", lambda: _parsed(block), SlackObjectFormationError),
        *_refused("slackblocks", lambda: slackblocks.Block.from_dict(plain), InvalidUsageError),
        *_too_long(block),
    )


def _parsed(block: Piece) -> object:
    if block["type"] in UNKNOWN_TO_SLACK_SDK:
        return None
    parsed = Block.parse(block)
    if parsed is None:
        raise SlackObjectFormationError(f"{block['type']} is no block")
    parsed.validate_json()
    return parsed.to_dict()


def _refused(judge: str, read: Callable[[], object], refusal: type[Exception]) -> list[str]:
    """Tell why a judge refuses something, or fails over it; slackblocks says what it does not know."""
    try:
        read()
    except NotImplementedError:
        return []
    except (refusal, AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"{judge}: {error!r}"]
    return []


def _too_long(piece: Any) -> list[str]:
    if isinstance(piece, list):
        return [fault for part in piece for fault in _too_long(part)]
    if not isinstance(piece, dict):
        return []
    kind = piece.get("type")
    faults = []
    for name, value in piece.items():
        most = LONGEST.get((str(kind), name), LONGEST_ANYWHERE.get(name))
        if most is not None and value is not None and _length(value) > most:
            faults.append(f"slackblocks: {kind}.{name} is {_length(value)} long, not {most}")
        faults += _too_long(value)
    return faults


def _length(value: Any) -> int:
    return len(value["text"] if isinstance(value, dict) else value)


@pytest.fixture(scope="session", autouse=True)
def faults_found() -> Iterator[list[str]]:
    """Let the judges see everything; give what they have found, which grows."""
    found: list[str] = []

    def problems(blocks: Sequence[Mapping[str, Any]], surface: ours.Surface) -> list[str]:
        problems = ours.problems(blocks, surface)
        if not problems:
            found.extend(message_faults(blocks))
        return problems

    def view_problems(view: Mapping[str, Any]) -> list[str]:
        problems = ours.view_problems(view)
        if not problems:
            found.extend(view_faults(view))
        return problems

    make = Message.__init__

    def made(message: Message, *arguments: Any, **named: Any) -> None:
        make(message, *arguments, **named)
        if message.blocks:
            problems(message.blocks, "message")

    with pytest.MonkeyPatch.context() as patch:
        for module in (content, checks):
            patch.setattr(module, "problems", problems)
        for module in (views, checks):
            patch.setattr(module, "view_problems", view_problems)
        patch.setattr(Message, "__init__", made)
        yield found


@pytest.fixture(autouse=True)
def _without_fault(faults_found: list[str]) -> Iterator[None]:
    """Fail the test in which the judges have found something."""
    faults_found.clear()
    yield

    assert [] == faults_found
