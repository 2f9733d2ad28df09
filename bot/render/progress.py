"""The progress and the end of a scan or an action as a Slack message; that of a scan has a Cancel button."""

from __future__ import annotations

from bot.domain.message import Message
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import Confirm, button, section
from bot.render.ids import CANCEL_SCAN


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


def cancelling_message(user_id: str, locale: Locale) -> Message:
    """Show that a person has cancelled a scan that has not stopped yet."""
    return _line(translate(locale, "progress.cancelling", person=mrkdwn.person(user_id)))


def cancelled_message(user_id: str, read_count: int, locale: Locale) -> Message:
    """Show who has cancelled a scan, and its progress at that time."""
    person = mrkdwn.person(user_id)
    return _line(translate(locale, "progress.cancelled", person=person, count=read_count))


def finished_message(read_count: int, locale: Locale) -> Message:
    """Show that a scan is finished; its report shows the result."""
    return _line(translate(locale, "progress.finished", count=read_count))


def stopped_message(locale: Locale) -> Message:
    """Show that a scan has stopped; the requester gets the reason."""
    return _line(translate(locale, "progress.stopped"))


def acting_message(count: int, total: int, locale: Locale) -> Message:
    """Show the number of findings that an action has changed so far."""
    return _line(translate(locale, "progress.acting", count=count, total=total))


def acted_message(count: int, locale: Locale) -> Message:
    """Show that an action is finished; the report's message shows the result."""
    return _line(translate(locale, "progress.acted", count=count))


def stopped_acting_message(locale: Locale) -> Message:
    """Show that an action has stopped; the requester gets the reason."""
    return _line(translate(locale, "progress.stopped-acting"))


def _line(text: str) -> Message:
    """Return a message without a button; its block replaces the one with the button."""
    return Message(text, (section(text),))
