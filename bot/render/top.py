"""The top findings of a report: a table of them, a menu beside some, and a button for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.action import Action
from bot.domain.change import Act
from bot.domain.finding import Finding, WorkflowStatus
from bot.domain.message import Block
from bot.domain.report import Occasion, Summary
from bot.domain.resource import account, short_name
from bot.domain.suppression import remark_on
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.acts import can_undo, row_line
from bot.render.blocks import SEVERITY_MARKS, cell, menu, plain, section
from bot.render.ids import ACT_ON_ROW, TRIAGE, UNDO_ROW
from bot.render.limits import clip

TABLE = ("row", "severity", "control", "resource", "title", "account", "region", "status")
SUPPRESSED_TABLE = ("row", "control", "resource", "account", "since", "by", "until", "why")
"""The columns of the table: of a list of what is suppressed, others."""


class Shape(NamedTuple):
    """How much of each finding is shown."""

    name_length: int
    """Characters of a name, in a cell and beside a menu."""
    menu_count: int
    """How many of the top findings have a menu of their own; the rest are acted on with the report."""


SHAPES = (Shape(100, 5), Shape(40, 5), Shape(15, 5), Shape(15, 2))
"""
The most detailed first: 8 cells of 100 characters in each of 11 rows stay within a table's 10,000, but the
whole message only does where not every cell is that long.
"""


class _Done(NamedTuple):
    """What has become of a row."""

    act: Act
    status: WorkflowStatus
    undo_id: str
    """ID of the act that can be taken back here; empty where there is none, or it has a button of its own."""


def top_findings(summary: Summary, acts: Sequence[Act], locale: Locale, shape: Shape) -> list[Block]:
    """Show the top findings with what has been done about them, and what can still be done."""
    done = {row: _Done(act, status, _undo_id(act, acts)) for act in acts for row, status in act.rows.items()}
    blocks = [_table(summary, done, locale, shape)]
    for row, finding in enumerate(summary.top[: shape.menu_count]):
        text = _row_text(row, finding, locale, shape)
        blocks.append(_finding(text, f"{summary.report_id}:{row}", finding, done.get(row), locale))
    label = translate(locale, "triage.button")
    is_suppressed = summary.query.is_of_suppressed and summary.occasion is not Occasion.EXPIRED
    value = f"{summary.report_id}:{WorkflowStatus.SUPPRESSED}" if is_suppressed else summary.report_id
    button = {"type": "button", "action_id": TRIAGE, "value": value, "style": "primary"}
    buttons = [button | {"text": plain(label, limits.BUTTON)}]
    blocks.append({"type": "actions", "block_id": "report", "elements": buttons})
    return blocks


def _undo_id(act: Act, acts: Sequence[Act]) -> str:
    """Choose the act to take back: this one, or of one that takes back what it has left, the same again."""
    one = next((other for other in acts if other.act_id == act.undoes), act)
    return one.act_id if one.row is not None and can_undo(one, acts) else ""


def _table(summary: Summary, done: dict[int, _Done], locale: Locale, shape: Shape) -> Block:
    names = SUPPRESSED_TABLE if summary.query.is_of_suppressed else TABLE
    head = [cell(translate(locale, f"report.table.{name}"), shape.name_length) for name in names]
    rows = [
        _row(names, _texts(row, finding, done.get(row), summary, locale, shape), shape)
        for row, finding in enumerate(summary.top)
    ]
    settings = [{"is_wrapped": name in ("resource", "title", "by", "why")} for name in names]
    return {"type": "table", "block_id": "top", "column_settings": settings, "rows": [head, *rows]}


def _row(names: Sequence[str], texts: Mapping[str, str], shape: Shape) -> list[Block]:
    return [cell(texts[name], shape.name_length) for name in names]


def _texts(
    row: int, finding: Finding, done: _Done | None, summary: Summary, locale: Locale, shape: Shape
) -> dict[str, str]:
    remark = remark_on(finding)
    return {
        "row": str(row + 1),
        "severity": f"{SEVERITY_MARKS[finding.severity]} {finding.severity}",
        "control": finding.source,
        "resource": _resource_name(finding, locale, shape.name_length),
        "title": finding.title,
        "account": account(finding.account_name, finding.account_id),
        "region": finding.region,
        "status": done.status if done else finding.workflow_status,
        "since": _since(remark.at, summary.scanned_at, locale),
        "by": remark.by,
        "until": remark.until,
        "why": remark.reason,
    }


def _since(at: str, now: datetime, locale: Locale) -> str:
    """Say when something was, and if not of late, how many days ago; of what is no time, nothing."""
    try:
        since = datetime.fromisoformat(at)
        days = (now - since).days
    except (ValueError, TypeError):  # TypeError: it has no time zone
        return ""
    day = f"{since:%Y-%m-%d}"
    return translate(locale, "suppression.since", day=day, count=days) if days > 0 else day


def _resource_name(finding: Finding, locale: Locale, length: int) -> str:
    """Name a finding's resource, and how many more it has."""
    name = short_name(finding.resource_id) or "—"
    more = len(finding.resources) - 1
    if more <= 0:
        return clip(name, length)
    return translate(locale, "report.resource.more", name=clip(name, max(5, length - 20)), count=more)


def _row_text(row: int, finding: Finding, locale: Locale, shape: Shape) -> str:
    name = mrkdwn.code(_resource_name(finding, locale, shape.name_length))
    where = mrkdwn.code(
        clip(f"{account(finding.account_name, finding.account_id)} {finding.region}", shape.name_length)
    )
    source = mrkdwn.code(clip(finding.source, min(40, shape.name_length)))
    title = "" if finding.control_id else f"  {mrkdwn.code(clip(finding.title, shape.name_length))}"
    return f"*{row + 1}*  {source}{title}  {name}  {where}"


def _finding(text: str, value: str, finding: Finding, done: _Done | None, locale: Locale) -> Block:
    status = done.status if done else finding.workflow_status
    said = f"{text}\n{row_line(done.act, done.status, locale)}" if done else text
    options = {
        f"{value}:{action}:{status}": translate(locale, f"action.{action}")
        for action in Action
        if action.status != status
    }
    if status is WorkflowStatus.SUPPRESSED:
        options[f"{value}:{Action.SUPPRESS}:{status}"] = translate(locale, "action.renew")
    if done and done.undo_id:
        options[f"{value}:{UNDO_ROW}:{done.undo_id}"] = translate(locale, "undo.button")
    block_id = f"row-{value.rpartition(':')[2]}"
    return section(said) | {"block_id": block_id, "accessory": menu(ACT_ON_ROW, options)}
