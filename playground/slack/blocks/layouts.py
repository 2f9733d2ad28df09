"""
Blocks: the parts of a message or a view.

Source: https://docs.slack.dev/reference/block-kit/blocks, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.blocks import limits, surfaces
from playground.slack.blocks.charts import chart
from playground.slack.blocks.elements import ELEMENTS, elements, image
from playground.slack.blocks.objects import (
    URL,
    any_text,
    confirm,
    plain_text,
    slack_file,
    slack_icon,
)
from playground.slack.blocks.rich_text import rich_text
from playground.slack.blocks.rules import (
    Report,
    Rule,
    anything,
    boolean,
    both,
    items,
    one_of,
    record,
    string,
    typed,
)
from playground.slack.blocks.tables import data_table, table

_BASE: dict[str, Rule] = {"block_id": string(limits.IDENTIFIER)}


def _block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return record({"type": anything, **required}, {**_BASE, **(optional or {})})


def _defines(names: tuple[str, ...], *, once: bool = False) -> Rule:
    """Take a block that has at least one of some fields, or exactly one."""

    def check(report: Report, path: str, value: Mapping[str, Any]) -> None:
        count = sum(value.get(name) is not None for name in names)
        if count == 0 or (once and count > 1):
            report.add(f"{path}/type", "must define either " + " or ".join(f"`{name}`" for name in names))

    return check


def _header_divider(report: Report, path: str, value: Mapping[str, Any]) -> None:
    if value.get("is_collapsible") and value.get("has_header_divider"):
        report.add(path, "`has_header_divider` cannot be set when `is_collapsible` is true")


def _not_pending(report: Report, path: str, value: Mapping[str, Any]) -> None:
    if value.get("status") == "pending":
        report.add(f"{path}/status", "only a task of a plan can be pending")


_context_element = typed(
    {**{name: any_text() for name in ("plain_text", "mrkdwn")}, "image": image},
)
_feedback = record(
    {"text": plain_text(limits.BUTTON_TEXT), "value": string(limits.BUTTON_VALUE)},
    {"accessibility_label": string(limits.BUTTON_LABEL)},
)
_context_action = typed(
    {
        "feedback_buttons": record(
            {"type": anything, "positive_button": _feedback, "negative_button": _feedback},
            {"action_id": string(limits.IDENTIFIER)},
        ),
        "icon_button": record(
            {"type": anything, "icon": one_of("trash"), "text": plain_text(limits.BUTTON_TEXT)},
            {
                "action_id": string(limits.IDENTIFIER),
                "value": string(limits.BUTTON_VALUE),
                "confirm": confirm,
                "accessibility_label": string(limits.BUTTON_LABEL),
                "visible_to_user_ids": items(string(), 0, limits.VISIBLE_TO),
            },
        ),
    }
)
_card = both(
    _block(
        {},
        {
            "hero_image": image,
            "icon": image,
            "slack_icon": slack_icon,
            "title": any_text(limits.CARD_TITLE),
            "subtitle": any_text(limits.CARD_TITLE),
            "body": any_text(limits.CARD_TEXT),
            "subtext": any_text(limits.CARD_TEXT),
            "actions": items(typed({"button": ELEMENTS["button"]}), 0, limits.CARD_ACTIONS),
        },
    ),
    _defines(("hero_image", "title", "actions", "body")),
)
_source = record({"type": one_of("url"), "url": string(pattern=URL), "text": string()})
_task = _block(
    {
        "task_id": string(),
        "title": string(),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {"details": rich_text, "output": rich_text, "sources": items(_source)},
)

LAYOUTS: dict[str, Rule] = {
    "section": both(
        _block(
            {},
            {
                "text": any_text(limits.SECTION_TEXT),
                "fields": items(any_text(limits.FIELD_TEXT), 1, limits.SECTION_FIELDS),
                "accessory": elements(surfaces.IN_SECTION),
                "expand": boolean,
            },
        ),
        _defines(("text", "fields")),
    ),
    "header": _block({"text": plain_text(limits.HEADER_TEXT)}),
    "divider": _block({}),
    "context": _block({"elements": items(_context_element, 1, limits.CONTEXT_ELEMENTS)}),
    "actions": _block({"elements": items(elements(surfaces.IN_ACTIONS), 1, limits.ACTIONS_ELEMENTS)}),
    "input": _block(
        {"label": plain_text(limits.LABEL), "element": elements(surfaces.IN_INPUT)},
        {"hint": plain_text(limits.LABEL), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": both(
        _block(
            {"alt_text": string(limits.IMAGE_TEXT)},
            {
                "image_url": string(limits.IMAGE_URL, pattern=URL),
                "slack_file": slack_file,
                "title": plain_text(limits.IMAGE_TEXT),
            },
        ),
        _defines(("image_url", "slack_file"), once=True),
    ),
    "rich_text": rich_text,
    "markdown": _block({"text": string(limits.MARKDOWN_TEXT)}),
    "table": table(_BASE),
    "data_table": data_table(_BASE),
    "data_visualization": chart(_BASE),
    "alert": _block(
        {"text": any_text(limits.ALERT_TEXT)},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "video": _block(
        {
            "alt_text": string(limits.IMAGE_TEXT),
            "title": plain_text(limits.VIDEO_TITLE),
            "video_url": string(limits.IMAGE_URL, pattern=r"https://\S+"),
            "thumbnail_url": string(limits.IMAGE_URL, pattern=URL),
        },
        {
            "title_url": string(limits.IMAGE_TEXT, pattern=r"https://\S+"),
            "description": plain_text(limits.VIDEO_DESCRIPTION),
            "author_name": string(limits.VIDEO_AUTHOR),
            "provider_name": string(limits.VIDEO_AUTHOR),
            "provider_icon_url": string(limits.IMAGE_TEXT, pattern=URL),
        },
    ),
    "card": _card,
    "carousel": _block({"elements": items(typed({"card": _card}), 1, limits.CARDS)}),
    "context_actions": _block({"elements": items(_context_action, 1, limits.CONTEXT_ACTIONS)}),
    "task_card": both(_task, _not_pending),
    "plan": _block({"title": string()}, {"tasks": items(typed({"task_card": _task}), 0, limits.PLAN_TASKS)}),
}
LAYOUTS["container"] = both(
    _block(
        {
            "child_blocks": items(
                typed({name: rule for name, rule in LAYOUTS.items() if name in surfaces.IN_CONTAINER}),
                1,
                limits.CONTAINER_BLOCKS,
            )
        },
        {
            "title": plain_text(limits.CONTAINER_TITLE),
            "rich_text_title": rich_text,
            "subtitle": any_text(limits.CONTAINER_TITLE),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": image,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    _defines(("title", "rich_text_title")),
    _header_divider,
)


def check_blocks(report: Report, path: str, blocks: Any) -> None:
    """Judge each block by itself, and their number."""
    here = {name: rule for name, rule in LAYOUTS.items() if report.surface in surfaces.BLOCKS[name]}
    items(typed(here), 1, limits.BLOCKS[report.surface])(report, path, blocks)
