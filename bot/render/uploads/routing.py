"""A routing file that somebody has shared: its errors, its changes, the buttons, and the result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.domain.owners.routing_change import Edit, EntryChange, Outcome, RoutingProposal, TableChange
from bot.domain.slack import Block, Message
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import actions, button, section
from bot.render.errors import explain_in_slack
from bot.render.ids import DISCARD_ROUTING, PUT_ROUTING
from bot.render.limits import clip

MOST_NAME = 60
"""Characters of an entry's name, and of its value."""

MOST_LINES = 1_500
"""Characters of the lines of one table, as JSON: all tables together stay within Slack's limit for blocks."""

_SIGNS = {Edit.ADDED: "+", Edit.REMOVED: "−", Edit.CHANGED: "~"}


def proposal_message(proposal: RoutingProposal, proposal_id: str, locale: Locale) -> Message:
    """Show the errors of a file; without errors its changes, with buttons if there are any."""
    name = _name(proposal)
    if proposal.error_count:
        head = translate(locale, "upload.errors", name=name, count=proposal.error_count)
        return Message(head, (section(head), section("\n".join(_error_lines(proposal, locale)))))
    if proposal.version == proposal.before:
        return Message(translate(locale, "upload.same", name=name))
    head = translate(locale, "upload.found", name=name)
    put = button(PUT_ROUTING, proposal_id, translate(locale, "upload.put.button")) | {"style": "primary"}
    discard = button(DISCARD_ROUTING, proposal_id, translate(locale, "upload.discard.button"))
    return Message(head, (*_changes(head, proposal, locale), actions("routing", put, discard)))


def decided_message(proposal: RoutingProposal, outcome: Outcome, at: datetime, locale: Locale) -> Message:
    """Show the same changes, and the result in the place of the buttons."""
    head = translate(locale, "upload.was", name=_name(proposal))
    key = "upload.put.first" if outcome is Outcome.PUT and not proposal.before else f"upload.{outcome}"
    result = translate(locale, key, time=mrkdwn.time(at))
    return Message(f"{head} {result}", (*_changes(head, proposal, locale), section(result)))


def replaced_message(proposal: RoutingProposal, locale: Locale) -> Message:
    """Say in the report's channel who has replaced the file, and the changes."""
    key = "upload.announced" if proposal.before else "upload.announced.first"
    head = translate(locale, key, person=mrkdwn.person(proposal.person))
    return Message(head, _changes(head, proposal, locale))


def _name(proposal: RoutingProposal) -> str:
    return mrkdwn.code(clip(proposal.file_name, MOST_NAME)) or "—"


def _error_lines(proposal: RoutingProposal, locale: Locale) -> Iterator[str]:
    lines = (f"• {explain_in_slack(error, locale)}" for error in proposal.errors)
    yield from _fitting(lines, proposal.error_count, locale)


def _changes(head: str, proposal: RoutingProposal, locale: Locale) -> tuple[Block, ...]:
    notes = [translate(locale, "upload.repair")] if proposal.is_repair else []
    if not proposal.tables:
        notes.append(translate(locale, "upload.no-rule"))
    tables = [section("\n".join(_table_lines(one, locale))) for one in proposal.tables]
    return (section("\n".join([head, *notes])), *tables)


def _table_lines(change: TableChange, locale: Locale) -> Iterator[str]:
    counts = [translate(locale, f"upload.{edit}", count=count) for edit, count in change.counts.items()]
    if change.is_reordered:
        counts.append(translate(locale, "upload.reordered"))
    yield f"`[{change.table}]`  {'  ·  '.join(counts)}"
    yield from _fitting(map(_entry_line, change.shown), sum(change.counts.values()), locale)


def _entry_line(entry: EntryChange) -> str:
    name, before, after = (
        mrkdwn.code(clip(text, MOST_NAME)) for text in (entry.name, entry.before, entry.after)
    )
    value = f"{before} → {after}" if entry.edit is Edit.CHANGED else before or after
    return f"{_SIGNS[entry.edit]} {name}  {value}"


def _fitting(lines: Iterable[str], count: int, locale: Locale) -> Iterator[str]:
    """Yield lines while they fit, then the number of the others, of `count` altogether."""
    room = MOST_LINES
    for line in lines:
        room -= len(json.dumps(line))
        if room < 0:
            break
        count -= 1
        yield line
    if count:
        yield translate(locale, "edit.more", count=count)
