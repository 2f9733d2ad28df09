"""
A report as a Slack message: what was found, the top of it, buttons, and what has been done since.

The message is made anew from the stored report and its marks each time something is done, so that two
people clicking at once both end up in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.command import format_query
from bot.domain.finding import Finding, Severity
from bot.domain.message import Block, Message
from bot.domain.report import Mark, Summary, Unread
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.errors import explain_in_slack
from bot.render.limits import clip
from bot.render.resource import account, short_name

MARK_ONE = "mark_one"
"""action_id of the button beside a finding."""
MARK_ALL = "mark_all"
"""action_id of the button for the whole report."""

BUTTON_COUNT = 5
"""How many of the top findings have a button of their own; the rest are marked with the report."""
CONTROL_COUNT = 8
"""How many controls the counts name; the rest are counted together."""
TITLE_COUNT = 5
"""How many controls the title names."""

SEVERITY_MARKS = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFORMATIONAL: "⚪",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a report is shown."""

    locale: Locale
    environment: str
    """The name in the report's first sentence."""


def report_message(summary: Summary, marks: Sequence[Mark], setting: Setting) -> Message:
    """Show a report. The number of blocks is bounded whatever the report holds: 5 + 5 + a few."""
    sentence = headline(summary, setting)
    blocks = [
        _header(summary, setting.locale),
        _section(mrkdwn.escape(sentence)),
        *(_unread(unread, setting.locale) for unread in _merged_unread(summary)),
    ]
    if summary.finding_count:
        blocks += [
            _counts(summary, setting.locale),
            {"type": "divider"},
            *_findings(summary, marks, setting.locale),
        ]
    blocks += [*_marks(marks, setting.locale), _footer(summary, setting)]
    return Message(clip(mrkdwn.escape(sentence), limits.TEXT), tuple(blocks))


def headline(summary: Summary, setting: Setting) -> str:
    """Say in one sentence how much was found; plain text."""
    if summary.finding_count:
        key = "report.found"
    else:
        key = "report.none.partial" if summary.unread else "report.none"
    environment = clip(setting.environment, 200)
    return translate(setting.locale, key, environment=environment, count=summary.finding_count)


def plain(text: str, limit: int) -> Block:
    """Make a text object that is not parsed, within its limit."""
    return {"type": "plain_text", "text": clip(text, limit), "emoji": True}


def _header(summary: Summary, locale: Locale) -> Block:
    controls = ", ".join(summary.query.controls[:TITLE_COUNT])
    more = len(summary.query.controls) - TITLE_COUNT
    if more > 0:
        controls = translate(locale, "report.title.more", controls=controls, count=more)
    title = translate(locale, "report.title", controls=controls)
    return {"type": "header", "text": plain(title, limits.HEADER)}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": clip(text, limits.SECTION)}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": clip(text, limits.FIELD)}]}


def _merged_unread(summary: Summary) -> list[Unread]:
    by_code: dict[str, Unread] = {}
    for unread in summary.unread:
        known = by_code.get(unread.code, Unread((), unread.code, unread.values))
        controls = tuple(dict.fromkeys((*known.controls, *unread.controls)))
        by_code[unread.code] = replace(known, controls=controls)
    return list(by_code.values())


def _unread(unread: Unread, locale: Locale) -> Block:
    reason = explain_in_slack(unread, locale)
    controls = clip(", ".join(unread.controls), 1000)
    return _section(translate(locale, "report.partial", controls=mrkdwn.code(controls), reason=reason))


def _counts(summary: Summary, locale: Locale) -> Block:
    severities = [f"{SEVERITY_MARKS[s]} {s}  *{n:,}*" for s, n in summary.by_severity.items()]
    controls = [f"{mrkdwn.code(c) or '—'}  *{n:,}*" for c, n in summary.by_control.items()]
    if len(controls) > CONTROL_COUNT:
        more = translate(locale, "report.other-controls", count=len(controls) - CONTROL_COUNT + 1)
        rest = sum(list(summary.by_control.values())[CONTROL_COUNT - 1 :])
        controls = [*controls[: CONTROL_COUNT - 1], f"{more}  *{rest:,}*"]
    return {
        "type": "section",
        "fields": [
            _field(translate(locale, "report.by-severity"), severities),
            _field(translate(locale, "report.by-control"), controls),
        ],
    }


def _field(title: str, lines: list[str]) -> Block:
    return {"type": "mrkdwn", "text": clip("\n".join([f"*{title}*", *lines]), limits.FIELD)}


def _findings(summary: Summary, marks: Sequence[Mark], locale: Locale) -> list[Block]:
    by_row = {row: _mark_of(finding, row, marks) for row, finding in enumerate(summary.top)}
    blocks = [_table(summary, by_row, locale)]
    for row, finding in enumerate(summary.top[:BUTTON_COUNT]):
        blocks.append(_finding(summary.report_id, row, finding, by_row[row], locale))
    left = _left(summary, marks)
    if left:
        blocks.append(
            {"type": "actions", "block_id": "report", "elements": [_all_button(summary, left, locale)]}
        )
    return blocks


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


