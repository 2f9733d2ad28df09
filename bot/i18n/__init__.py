"""The bot's words in Japanese and English: two catalogues with the same keys and placeholders."""

from __future__ import annotations

from enum import StrEnum

from bot.i18n.en import ENGLISH
from bot.i18n.ja import JAPANESE


class Locale(StrEnum):
    """A language that the bot speaks."""

    JA = "ja"
    EN = "en"


CATALOGUES = {Locale.JA: JAPANESE, Locale.EN: ENGLISH}


def translate(locale: Locale, key: str, **values: object) -> str:
    """
    Give the text of a key with its placeholders filled in, which is plain text: escape it where it goes.

    With `count=1`, the key `<key>.one` is taken where the language has one. An unknown key is a KeyError.
    An `int` is written with separators of thousands: what is no quantity, such as a row's number, is given as text.
    """
    catalogue = CATALOGUES[locale]
    singular = f"{key}.one"
    chosen = singular if values.get("count") == 1 and singular in catalogue else key
    written = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return catalogue[chosen].format(**written)


def locale_of(slack_locale: str) -> Locale | None:
    """Choose the language for a Slack locale such as `ja-JP` or `en-GB`: None for none, else English or Japanese."""
    if not slack_locale:
        return None
    return Locale.JA if slack_locale.lower().startswith("ja") else Locale.EN
