"""What becomes of one finding that somebody wants changed: its next state, or why it is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.action import ActionRequest
from bot.domain.finding import BOT, Note, WorkflowStatus
from bot.domain.suppression import REASON, UNTIL, is_as_made
from bot.domain.triage import FindingState, Skip, Target
from bot.i18n import Locale
from bot.render.acts import note_text, undone_note_text
from bot.render.csv_file import unescape_cell
from bot.usecases.triage.targets import has_same_status_and_note

MOST_FIELDS = 50
MOST_VALUE = 1024
"""UserDefinedFields of a finding, and characters of a value: botocore's model, shape AwsSecurityFinding."""

UNDONE = "undo"
"""What stands for a reason in the field of a finding that was taken back."""

_OWN = f"{BOT}/"
"""How the names of the bot's own fields begin."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, when, and in which message."""

    user_id: str
    name: str
    """The person's name in Slack; the ID where Slack will not say."""
    at: datetime
    message: str
    """Channel and ts of the message; empty where there is none yet."""


@dataclass
class Problems:
    """Problems by their numbers, each counted once whatever number of findings it has; in a bit each."""

    count: int = 0
    _bits: bytearray = field(default_factory=bytearray)

    def add(self, problem: int) -> None:
        """Count a problem, unless it has been."""
        place, bit = problem // 8, 1 << problem % 8
        self._bits.extend(bytes(max(0, place + 1 - len(self._bits))))
        self.count += not self._bits[place] & bit
        self._bits[place] |= bit


@dataclass
class Decider:
    """Decides on findings one after the other, and counts the problems that a person should know of."""

    orders: tuple[ActionRequest, ...]
    who: Who
    locale: Locale
    """Of what is written on findings."""
    unrecorded: Problems = field(default_factory=Problems)
    kept_note: Problems = field(default_factory=Problems)
    left_note: Problems = field(default_factory=Problems)

    def __call__(self, wanted: Target, present: FindingState | None) -> FindingState | Skip:
        """Decide on a finding (see Worklist.decide)."""
        if present is None:
            return Skip.GONE
        if wanted.restore and wanted.order < 0:
            return self._restored(wanted.problem, present, *wanted.restore)
        order = self.orders[wanted.order]
        if present.status != wanted.expected:
            return Skip.ALREADY if present.status == order.action.status else Skip.CHANGED
        if wanted.restore and not is_as_made(present, wanted.restore[1]):
            return Skip.CHANGED
        note = self._noted(present.note, order)
        is_kept = note is not None and note is present.note
        if is_kept and order.note is not None and present.status == order.action.status:
            return Skip.CHANGED  # only the note was wanted, and somebody has written another
        if is_kept and order.reason:
            self.kept_note.add(wanted.problem)
        return self._acted(wanted.problem, present, order, note)

    def _acted(
        self, problem: int, present: FindingState, order: ActionRequest, note: Note | None
    ) -> FindingState:
        status = order.action.status
        told = {"change": f"{present.status} -> {status}", "reason": order.reason}
        told["until"] = order.expires_on.isoformat() if order.expires_on else ""
        return FindingState(status, note, self._recorded(problem, present, told))

    def _noted(self, present: Note | None, order: ActionRequest) -> Note | None:
        """Write a person's own note in the place of the one that they saw, and the bot's in its own."""
        if order.note is not None:
            seen = (order.over.split(), order.note.split())
            is_seen = present is None or unescape_cell(present.text).split() in seen
            return Note(order.note, self.who.name) if is_seen else present
        is_own = present is not None and present.updated_by == BOT and not order.leaves_note
        return self._note(order) if is_own or (present is None and order.reason) else present

    def _note(self, order: ActionRequest) -> Note:
        return Note(note_text(order, self.who.name, self.who.at, self.locale), BOT)

    def _restored(
        self, problem: int, present: FindingState, found: FindingState, made: FindingState
    ) -> FindingState | Skip:
        """Give back what the bot found, if nobody has touched what it made of that."""
        if not is_as_made(present, made):
            is_back = has_same_status_and_note(present, found) or _is_taken_back(present, found)
            return Skip.ALREADY if is_back else Skip.CHANGED
        note = found.note
        if note is None and made.note:
            note = Note(undone_note_text(self.who.name, self.who.at, self.locale), BOT)
            self.left_note.add(problem)
        told = {"change": f"{present.status} -> {found.status}", "reason": UNDONE}
        if found.status is WorkflowStatus.SUPPRESSED:
            told |= {"reason": found.fields.get(REASON, UNDONE), "until": found.fields.get(UNTIL, "")}
        return FindingState(found.status, note, self._recorded(problem, present, told))

    def _recorded(self, problem: int, present: FindingState, told: Mapping[str, str]) -> dict[str, str]:
        """
        Say on the finding who has done what, beside the fields of others.

        Whether an update merges fields or replaces them is not documented: what is there is written again.
        """
        who = self.who
        by = who.name if who.name == who.user_id else f"{who.name} ({who.user_id})"
        own = {"by": by, "at": who.at.isoformat(timespec="seconds")}
        own |= {**told, "message": who.message}
        named = {_OWN + name: value[:MOST_VALUE] for name, value in own.items() if value}
        fields = {name: value for name, value in present.fields.items() if not name.startswith(_OWN)} | named
        if len(fields) <= MOST_FIELDS:
            return fields
        self.unrecorded.add(problem)
        return dict(present.fields)


def _is_taken_back(present: FindingState, found: FindingState) -> bool:
    """Tell whether an undo has been here, and has left a note because there is no way to remove one."""
    is_left = found.note is None and present.note is not None and present.note.updated_by == BOT
    return is_left and present.status == found.status and present.fields.get(REASON) == UNDONE
