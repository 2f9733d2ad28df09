"""
A report as a Slack message: its counts, its top findings, buttons, and the actions on it.

Each action renders the message again from the kept report and all its actions, so that two people who click
at the same time are both in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.command import format_query
from bot.domain.control import Missing, checked_controls
from bot.domain.query import Query
from bot.domain.report import Fault, PostFault, Summary, Tally, Unread
from bot.domain.slack import Block, Message
from bot.domain.triage import ActionResult, undoable_ids
from bot.i18n import CATALOGUES, Locale, translate
from bot.render import limits, mrkdwn
from bot.render.acts import action_lines, shown_actions, suppression_blocks, undo_button
from bot.render.blocks import SEVERITY_MARKS, context, count_lines, field, plain, section
from bot.render.check_message import check_headline, check_message
from bot.render.coverage import coverage_text, elsewhere_text
from bot.render.errors import explain_in_slack
from bot.render.limits import clip
from bot.render.top import SHAPES, Shape, report_buttons, top_findings

MISSING_COUNT = 5
"""The controls missing in Security Hub that the message names."""
TITLE_COUNT = 5
"""The controls that the title names."""
MOST_CHANNELS = 20
"""Channels that are named with their number of findings."""

MOST_REFUSED = 5
"""Channels that are named with the reason why they got none."""


@dataclass(frozen=True, slots=True)
class ReportSetting:
    """The language and the name of the place where a report is shown."""

    locale: Locale
    environment: str
    """The name in the report's first sentence."""


def report_message(summary: Summary, acts: Sequence[ActionResult], setting: ReportSetting) -> Message:
    """
    Show a report in as much detail as Slack allows.

    If names are unusually long, they are cut, then fewer findings are shown, and at last fewer actions.
    """
    if summary.check:
        return check_message(summary, summary.check, setting.locale)
    text = clip(mrkdwn.text(headline(summary, setting)), limits.TEXT)
    blocks: list[Block] = []
    for shape, shown in _ways(shown_actions(acts)):
        blocks = _blocks(summary, acts, shown, setting, shape)
        if len(blocks) <= limits.BLOCK_COUNT and len(json.dumps(blocks, ensure_ascii=False)) <= limits.BLOCKS:
            break
    return Message(text, tuple(blocks))


def _ways(acts: Sequence[ActionResult]) -> Iterator[tuple[Shape, Sequence[ActionResult]]]:
    """Yield the levels of detail, the highest first: each shape with all actions, then without the oldest."""
    yield from ((shape, acts) for shape in SHAPES)
    yield from ((SHAPES[-1], acts[oldest:]) for oldest in range(1, len(acts) + 1))


def headline(summary: Summary, setting: ReportSetting) -> str:
    """Return the result in one sentence of plain text."""
    if summary.check:
        return check_headline(summary, summary.check, setting.locale)
    if summary.report_kind:
        key = f"suppression.{summary.report_kind}"
    elif summary.query.is_chosen:
        key = "report.chosen" if summary.finding_count else "report.chosen.none"
    elif summary.whole and summary.whole.finding_count:
        key = "routes.found" if summary.finding_count else "routes.found.elsewhere"
    elif summary.part:
        key = "routes.found.misplaced" if summary.part.fault else "routes.found.here"
    elif summary.finding_count:
        key = "suppression.list" if summary.query.is_of_suppressed else "report.found"
    elif summary.unread:
        key = "report.none.partial"
    else:
        key = _nothing(summary.query)
    values = {"environment": clip(setting.environment, 100), "query": clip(format_query(summary.query), 300)}
    total = summary.whole.finding_count if summary.whole else summary.finding_count
    return translate(setting.locale, key, count=summary.finding_count, total=total, **values)


def _nothing(query: Query) -> str:
    """Return the text for an empty answer: for a narrowed query it must not claim that nothing exists."""
    if query.is_of_suppressed:
        return "suppression.none.narrowed" if query.is_narrowed else "suppression.none"
    return "report.none.narrowed" if query.is_narrowed else "report.none"


def _blocks(
    summary: Summary,
    acts: Sequence[ActionResult],
    shown: Sequence[ActionResult],
    setting: ReportSetting,
    shape: Shape,
) -> list[Block]:
    blocks = [
        {"type": "header", "text": plain(_title(summary, setting.locale), limits.HEADER)},
        section(mrkdwn.text(headline(summary, setting))),
        *_elsewhere(summary, setting.locale),
        *suppression_blocks(summary, setting.locale),
        *(_unread(unread, setting.locale) for unread in _merged_unread(summary)),
        *_missing(summary.missing, setting.locale),
        *(_fault(fault, setting.locale) for fault in summary.faults),
    ]
    counted = summary.whole or summary
    if counted.finding_count:
        blocks += [_counts(counted, setting.locale), *_checked(summary, counted, setting.locale)]
    blocks += _parts(summary, setting.locale)
    if summary.finding_count:
        blocks.append(report_buttons(summary, acts, setting.locale))
    blocks += [_act(act, acts, summary.report_id, setting.locale) for act in shown]
    if summary.finding_count:
        blocks += [{"type": "divider"}, *top_findings(summary, acts, setting.locale, shape)]
    return [*blocks, _footer(summary, setting)]


def _title(summary: Summary, locale: Locale) -> str:
    if summary.query.is_chosen:
        return translate(locale, "report.title.chosen")
    if summary.report_kind:
        return translate(locale, f"suppression.{summary.report_kind}.title")
    if summary.query.is_of_suppressed:
        return translate(locale, "suppression.list.title")
    controls = ", ".join(summary.query.controls[:TITLE_COUNT])
    more = len(summary.query.controls) - TITLE_COUNT
    if more > 0:
        controls = translate(locale, "report.title.more", controls=controls, count=more)
    return translate(locale, "report.title", controls=controls)


