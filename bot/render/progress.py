"""The progress of a scan or an act as a Slack message: how far it is, a scan's Cancel, and how it ended."""

from __future__ import annotations

from bot.domain.message import Message
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import Confirm, button, section
from bot.render.ids import CANCEL_SCAN


def scanning_message(report_id: str, asked_by: str, read_count: int, locale: Locale) -> Message:
    """Tell how many findings a scan has read so far; offer to cancel it."""
    text = translate(locale, "progress.scanning", count=read_count)
    confirm = Confirm(
        title=translate(locale, "progress.confirm.title"),
        text=translate(locale, "progress.confirm.text"),
        yes=translate(locale, "progress.confirm.yes"),
        no=translate(locale, "progress.confirm.no"),
    )
    cancel = button(CANCEL_SCAN, f"{report_id}:{asked_by}", translate(locale, "progress.cancel"), confirm)
    return Message(text, (section(text) | {"block_id": "progress", "accessory": cancel},))


def cancelling_message(user_id: str, locale: Locale) -> Message:
    """Tell that a person has cancelled a scan that has not stopped yet."""
    return _line(translate(locale, "progress.cancelling", person=mrkdwn.person(user_id)))


def cancelled_message(user_id: str, read_count: int, locale: Locale) -> Message:
    """Tell who has cancelled a scan, and how far it was."""
    person = mrkdwn.person(user_id)
    return _line(translate(locale, "progress.cancelled", person=person, count=read_count))


def finished_message(read_count: int, locale: Locale) -> Message:
    """Tell that a scan is done; its report says what it found."""
    return _line(translate(locale, "progress.finished", count=read_count))


def stopped_message(locale: Locale) -> Message:
    """Tell that a scan goes on no more; who asked is told why."""
    return _line(translate(locale, "progress.stopped"))


def acting_message(count: int, total: int, locale: Locale) -> Message:
    """Tell how many findings an act has changed so far, of how many."""
    return _line(translate(locale, "progress.acting", count=count, total=total))


def acted_message(count: int, locale: Locale) -> Message:
    """Tell that an act is done; the report's message says what came of it."""
    return _line(translate(locale, "progress.acted", count=count))


def stopped_acting_message(locale: Locale) -> Message:
    """Tell that an act goes on no more; who acted is told why."""
    return _line(translate(locale, "progress.stopped-acting"))


def _line(text: str) -> Message:
    """Make a message without a button; it has a block, which takes the place of the one with the button."""
    return Message(text, (section(text),))
