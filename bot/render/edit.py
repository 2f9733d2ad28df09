"""An edited CSV as a message in its report's thread: the changes, the rows left out, the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.csv_edit import ConvertedNote, EditedChange, EditSummary, WrongRow
from bot.domain.finding import WorkflowStatus
from bot.domain.message import Block, Message
from bot.domain.triage import ActionResult, Skip
from bot.errors import BotError
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import Confirm, actions, button, context, control_name, field, section
from bot.render.errors import explain_in_slack
from bot.render.ids import APPLY_EDIT
from bot.render.limits import clip

LINES = 10
"""Entries of each list in the message; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A shared file and its report."""

    person: str
    """Slack user ID of the person who shared the file."""
    name: str
    """Of the file."""
    scanned_at: datetime
    """The report's time; aware UTC."""


def edit_message(
    summary: EditSummary, edited: Edited, value: str, locale: Locale, state: str = ""
) -> Message:
    """
    Show the changes of an edited CSV, with a button if there are any.

    Args:
        value: the button's.
        state: mrkdwn about a press that has failed; empty before the first press.
    """
    if not summary.problem_count:
        head = translate(locale, "edit.nothing", **_who(edited.person, edited.name))
        return Message(head, tuple(_blocks(head, summary, edited, locale)))
    head = f"{_head(summary, edited, locale)}\n{state or translate(locale, 'edit.not-yet')}"
    apply = actions("edit", _button(summary, value, locale))
    return Message(head, (*_blocks(head, summary, edited, locale), apply))


def applied_message(summary: EditSummary, edited: Edited, act: ActionResult, locale: Locale) -> Message:
    """Show the same changes, and the result in the place of the button."""
    head = _head(summary, edited, locale)
    return Message(head, (*_blocks(head, summary, edited, locale), section(applied_text(act, locale))))


def applied_text(act: ActionResult, locale: Locale) -> str:
    """Say who has applied an edited CSV, and the result."""
    person, time = mrkdwn.person(act.user_id), mrkdwn.time(act.acted_at)
    lines = [translate(locale, "edit.applied", person=person, time=time, count=act.touched_count)]
    shared = act.skipped.get(Skip.SHARED, 0)
    skipped = sum(act.skipped.values()) - shared
    if skipped:
        lines.append(translate(locale, "edit.skipped", count=skipped))
    if shared:
        lines.append(translate(locale, "act.skipped.shared", count=shared))
    if act.refused_count:
        lines.append(translate(locale, "act.refused", count=act.refused_count))
    return "\n".join(lines)


def failed_text(person: str, at: datetime, locale: Locale) -> str:
    """Say whose press of the button has failed, and that it can be pressed again."""
    return translate(locale, "edit.failed", person=mrkdwn.person(person), time=mrkdwn.time(at))


def refused_file_message(error: BotError, person: str, name: str, locale: Locale) -> Message:
    """Say why a file cannot be read, and that nothing was applied."""
    reason = explain_in_slack(error, locale)
    return Message(translate(locale, "edit.refused", **_who(person, name), reason=reason))


def _head(summary: EditSummary, edited: Edited, locale: Locale) -> str:
    return translate(locale, "edit.found", count=summary.problem_count, **_who(edited.person, edited.name))


def _who(person: str, name: str) -> dict[str, str]:
    return {"person": mrkdwn.person(person), "name": mrkdwn.code(clip(name, 100))}