def _merged_unread(summary: Summary) -> list[Unread]:
    by_code: dict[str, Unread] = {}
    for unread in summary.unread:
        known = by_code.get(unread.code, Unread((), unread.code, unread.values))
        controls = tuple(dict.fromkeys((*known.controls, *unread.controls)))
        by_code[unread.code] = replace(known, controls=controls)
    return list(by_code.values())


def _unread(unread: Unread, locale: Locale) -> Block:
    reason = explain_in_slack(unread, locale)
    controls = clip(", ".join(unread.controls), 200)
    return section(translate(locale, "report.partial", controls=mrkdwn.code(controls), reason=reason))


def _missing(missing: Sequence[Missing], locale: Locale) -> list[Block]:
    """Name the first controls of the schedule that Security Hub lacks."""
    named = []
    for control in missing[:MISSING_COUNT]:
        name = mrkdwn.code(clip(control.control_id, 60))
        nearest = ", ".join(map(mrkdwn.code, control.nearest))
        text = translate(locale, "report.missing.control", control=name, nearest=nearest)
        named.append(text if nearest else name)
    if not named:
        return []
    more = ["…"] if len(missing) > MISSING_COUNT else []
    return [section(translate(locale, "report.missing", controls=", ".join([*named, *more])))]


def _elsewhere(summary: Summary, locale: Locale) -> list[Block]:
    """Warn that findings of other Regions are shown elsewhere; not of findings that a person has chosen."""
    text = "" if summary.query.is_chosen else elsewhere_text(summary.coverage, mrkdwn.code, locale)
    return [section(text)] if text else []


def _fault(fault: Fault, locale: Locale) -> Block:
    reason = explain_in_slack(fault, locale)
    return section(translate(locale, f"report.fault.{fault.about}", reason=reason))


def _parts(summary: Summary, locale: Locale) -> Iterator[Block]:
    """Name the channels of a report's parts; of a part, the reason why it is in the report's own channel."""
    if summary.part and summary.part.fault:
        values = {
            "channel": mrkdwn.channel(summary.part.channel),
            "reason": _post_fault(summary.part.fault, locale),
        }
        yield section(translate(locale, "routes.misplaced", **values))
    sent = [part for part in summary.parts if not part.fault]
    if sent:
        places = [f"{mrkdwn.channel(part.channel)} *{part.finding_count:,}*" for part in sent[:MOST_CHANNELS]]
        if more := sent[MOST_CHANNELS:]:
            rest = sum(part.finding_count for part in more)
            places.append(f"{translate(locale, 'routes.more', count=len(more))} *{rest:,}*")
        yield section(translate(locale, "routes.sent", places="  ·  ".join(places)))
    refused = [(part, part.fault) for part in summary.parts if part.fault]
    for part, fault in refused[:MOST_REFUSED]:
        values = {"channel": mrkdwn.channel(part.channel), "reason": _post_fault(fault, locale)}
        yield section(translate(locale, "routes.refused", count=part.finding_count, **values))
    if more_refused := refused[MOST_REFUSED:]:
        rest = sum(part.finding_count for part, _ in more_refused)
        yield section(translate(locale, "routes.refused.more", channels=len(more_refused), count=rest))


def _post_fault(fault: PostFault, locale: Locale) -> str:
    key = f"routes.{fault.code}" if f"routes.{fault.code}" in CATALOGUES[locale] else "routes.other"
    return translate(locale, key, reason=mrkdwn.code(fault.slack_error or fault.code))


def _counts(counted: Summary | Tally, locale: Locale) -> Block:
    severities = [f"{SEVERITY_MARKS[s]} {s}  *{n:,}*" for s, n in counted.by_severity.items()]
    controls = count_lines(counted.by_control, "report.other-controls", locale)
    return {
        "type": "section",
        "fields": [
            field(translate(locale, "report.by-severity"), severities),
            field(translate(locale, "report.by-control"), controls),
        ],
    }


def _checked(summary: Summary, counted: Summary | Tally, locale: Locale) -> list[Block]:
    """Say how many findings a check of templates could have shown; nothing of a list of suppressed ones."""
    seen = checked_controls()
    count = sum(number for control, number in counted.by_control.items() if control in seen)
    if not count or summary.report_kind or summary.query.is_of_suppressed:
        return []
    return [context(translate(locale, "report.checked", count=count, total=f"{counted.finding_count:,}"))]


def _act(act: ActionResult, acts: Sequence[ActionResult], report_id: str, locale: Locale) -> Block:
    block = section("\n".join(action_lines(act, locale))) | {"block_id": f"act-{act.act_id}"}
    if act.row is not None or act.act_id not in undoable_ids(acts):
        return block
    return block | {"accessory": undo_button(act, report_id, locale)}


def _footer(summary: Summary, setting: ReportSetting) -> Block:
    locale = setting.locale
    if summary.requester_id:
        asked = translate(locale, "report.requested", person=mrkdwn.person(summary.requester_id))
    elif summary.report_kind:
        asked = translate(locale, "suppression.daily")
    elif summary.part:
        asked = translate(locale, "routes.part", channel=mrkdwn.channel(summary.part_of))
    else:
        asked = translate(locale, "report.from-console" if summary.query.is_chosen else "report.scheduled")
    as_of = translate(locale, "report.as-of", time=mrkdwn.time(summary.scanned_at))
    query = mrkdwn.code(clip(format_query(summary.query), 300))
    covered = "" if summary.query.is_chosen else coverage_text(summary.coverage, summary.query, locale)
    return context("  ·  ".join(filter(None, [asked, as_of, query, covered])))
