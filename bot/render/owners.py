"""The messages to the owners of a report's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.finding import Severity, short_name
from bot.domain.owners.contact import Contact, Lookup
from bot.domain.owners.owner import Ownership, Source
from bot.domain.owners.tally import OwnerTally
from bot.domain.row import ReportRow
from bot.domain.slack import Block, Message
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.acts import person_text
from bot.render.blocks import SEVERITY_MARKS, actions, button, section
from bot.render.ids import SHOW_MINE
from bot.render.limits import clip

MOST_NAMED = 20
"""Owners that are named without a mention."""

MOST_NAME, MOST_RESOURCE = 80, 60
"""Characters of an owner's name, and of a resource's."""


class Channel(NamedTuple):
    """The channel of the findings of a control and a severity."""

    control: str
    severity: Severity
    channel: str
    """Empty for the report's own."""


@dataclass(frozen=True, slots=True)
class OwnerNotice:
    """The content of the message about owners in a report's thread."""

    mentioned: Sequence[OwnerTally] = ()
    """Owners with a contact, the most severe first."""
    named: Sequence[OwnerTally] = ()
    """Owners without a contact, and those above the limit of mentions."""
    fresh_count: int = 0
    """The rows that somebody has not heard of, each once."""
    told_count: int = 0
    """Owners who get a direct message."""
    unowned: Sequence[tuple[Source, int]] = ()
    """The rows that are nobody's, by the reason."""
    unowned_contact: str = ""
    """The Slack ID that is mentioned for them; empty: nobody."""
    error: str = ""
    """The error because of which owners were not looked up, in mrkdwn."""


def owner_notice(notice: OwnerNotice, report_id: str, ts: str, locale: Locale) -> Message:
    """
    Render the message about owners, for the thread of the report's message `ts`.

    Args:
        report_id: the report of the button *Show mine*; empty for no button.
    """
    title = translate(locale, "owners.title", count=notice.fresh_count)
    lines = [f"*{mrkdwn.text(title)}*"]
    lines += [_mentioned(tally, locale) for tally in notice.mentioned]
    if notice.told_count:
        lines.append(translate(locale, "owners.told", count=notice.told_count))
    lines += _named(notice.named, locale)
    lines += _unowned(notice, locale)
    if notice.error:
        lines.append(translate(locale, "owners.error", reason=notice.error))
    buttons = [actions("owners", show_mine(f"{report_id}:{ts}", locale))] if report_id else []
    return Message(title, (*map(section, _sections(lines)), *buttons))


def show_mine(value: str, locale: Locale) -> Block:
    """Return the button *Show mine*; for `value` see bot/render/ids.py."""
    return button(SHOW_MINE, value, translate(locale, "mine.button"))


def direct_text(tally: OwnerTally, environment: str, locale: Locale, repository: str = "") -> str:
    """Render the direct message to an owner, in mrkdwn; `repository` is that of a check before deployment."""
    key = "owners.direct.check" if repository else "owners.direct"
    values = {"count": tally.count, "fresh": tally.fresh_count, "environment": mrkdwn.text(environment)}
    return translate(locale, key, repository=mrkdwn.text(repository), **values)


def contact_mention(slack_id: str) -> str:
    """Mention a person or a user group, or link to a channel."""
    if slack_id.startswith("S"):
        return mrkdwn.group(slack_id)
    return mrkdwn.channel(slack_id) if slack_id[:1] in {"C", "G"} else mrkdwn.person(slack_id)


def owner_line(owner: Ownership, locale: Locale) -> str:
    """Name the owners of a row and the rule that decided, in mrkdwn."""
    names = ", ".join(mrkdwn.code(clip(name, MOST_NAME)) for name in owner.names) or "—"
    rule = translate(locale, f"owner.{owner.source}", detail=mrkdwn.text(clip(owner.detail, MOST_NAME)))
    return translate(locale, "owners.line", names=names, rule=rule)


