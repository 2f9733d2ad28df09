"""What was done about a report: in its message, and to who did it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.finding import BOT, WorkflowStatus
from bot.domain.message import Block
from bot.domain.report import Refusal
from bot.domain.triage import UNDO_TIME, ActionResult, Skip
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import Confirm, button
from bot.render.ids import UNDO
from bot.render.limits import clip

SHOWN_ACTS = 8
"""Of what was done about a report, the latest, and as many more that can be undone; the history has all."""

SHOWN_REASON = 150
"""Characters of a reason in the report's message."""


def person_text(user_id: str, locale: Locale) -> str:
    """Mention who has acted, as the language speaks of people; the bot is none."""
    if user_id == BOT:
        return translate(locale, "person.bot")
    return translate(locale, "person.named", person=mrkdwn.person(user_id))


def row_status_line(act: ActionResult, status: WorkflowStatus, locale: Locale) -> str:
    """Say beside a finding what was done with it last, in mrkdwn."""
    if act.undoes:
        return translate(locale, "act.undone.row", status=status, **_who(act, locale))
    return translate(locale, f"act.done.one.{status}", **_who(act, locale)) + _why(act, locale)


def action_lines(act: ActionResult, locale: Locale) -> Iterator[str]:
    """Say what was done with many findings, and what was not, in mrkdwn."""
    if act.row is None:
        for status, count in act.changed.items():
            key = "act.undone" if act.undoes else f"act.done.{status}"
            yield translate(locale, key, count=count, status=status, **_who(act, locale)) + _why(act, locale)
        if act.noted_count:
            yield translate(locale, "act.noted", count=act.noted_count, **_who(act, locale))
        if act.touched_count or act.user_id == BOT:  # else only who has ordered it is told
            yield from _left_alone(act, locale)
    if act.refused_count:
        yield translate(locale, "act.refused", count=act.refused_count)


def _left_alone(act: ActionResult, locale: Locale) -> Iterator[str]:
    changed = act.skipped.get(Skip.CHANGED, 0) + act.skipped.get(Skip.GONE, 0)
    if changed:
        yield translate(locale, "act.skipped", count=changed)
    for reason in (Skip.BUSY, Skip.LATE, Skip.SHARED):
        if reason in act.skipped:
            yield "⏭️ " + translate(locale, f"act.skipped.{reason}", count=act.skipped[reason])


def shown_actions(acts: Sequence[ActionResult]) -> list[ActionResult]:
    """
    Choose the acts that have lines of their own: the latest, and those whose Undo button still works.

    What was done with one finding stands beside that, and takes no place here.
    """
    said = [act for act in acts if any(action_lines(act, Locale.EN))]
    undoable = [act for act in said if act.row is None and can_undo(act, acts) and _is_recent(act, acts[-1])]
    kept = {act.act_id for act in (*said[-SHOWN_ACTS:], *undoable[-SHOWN_ACTS:])}
    return [act for act in said if act.act_id in kept]


def _is_recent(act: ActionResult, latest: ActionResult) -> bool:
    return latest.acted_at - act.acted_at <= UNDO_TIME


def can_undo(act: ActionResult, acts: Sequence[ActionResult]) -> bool:
    """Tell whether there is something to take back, as far as the report knows; an undo may leave some."""
    undone = {other.undoes for other in acts if other.touched_count and not _has_left_any(other)}
    return bool(act.touched_count and not act.undoes and act.act_id not in undone)


def _has_left_any(undo: ActionResult) -> bool:
    """Tell whether an undo has left what another one may take back."""
    return bool(undo.refused_count or undo.skipped.keys() & {Skip.BUSY, Skip.LATE})


def undo_button(act: ActionResult, report_id: str, locale: Locale) -> Block:
    """Make the button that takes an act back."""
    confirm = Confirm(
        title=translate(locale, "undo.title"),
        text=translate(locale, "undo.text"),
        yes=translate(locale, "undo.yes"),
        no=translate(locale, "undo.no"),
    )
    return button(UNDO, f"{report_id}:{act.act_id}", translate(locale, "undo.button"), confirm)


class Feedback(NamedTuple):
    """What else is known of an act when it is told."""

    unshown: str = ""
    """Why the report's message does not show it, in mrkdwn; empty where it does."""
    is_attached: bool = False
    """Whether a file in the report's thread has all refusals."""
    refusals: Sequence[Refusal] = ()
    """The first of them."""
    shown_count: int | None = None
    """How many problems the message offered to change; None: it named no number."""


def feedback_text(act: ActionResult, told: Feedback, locale: Locale) -> str:
    """Tell who acted what was not done and why, in mrkdwn; some refusals by name."""
    return "\n".join(_told(act, told, locale))


def _told(act: ActionResult, told: Feedback, locale: Locale) -> Iterator[str]:
    if told.shown_count is not None and told.shown_count != act.changed_count:
        yield _otherwise(act, told.shown_count, locale)
    elif not act.touched_count:
        yield translate(locale, "act.nothing")
    if act.touched_count and told.unshown:
        yield translate(locale, "act.unshown", count=act.touched_count, reason=told.unshown)
    for reason, count in act.skipped.items():
        yield "• " + translate(locale, f"act.skipped.{reason}", count=count)
    if act.refused_count:
        yield translate(locale, "act.refused", count=act.refused_count)
    for refusal in told.refusals:
        values = {"id": refusal.identifier.id, "code": refusal.code, "reason": clip(refusal.reason, 200)}
        yield "• " + translate(locale, "act.refusal", **{n: mrkdwn.code(v) for n, v in values.items()})
    if act.refused_count > len(told.refusals):
        key = "act.refusal.more" if told.is_attached else "act.refusal.rest"
        yield translate(locale, key, count=act.refused_count - len(told.refusals))
    for name in ("partly", "kept_note", "left_note", "unrecorded"):
        count = getattr(act, f"{name}_count")
        if count:
            yield "• " + translate(locale, f"act.{name.replace('_', '-')}", count=count)


def _otherwise(act: ActionResult, shown_count: int, locale: Locale) -> str:
    """Say that another number of problems was marked than the message offered."""
    count = act.changed_count
    if count > shown_count:
        return translate(locale, "act.marked.more", count=count, total=shown_count)
    not_new = sum(act.skipped.get(reason, 0) for reason in (Skip.ALREADY, Skip.CHANGED, Skip.GONE))
    said = translate(locale, "act.marked.fewer", total=shown_count, marked=count)
    return said + (translate(locale, "act.marked.changed", count=not_new) if not_new else "")


def _who(act: ActionResult, locale: Locale) -> dict[str, str]:
    return {"person": person_text(act.user_id, locale), "time": mrkdwn.time(act.acted_at)}


def _why(act: ActionResult, locale: Locale) -> str:
    """Give the reason, and until when."""
    order = act.order
    until = order.expires_on.isoformat() if order and order.expires_on else ""
    said = translate(locale, "act.until", day=until) if until else ""
    reason = mrkdwn.code(clip(order.reason, SHOWN_REASON)) if order else ""
    return said + (f" — {reason}" if reason else "")
