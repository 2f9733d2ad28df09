"""The blocks that messages and forms are made of, each within its limit whatever its text."""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.finding import Severity
from bot.domain.message import Block
from bot.render import limits
from bot.render.limits import clip, one_line

SEVERITY_MARKS = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFORMATIONAL: "⚪",
}


def plain(text: str, limit: int) -> Block:
    """Make a text object that is not parsed, within its limit."""
    return {"type": "plain_text", "text": clip(one_line(text), limit), "emoji": True}


def section(text: str) -> Block:
    """Make a section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": clip(text, limits.SECTION)}}


def context(text: str) -> Block:
    """Make a line of small print, of mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": clip(text, limits.FIELD)}]}


def field(title: str, lines: list[str]) -> Block:
    """Make one column of a section: a title and lines, of mrkdwn."""
    return {"type": "mrkdwn", "text": clip("\n".join([f"*{title}*", *lines]), limits.FIELD)}


class Confirm(NamedTuple):
    """What a person is asked before a button does something; plain text."""

    title: str
    text: str
    yes: str
    no: str


def button(action_id: str, value: str, label: str, confirm: Confirm) -> Block:
    """Make a button that asks first."""
    return {
        "type": "button",
        "action_id": action_id,
        "value": value,
        "text": plain(label, limits.BUTTON),
        "confirm": {
            "title": plain(confirm.title, limits.CONFIRM_TITLE),
            "text": plain(confirm.text, limits.CONFIRM_TEXT),
            "confirm": plain(confirm.yes, limits.CONFIRM_BUTTON),
            "deny": plain(confirm.no, limits.CONFIRM_BUTTON),
        },
    }


def cell(text: str, limit: int) -> Block:
    """Make a table's cell, which must not be empty."""
    return {"type": "raw_text", "text": clip(one_line(text), limit) or "—"}
