"""
The input and choices of people: the state of the elements of a message or a view.

Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload (state.values), read
2026-11.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Block = Mapping[str, Any]
State = dict[str, dict[str, dict[str, Any]]]
"""block_id to action_id to the choice: {"type": …, "selected_option": …}."""

FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", ""),
}
"""Type of an element to the fields of its choice and of its initial choice."""
SEVERAL = frozenset(name for name, (field, _) in FIELDS.items() if field.endswith("s"))
"""Elements that keep a list."""

CHILDREN = {"container": "child_blocks", "carousel": "elements"}
"""Blocks that hold blocks, and where."""

REQUIRED = "Please complete this required field."


def elements(blocks: Sequence[Block]) -> Iterator[tuple[Block, Block]]:
    """Return each interactive element with its block."""
    for block in blocks:
        inner = block.get("elements") or block.get("actions") or []
        for element in [*inner, block.get("accessory"), block.get("element")]:
            if isinstance(element, Mapping) and "action_id" in element:
                yield block, element
        yield from elements(children(block))


def children(block: Block) -> Sequence[Block]:
    """Return the blocks in a block: those of a container, the cards of a carousel."""
    inner: Sequence[Block] = block.get(CHILDREN.get(block["type"], "")) or []
    return inner


def find(blocks: Sequence[Block], block_id: str, action_id: str) -> tuple[Block, Block]:
    """
    Find an element, with its block.

    Raises:
        LookupError: there is none with these IDs.
    """
    for block, element in elements(blocks):
        if (block["block_id"], element["action_id"]) == (block_id, action_id):
            return block, element
    raise LookupError(f"no element {action_id} in block {block_id}")


def first_state(blocks: Sequence[Block]) -> State:
    """Return the state before anybody has chosen anything."""
    state: State = {}
    for block, element in elements(blocks):
        if element["type"] in FIELDS:
            field, initial = FIELDS[element["type"]]
            empty: Any = [] if element["type"] in SEVERAL else None
            chosen = {"type": element["type"], field: element.get(initial, empty)}
            state.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    return state


def chosen_state(blocks: Sequence[Block], before: State, given: Mapping[str, Any]) -> State:
    """
    Return the state after a person has chosen something.

    Raises:
        LookupError: an element is not there.
        ValueError: the choice is not on offer.
    """
    state = copy.deepcopy(before)
    for block_id, actions in given.items():
        for action_id, choice in actions.items():
            _, element = find(blocks, block_id, action_id)
            state.setdefault(block_id, {})[action_id] = choice_of(element, choice)
    return state


def choice_of(element: Block, choice: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of one element, its options complete. Raises ValueError as chosen_state does."""
    field, _ = FIELDS[element["type"]]
    value = choice.get(field)
    if field == "selected_option" and value is not None:
        value = offered(element, value)
    if field == "selected_options":
        value = [offered(element, option) for option in value or []]
    if value is None and element["type"] in SEVERAL:
        value = []
    return {"type": element["type"], field: value or (None if value == "" else value)}


def offered(element: Block, choice: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the option that has the choice's value; the options of an external select are not known here."""
    if "external" in element["type"]:
        return choice
    groups = element.get("option_groups") or []
    options = [*element.get("options", []), *(option for group in groups for option in group["options"])]
    for option in options:
        if option["value"] == choice.get("value"):
            return dict(option)
    raise ValueError(f"{choice.get('value')!r} is not an option of {element['action_id']}")


def complaints(blocks: Sequence[Block], state: State) -> dict[str, str]:
    """Return, by block_id, the errors for which Slack's own client does not send a form."""
    found = {}
    for block, element in elements(blocks):
        if block["type"] == "input":
            choice = state[block["block_id"]][element["action_id"]]
            complaint = _complaint(block, element, choice[FIELDS[element["type"]][0]])
            if complaint:
                found[block["block_id"]] = complaint
    return found


def _complaint(block: Block, element: Block, value: Any) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    if isinstance(value, list) and len(value) > element.get("max_selected_items", len(value)):
        return f"Select no more than {element['max_selected_items']} items."
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(value) <= most:
            return f"Enter {least} to {most} characters."
    return _odd(element, value)


def _odd(element: Block, value: Any) -> str:
    if element["type"] == "email_text_input" and "@" not in value:
        return "Enter a valid email address."
    if element["type"] == "url_text_input" and "://" not in value:
        return "Enter a valid URL."
    if element["type"] == "number_input":
        try:
            number = float(value)
        except ValueError:
            return "Enter a number."
        if not float(element.get("min_value", "-inf")) <= number <= float(element.get("max_value", "inf")):
            return "Enter a number within the limits."
        if not element["is_decimal_allowed"] and not number.is_integer():
            return "Enter a whole number."
    return ""
