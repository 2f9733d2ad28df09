"""The next state of one target, or the reason why it is skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.action import ActionRequest
from bot.domain.finding import BOT, Note, WorkflowStatus
from bot.domain.job import ActionJob, PreviewJob, report_ts
from bot.domain.suppression import REASON, UNTIL, is_as_made, until_of
from bot.domain.triage import Change, FindingState, Skip
from bot.i18n import Locale
from bot.render.acts import note_text, undone_note_text
from bot.render.csv_file import unescape_cell
from bot.usecases.context import JobContext
from bot.usecases.triage.targets import Decide, Decision, Warned

MOST_FIELDS = 50
MOST_VALUE = 1024
"""UserDefinedFields of a finding, and characters of a value: botocore's model, shape AwsSecurityFinding."""

UNDONE = "undo"
"""The reason in the fields of a finding whose change was undone."""

_OWN = f"{BOT}/"
"""The prefix of the bot's own fields."""


@dataclass(frozen=True, slots=True)
class Author:
    """The author of the notes and fields that the bot writes on findings, and of entries in the audit log."""

    user_id: str
    name: str
    """The person's name in Slack; the ID if Slack does not tell."""
    at: datetime
    message: str
    """Channel and ts of the report's message; empty if it is not posted yet."""
    locale: Locale


def author_of(context: JobContext[ActionJob | PreviewJob], at: datetime) -> Author:
    """Return the requester of an action as its author, or the bot itself."""
    job = context.job
    user_id = job.requester.user_id
    name = context.ports.messenger.name(user_id) if user_id != BOT else None
    if name == BOT:  # this person's notes would be taken for the bot's
        name = None
    message = f"{job.channel}/{ts}" if (ts := report_ts(job)) else ""
    return Author(user_id, name or user_id, at, message, context.deployment.locale)


def decider(requests: Sequence[ActionRequest], author: Author) -> Decide:
    """Return a function that decides on the targets of a plan."""

    def decide(target: Change, present: FindingState | None) -> Decision:
        if present is None:
            return Skip.GONE, Warned.NONE
        if target.request < 0:
            return undo_action(target, present, author)
        return apply_action(requests[target.request], target.before, present, author)

    return decide


def apply_action(
    request: ActionRequest, seen: FindingState, present: FindingState, author: Author
) -> Decision:
    """Set the requested status and note on a finding that is still as the plan expects it."""
    status = request.action.status
    if not (is_as_made(present, seen) if seen.fields else present.status == seen.status):
        return (Skip.ALREADY if present.status == status else Skip.CHANGED), Warned.NONE
    note = note_policy(request, present.note, author)
    is_kept = note is not None and note is present.note
    if is_kept and request.note is not None and present.status == status:
        return Skip.CHANGED, Warned.NONE  # the request is only for a note, and somebody has written another
    record = {"change": f"{present.status} -> {status}", "reason": request.reason}
    is_only_note = request.note is not None and present.status == status
    until = until_of(present) if is_only_note else request.expires_on
    record["until"] = until.isoformat() if until else ""
    fields, warned = _recorded(present, record, author)
    return FindingState(status, note, fields), warned | (
        Warned.KEPT_NOTE if is_kept and request.reason else 0
    )


def note_policy(request: ActionRequest, present: Note | None, author: Author) -> Note | None:
    """Return the note of a changed finding. Only a note that the person saw, or the bot's, is replaced."""
    if request.note is not None:
        seen = (request.over.split(), request.note.split())
        is_seen = present is None or unescape_cell(present.text).split() in seen
        return Note(request.note, author.name) if is_seen else present
    is_own = present is not None and present.updated_by == BOT and not request.leaves_note
    if is_own or (present is None and request.reason):
        return Note(note_text(request, author.name, author.at, author.locale), BOT)
    return present


def undo_action(target: Change, present: FindingState, author: Author) -> Decision:
    """Restore the state that an action found, if the finding still is as the action made it."""
    made, found = target.before, target.after
    if not is_as_made(present, made):
        is_back = (present.status, present.note) == (found.status, found.note)
        return (Skip.ALREADY if is_back or _is_undone(present, found) else Skip.CHANGED), Warned.NONE
    note, left = found.note, Warned.NONE
    if note is None and made.note:
        note, left = Note(undone_note_text(author.name, author.at, author.locale), BOT), Warned.LEFT_NOTE
    record = {"change": f"{present.status} -> {found.status}", "reason": UNDONE}
    if found.status is WorkflowStatus.SUPPRESSED:
        record |= {"reason": found.fields.get(REASON, UNDONE), "until": found.fields.get(UNTIL, "")}
    fields, warned = _recorded(present, record, author)
    return FindingState(found.status, note, fields), warned | left


def _recorded(
    present: FindingState, record: Mapping[str, str], author: Author
) -> tuple[dict[str, str], Warned]:
    """
    Return the fields of a finding with a record of the change, beside the fields of others.

    Whether an update merges or replaces fields is not documented, so all of them are written again.
    """
    by = author.name if author.name == author.user_id else f"{author.name} ({author.user_id})"
    own = {"by": by, "at": author.at.isoformat(timespec="seconds"), **record, "message": author.message}
    named = {_OWN + name: value[:MOST_VALUE] for name, value in own.items() if value}
    fields = {name: value for name, value in present.fields.items() if not name.startswith(_OWN)} | named
    if len(fields) <= MOST_FIELDS:
        return fields, Warned.NONE
    return dict(present.fields), Warned.UNRECORDED


def _is_undone(present: FindingState, found: FindingState) -> bool:
    """Return whether an undo has restored the status, and left a note because a note cannot be removed."""
    is_left = found.note is None and present.note is not None and present.note.updated_by == BOT
    return is_left and present.status == found.status and present.fields.get(REASON) == UNDONE
