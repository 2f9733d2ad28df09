"""Suppressions that the bot made: person, reason and last day, and whether they still hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.finding import BOT, Finding, WorkflowStatus
from bot.domain.triage import FindingState

WARNING = timedelta(days=7)
"""The channel is warned this long before the last day of a suppression."""

AT, BY, REASON, UNTIL, CHANGE = (f"{BOT}/{name}" for name in ("at", "by", "reason", "until", "change"))
"""The bot's own user-defined fields of a finding."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings that one action suppresses until one day; if the bot died then, some may not be suppressed."""

    suppression_id: str
    """ID of the job, and the number of the piece."""
    expires_on: date
    """The last day on which it holds."""
    user_id: str
    """Slack user ID of the requester."""
    reason: str
    """The person's own words; if they differ, those of the first finding."""
    suppressed_at: datetime
    finding_count: int
    """Findings, as Security Hub counts them."""


@dataclass(frozen=True, slots=True)
class Remark:
    """The suppression of a finding, as far as the finding tells; unknown fields are empty."""

    by: str
    at: str
    """ISO 8601, or empty."""
    until: str
    """A day, such as 2026-12-31; empty: until somebody reopens it, or nobody knows."""
    reason: str


def remark_on(finding: Finding) -> Remark:
    """
    Read the suppression of a finding from the bot's fields.

    If the bot's last change is no suppression, somebody else suppressed the finding, for example in the
    console. Then the note and its author are all that is known.
    """
    fields, note = dict(finding.user_fields), finding.note
    if fields.get(CHANGE, "").endswith(f"-> {WorkflowStatus.SUPPRESSED}"):
        return Remark(*(fields.get(name, "") for name in (BY, AT, UNTIL, REASON)))
    if note is None or note.updated_by == BOT:
        return Remark("", "", "", "")
    return Remark(note.updated_by, "", "", note.text)


def until_of(state: FindingState) -> date | None:
    """
    Return the last day of a suppression that the bot made; None: it has no end, or it is no suppression.

    Others can write into the bot's field too, so a text that is no day counts as none.
    """
    if state.status is not WorkflowStatus.SUPPRESSED:
        return None
    try:
        return date.fromisoformat(state.fields.get(UNTIL, ""))
    except ValueError:
        return None


def stamp(state: FindingState) -> tuple[str, ...]:
    """
    Return time, person and change of the bot's last update of a finding, from its fields.

    Every update writes these three. The other fields may be older: whether an update merges or replaces the
    user-defined fields is not documented.
    """
    return tuple(state.fields.get(name, "") for name in (AT, BY, CHANGE))


def is_as_made(present: FindingState, made: FindingState) -> bool:
    """
    Return whether a finding is still as the bot set it: neither a person nor the bot has changed it since.

    Others' user-defined fields may differ: the number of a ticket says nothing about the suppression.
    """
    return (present.status, present.note, stamp(present)) == (made.status, made.note, stamp(made))
