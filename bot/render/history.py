"""The audit log of a resource or a control, as a private message and as a CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.audit import MOST_ACTS, AuditEntry, ChangeStatus
from bot.domain.finding import WorkflowStatus, short_name
from bot.domain.owners.routing_change import RESOURCE
from bot.domain.words.history import HistoryQuery
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.acts import person_text
from bot.render.csv_file import escape_formula_text
from bot.render.limits import clip

COLUMNS = (
    *("at", "user_id", "name", "before", "after", "outcome", "reason", "until", "note_before", "note_after"),
    *("control_id", "account_id", "region", "resource_id", "finding_id", "product_arn"),
    *("message", "report_id", "act_id", "undoes"),
)
"""In the file's order, the same in all languages; all but `outcome` are fields of an entry."""


class AuditLine(NamedTuple):
    """An entry of the audit log, and the status of its change."""

    entry: AuditEntry
    status: ChangeStatus


def history_csv(lines: Iterable[AuditLine], locale: Locale) -> Iterator[str]:
    """Yield the lines of a CSV, the header first."""
    yield "\ufeff" + escape_formula_text(COLUMNS)
    for entry, status in lines:
        cells = {"outcome": "" if status is ChangeStatus.MADE else translate(locale, f"history.csv.{status}")}
        yield escape_formula_text([cells.get(name) or str(getattr(entry, name, "")) for name in COLUMNS])


def history_text(
    asked: HistoryQuery, shown: Sequence[AuditLine], link: str, locale: Locale, *, is_cut: bool = False
) -> str:
    """
    List changes in mrkdwn, in the order given.

    Args:
        link: to the CSV of all changes, in mrkdwn; empty if all are listed.
        is_cut: whether older actions were not searched.
    """
    name = mrkdwn.code(clip(f"{asked.subject} {asked.options}".rstrip(), 200))
    if not shown:
        key = "history.none.narrowed" if asked.options else "history.none"
        key = "history.none-of-newest" if is_cut else key
        return translate(locale, key, subject=name, acts=str(MOST_ACTS))
    lines = [
        translate(locale, "history.title", subject=name),
        *(_line(asked.subject, one, locale) for one in shown),
    ]
    more = translate(locale, "history.more", link=link) if link else ""
    older = translate(locale, "history.cut", acts=str(MOST_ACTS)) if is_cut else ""
    return "\n".join(filter(None, [*lines, more, older]))


def _key(entry: AuditEntry) -> str:
    """Choose the text: a change that kept the status changed the note, or extended a suppression."""
    if entry.resource_id == RESOURCE:
        return "history.routing.undone" if entry.undoes else "history.routing"
    is_noted = entry.before == entry.after != WorkflowStatus.SUPPRESSED
    if entry.undoes:
        return "history.undone.note" if is_noted else "history.undone"
    return "history.noted" if is_noted else "history.changed"


def _line(subject: str, line: AuditLine, locale: Locale) -> str:
    entry, status = line
    said = translate(
        locale,
        _key(entry),
        time=mrkdwn.time(datetime.fromisoformat(entry.at)),
        person=person_text(entry.user_id, locale),
        before=entry.before or "—",
        after=entry.after or "—",
        finding=" ".join(
            mrkdwn.code(clip(name, 60))
            for name in (
                "" if entry.is_of_control(subject) else entry.control_id,
                entry.account_id,
                entry.region,
                short_name(entry.resource_id),
            )
            if name
        ),
    )
    until = translate(locale, "act.until", day=entry.until) if entry.until else ""
    reason = f" — {mrkdwn.code(clip(entry.reason, 80))}" if entry.reason else ""
    outcome = "" if status is ChangeStatus.MADE else translate(locale, f"history.{status}")
    return f"• {said}{until}{reason}{outcome}"
