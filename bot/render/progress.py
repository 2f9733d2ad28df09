"""The message that shows the progress and the end of a scan or an action."""

from __future__ import annotations

from bot.domain.slack import Message
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.blocks import Confirm, actions, button, section
from bot.render.ids import CANCEL_SCAN, CONTINUE_SCAN, NARROW_SCAN, NO_WORDS, TAKE_READ


def scanning_message(report_id: str, asked_by: str, read_count: int, locale: Locale) -> Message:
    """Show the number of findings that a scan has read so far, with a Cancel button."""
    text = translate(locale, "progress.scanning", count=read_count)
    confirm = Confirm(
        title=translate(locale, "progress.confirm.title"),
        text=translate(locale, "progress.confirm.text"),
        yes=translate(locale, "progress.confirm.yes"),
        no=translate(locale, "progress.confirm.no"),
    )
    cancel = button(CANCEL_SCAN, f"{report_id}:{asked_by}", translate(locale, "progress.cancel"), confirm)
    return Message(text, (section(text) | {"block_id": "progress", "accessory": cancel},))


def paused_message(report_id: str, asked_by: str, read_count: int, query: str, locale: Locale) -> Message:
    """
    Ask how a scan that has read many findings is to go on.

    Args:
        query: its words.
    """
    person = mrkdwn.person(asked_by)
    text = translate(locale, "pause.question", count=read_count, person=person)
    scan = f"{report_id}:{asked_by}"
    narrowed = query if len(query) <= limits.BUTTON_VALUE else NO_WORDS
    buttons = [
        button(CONTINUE_SCAN, scan, translate(locale, "pause.continue")),
        button(NARROW_SCAN, narrowed, translate(locale, "pause.narrow")),
        button(TAKE_READ, scan, translate(locale, "pause.take")),
    ]
    asked = section(text) | {"block_id": "progress"}
    return Message(text, (asked, actions("pause", *buttons)))


def progress_message(locale: Locale, key: str, **values: object) -> Message:
    """Show a text without a button; its block replaces the one with the button."""
    text = translate(locale, key, **values)
    return Message(text, (section(text),))
