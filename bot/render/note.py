"""What the bot writes into a finding's note."""

from __future__ import annotations

from datetime import datetime

from bot.domain.action import ActionRequest
from bot.i18n import Locale, translate
from bot.render.limits import clip, one_line

MOST_NOTE = 512
"""Characters: the ASFF reference, attribute Note."""


def acted_text(order: ActionRequest, name: str, at: datetime, locale: Locale) -> str:
    """Say who has given the finding its status, until when and why; the reason is the last."""
    day = f"{at:%Y-%m-%d}"
    said = translate(locale, f"note.{order.action}", name=_name(name), day=day)
    until = translate(locale, "note.until", day=order.expires_on.isoformat()) if order.expires_on else ""
    reason = translate(locale, "note.reason", reason=one_line(order.reason)) if order.reason else ""
    return clip(said + until + reason, MOST_NOTE)


def undone_text(name: str, at: datetime, locale: Locale) -> str:
    """Say in the place of a note, which cannot be taken away, that it is over."""
    return clip(translate(locale, "note.undone", name=_name(name), day=f"{at:%Y-%m-%d}"), MOST_NOTE)


def _name(name: str) -> str:
    return clip(one_line(name), 60)
