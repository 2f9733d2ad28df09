"""The top findings of a report: a row with a menu for each, and the buttons for many findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.action import Action
from bot.domain.checks.places import Place
from bot.domain.finding import Finding, WorkflowStatus, account, short_name
from bot.domain.report import ReportKind, Summary
from bot.domain.slack import Block
from bot.domain.suppression import remark_on
from bot.domain.triage import ActionResult, still_new, undoable_ids
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.acts import SHOWN_REASON, row_status_line
from bot.render.blocks import SEVERITY_MARKS, Confirm, actions, button, menu, section
from bot.render.ids import ACT_ON_ROW, NOTIFY_ALL, NOTIFY_ROW, TRIAGE, UNDO_ROW, row_block_id
from bot.render.limits import clip, clip_start, one_line
from bot.render.owners import show_mine


class Shape(NamedTuple):
    """Limits of the texts and rows of a message."""

    title_length: int
    """Characters of a title."""
    name_length: int
    """Characters of any other name."""
    row_count: int
    """Rows. The form of *Triage…* reaches the other findings."""


SHAPES = (Shape(150, 100, 10), Shape(80, 50, 10), Shape(60, 40, 8), Shape(40, 25, 5), Shape(15, 15, 2))
"""The most detailed first: names of usual length fit as they are, longer ones are shortened."""


def report_buttons(summary: Summary, acts: Sequence[ActionResult], locale: Locale) -> Block:
    """Return the buttons for many findings: *Mark all new*, if there are any, *Triage…* and *Show mine*."""
    count = still_new(summary.new_count, acts)
    marking = [_notify_all(summary.report_id, count, acts, locale)] if count else []
    is_suppressed = summary.query.is_of_suppressed and summary.report_kind is not ReportKind.EXPIRED
    value = f"{summary.report_id}:{WorkflowStatus.SUPPRESSED}" if is_suppressed else summary.report_id
    mine = [show_mine(summary.report_id, locale)] if summary.is_routed else []
    return actions("report", *marking, button(TRIAGE, value, translate(locale, "triage.button")), *mine)


def top_findings(summary: Summary, acts: Sequence[ActionResult], locale: Locale, shape: Shape) -> list[Block]:
    """Show a row for each top finding: the finding, the last action on it, and a menu of actions."""
    last_acts = {row: act for act in acts for row in act.rows}
    undoable = undoable_ids(acts)
    blocks: list[Block] = []
    for row, finding in enumerate(summary.top[: shape.row_count]):
        act = last_acts.get(row)
        status = act.rows[row] if act else finding.workflow_status
        lines = [_title(finding, shape), _place(finding, status, locale, shape)]
        if row < len(summary.places) and (place := summary.places[row]):
            lines.append(_template(place, locale, shape))
        if summary.query.is_of_suppressed:
            lines.append(_remark(finding, summary.scanned_at, locale, shape))
        undo_id = ""
        if act:
            lines.append(row_status_line(act, status, locale))
            # An undo that left something is repeated by undoing the first action again.
            undo_id = act.undoes or act.act_id if act.row is not None else ""
        block_id = row_block_id(summary.report_id, row)
        text = "\n".join(filter(None, lines))
        blocks += _row(text, block_id, status, undo_id if undo_id in undoable else "", locale)
    return blocks


def _notify_all(report_id: str, count: int, acts: Sequence[ActionResult], locale: Locale) -> Block:
    confirm = Confirm(
        title=translate(locale, "notify-all.title", count=count),
        text=translate(locale, "notify-all.text", count=count),
        yes=translate(locale, "notify-all.yes"),
        no=translate(locale, "notify-all.no"),
    )
    as_of = next((act.act_id for act in reversed(acts) if act.touched_count), "")
    value = f"{report_id}:{count}:{as_of}"
    label = translate(locale, "notify-all.button", count=count)
    return button(NOTIFY_ALL, value, label, confirm) | {"style": "primary"}


def _title(finding: Finding, shape: Shape) -> str:
    control = mrkdwn.code(clip(finding.source, min(40, shape.name_length)))
    title = mrkdwn.text(clip(one_line(finding.title), shape.title_length))
    return "  ".join(filter(None, [f"{SEVERITY_MARKS[finding.severity]} {finding.severity}", control, title]))


def _place(finding: Finding, status: WorkflowStatus, locale: Locale, shape: Shape) -> str:
    where = f"{account(finding.account_name, finding.account_id)} {finding.region}"
    names = (_resource_name(finding, locale, shape.name_length), clip(where, shape.name_length))
    return "  ".join([f"*{status}*", *filter(None, map(mrkdwn.code, names))])


def _template(place: Place, locale: Locale, shape: Shape) -> str:
    """Name the line of the template that has the resource, with a link if its address is known."""
    line = clip_start(f"{place.file}:{place.line}", shape.name_length)
    if place.link:
        shown = mrkdwn.link(place.link, mrkdwn.text(line))
    else:
        shown = f"{mrkdwn.code(line)} {mrkdwn.code(clip(place.repository, shape.name_length))}"
    return translate(locale, "report.template", line=shown)


def _resource_name(finding: Finding, locale: Locale, length: int) -> str:
    """Name the first resource of a finding, and count the others."""
    name = short_name(finding.resource_id) or "—"
    more = len(finding.resources) - 1
    if more <= 0:
        return clip(name, length)
    return translate(locale, "report.resource.more", name=clip(name, max(5, length - 20)), count=more)


def _remark(finding: Finding, now: datetime, locale: Locale, shape: Shape) -> str:
    """Describe the suppression of a finding, as far as the finding tells: since, by, until and why."""
    remark = remark_on(finding)
    told = {
        "since": _since(remark.at, now, locale),
        "by": mrkdwn.code(clip(remark.by, shape.name_length)),
        "until": mrkdwn.code(clip(remark.until, shape.name_length)),
        "why": mrkdwn.code(clip(remark.reason, min(SHOWN_REASON, shape.title_length))),
    }
    return "  ·  ".join(
        f"{translate(locale, f'suppression.{n}')}: {text}" for n, text in told.items() if text
    )


def _since(at: str, now: datetime, locale: Locale) -> str:
    """Return the day of an ISO 8601 time, and the days since; empty if the text is no such time."""
    try:
        since = datetime.fromisoformat(at)
        days = (now - since).days
    except (ValueError, TypeError):  # TypeError: it has no time zone
        return ""
    day = f"{since:%Y-%m-%d}"
    return translate(locale, "suppression.day", day=day, count=days) if days > 0 else day


def _row(text: str, block_id: str, status: WorkflowStatus, undo_id: str, locale: Locale) -> list[Block]:
    """Show a finding with a menu; if it is NEW, also with a button for the usual next step."""
    choices = {
        f"{action}:{status}": translate(locale, f"action.{action}")
        for action in Action
        if action.status != status
    }
    notify = f"{Action.NOTIFY}:{status}"
    label = choices.pop(notify) if status is WorkflowStatus.NEW else ""
    if status is WorkflowStatus.SUPPRESSED:
        choices[f"{Action.SUPPRESS}:{status}"] = translate(locale, "action.renew")
    if undo_id:
        choices[f"{UNDO_ROW}:{undo_id}"] = translate(locale, "undo.button")
    others = menu(ACT_ON_ROW, choices)
    if not label:
        return [section(text) | {"block_id": block_id, "accessory": others}]
    return [section(text), actions(block_id, button(NOTIFY_ROW, notify, label), others)]
