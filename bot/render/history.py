"""What was done with a resource or a control, as a private message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.history import Entry
from bot.domain.resource import short_name
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.limits import clip


def history_text(what: str, entries: Sequence[Entry], *, has_more: bool, locale: Locale) -> str:
    """List changes in mrkdwn, in the order given; the newest are given first."""
    named = mrkdwn.code(clip(what, 200))
    if not entries:
        return translate(locale, "history.none", what=named)
    lines = [translate(locale, "history.title", what=named), *(_line(entry, locale) for entry in entries)]
    return "\n".join([*lines, translate(locale, "history.more")] if has_more else lines)


def _line(entry: Entry, locale: Locale) -> str:
    key = "history.undone" if entry.undoes else "history.changed"
    said = translate(
        locale,
        key,
        time=mrkdwn.time(datetime.fromisoformat(entry.at)),
        person=mrkdwn.person(entry.user_id),
        before=entry.before,
        after=entry.after,
        control=mrkdwn.code(clip(entry.control_id, 40)),
        resource=mrkdwn.code(clip(short_name(entry.resource_id), 60)),
        account=mrkdwn.code(entry.account_id),
    )
    until = translate(locale, "act.until", day=entry.until) if entry.until else ""
    reason = f" — {mrkdwn.code(clip(entry.reason, 80))}" if entry.reason else ""
    return f"• {said}{until}{reason}"
