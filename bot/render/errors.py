"""Errors as sentences that say what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.i18n import CATALOGUES, Locale, translate
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


def explain(error: Explicable, locale: Locale, wrap: Wrap = str, *, in_shell: bool = False) -> str:
    """
    Say what went wrong and what to do about it.

    Args:
        error: its code is the key of the text, its values fill it in.
        locale: the reader's language.
        wrap: makes a value from outside fit for where the text goes, such as `mrkdwn.code`.
        in_shell: whether the reader is at a shell, for which there may be a text of its own.
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
    """Say it in plain text to a person at a shell, where there is no form, and the credentials are theirs."""
    return explain(error, locale, in_shell=True)


def explain_in_slack(error: Explicable, locale: Locale) -> str:
    """Say it in mrkdwn, with a channel as a link to it."""
    channel = error.values.get("channel", "")

    def wrap(value: str) -> str:
        return mrkdwn.channel(value) if channel and value == channel else mrkdwn.code(value)

    return explain(error, locale, wrap)
