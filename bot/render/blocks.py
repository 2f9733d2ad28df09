"""The blocks of messages and forms, each within its limit for any text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.domain.finding import Severity
from bot.domain.slack import Block, Message
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.limits import clip, one_line

SEVERITY_MARKS = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFORMATIONAL: "⚪",
}

SHOWN = 8
"""The controls or accounts that are counted by name."""


def plain(text: str, limit: int) -> Block:
    """Make a text object that is not parsed, within its limit."""
    return {"type": "plain_text", "text": clip(one_line(text), limit), "emoji": True}


def marked(text: str, limit: int) -> Block:
    """
    Make a text object of mrkdwn, within its limit.

    Without `verbatim` Slack turns "@here", "#general" and addresses in it into mentions and links
    (https://docs.slack.dev/reference/block-kit/composition-objects/text-object).
    """
    return {"type": "mrkdwn", "text": clip(text, limit), "verbatim": True}


def section(text: str) -> Block:
    """Make a section of mrkdwn."""
    return {"type": "section", "text": marked(text, limits.SECTION)}


def context(text: str) -> Block:
    """Make a line of small print, of mrkdwn."""
    return {"type": "context", "elements": [marked(text, limits.FIELD)]}


def entry(name: str, label: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    """Make an input of a form; its element has the input's name."""
    block = {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain(label, limits.OPTION),
        "element": element | {"action_id": name},
    }
    return block | ({"hint": plain(hint, limits.HINT)} if hint else {})


def choice(value: str, text: str) -> Block:
    """Make an option of a select or of radio buttons."""
    return {"value": value, "text": plain(text, limits.OPTION)}


def modal(title: str, close: str, blocks: Sequence[Block]) -> Block:
    """Make a modal that can only be closed."""
    return {
        "type": "modal",
        "title": plain(title, limits.MODAL_TITLE),
        "close": plain(close, limits.MODAL_TITLE),
        "blocks": list(blocks),
    }


def form(callback_id: str, metadata: str, submit: str, view: Block) -> Block:
    """Make a modal that can be sent; `metadata`, at most 3,000 characters, comes back with the answer."""
    sending = {"callback_id": callback_id, "private_metadata": metadata}
    return view | sending | {"submit": plain(submit, limits.MODAL_TITLE)}


def field(title: str, lines: list[str]) -> Block:
    """Make one column of a section: a title and lines, of mrkdwn."""
    return marked("\n".join([f"*{title}*", *lines]), limits.FIELD)


def control_name(control_id: str, locale: Locale) -> str:
    """Name a control in mrkdwn, or say that findings are of none."""
    return mrkdwn.code(clip(control_id, 40)) or translate(locale, "report.no-control")


def count_lines(counts: Mapping[str, int], others: str, locale: Locale) -> list[str]:
    """
    Write a line for each control or account, in mrkdwn; of more than SHOWN, the last counts the rest.

    Args:
        others: key of the text that counts the rest together.
    """
    lines = [f"{control_name(name, locale)}  *{count:,}*" for name, count in counts.items()]
    if len(lines) <= SHOWN:
        return lines
    rest = list(counts.values())[SHOWN - 1 :]
    return [*lines[: SHOWN - 1], f"{translate(locale, others, count=len(rest))}  *{sum(rest):,}*"]


class Confirm(NamedTuple):
    """The question before a button acts, in plain text."""

    title: str
    text: str
    yes: str
    no: str


def button(action_id: str, value: str, label: str, confirm: Confirm | None = None) -> Block:
    """Make a button, which may ask first."""
    block = {"type": "button", "action_id": action_id, "value": value, "text": plain(label, limits.BUTTON)}
    if confirm is None:
        return block
    asked = {
        "title": plain(confirm.title, limits.CONFIRM_TITLE),
        "text": plain(confirm.text, limits.CONFIRM_TEXT),
        "confirm": plain(confirm.yes, limits.CONFIRM_BUTTON),
        "deny": plain(confirm.no, limits.CONFIRM_BUTTON),
    }
    return block | {"confirm": asked}


def actions(block_id: str, *elements: Block) -> Block:
    """Make a row of buttons and menus."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def menu(action_id: str, options: Mapping[str, str]) -> Block:
    """Make a menu of at most five options: the value of each, and its text."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [{"value": value, "text": plain(text, limits.OPTION)} for value, text in options.items()],
    }


def text_alone(message: Message) -> Message:
    """Return a message of the texts of its blocks, for a layout that Slack refuses."""
    return Message("\n".join(_texts(message.blocks)) or message.text)


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the texts of headers, sections and small print in mrkdwn, in their order."""
    for block in blocks:
        if "text" in block:
            is_plain = block["text"]["type"] == "plain_text"
            yield mrkdwn.text(block["text"]["text"]) if is_plain else block["text"]["text"]
        if "fields" in block:
            yield from (field["text"] for field in block["fields"])
        if block["type"] == "context":
            yield "  ".join(element["text"] for element in block["elements"])