def _blocks(head: str, summary: EditSummary, edited: Edited, locale: Locale) -> list[Block]:
    blocks = [section(head)]
    if summary.problem_count:
        blocks += _changes(summary, locale)
    if summary.wrong_count:
        lines = [translate(locale, "edit.wrong", count=summary.wrong_count)]
        rows = [_wrong_line(row, locale) for row in summary.wrong_rows]
        blocks.append(section("\n".join(lines + _first(rows, summary.wrong_count, locale))))
    if summary.converted_count:
        lines = [translate(locale, "edit.converted", count=summary.converted_count)]
        notes = [_converted_line(note, locale) for note in summary.converted_notes]
        lines += [*_first(notes, summary.converted_count, locale), translate(locale, "edit.converted.how")]
        blocks.append(section("\n".join(lines)))
    rows = [translate(locale, "edit.rows", count=summary.row_count, unchanged=summary.unchanged_count)]
    rows += [translate(locale, "edit.without-status")] if summary.is_without_status else []
    rows += [translate(locale, "edit.without-note")] if summary.is_without_note else []
    blocks.append(context("  ·  ".join(rows)))
    if summary.problem_count:
        blocks.append(context(translate(locale, "edit.as-of", time=mrkdwn.time(edited.scanned_at))))
    return blocks


def _first(lines: list[str], count: int, locale: Locale) -> list[str]:
    """Return LINES of a list, and the number of the rest."""
    more = count - len(lines[:LINES])
    return [*lines[:LINES], *([translate(locale, "edit.more", count=more)] if more > 0 else [])]


def _changes(summary: EditSummary, locale: Locale) -> list[Block]:
    totals = "  ·  ".join(f"{text} *{number:,}*" for text, number in _totals(summary, locale))
    lines = [f"• {_change(c.change, locale)}  *{c.problem_count:,}*" for c in summary.changes]
    fields = [_field("control", summary.by_control, locale), _field("account", summary.by_account, locale)]
    changes = section("\n".join(_first(lines, summary.change_count, locale)))
    return [section(totals), changes, {"type": "section", "fields": fields}]


def _field(by: str, counts: Mapping[str, int], locale: Locale) -> Block:
    lines = [f"{control_name(name, locale)}  *{number:,}*" for name, number in counts.items()]
    return field(translate(locale, f"edit.by-{by}"), lines[:LINES])


def _totals(summary: EditSummary, locale: Locale) -> list[tuple[str, int]]:
    """Count all problems by their new status, so that no suppression is among the rest of a list."""
    texts = {str(s): translate(locale, "edit.change.status", status=s) for s in WorkflowStatus}
    texts[""] = translate(locale, "edit.note-only")
    return [(text, summary.by_status[s]) for s, text in texts.items() if s in summary.by_status]


def _change(change: EditedChange, locale: Locale) -> str:
    note = mrkdwn.code(clip(change.note or "", 80))
    if change.status is None:
        return translate(locale, "edit.change.note", note=note)
    if change.note is None:
        return translate(locale, "edit.change.status", status=change.status)
    return translate(locale, "edit.change.both", status=change.status, note=note)


def _wrong_line(row: WrongRow, locale: Locale) -> str:
    reason = translate(locale, f"edit.wrong.{row.wrong}", text=mrkdwn.code(clip(row.text, 120)) or "—")
    return translate(locale, "edit.wrong.row", row=str(row.number), reason=reason)


def _converted_line(note: ConvertedNote, locale: Locale) -> str:
    before, after = (mrkdwn.code(clip(text, 60)) for text in (note.before, note.after))
    return translate(locale, "edit.converted.row", row=str(note.number), before=before, after=after)


def _button(summary: EditSummary, value: str, locale: Locale) -> Block:
    key = "edit.confirm.partly" if summary.wrong_count else "edit.confirm.text"
    totals = " · ".join(f"{text} {number:,}" for text, number in _totals(summary, locale))
    text = translate(locale, key, count=summary.problem_count, wrong=summary.wrong_count, totals=totals)
    confirm = Confirm(
        title=translate(locale, "edit.confirm.title"),
        text=text,
        yes=translate(locale, "edit.confirm.yes"),
        no=translate(locale, "edit.confirm.no"),
    )
    label = translate(locale, "edit.apply", count=summary.problem_count)
    return button(APPLY_EDIT, value, label, confirm)
