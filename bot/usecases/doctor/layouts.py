"""A sample of each kind of message and form that the bot can make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.i18n import Locale
from bot.render.modal import scan_form

Layout = tuple[str, str, Any]
"""Its name, `blocks` or `view`, and the payload."""


def layouts() -> Iterator[Layout]:
    """Make each kind, in English."""
    yield "scan form", "view", scan_form(Locale.EN, "{}")
