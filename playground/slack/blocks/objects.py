"""
Composition objects: text, options, confirm dialogs, filters.

Source: https://docs.slack.dev/reference/block-kit/composition-objects, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.blocks import limits
from playground.slack.blocks.rules import (
    Report,
    Rule,
    anything,
    boolean,
    items,
    one_of,
    record,
    string,
    typed,
)

URL = r"https?://\S+"


def plain_text(longest: int, shortest: int = 1) -> Rule:
    """Take a plain_text object."""
    return typed({"plain_text": _plain(longest, shortest)})


def any_text(longest: int = limits.TEXT) -> Rule:
    """Take a plain_text or mrkdwn object."""
    return typed({"plain_text": _plain(longest, 1), "mrkdwn": _mrkdwn(longest)})


def _plain(longest: int, shortest: int) -> Rule:
    return record({"type": anything, "text": string(longest, shortest)}, {"emoji": boolean})


def _mrkdwn(longest: int) -> Rule:
    return record({"type": anything, "text": string(longest)}, {"verbatim": boolean})


confirm = record(
    {"title": plain_text(limits.CONFIRM_TITLE), "text": any_text(limits.CONFIRM_TEXT)},
    {
        "confirm": plain_text(limits.CONFIRM_BUTTON),
        "deny": plain_text(limits.CONFIRM_BUTTON),
        "style": one_of("primary", "danger"),
    },
)
"""confirm and deny may be left out: Slack then says Yes and No."""


def option(text: Rule | None = None, *, url: bool = False) -> Rule:
    """Take an option; its text is plain, or also mrkdwn in checkboxes and radio buttons."""
    optional = {"description": text or plain_text(limits.OPTION_TEXT)}
    if url:
        optional["url"] = string(limits.BUTTON_URL)
    return record(
        {"text": text or plain_text(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)}, optional
    )


group = record(
    {"label": plain_text(limits.OPTION_TEXT), "options": items(option(), 1, limits.OPTIONS)},
)

conversation_filter = record(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

dispatch_action_config = record(
    {}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)

workflow = record(
    {
        "trigger": record(
            {"url": string(pattern=URL)},
            {"customizable_input_parameters": items(record({"name": string(), "value": string()}))},
        )
    }
)

_slack_file = record({}, {"id": string(), "url": string(pattern=URL)})


def slack_file(report: Report, path: str, value: Any) -> None:
    """Take a file that Slack holds, by its ID or its address."""
    _slack_file(report, path, value)
    if isinstance(value, Mapping) and (value.get("id") is None) == (value.get("url") is None):
        report.add(path, "must define either `id` or `url`")


slack_icon = record({"type": one_of("icon"), "name": string()})
