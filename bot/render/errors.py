"""Errors as sentences with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.i18n import CATALOGUES, Locale, translate
from bot.render import mrkdwn

Wrap = Callable[[str], str]


class Explicable(Protocol):
    """An error, or the code and values of one in a report."""

    @property
    def code(self) -> str:
        """The key of its text."""

    @property
    def values(self) -> Mapping[str, str]:
        """The values of its text."""


def explain(error: Explicable, locale: Locale, wrap: Wrap = str, *, in_shell: bool = False) -> str:
    """
    Return a sentence with the error and its remedy.

    Args:
        error: its code is the key of the text, its values fill it in.
        locale: the reader's language.
        wrap: escapes a value from outside for the place of the text, such as `mrkdwn.code`.
        in_shell: whether the reader is at a shell, which may have a text of its own.
    """
    values = {name: wrap(value) for name, value in error.values.items()}
    if "hint" in error.values:
        values["hint"] = translate(locale, f"hint.{error.values['hint']}", **values)
    keys = [f"error.{error.code}.shell", f"error.{error.code}"]
    if error.values.get("nearest") == "":
        keys = [f"error.{error.code}.no-nearest.shell", f"error.{error.code}.no-nearest"]
    has_own = in_shell and keys[0] in CATALOGUES[locale]
    return translate(locale, keys[0] if has_own else keys[1], **values)


def explain_in_shell(error: Explicable, locale: Locale) -> str:
    """Return plain text for a person at a shell, who has no form, and whose credentials are in use."""
    return explain(error, locale, in_shell=True)


def explain_in_slack(error: Explicable, locale: Locale) -> str:
    """Return mrkdwn, with a channel as a link."""
    channel = error.values.get("channel", "")

    def wrap(value: str) -> str:
        return mrkdwn.channel(value) if channel and value == channel else mrkdwn.code(value)

    return explain(error, locale, wrap)
