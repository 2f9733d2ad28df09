"""Suppressions: who has put findings out of sight, why and until when; and which of them are still so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.finding import BOT, Finding, WorkflowStatus
from bot.domain.triage import FindingState

WARNING = timedelta(days=7)
"""How long before its last day the channel is told of a suppression."""

AT, BY, REASON, UNTIL, CHANGE = (f"{BOT}/{name}" for name in ("at", "by", "reason", "until", "change"))
"""The bot's own user-defined fields of a finding."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What somebody has suppressed at once until the same day; or, where the bot died then, may have."""

    suppression_id: str
    """The ID of the job, and which piece of what it has suppressed."""
    expires_on: date
    """The last day on which it holds."""
    user_id: str
    """Slack user ID of who has done it."""
    reason: str
    """The person's own words; those of the first finding where they differ."""
    suppressed_at: datetime
    finding_count: int
    """How many findings, in Security Hub's counting."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a suppressed finding tells about its suppression; an empty text is what it does not tell."""

    by: str
    at: str
    """ISO 8601, or empty."""
    until: str
    """A day, such as 2026-12-31; empty: until somebody reopens it, or nobody knows."""
    reason: str


def remark_on(finding: Finding) -> Remark:
    """
    Read who has suppressed a finding, when, until when and why.

    Where the bot's last word on it is not a suppression, somebody else has suppressed it, such as in the
    console: who has written the note has said what there is to say, and when is not recorded anywhere.
    """
    fields, note = dict(finding.user_fields), finding.note
    if fields.get(CHANGE, "").endswith(f"-> {WorkflowStatus.SUPPRESSED}"):
        return Remark(*(fields.get(name, "") for name in (BY, AT, UNTIL, REASON)))
    if note is None or note.updated_by == BOT:
        return Remark("", "", "", "")
    return Remark(note.updated_by, "", "", note.text)


def until_of(state: FindingState) -> date | None:
    """
    Give the last day of a suppression that the bot has made; None: it does not end, or is none.

    Whoever may update findings can write into the bot's field, too: what is no day is none.
    """
    if state.status is not WorkflowStatus.SUPPRESSED:
        return None
    try:
        return date.fromisoformat(state.fields.get(UNTIL, ""))
    except ValueError:
        return None


def stamp(state: FindingState) -> tuple[str, ...]:
    """
    Say when the bot has changed a finding last, for whom and what, as its fields say.

    These are written each time. Of the others, such as a reason, an older one may stay where none is written:
    whether an update merges the fields or replaces them is not documented.
    """
    return tuple(state.fields.get(name, "") for name in (AT, BY, CHANGE))


def is_as_made(present: FindingState, made: FindingState) -> bool:
    """
    Tell whether nobody has touched what the bot made of a finding: neither a person, nor the bot since.

    Others' user-defined fields may differ: a ticket's number says nothing about the suppression.
    """
    return (present.status, present.note, stamp(present)) == (made.status, made.note, stamp(made))
