"""
The progress of a long job, in one message: a scan's in the channel of its report, an action's in the thread.

The job continues even if Slack or the ledger fails here. The message is posted at most once for a job; each
delivery finds it in the ledger and updates it, which may be repeated without harm. The button of a scan's
message sets a flag in the ledger (`cancel`), which the scan reads each time it updates the message. An action
cannot be cancelled: half of it is worse than all of it, which can be undone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from bot.domain.job import CancelJob
from bot.domain.slack import Message
from bot.errors import BotError, CancelledError
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.progress import progress_message, scanning_message
from bot.usecases.context import JobContext
from bot.usecases.scanning.checkpoint import OnProgress
from bot.usecases.steps import (
    BusyStepError,
    PausedError,
    Result,
    Steps,
    UncertainStepError,
    UnfinishedError,
    done_key,
)

LOG = logging.getLogger(__name__)

T = TypeVar("T")

MANY = 1000
"""Findings. A job that reads or changes no more ends within about four seconds, and shows no progress."""

INTERVAL = timedelta(seconds=3)
"""
Between two updates of the message: Slack accepts about 50 a minute
(https://docs.slack.dev/reference/methods/chat.update, tier 3).
"""

SCAN = "scan"
"""The step that scans."""

CONTINUED = "continued"
"""The step that scans after a pause."""

PAUSED = "paused"
"""The key of the scan's job in the result of SCAN, if the scan has paused."""

PROGRESS = "progress"
"""The step that posts the message."""


@dataclass(frozen=True, slots=True)
class Words:
    """The keys of the message's last text."""

    finished: str
    stopped: str


SCANNING = Words("progress.finished", "progress.stopped")
"""Of a scan, which can be cancelled."""
ACTING = Words("progress.acted", "progress.stopped-acting")
"""Of an action, which cannot."""


@dataclass(frozen=True, slots=True)
class ProgressPlace:
    """The place of the message, and its words."""

    job_id: str
    channel: str
    locale: Locale
    asked_by: str = ""
    """User ID of the scan's requester."""
    thread_ts: str | None = None
    words: Words = SCANNING
    total: int = 0
    """The number of findings that an action changes."""

    def message(self, count: int) -> Message:
        """Show the number of findings that the job has read or changed so far."""
        if self.words is SCANNING:
            return scanning_message(self.job_id, self.asked_by, count, self.locale)
        return progress_message(self.locale, "progress.acting", count=count, total=self.total)


@dataclass
class JobProgress:
    """Shows the progress of a job. The threads of the job call it, and none waits for another."""

    place: ProgressPlace
    ports: Ports
    steps: Steps
    count: int = 0
    """Number of findings read, or changed."""
    _ts: str = ""
    _is_begun: bool = False
    """Whether the message has been posted, or may have been, or another delivery is posting it."""
    _due_at: datetime | None = None
    _counting: Lock = field(default_factory=Lock)
    _telling: Lock = field(default_factory=Lock)

    def follow(self, do: Callable[[OnProgress], Result]) -> Result:
        """
        Run a job, and report a failure in the message.

        Returns:
            The job's result, with the number of findings if there are many; or who cancelled it.
        """
        try:
            result = do(self._tell)
        except CancelledError as error:
            return {"cancelled_by": error.values["user_id"], "count": self.count}
        except (UnfinishedError, PausedError):
            raise
        except Exception:
            stopped = progress_message(self.place.locale, self.place.words.stopped)
            _rewrite(self.place, stopped, self.ports)
            raise
        return result | ({"count": self.count} if self.count > MANY else {})

    def _tell(self, count: int) -> None:
        with self._counting:
            self.count = max(self.count, count)
        if count > MANY and self._telling.acquire(blocking=False):
            try:
                self._tell_if_due()
            finally:
                self._telling.release()

    def _tell_if_due(self) -> None:
        if self._due_at and self.ports.now() < self._due_at:
            return
        self._check_cancelled()
        attempt(self._show)
        self._due_at = self.ports.now() + INTERVAL

    def _check_cancelled(self) -> None:
        if self.place.words is not SCANNING:
            return
        flag = attempt(lambda: self.ports.ledger.read(flag_key(self.place.job_id)))
        if flag:
            raise CancelledError(user_id=flag["user_id"])

    def _show(self) -> None:
        place, messenger = self.place, self.ports.messenger
        message = place.message(self.count)
        if self._ts:
            messenger.update(place.channel, self._ts, message)
        elif not self._is_begun:
            self._is_begun = True
            posted = self.steps.run(PROGRESS, _posted, place, message, self.ports, at_most_once=True)
            self._ts = posted["ts"]


def _posted(place: ProgressPlace, message: Message, ports: Ports) -> Result:
    return {"ts": ports.messenger.post(place.channel, message, place.thread_ts)}


def flag_key(report_id: str) -> str:
    """Return the ledger's key for the person who cancelled a scan, and the time."""
    return f"{report_id}/cancelled"


def is_scanned(report_id: str, ports: Ports) -> bool:
    """Return whether a scan has ended, in any delivery of its job."""
    return _end_of(report_id, ports) is not None


def _end_of(report_id: str, ports: Ports) -> Result | None:
    """Return the result of a scan that has ended; None for one that reads or has paused."""
    done = ports.ledger.read(done_key(report_id, SCAN))
    return ports.ledger.read(done_key(report_id, CONTINUED)) if done and PAUSED in done else done


def end_message(done: Result, locale: Locale, words: Words = SCANNING) -> Message | None:
    """Return the last text of a job, from the result of `follow`; None if it showed no progress."""
    if "count" not in done:
        return None
    if "cancelled_by" not in done:
        return progress_message(locale, words.finished, count=done["count"])
    person = mrkdwn.person(done["cancelled_by"])
    return progress_message(locale, "progress.cancelled", person=person, count=done["count"])


def show_end(done: Result, place: ProgressPlace, ports: Ports) -> None:
    """Show in the message how a job ended."""
    message = end_message(done, place.locale, place.words)
    if message:
        _rewrite(place, message, ports)


def attempt(part: Callable[[], T]) -> T | None:
    """Call something that the job does not depend on; return None if it fails."""
    try:
        return part()
    except (BotError, BusyStepError, UncertainStepError) as error:
        LOG.warning("the progress of a job could not be told", extra={"cause": repr(error)})
        return None


def _rewrite(place: ProgressPlace, message: Message, ports: Ports) -> None:
    """Update the message for the last time, if this or another delivery has posted it."""
    posted = attempt(lambda: ports.ledger.read(done_key(place.job_id, PROGRESS)))
    if posted:
        attempt(lambda: ports.messenger.update(place.channel, posted["ts"], message))


def cancel(context: JobContext[CancelJob]) -> None:
    """
    Ask a scan to stop, and name in its message the first person who cancelled it.

    If the scan has ended, or ends meanwhile, its message shows the end: the button may have stayed, or the
    text may just have been overwritten.

    Raises:
        BotError: the ledger failed; or the scan has ended and Slack could not tell the requester.
    """
    job, ports, channel_locale = context.job, context.ports, context.deployment.locale
    ended = _end_of(job.report_id, ports)
    if ended is not None:
        context.steps.run("tell", _tell_ended, job, ports, context.locale)
    elif _flag(job, ports):
        person = mrkdwn.person(job.requester.user_id)
        _update_message(job, progress_message(channel_locale, "progress.cancelling", person=person), ports)
        ended = _end_of(job.report_id, ports)
    if ended is not None:
        _update_message(job, end_message(ended, channel_locale), ports)


def _flag(job: CancelJob, ports: Ports) -> bool:
    """Set the flag; return whether this job was the first."""
    flag = {"user_id": job.requester.user_id, "cancelled_at": ports.now().isoformat()}
    return ports.ledger.create(flag_key(job.report_id), flag)


def _tell_ended(job: CancelJob, ports: Ports, locale: Locale) -> None:
    ports.messenger.tell(job.requester, Message(translate(locale, "progress.ended")), job.channel)


def _update_message(job: CancelJob, message: Message | None, ports: Ports) -> None:
    if message:
        attempt(lambda: ports.messenger.update(job.channel, job.message_ts, message))
