"""An edited CSV as a message in its report's thread: what it changes, what is wrong with it, the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.csv_edit import EditedChange, EditSummary, WrongRow
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
"""How many changes, controls, accounts and wrong rows are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A file that somebody has shared, and its report."""

    person: str
    """Slack user ID of who shared it."""
    name: str
    """Of the file."""
    scanned_at: datetime
    """When the report was made; aware UTC."""


def edit_message(
    summary: EditSummary, edited: Edited, value: str, locale: Locale, state: str = ""
) -> Message:
    """
    Show what an edited CSV would change, with a button of that value, if it would change anything.

    Args:
        state: mrkdwn that says what has come of it so far; empty before the button has been pressed.
    """
    if not summary.problem_count:
        head = translate(locale, "edit.nothing", **_who(edited))
        return Message(head, tuple(_blocks(head, summary, edited, locale)))
    head = f"{_head(summary, edited, locale)}\n{state or translate(locale, 'edit.not-yet')}"
    apply = actions("edit", _button(summary, value, locale))
    return Message(head, (*_blocks(head, summary, edited, locale), apply))


def applied_message(summary: EditSummary, edited: Edited, act: ActionResult, locale: Locale) -> Message:
    """Show the same, and in the place of the button what came of it."""
    head = _head(summary, edited, locale)
    return Message(head, (*_blocks(head, summary, edited, locale), section(applied_text(act, locale))))


def applied_text(act: ActionResult, locale: Locale) -> str:
    """Say who has applied an edited CSV, and what came of it."""
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
    """Say who has pressed the button in vain, and that it may be pressed again."""
    return translate(locale, "edit.failed", person=mrkdwn.person(person), time=mrkdwn.time(at))


def refused_file_message(error: BotError, person: str, name: str, locale: Locale) -> Message:
    """Say why a file is not read, and that nothing of it was applied."""
    reason = explain_in_slack(error, locale)
    return Message(
        translate(locale, "edit.refused", person=mrkdwn.person(person), name=_named(name), reason=reason)
    )


def _head(summary: EditSummary, edited: Edited, locale: Locale) -> str:
    return translate(locale, "edit.found", count=summary.problem_count, **_who(edited))


def _who(edited: Edited) -> dict[str, str]:
    return {"person": mrkdwn.person(edited.person), "name": _named(edited.name)}


def _blocks(head: str, summary: EditSummary, edited: Edited, locale: Locale) -> list[Block]:
    blocks = [section(head), *_changes(summary, locale), *_wrong(summary, locale)]
    blocks += [*_converted(summary, locale), *_hints(summary, locale)]
    if summary.problem_count:
        blocks.append(context(translate(locale, "edit.as-of", time=mrkdwn.time(edited.scanned_at))))
    return blocks


def _named(name: str) -> str:
    return mrkdwn.code(clip(name, 100))


def _changes(summary: EditSummary, locale: Locale) -> list[Block]:
    if not summary.problem_count:
        return []
    counts = [(_change(c.change, locale), c.problem_count) for c in summary.changes]
    lines = _lines(counts, summary.change_count, locale)
    totals = "  ·  ".join(f"{text} *{number:,}*" for text, number in _totals(summary, locale))
    fields = [_field(locale, "control", summary.by_control), _field(locale, "account", summary.by_account)]
    return [section(totals), section("\n".join(lines)), {"type": "section", "fields": fields}]


def _totals(summary: EditSummary, locale: Locale) -> list[tuple[str, int]]:
    """Count what gets each status: no suppression may hide among what is only counted."""
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


def _lines(counts: list[tuple[str, int]], count: int, locale: Locale) -> list[str]:
    lines = [f"• {text}  *{number:,}*" for text, number in counts[:LINES]]
    more = count - len(lines)
    return [*lines, translate(locale, "edit.more", count=more)] if more > 0 else lines


def _field(locale: Locale, by: str, counts: Mapping[str, int]) -> Block:
    named = [(control_name(name, locale), number) for name, number in counts.items()]
    return field(
        translate(locale, f"edit.by-{by}"), [f"{name}  *{number:,}*" for name, number in named[:LINES]]
    )


def _wrong(summary: EditSummary, locale: Locale) -> list[Block]:
    if not summary.wrong_count:
        return []
    lines = [translate(locale, "edit.wrong", count=summary.wrong_count)]
    lines += [_wrong_line(row, locale) for row in summary.wrong_rows[:LINES]]
    more = summary.wrong_count - (len(lines) - 1)
    return [section("\n".join([*lines, translate(locale, "edit.more", count=more)] if more > 0 else lines))]


def _wrong_line(row: WrongRow, locale: Locale) -> str:
    reason = translate(locale, f"edit.wrong.{row.wrong}", text=mrkdwn.code(clip(row.text, 120)) or "—")
    return translate(locale, "edit.wrong.row", row=str(row.number), reason=reason)


def _converted(summary: EditSummary, locale: Locale) -> list[Block]:
    if not summary.converted_count:
        return []
    lines = [translate(locale, "edit.converted", count=summary.converted_count)]
    for note in summary.converted_notes[:LINES]:
        before, after = (mrkdwn.code(clip(text, 60)) for text in (note.before, note.after))
        values = {"row": str(note.number), "before": before, "after": after}
        lines.append(translate(locale, "edit.converted.row", **values))
    more = summary.converted_count - (len(lines) - 1)
    lines += [translate(locale, "edit.more", count=more)] if more > 0 else []
    return [section("\n".join([*lines, translate(locale, "edit.converted.how")]))]


def _hints(summary: EditSummary, locale: Locale) -> list[Block]:
    keys = [
        *(["edit.without-status"] if summary.is_without_status else []),
        *(["edit.without-note"] if summary.is_without_note else []),
    ]
    rows = translate(locale, "edit.rows", count=summary.row_count, unchanged=summary.unchanged_count)
    return [context("  ·  ".join([rows, *(translate(locale, key) for key in keys)]))]


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
