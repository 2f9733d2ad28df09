"""An edited CSV as a message in its report's thread: the changes, the rows left out, the button."""

from __future__ import annotations

from datetime import datetime

from bot.domain.csv_edit import ConvertedNote, EditedChange, EditSummary, WrongRow
from bot.domain.finding import WorkflowStatus
from bot.domain.slack import Block, Message
from bot.domain.triage import ActionResult, Skip
from bot.errors import BotError
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import Confirm, actions, button, context, control_name, field, section
from bot.render.errors import explain_in_slack
from bot.render.ids import APPLY_EDIT
from bot.render.limits import clip


def edit_message(edited: EditSummary, value: str, locale: Locale, state: str = "") -> Message:
    """
    Show the changes of an edited CSV, with a button if there are any.

    Args:
        value: the button's.
        state: mrkdwn about a press that has failed; empty before the first press.
    """
    if not edited.problem_count:
        return _message(
            edited, translate(locale, "edit.nothing", **_who(edited.person, edited.file_name)), locale
        )
    head = f"{_head(edited, locale)}\n{state or translate(locale, 'edit.not-yet')}"
    return _message(edited, head, locale, actions("edit", _button(edited, value, locale)))


def applied_message(edited: EditSummary, act: ActionResult, locale: Locale) -> Message:
    """Show the same changes, and the result in the place of the button."""
    return _message(edited, _head(edited, locale), locale, section(applied_text(act, locale)))


def applied_text(act: ActionResult, locale: Locale) -> str:
    """Say who has applied an edited CSV, and the result."""
    person, time = mrkdwn.person(act.user_id), mrkdwn.time(act.acted_at)
    shared = act.skipped.get(Skip.SHARED, 0)
    counts = {
        "edit.skipped": sum(act.skipped.values()) - shared,
        "act.skipped.shared": shared,
        "act.refused": act.refused_count,
    }
    lines = [translate(locale, "edit.applied", person=person, time=time, count=act.touched_count)]
    return "\n".join(lines + [translate(locale, key, count=count) for key, count in counts.items() if count])


def failed_text(person: str, at: datetime, locale: Locale) -> str:
    """Say whose press of the button has failed, and that it can be pressed again."""
    return translate(locale, "edit.failed", person=mrkdwn.person(person), time=mrkdwn.time(at))


def refused_file_message(error: BotError, person: str, name: str, locale: Locale) -> Message:
    """Say why a file cannot be read, and that nothing was applied."""
    reason = explain_in_slack(error, locale)
    return Message(translate(locale, "edit.refused", **_who(person, name), reason=reason))


def _head(edited: EditSummary, locale: Locale) -> str:
    who = _who(edited.person, edited.file_name)
    return translate(locale, "edit.found", count=edited.problem_count, **who)


def _who(person: str, name: str) -> dict[str, str]:
    return {"person": mrkdwn.person(person), "name": mrkdwn.code(clip(name, 100))}


def _message(edited: EditSummary, head: str, locale: Locale, *end: Block) -> Message:
    blocks = [section(head)]
    if edited.problem_count:
        blocks += _changes(edited, locale)
    if edited.wrong_count:
        rows = [_wrong_line(row, locale) for row in edited.wrong_rows]
        lines = [translate(locale, "edit.wrong", count=edited.wrong_count)]
        blocks.append(section("\n".join(lines + _with_rest(rows, edited.wrong_count, locale))))
    if edited.converted_count:
        notes = [_converted_line(note, locale) for note in edited.converted_notes]
        lines = [translate(locale, "edit.converted", count=edited.converted_count)]
        lines += [*_with_rest(notes, edited.converted_count, locale), translate(locale, "edit.converted.how")]
        blocks.append(section("\n".join(lines)))
    rows = [translate(locale, "edit.rows", count=edited.row_count, unchanged=edited.unchanged_count)]
    rows += [translate(locale, "edit.without-status")] if edited.is_without_status else []
    rows += [translate(locale, "edit.without-note")] if edited.is_without_note else []
    blocks.append(context("  ·  ".join(rows)))
    if edited.problem_count:
        time = mrkdwn.time(datetime.fromisoformat(edited.scanned_at))
        blocks.append(context(translate(locale, "edit.as-of", time=time)))
    return Message(head, (*blocks, *end))


def _with_rest(lines: list[str], count: int, locale: Locale) -> list[str]:
    """Add the number of those that a list leaves out."""
    rest = count - len(lines)
    return [*lines, translate(locale, "edit.more", count=rest)] if rest else lines


def _changes(edited: EditSummary, locale: Locale) -> list[Block]:
    changes = [f"• {_change(change, locale)}  *{count:,}*" for change, count in edited.changes]
    fields = [
        field(
            translate(locale, f"edit.by-{by}"),
            [f"{control_name(name, locale)}  *{count:,}*" for name, count in counts.items()],
        )
        for by, counts in (("control", edited.by_control), ("account", edited.by_account))
    ]
    return [
        section("  ·  ".join(f"{text} *{count:,}*" for text, count in _totals(edited, locale))),
        section("\n".join(_with_rest(changes, edited.change_count, locale))),
        {"type": "section", "fields": fields},
    ]


def _totals(edited: EditSummary, locale: Locale) -> list[tuple[str, int]]:
    """Count all problems by their new status, so that no suppression is among the rest of a list."""
    texts = {str(s): translate(locale, "edit.change.status", status=s) for s in WorkflowStatus}
    texts[""] = translate(locale, "edit.note-only")
    return [(text, edited.by_status[s]) for s, text in texts.items() if s in edited.by_status]


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


def _button(edited: EditSummary, value: str, locale: Locale) -> Block:
    key = "edit.confirm.partly" if edited.wrong_count else "edit.confirm.text"
    totals = " · ".join(f"{text} {count:,}" for text, count in _totals(edited, locale))
    confirm = Confirm(
        title=translate(locale, "edit.confirm.title"),
        text=translate(locale, key, count=edited.problem_count, wrong=edited.wrong_count, totals=totals),
        yes=translate(locale, "edit.confirm.yes"),
        no=translate(locale, "edit.confirm.no"),
    )
    return button(APPLY_EDIT, value, translate(locale, "edit.apply", count=edited.problem_count), confirm)
