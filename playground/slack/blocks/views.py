"""
Views: modals and the Home tab.

Source: https://docs.slack.dev/reference/views, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.blocks import limits
from playground.slack.blocks.across import check_across
from playground.slack.blocks.layouts import check_blocks
from playground.slack.blocks.objects import plain_text
from playground.slack.blocks.rules import Report, Rule, anything, boolean, record, string, typed

_COMMON: dict[str, Rule] = {
    "private_metadata": string(limits.PRIVATE_METADATA, shortest=0),
    "callback_id": string(limits.IDENTIFIER, shortest=0),
    "external_id": string(limits.IDENTIFIER, shortest=0),
}
_TITLE = plain_text(limits.VIEW_TITLE)

_view = typed(
    {
        "modal": record(
            {"type": anything, "title": _TITLE, "blocks": check_blocks},
            {
                **_COMMON,
                "submit": _TITLE,
                "close": _TITLE,
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": record({"type": anything, "blocks": check_blocks}, {**_COMMON, "title": _TITLE}),
    }
)


def check_view(report: Report, path: str, view: Mapping[str, Any]) -> None:
    """Judge a view as an app sends it: the fields that Slack adds (id, hash, state…) are refused."""
    _view(report, path, view)
    check_across(report, f"{path}/blocks", view.get("blocks"))
    if view.get("type") == "modal" and view.get("submit") is None:
        blocks = view.get("blocks") if isinstance(view.get("blocks"), list) else []
        for index, block in enumerate(blocks or []):
            if isinstance(block, Mapping) and block.get("type") == "input":
                where = f"{path}/blocks/{index}/input"
                report.add(where, "must define `submit` to use an `input` block in modals")
