"""The report of a check before deployment as a Slack message. It has no buttons: nothing exists yet."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.domain.check_result import Result
from bot.domain.checks.summary import CheckSummary
from bot.domain.report import Summary
from bot.domain.slack import Block, Message
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.blocks import SEVERITY_MARKS, context, count_lines, field, plain, section
from bot.render.check import remark_on
from bot.render.errors import explain_in_slack
from bot.render.limits import clip, one_line

SHOWN_COMMIT = 12
"""Digits of a commit's ID."""

LENGTHS = (150, 80, 40, 20)
"""The most characters of each text of a failure, the most detailed first."""


def check_message(summary: Summary, check: CheckSummary, locale: Locale) -> Message:
    """Show the report of a check in as much detail as Slack allows."""
    text = clip(mrkdwn.text(check_headline(summary, check, locale)), limits.TEXT)
    blocks: list[Block] = []
    for most in LENGTHS:
        blocks = _blocks(summary, check, locale, most)
        if len(json.dumps(blocks, ensure_ascii=False)) <= limits.BLOCKS:
            break
    return Message(text, tuple(blocks))


def check_headline(summary: Summary, check: CheckSummary, locale: Locale) -> str:
    """Return the result in one sentence of plain text."""
    key = "check.report.partial"
    if summary.new_count:
        key = "check.report.first" if check.is_first else "check.report.new"
    names = {"repository": check.repository, "branch": one_line(clip(check.branch, 80))}
    return translate(locale, key, count=summary.new_count, **names)


def _blocks(summary: Summary, check: CheckSummary, locale: Locale, most: int) -> list[Block]:
    title = translate(locale, "check.report.title", repository=check.repository)
    blocks = [
        {"type": "header", "text": plain(title, limits.HEADER)},
        section(mrkdwn.text(check_headline(summary, check, locale))),
        *map(section, _gaps(check, locale, most)),
    ]
    for fault in summary.faults:
        reason = explain_in_slack(fault, locale)
        blocks.append(section(translate(locale, f"report.fault.{fault.about}", reason=reason)))
    if summary.new_count:
        blocks.append(_counts(summary, locale))
    blocks.append(context(_totals(check, locale)))
    if check.top:
        blocks += [{"type": "divider"}, *(section(_row(result, locale, most)) for result in check.top)]
    return [*blocks, _footer(summary, check, locale)]


def _gaps(check: CheckSummary, locale: Locale, most: int) -> Iterator[str]:
    for gap in check.gaps:
        reason = translate(locale, gap.reason.key, name=clip(one_line(gap.reason.name), most))
        place = mrkdwn.code(f"{clip(gap.file, most)}:{gap.line}")
        yield translate(locale, "check.gap", place=place, reason=mrkdwn.text(reason))
    if check.gap_count > len(check.gaps):
        yield translate(locale, "check.report.gaps", count=check.gap_count - len(check.gaps))


def _counts(summary: Summary, locale: Locale) -> Block:
    severities = [f"{SEVERITY_MARKS[s]} {s}  *{n:,}*" for s, n in summary.by_severity.items()]
    controls = count_lines(summary.by_control, "report.other-controls", locale)
    fields = [
        field(translate(locale, "report.by-severity"), severities),
        field(translate(locale, "report.by-control"), controls),
    ]
    return {"type": "section", "fields": fields}


def _totals(check: CheckSummary, locale: Locale) -> str:
    """Count all results, and those that are gone or in no list."""
    values = {
        "failed": check.failed_count,
        "unknown": check.unknown_count,
        "suppressed": check.suppressed_count,
        "files": check.file_count,
    }
    further = {
        "check.report.gone": check.gone_count,
        "check.total.other": check.other_count,
        "check.report.omitted": check.omitted_count,
    }
    told = (translate(locale, key, count=count) for key, count in further.items() if count)
    return "  ·  ".join([translate(locale, "check.report.total", **values), *told])


def _row(result: Result, locale: Locale, most: int) -> str:
    """Show a failure: severity, control and title; resource, place and remark."""
    title = mrkdwn.text(one_line(clip(result.control.title, most)))
    head = f"{SEVERITY_MARKS[result.control.severity]} *{mrkdwn.text(clip(result.control.id, most))}* {title}"
    place = mrkdwn.code(f"{clip(result.file, most)}:{result.line}")
    remark = mrkdwn.text(one_line(clip(remark_on(result, locale), most)))
    return (
        f"{head}\n{'  ·  '.join(filter(None, [mrkdwn.code(clip(result.logical_id, most)), place, remark]))}"
    )


def _footer(summary: Summary, check: CheckSummary, locale: Locale) -> Block:
    parts = [
        translate(locale, "check.report.branch", branch=mrkdwn.code(clip(check.branch, 80))),
        translate(locale, "check.report.commit", commit=mrkdwn.code(check.commit[:SHOWN_COMMIT])),
        mrkdwn.link(check.run, translate(locale, "check.report.run")) if check.run else "",
        translate(locale, "report.as-of", time=mrkdwn.time(summary.scanned_at)),
    ]
    if not check.commit:
        del parts[1]
    return context("  ·  ".join(filter(None, parts)))