def explanation(
    subject: str,
    owner: Ownership,
    contacts: Mapping[str, Contact],
    channels: Iterable[Channel],
    locale: Locale,
    ways: Mapping[str, Lookup],
) -> str:
    """
    Explain the owners of a resource or an account, in mrkdwn.

    Args:
        subject: the resource or account, in mrkdwn.
        contacts: of each owner.
        ways: the look-up that has found the contact, of each owner who has one.
        channels: of the resource's findings.
    """
    lines = [subject, owner_line(owner, locale)]
    for name in owner.names[:MOST_NAMED]:
        contact = contacts[name]
        reached = (
            contact_mention(contact.id)
            if contact.id
            else translate(locale, f"owners.absent.{contact.absence}")
        )
        values = {"owner": mrkdwn.code(clip(name, MOST_NAME)), "contact": reached}
        line = "• " + translate(locale, "routing.explain.contact", **values)
        lines.append(line + way_text(ways[name], locale, mrkdwn.code) if name in ways else line)
    for control, severity, channel in channels:
        posted = mrkdwn.channel(channel) if channel else translate(locale, "routing.explain.own-channel")
        values = {"control": mrkdwn.code(clip(control, MOST_NAME)), "severity": severity, "channel": posted}
        lines.append("• " + translate(locale, "routing.explain.channel", **values))
    return "\n".join(lines)


def way_text(lookup: Lookup, locale: Locale, wrap: Callable[[str], str] = str) -> str:
    """Say by which look-up a contact was found; `wrap` escapes its value for the place of the text."""
    value = wrap(clip(lookup.value, MOST_NAME))
    return translate(locale, f"routing.explain.by.{lookup.way}", value=value)


def not_mine_answer(row: ReportRow, locale: Locale, *, is_told: bool) -> str:
    """Name the rule that decided, and the remedy, in mrkdwn."""
    lines = [_example(row.control_id, row.resource_id), owner_line(row.owner, locale)]
    lines.append(translate(locale, f"not-mine.remedy.{row.owner.source}"))
    if is_told:
        lines.append(translate(locale, "not-mine.told"))
    return "\n".join(lines)


def not_mine_notice(row: ReportRow, user_id: str, unowned: str, locale: Locale) -> str:
    """Tell those who look after the rows of nobody that a person is not the owner, in mrkdwn."""
    finding = _example(row.control_id, row.resource_id)
    values = {"person": person_text(user_id, locale), "finding": finding}
    said = translate(locale, "not-mine.notice", owner=owner_line(row.owner, locale), **values)
    return f"{contact_mention(unowned)} {said}" if unowned else said


def _mentioned(tally: OwnerTally, locale: Locale) -> str:
    who = contact_mention(tally.contact.id)
    examples = ", ".join(_example(*example) for example in tally.examples)
    key = "owners.new.of" if tally.count > tally.fresh_count else "owners.new"
    counts = translate(locale, key, fresh=tally.fresh_count, count=tally.count)
    key = "owners.mentioned.more" if tally.fresh_count > len(tally.examples) else "owners.mentioned"
    text = translate(locale, key, who=who, counts=counts, examples=examples)
    return f"{SEVERITY_MARKS[tally.severity]} {text}"


def _example(control_id: str, resource_id: str) -> str:
    resource = mrkdwn.code(clip(short_name(resource_id), MOST_RESOURCE))
    return f"{mrkdwn.text(control_id)} {resource}".strip()


def _named(tallies: Sequence[OwnerTally], locale: Locale) -> Iterator[str]:
    """Yield a line for each reason, with the owners that nobody mentions for it."""
    reasons: dict[str, list[str]] = {}
    for tally in tallies[:MOST_NAMED]:
        name = mrkdwn.code(clip(tally.name, MOST_NAME))
        reasons.setdefault(tally.contact.absence or "limit", []).append(f"{name} {tally.fresh_count:,}")
    for reason, names in reasons.items():
        yield f"{translate(locale, f'owners.absent.{reason}')}: {', '.join(names)}"
    if len(tallies) > MOST_NAMED:
        yield translate(locale, "owners.named.more", count=len(tallies) - MOST_NAMED)


def _unowned(notice: OwnerNotice, locale: Locale) -> Iterator[str]:
    if not notice.unowned:
        return
    reasons = ", ".join(translate(locale, f"owners.unowned.{why}", count=n) for why, n in notice.unowned)
    count = sum(number for _, number in notice.unowned)
    text = translate(locale, "owners.unowned", count=count, reasons=reasons)
    yield f"{text} → {contact_mention(notice.unowned_contact)}" if notice.unowned_contact else text


def _sections(lines: Iterable[str]) -> Iterator[str]:
    """Put lines together into texts that fit a section each."""
    text = ""
    for line in lines:
        if text and len(text) + len(line) >= limits.SECTION:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    yield text
