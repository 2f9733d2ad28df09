"""The message that shows the progress and the end of a scan or an action, and questions about a scan."""

from __future__ import annotations

from bot.domain.slack import Message
from bot.errors import AmbiguousError
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.blocks import Confirm, actions, button, section
from bot.render.ids import CANCEL_SCAN, CHOOSE_MEANING, CONTINUE_SCAN, NARROW_SCAN, NO_WORDS, TAKE_READ

MOST_MEANINGS = 20
"""Meanings that are offered: the accounts of one name, for instance."""


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
    shown = mrkdwn.code(limits.clip(query, 300))
    text = translate(locale, "pause.question", count=read_count, person=person, query=shown)
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


def meanings_message(error: AmbiguousError, subcommand: str, reason: str, locale: Locale) -> Message:
    """
    Offer each meaning of a word with a button, which types the words of the question with it.

    Args:
        subcommand: comes before the words; empty for a scan.
        reason: the error as a sentence. Words that are too long for a button are in it alone.
    """
    label = translate(locale, "meaning.choose")
    asked = [section(translate(locale, "meaning.question", word=mrkdwn.code(error.values["word"])))]
    for meaning, words in list(error.questions.items())[:MOST_MEANINGS]:
        text = f"{subcommand} {words}".strip()
        if len(text) > limits.BUTTON_VALUE:
            return Message(reason)
        asked.append(section(mrkdwn.code(meaning)) | {"accessory": button(CHOOSE_MEANING, text, label)})
    return Message(reason, tuple(asked))
