"""
Blocks and elements to the surfaces that take them.

Sources: blocks from https://docs.slack.dev/blocks.json; elements from the table of
https://api.slack.com/reference/block-kit/block-elements, both read 2026-11. Where other libraries differ
(slackblocks takes charts and containers on the Home tab and cards in modals), the narrower one stands.
"""

from __future__ import annotations

from playground.slack.blocks.rules import Surface

_EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MESSAGES: frozenset[Surface] = frozenset({"message"})
_MODALS: frozenset[Surface] = frozenset({"modal"})
_NOT_MODALS: frozenset[Surface] = frozenset({"message", "home"})

BLOCKS: dict[str, frozenset[Surface]] = {
    **dict.fromkeys(
        ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"),
        _EVERYWHERE,
    ),
    **dict.fromkeys(("card", "carousel", "data_table", "table"), _NOT_MODALS),
    **dict.fromkeys(
        ("container", "context_actions", "data_visualization", "markdown", "plan", "task_card"), _MESSAGES
    ),
    "alert": _MODALS,
}
"""A file block is not here: Slack makes it, an app cannot send one."""

ELEMENTS: dict[str, frozenset[Surface]] = {
    "datetimepicker": frozenset({"modal", "message"}),
    "email_text_input": _MODALS,
    "file_input": _MODALS,
    "number_input": _MODALS,
    "rich_text_input": frozenset({"modal", "home"}),
    "url_text_input": _MODALS,
    "workflow_button": _MESSAGES,
}
"""Every other element stands everywhere."""

SELECTS = frozenset(
    f"{source}_select" for source in ("static", "external", "users", "conversations", "channels")
)
MULTI_SELECTS = frozenset(f"multi_{select}" for select in SELECTS)

_CHOICES = SELECTS | MULTI_SELECTS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
_BUTTONS = frozenset({"button", "overflow", "workflow_button"})

IN_SECTION = _CHOICES | _BUTTONS | {"image"}
IN_ACTIONS = _CHOICES | _BUTTONS | {"datetimepicker", "rich_text_input"}
IN_INPUT = _CHOICES | {
    "datetimepicker",
    "email_text_input",
    "file_input",
    "number_input",
    "plain_text_input",
    "rich_text_input",
    "url_text_input",
}
IN_CONTAINER = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table", "video"}
)
