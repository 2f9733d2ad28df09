"""Texts about actions on findings: in the report's message, to the requester, and on the finding itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.action import ActionRequest
from bot.domain.finding import BOT, MOST_NOTE, WorkflowStatus
from bot.domain.report import ReportKind, Summary
from bot.domain.slack import Block, Message
from bot.domain.suppression import Suppression
from bot.domain.triage import ActionResult, Refusal, Skip, undoable_ids
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import Confirm, actions, button, section
from bot.render.ids import PRIVATE, UNDO
from bot.render.limits import clip, one_line

SHOWN_ACTS = 8
"""The latest actions in a report's message, and as many more that can be undone; the audit log has all."""

SHOWN_REASON = 150
"""Characters of a reason in the report's message."""


def note_text(request: ActionRequest, name: str, at: datetime, locale: Locale) -> str:
    """Return the note of an action: the person, the last day, and at the end the reason."""
    day = f"{at:%Y-%m-%d}"
    said = translate(locale, f"note.{request.action}", name=_short_name(name), day=day)
    until = _until(request, "note.until", locale)
    reason = translate(locale, "note.reason", reason=one_line(request.reason)) if request.reason else ""
    return clip(said + until + reason, MOST_NOTE)


def undone_note_text(name: str, at: datetime, locale: Locale) -> str:
    """Return the note that replaces one of the bot's after an undo: a note cannot be removed."""
    day = f"{at:%Y-%m-%d}"
    return clip(translate(locale, "note.undone", name=_short_name(name), day=day), MOST_NOTE)


def _short_name(name: str) -> str:
    return clip(one_line(name), 60)


def _until(request: ActionRequest, key: str, locale: Locale) -> str:
    return translate(locale, key, day=request.expires_on.isoformat()) if request.expires_on else ""


def person_text(user_id: str, locale: Locale) -> str:
    """Mention a person, with the form of address of the language; or name the bot."""
    if user_id == BOT:
        return translate(locale, "person.bot")
    return translate(locale, "person.named", person=mrkdwn.person(user_id))


def row_status_line(act: ActionResult, status: WorkflowStatus, locale: Locale) -> str:
    """Describe the last action on the finding of a row, in mrkdwn."""
    if act.undoes:
        return translate(locale, "act.undone.row", status=status, **_who(act, locale))
    return translate(locale, f"act.done.one.{status}", **_who(act, locale)) + _why(act, locale)


def action_lines(act: ActionResult, locale: Locale) -> Iterator[str]:
    """Describe an action on many findings, with those that it skipped, in mrkdwn."""
    if act.row is None:
        yield from _changed_lines(act, locale)
        if act.noted_count:
            yield translate(locale, "act.noted", count=act.noted_count, **_who(act, locale))
        if act.touched_count or act.user_id == BOT:  # else only the requester is told
            yield from _skipped_lines(act, locale)
    if act.refused_count:
        yield translate(locale, "act.refused", count=act.refused_count)


def _changed_lines(act: ActionResult, locale: Locale) -> Iterator[str]:
    for status, count in act.changed.items():
        key = "act.undone" if act.undoes else f"act.done.{status}"
        yield translate(locale, key, count=count, status=status, **_who(act, locale)) + _why(act, locale)


def _skipped_lines(act: ActionResult, locale: Locale) -> Iterator[str]:
    changed = act.skipped.get(Skip.CHANGED, 0) + act.skipped.get(Skip.GONE, 0)
    if changed:
        yield translate(locale, "act.skipped", count=changed)
    for reason in (Skip.BUSY, Skip.LATE, Skip.SHARED):
        if reason in act.skipped:
            yield "⏭️ " + translate(locale, f"act.skipped.{reason}", count=act.skipped[reason])


def shown_actions(acts: Sequence[ActionResult]) -> list[ActionResult]:
    """
    Return the actions that have lines of their own: the latest, and those with an Undo button.

    An action on one row is shown beside the row instead.
    """
    shown = [act for act in acts if any(action_lines(act, Locale.EN))]
    undoable = undoable_ids(acts)
    with_button = [
        act
        for act in shown
        if act.row is None and act.act_id in undoable and act.undoable_until >= acts[-1].acted_at
    ]
    kept = {act.act_id for act in (*shown[-SHOWN_ACTS:], *with_button[-SHOWN_ACTS:])}
    return [act for act in shown if act.act_id in kept]


def private_result(act: ActionResult, report_id: str, feedback: str, locale: Locale) -> Message:
    """Show the requester alone an action on a report without a message, with the button that undoes it."""
    text = "\n".join(filter(None, [*_changed_lines(act, locale), feedback]))
    blocks = [section(text)]
    if act.changed and not act.undoes:
        blocks.append(actions("undo", undo_button(act, report_id, locale, is_private=True)))
    return Message(text, tuple(blocks))


