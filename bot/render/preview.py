"""The modal of an order for many findings that says what it would do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.action import ActionRequest
from bot.domain.message import Block
from bot.domain.triage import Skip
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import context, control_name, field, form, modal, section
from bot.render.counting import told_view
from bot.render.ids import CONFIRM_FORM

SHOWN = 8
"""How many controls, and accounts, are named; the rest are counted together."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would do, in problems."""

    order: ActionRequest
    count: int
    by_control: dict[str, int]
    """The most frequent first."""
    by_account: dict[str, int]
    """Likewise."""
    skipped: dict[Skip, int]


def preview_view(preview: Preview, metadata: str, locale: Locale) -> Block:
    """Show what an order would do, to be confirmed; or that it would do nothing."""
    skipped = [
        "• " + translate(locale, f"triage.skipped.{reason}", count=count)
        for reason, count in preview.skipped.items()
    ]
    if not preview.count:
        return told_view("\n".join([translate(locale, "triage.nothing"), *skipped]), locale)
    action, count = preview.order.action, preview.count
    blocks = [
        section(translate(locale, f"triage.preview.{action}", count=count)),
        {
            "type": "section",
            "fields": [
                field(translate(locale, "report.by-control"), _lines(preview.by_control, locale)),
                field(translate(locale, "triage.by-account"), _lines(preview.by_account, locale)),
            ],
        },
        *([section("\n".join(skipped))] if skipped else []),
        *_why(preview.order, locale),
        context(translate(locale, "triage.undo")),
    ]
    view = modal(translate(locale, "triage.title.confirm"), translate(locale, "act-form.close"), blocks)
    return form(CONFIRM_FORM, metadata, translate(locale, f"act-form.submit.{action}"), view)


def _lines(counts: dict[str, int], locale: Locale) -> list[str]:
    lines = [f"{control_name(name, locale)}  *{count:,}*" for name, count in counts.items()]
    if len(lines) <= SHOWN:
        return lines
    rest = list(counts.values())[SHOWN - 1 :]
    return [*lines[: SHOWN - 1], f"{translate(locale, 'triage.others', count=len(rest))}  *{sum(rest):,}*"]


def _why(order: ActionRequest, locale: Locale) -> list[Block]:
    until = order.expires_on.isoformat() if order.expires_on else ""
    said = [translate(locale, "triage.reason", reason=mrkdwn.code(order.reason))] if order.reason else []
    if until:
        said.append(translate(locale, "triage.until-day", day=until))
    return [section("\n".join(said))] if said else []
