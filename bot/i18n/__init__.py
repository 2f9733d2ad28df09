"""
The texts of the bot. Each module of this package is a language, and its name is the language's code.

A language has TEXTS, with the keys and placeholders of `en.py`; SLACK_LOCALES, the beginning of the names that
Slack has for its locales; and `plural`, which chooses among the forms of a text. To add a language, add its
module, and its code to ReportLocale in template.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

LANGUAGES = {name: import_module(f"{__name__}.{name}") for _, name, _ in iter_modules(__path__)}

if TYPE_CHECKING:

    class Locale(StrEnum):
        """The code of a language, with those that the code itself names."""

        EN = "en"
        JA = "ja"
else:
    Locale = StrEnum("Locale", {code.upper(): code for code in LANGUAGES})

CATALOGUES: dict[Locale, dict[str, str]] = {locale: LANGUAGES[locale].TEXTS for locale in Locale}


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number in a text: `{count}` with separators of thousands, `{count:finding|findings}` as a form."""

    number: int
    locale: Locale

    def __format__(self, forms: str) -> str:
        if not forms:
            return f"{self.number:,}"
        index: int = LANGUAGES[self.locale].plural(self.number)
        return forms.split("|")[index]


def translate(locale: Locale, key: str, **values: object) -> str:
    """
    Return the text of a key with its placeholders filled in, as plain text: escape it for the place it goes to.

    An `int` is a quantity. Pass other numbers, such as that of a row, as text.

    Raises:
        KeyError: no text has this key.
    """
    filled = {
        name: _Quantity(value, locale) if isinstance(value, int) else value for name, value in values.items()
    }
    return CATALOGUES[locale][key].format(**filled)


def locale_for(slack_locale: str) -> Locale | None:
    """Return the language for a Slack locale such as `ja-JP`: English for another language, None for no locale."""
    if not slack_locale:
        return None
    spoken = (x for x in Locale if slack_locale.lower().startswith(LANGUAGES[x].SLACK_LOCALES))
    return next(spoken, Locale.EN)
