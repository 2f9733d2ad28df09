"""The modal of an order for many findings while nothing is to be confirmed: counting, on its way, failed."""

from __future__ import annotations

from bot.domain.message import Block
from bot.i18n import Locale, translate
from bot.render.blocks import modal, section


def counting_view(locale: Locale) -> Block:
    """Say that an order's findings are being counted."""
    return told_view(translate(locale, "triage.counting"), locale)


def started_view(locale: Locale) -> Block:
    """Say that what was confirmed is on its way."""
    return told_view(translate(locale, "triage.started"), locale)


def failed_view(reason: str, locale: Locale) -> Block:
    """Say why nothing could be counted; `reason` is mrkdwn."""
    return told_view(translate(locale, "triage.failed", reason=reason), locale)


def told_view(text: str, locale: Locale) -> Block:
    """Say something, with nothing to fill in."""
    return modal(translate(locale, "triage.title"), translate(locale, "act-form.close"), [section(text)])