def _table(summary: Summary, marked: dict[int, Mark | None], locale: Locale) -> Block:
    names = ("row", "severity", "control", "resource", "title", "account", "region", "status")
    head = [_cell(translate(locale, f"report.table.{name}")) for name in names]
    rows = [_row(row, finding, marked[row], locale) for row, finding in enumerate(summary.top)]
    settings = [{"is_wrapped": name in ("resource", "title")} for name in names]
    return {"type": "table", "block_id": "top", "column_settings": settings, "rows": [head, *rows]}


def _row(row: int, finding: Finding, mark: Mark | None, locale: Locale) -> list[Block]:
    status = "NOTIFIED" if mark else str(finding.workflow_status)
    return [
        _cell(str(row + 1)),
        _cell(f"{SEVERITY_MARKS[finding.severity]} {finding.severity}"),
        _cell(finding.control_id),
        _cell(resource_name(finding, locale)),
        _cell(finding.title),
        _cell(account(finding)),
        _cell(finding.region),
        _cell(status),
    ]


def _cell(text: str) -> Block:
    """Make a table cell: 100 characters are enough, and 11 rows of them stay within a table's 10,000."""
    return {"type": "raw_text", "text": clip(" ".join(text.split()), 100) or "—"}


def resource_name(finding: Finding, locale: Locale) -> str:
    """Name a finding's resource, and how many more it has."""
    name = short_name(finding.resource_id) or "—"
    more = len(finding.resources) - 1
    return translate(locale, "report.resource.more", name=clip(name, 80), count=more) if more > 0 else name


def _finding(report_id: str, row: int, finding: Finding, mark: Mark | None, locale: Locale) -> Block:
    name = mrkdwn.code(clip(resource_name(finding, locale), 200))
    where = mrkdwn.code(clip(f"{account(finding)} {finding.region}", 100))
    text = f"*{row + 1}*  {mrkdwn.code(finding.control_id)}  {name}  {where}"
    if mark:
        done = translate(locale, "mark.done.one-finding", **_who_and_when(mark))
        return _section(f"{text}\n{done}")
    block = _section(text) | {"block_id": f"row-{row}"}
    if finding.is_new:
        block["accessory"] = _one_button(report_id, row, finding, locale)
    return block


def _one_button(report_id: str, row: int, finding: Finding, locale: Locale) -> Block:
    text = translate(
        locale,
        "mark.confirm.one",
        resource=clip(resource_name(finding, locale), 120),
        control=finding.control_id,
    )
    return _button(MARK_ONE, f"{report_id}:{row}", translate(locale, "mark.one"), text, locale)


def _all_button(summary: Summary, count: int, locale: Locale) -> Block:
    text = translate(locale, "mark.confirm.all", count=count)
    label = translate(locale, "mark.all", count=count)
    return _button(MARK_ALL, summary.report_id, label, text, locale) | {"style": "primary"}


def _button(action_id: str, value: str, label: str, confirm: str, locale: Locale) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "value": value,
        "text": plain(label, limits.BUTTON),
        "confirm": {
            "title": plain(translate(locale, "mark.confirm.title"), limits.CONFIRM_TITLE),
            "text": plain(confirm, limits.CONFIRM_TEXT),
            "confirm": plain(translate(locale, "mark.confirm.yes"), limits.CONFIRM_BUTTON),
            "deny": plain(translate(locale, "mark.confirm.no"), limits.CONFIRM_BUTTON),
        },
    }


def _marks(marks: Sequence[Mark], locale: Locale) -> list[Block]:
    whole = [m for m in marks if m.row is None and m.finding_count]
    lines = [translate(locale, "mark.done.all", count=m.finding_count, **_who_and_when(m)) for m in whole]
    refused = sum(len(mark.refusals) for mark in marks)
    if refused:
        lines.append(translate(locale, "mark.refused", count=refused))
    return [_section("\n".join(lines))] if lines else []


def _who_and_when(mark: Mark) -> dict[str, str]:
    return {"person": mrkdwn.person(mark.user_id), "time": mrkdwn.time(mark.marked_at)}


def _footer(summary: Summary, setting: Setting) -> Block:
    locale = setting.locale
    if summary.requester_id:
        asked = translate(locale, "report.requested", person=mrkdwn.person(summary.requester_id))
    else:
        asked = translate(locale, "report.scheduled")
    as_of = translate(locale, "report.as-of", time=mrkdwn.time(summary.scanned_at))
    return _context("  ·  ".join([asked, as_of, mrkdwn.code(clip(format_query(summary.query), 500))]))