def undo_button(act: ActionResult, report_id: str, locale: Locale, *, is_private: bool = False) -> Block:
    """Return the button that undoes an action; `is_private` if the report has no message."""
    confirm = Confirm(
        title=translate(locale, "undo.title"),
        text=translate(locale, "undo.text"),
        yes=translate(locale, "undo.yes"),
        no=translate(locale, "undo.no"),
    )
    value = f"{report_id}:{act.act_id}" + (f":{PRIVATE}" if is_private else "")
    return button(UNDO, value, translate(locale, "undo.button"), confirm)


def feedback_text(
    act: ActionResult,
    locale: Locale,
    *,
    unshown: str = "",
    is_attached: bool = False,
    refusals: Sequence[Refusal] = (),
    shown_count: int | None = None,
) -> str:
    """
    Tell the requester which findings were skipped or refused and why, in mrkdwn; empty if there are none.

    Args:
        unshown: the reason why the report's message does not show the action, in mrkdwn; empty: it does.
        is_attached: whether a file in the report's thread lists all refusals.
        refusals: the first refusals, which are listed here.
        shown_count: the number of problems on the pressed button; None: it had no number.
    """
    lines = []
    if shown_count is not None and shown_count != act.changed_count:
        lines.append(_another_count(act, shown_count, locale))
    elif not act.touched_count:
        lines.append(translate(locale, "act.nothing"))
    if act.touched_count and unshown:
        lines.append(translate(locale, "act.unshown", count=act.touched_count, reason=unshown))
    for reason, count in act.skipped.items():
        lines.append("• " + translate(locale, f"act.skipped.{reason}", count=count))
    lines += _refusal_lines(act, refusals, locale, is_attached=is_attached)
    for name in ("partly", "kept_note", "left_note", "unrecorded"):
        if count := getattr(act, f"{name}_count"):
            lines.append("• " + translate(locale, f"act.{name.replace('_', '-')}", count=count))
    return "\n".join(lines)


def _refusal_lines(
    act: ActionResult, refusals: Sequence[Refusal], locale: Locale, *, is_attached: bool
) -> Iterator[str]:
    if act.refused_count:
        yield translate(locale, "act.refused", count=act.refused_count)
    for refusal in refusals:
        values = {"id": refusal.identifier.id, "code": refusal.code, "reason": clip(refusal.reason, 200)}
        yield "• " + translate(locale, "act.refusal", **{n: mrkdwn.code(v) for n, v in values.items()})
    if act.refused_count > len(refusals):
        key = "act.refusal.more" if is_attached else "act.refusal.rest"
        yield translate(locale, key, count=act.refused_count - len(refusals))


def _another_count(act: ActionResult, shown_count: int, locale: Locale) -> str:
    """Say that the number of changed problems differs from the number on the button."""
    count = act.changed_count
    if count > shown_count:
        return translate(locale, "act.marked.more", count=count, total=shown_count)
    not_new = sum(act.skipped.get(reason, 0) for reason in (Skip.ALREADY, Skip.CHANGED, Skip.GONE))
    said = translate(locale, "act.marked.fewer", total=shown_count, marked=count)
    return said + (translate(locale, "act.marked.changed", count=not_new) if not_new else "")


def _who(act: ActionResult, locale: Locale) -> dict[str, str]:
    return {"person": person_text(act.user_id, locale), "time": mrkdwn.time(act.acted_at)}


def _why(act: ActionResult, locale: Locale) -> str:
    """Return the last day and the reason of an action."""
    if not act.request:
        return ""
    reason = mrkdwn.code(clip(act.request.reason, SHOWN_REASON))
    return _until(act.request, "act.until", locale) + (f" — {reason}" if reason else "")


def suppression_blocks(summary: Summary, locale: Locale) -> Iterator[Block]:
    """Show the suppressions that a report is about, and how to extend them."""
    if not summary.report_kind:
        return
    lines = [_suppression_line(one, locale) for one in summary.suppressions]
    more = summary.suppression_count - len(lines)
    if more > 0:
        lines.append(translate(locale, "suppression.more", count=more))
    if lines:
        yield section("\n".join(lines))
    if summary.report_kind is ReportKind.EXPIRING:
        yield section(translate(locale, "suppression.extend"))


def _suppression_line(one: Suppression, locale: Locale) -> str:
    return translate(
        locale,
        "suppression.line",
        count=one.finding_count,
        person=mrkdwn.person(one.user_id),
        time=mrkdwn.time(one.suppressed_at),
        day=one.expires_on.isoformat(),
        reason=mrkdwn.code(clip(one.reason, SHOWN_REASON)) or translate(locale, "suppression.no-reason"),
    )
