"""Errors as sentences that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.i18n import Locale, translate
from bot.render import mrkdwn

Wrap = Callable[[str], str]


class Explicable(Protocol):
    """An error, or what a report keeps of one."""

    @property
    def code(self) -> str:
        """The key of its text."""

    @property
    def values(self) -> Mapping[str, str]:
        """What fills the text in."""


def explain(error: Explicable, locale: Locale, wrap: Wrap = str) -> str:
    """
    Say what went wrong and what to do about it.

    Args:
        error: its code is the key of the text, its values fill it in.
        locale: the reader's language.
        wrap: makes a value from outside fit for where the text goes, such as `mrkdwn.code`.
    """
    values = {name: wrap(value) for name, value in error.values.items()}
    if "hint" in error.values:
        values["hint"] = translate(locale, f"hint.{error.values['hint']}", **values)
    if error.values.get("nearest") == "":
        return translate(locale, f"error.{error.code}.no-nearest", **values)
    return translate(locale, f"error.{error.code}", **values)


def explain_in_slack(error: Explicable, locale: Locale) -> str:
    """Say it in mrkdwn, with a channel as a link to it."""
    channel = error.values.get("channel", "")

    def wrap(value: str) -> str:
        return mrkdwn.channel(value) if channel and value == channel else mrkdwn.code(value)

    return explain(error, locale, wrap)
