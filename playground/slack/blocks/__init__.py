"""
Block Kit's rules: Slack's errors about a message or a view.

The reasons have Slack's wording if it is known, such as
`must be less than 151 characters [json-pointer:/blocks/0/text/text]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.slack.blocks import limits
from playground.slack.blocks.across import check_across
from playground.slack.blocks.layouts import check_blocks
from playground.slack.blocks.objects import group, option
from playground.slack.blocks.rules import Report, Surface, items
from playground.slack.blocks.views import check_view

__all__ = ["Surface", "option_problems", "problems", "view_problems"]


def problems(blocks: Sequence[Mapping[str, Any]], surface: Surface) -> list[str]:
    """List every violation, each as `reason [json-pointer:…]`; the pointers start at /blocks."""
    report = Report(surface)
    check_blocks(report, "/blocks", blocks)
    check_across(report, "/blocks", blocks)
    return report.problems


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """List every violation of a modal or a Home tab in the same form; the pointers start at /view."""
    report = Report("home" if view.get("type") == "home" else "modal")
    check_view(report, "/view", view)
    return report.problems


def option_problems(options: Any, groups: Any) -> list[str]:
    """List every violation of an app's options for an external select; no option at all is fine."""
    report = Report("modal")
    if groups is not None:
        items(group, 0, limits.OPTION_GROUPS)(report, "/option_groups", groups)
    else:
        items(option(), 0, limits.OPTIONS)(report, "/options", options)
    return report.problems
