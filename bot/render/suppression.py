"""The suppressions that a message is about: whose, why and until when."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.message import Block
from bot.domain.report import ReportKind, Summary
from bot.domain.suppression import Suppression
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.acts import SHOWN_REASON
from bot.render.blocks import section
from bot.render.limits import clip


def suppression_blocks(summary: Summary, locale: Locale) -> Iterator[Block]:
    """Name the suppressions, and say what can be done about them."""
    if not summary.report_kind:
        return
    lines = [_line(one, locale) for one in summary.suppressions]
    more = summary.suppression_count - len(lines)
    if more > 0:
        lines.append(translate(locale, "suppression.more", count=more))
    if lines:
        yield section("\n".join(lines))
    if summary.report_kind is ReportKind.EXPIRING:
        yield section(translate(locale, "suppression.extend"))


def _line(one: Suppression, locale: Locale) -> str:
    return translate(
        locale,
        "suppression.line",
        count=one.finding_count,
        person=mrkdwn.person(one.user_id),
        time=mrkdwn.time(one.suppressed_at),
        day=one.expires_on.isoformat(),
        reason=mrkdwn.code(clip(one.reason, SHOWN_REASON)) or translate(locale, "suppression.no-reason"),
    )
