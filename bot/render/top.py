"""The top findings of a report: a table of them, a button beside some, and a button for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.finding import Finding
from bot.domain.message import Block
from bot.domain.report import Mark, Summary
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import SEVERITY_MARKS, Confirm, button, cell, section
from bot.render.limits import clip
from bot.render.resource import account, short_name

MARK_ONE = "mark_one"
"""action_id of the button beside a finding."""
MARK_ALL = "mark_all"
"""action_id of the button for the whole report."""


class Shape(NamedTuple):
    """How much of each finding is shown."""

    name_length: int
    """Characters of a name, in a cell and beside a button."""
    button_count: int
    """How many of the top findings have a button of their own; the rest are marked with the report."""


SHAPES = (Shape(100, 5), Shape(40, 5), Shape(15, 5), Shape(15, 2))
"""
The most detailed first: 8 cells of 100 characters in each of 11 rows stay within a table's 10,000, but the
whole message only does where not every cell is that long.
"""


def top_findings(summary: Summary, marks: Sequence[Mark], locale: Locale, shape: Shape) -> list[Block]:
    """Show the top findings with what has been done about them, and what can still be done."""
    by_row = {row: _mark_of(finding, row, marks) for row, finding in enumerate(summary.top)}
    blocks = [_table(summary, by_row, locale, shape)]
    for row, finding in enumerate(summary.top[: shape.button_count]):
        text = _row_text(row, finding, locale, shape)
        blocks.append(_finding(text, _value(summary, row), finding, by_row[row], locale))
    left = _left(summary, marks)
    if left:
        blocks.append(
            {"type": "actions", "block_id": "report", "elements": [_all_button(summary, left, locale)]}
        )
    return blocks


def who_and_when(mark: Mark) -> dict[str, str]:
    """Give the values that tell of a mark."""
    return {"person": mrkdwn.person(mark.user_id), "time": mrkdwn.time(mark.marked_at)}


def _left(summary: Summary, marks: Sequence[Mark]) -> int:
    """Count what the button for the whole report would still mark, as far as the report knows."""
    if any(mark.row is None and not mark.refusals for mark in marks):
        return 0
    return max(0, summary.new_count - sum(mark.finding_count for mark in marks))


def _mark_of(finding: Finding, row: int, marks: Sequence[Mark]) -> Mark | None:
    """Tell which mark a finding got: one of its own, or one of the whole report that took its Id."""
    ids = {identifier.id for identifier in finding.identifiers}
    for mark in marks:
        if mark.row in (None, row) and ids & mark.marked_ids:
            return mark
    return None


def _table(summary: Summary, marked: dict[int, Mark | None], locale: Locale, shape: Shape) -> Block:
    names = ("row", "severity", "control", "resource", "title", "account", "region", "status")
    head = [cell(translate(locale, f"report.table.{name}"), shape.name_length) for name in names]
    rows = [_row(row, finding, marked[row], locale, shape) for row, finding in enumerate(summary.top)]
    settings = [{"is_wrapped": name in ("resource", "title")} for name in names]
    return {"type": "table", "block_id": "top", "column_settings": settings, "rows": [head, *rows]}


def _row(row: int, finding: Finding, mark: Mark | None, locale: Locale, shape: Shape) -> list[Block]:
    texts = (
        str(row + 1),
        f"{SEVERITY_MARKS[finding.severity]} {finding.severity}",
        finding.control_id,
        _resource_name(finding, locale, shape.name_length),
        finding.title,
        account(finding.account_name, finding.account_id),
        finding.region,
        "NOTIFIED" if mark else str(finding.workflow_status),
    )
    return [cell(text, shape.name_length) for text in texts]


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
    control = mrkdwn.code(clip(finding.control_id, min(40, shape.name_length)))
    return f"*{row + 1}*  {control}  {name}  {where}"


def _finding(text: str, value: str, finding: Finding, mark: Mark | None, locale: Locale) -> Block:
    if mark:
        done = translate(locale, "mark.done.one-finding", **who_and_when(mark))
        return section(f"{text}\n{done}")
    block = section(text) | {"block_id": f"row-{value.rpartition(':')[2]}"}
    if finding.is_new:
        block["accessory"] = _one_button(value, finding, locale)
    return block


def _value(summary: Summary, row: int) -> str:
    """Give the value of a finding's button, which leads to the stored report."""
    return f"{summary.report_id}:{row}"


def _one_button(value: str, finding: Finding, locale: Locale) -> Block:
    text = translate(
        locale,
        "mark.confirm.one",
        resource=_resource_name(finding, locale, 120),
        control=clip(finding.control_id, 40),
    )
    return button(MARK_ONE, value, translate(locale, "mark.one"), _confirm(text, locale))


def _all_button(summary: Summary, count: int, locale: Locale) -> Block:
    text = translate(locale, "mark.confirm.all", count=count)
    label = translate(locale, "mark.all", count=count)
    return button(MARK_ALL, summary.report_id, label, _confirm(text, locale)) | {"style": "primary"}


def _confirm(text: str, locale: Locale) -> Confirm:
    return Confirm(
        title=translate(locale, "mark.confirm.title"),
        text=text,
        yes=translate(locale, "mark.confirm.yes"),
        no=translate(locale, "mark.confirm.no"),
    )
