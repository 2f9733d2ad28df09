"""What was done with a resource or a control, as a private message, and all of it as a CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.audit import MOST_ACTS, AuditEntry, ChangeStatus
from bot.domain.finding import WorkflowStatus
from bot.domain.resource import short_name
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.acts import person_text
from bot.render.csv_file import escape_formula_text
from bot.render.limits import clip

COLUMNS = (
    "at",
    "user_id",
    "name",
    "before",
    "after",
    "outcome",
    "reason",
    "until",
    "note_before",
    "note_after",
    "control_id",
    "account_id",
    "region",
    "resource_id",
    "finding_id",
    "product_arn",
    "message",
    "report_id",
    "act_id",
    "undoes",
)
"""In the file's order; all but `outcome` are an entry's. They are no words of a language, for programs."""


class AuditLine(NamedTuple):
    """A change, and what became of it."""

    entry: AuditEntry
    fate: ChangeStatus


def history_csv(told: Iterable[AuditLine], locale: Locale) -> Iterator[str]:
    """Write changes as CSV, a row at a time, the header first."""
    yield "\ufeff" + escape_formula_text(COLUMNS)
    for entry, fate in told:
        cells = {"outcome": "" if fate is ChangeStatus.MADE else translate(locale, f"history.csv.{fate}")}
        yield escape_formula_text([cells.get(name) or str(getattr(entry, name, "")) for name in COLUMNS])


def history_text(
    what: str, told: Sequence[AuditLine], link: str, locale: Locale, *, is_cut: bool = False
) -> str:
    """
    List changes in mrkdwn, in the order given; the newest are given first.

    Args:
        link: in mrkdwn, to all, if there are more.
        is_cut: whether there are older acts that were not looked into.
    """
    person_text = mrkdwn.code(clip(what, 200))
    if not told:
        key = "history.none-of-newest" if is_cut else "history.none"
        return translate(locale, key, what=person_text, acts=str(MOST_ACTS))
    lines = [
        translate(locale, "history.title", what=person_text),
        *(_line(what, one, locale) for one in told),
    ]
    more = translate(locale, "history.more", link=link) if link else ""
    older = translate(locale, "history.cut", acts=str(MOST_ACTS)) if is_cut else ""
    return "\n".join(filter(None, [*lines, more, older]))


def _key(entry: AuditEntry) -> str:
    """Choose what to say: what left the status as it was has changed the note, or extended a suppression."""
    is_noted = entry.before == entry.after != WorkflowStatus.SUPPRESSED
    if entry.undoes:
        return "history.undone.note" if is_noted else "history.undone"
    return "history.noted" if is_noted else "history.changed"


def _line(what: str, told: AuditLine, locale: Locale) -> str:
    entry = told.entry
    said = translate(
        locale,
        _key(entry),
        time=mrkdwn.time(datetime.fromisoformat(entry.at)),
        person=person_text(entry.user_id, locale),
        before=entry.before,
        after=entry.after,
        finding=" ".join(
            mrkdwn.code(clip(name, 60))
            for name in (
                "" if entry.is_of_control(what) else entry.control_id,
                entry.account_id,
                entry.region,
                short_name(entry.resource_id),
            )
            if name
        ),
    )
    until = translate(locale, "act.until", day=entry.until) if entry.until else ""
    reason = f" — {mrkdwn.code(clip(entry.reason, 80))}" if entry.reason else ""
    fate = "" if told.fate is ChangeStatus.MADE else translate(locale, f"history.{told.fate}")
    return f"• {said}{until}{reason}{fate}"
