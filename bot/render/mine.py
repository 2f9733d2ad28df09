"""A person's own rows of a report, as a private message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.finding import WorkflowStatus, short_name
from bot.domain.report import PostedReport, Summary
from bot.domain.row import ReportRow
from bot.domain.slack import Block, Message
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import SEVERITY_MARKS, Confirm, actions, button, context, control_name, section
from bot.render.ids import NOT_MINE, NOTIFY_MINE
from bot.render.limits import clip
from bot.render.owners import owner_line

SHOWN = 10
"""Rows that the message shows; a link leads to all."""

MOST_RESOURCE = 80
"""Characters of a resource's name."""


@dataclass(frozen=True, slots=True)
class Mine:
    """The content of the message."""

    summary: Summary
    posted: PostedReport
    """The report; its channel and ts are empty if it has no message."""
    count: int
    """The person's rows."""
    new_count: int
    """Those of them that are NEW."""
    shown: Sequence[tuple[int, ReportRow]]
    """The first of them, with their numbers in the report."""
    link: str
    """To the CSV, in mrkdwn."""
    as_of: str
    """ID of the last act of which the statuses tell; empty if there is none."""
    email: str
    """The person's address; empty if Slack tells none."""


def mine_message(mine: Mine, locale: Locale) -> Message:
    """Show the person's rows; or, if there are none, the rules by which a row is theirs."""
    time = mrkdwn.time(mine.summary.scanned_at)
    counted = mine.summary if mine.count else mine.summary.whole or mine.summary
    values = {"count": mine.count, "total": counted.finding_count, "time": time}
    title = translate(locale, "mine.title" if mine.count else "mine.none", **values)
    link = f"  {mine.link}" if mine.link else ""
    blocks: list[Block] = [section(f"*{title}*{link}" if mine.count else title)]
    if mine.summary.unread:
        blocks.append(section(translate(locale, "mine.partial")))
    for number, row in mine.shown:
        blocks.append(_row(number, row, mine.posted, locale))
    if mine.count > len(mine.shown):
        blocks.append(context(translate(locale, "mine.more", count=mine.count - len(mine.shown))))
    if mine.new_count:
        blocks.append(actions("mine", _mark(mine, locale)))
    blocks.append(context(" ".join(_rules(mine, locale))))
    return Message(title, tuple(blocks))


def _row(number: int, row: ReportRow, posted: PostedReport, locale: Locale) -> Block:
    resource = mrkdwn.code(clip(short_name(row.resource_id), MOST_RESOURCE)) or "—"
    where = mrkdwn.code(f"{row.account_id} {row.region}".strip())
    mark = SEVERITY_MARKS[row.severity]
    first = f"{mark} {row.severity}  {control_name(row.control_id, locale)}  {resource}"
    text = f"{first}\n*{row.status}*  {where}  {owner_line(row.owner, locale)}"
    value = f"{posted.report_id}:{number}:{posted.channel}:{posted.ts}"
    block_id = f"mine:{posted.report_id}:{number}"
    return section(text) | {
        "block_id": block_id,
        "accessory": button(NOT_MINE, value, translate(locale, "mine.not-mine")),
    }


def _mark(mine: Mine, locale: Locale) -> Block:
    count, posted = mine.new_count, mine.posted
    confirm = Confirm(
        title=translate(locale, "notify-all.title", count=count),
        text=translate(locale, "mine.mark.text", count=count),
        yes=translate(locale, "notify-all.yes"),
        no=translate(locale, "notify-all.no"),
    )
    value = f"{posted.report_id}:{count}:{mine.as_of}:{posted.channel}:{posted.ts}"
    label = translate(locale, "mine.mark", count=count, status=WorkflowStatus.NOTIFIED)
    return button(NOTIFY_MINE, value, label, confirm) | {"style": "primary"}


def _rules(mine: Mine, locale: Locale) -> Iterator[str]:
    """Say by which rules a row is the person's, and which of them the bot cannot apply."""
    if mine.email:
        yield translate(locale, "mine.rules", email=mrkdwn.code(clip(mine.email, MOST_RESOURCE)))
    else:
        yield translate(locale, "mine.no-email")
