"""
The progress of a long job, in one message: of a scan where its report will be, of an act in its thread.

It is a courtesy: whatever Slack or the ledger makes of it, the job goes on. The message is posted at most
once for a job, however often that is delivered; each delivery finds it in the ledger and rewrites it, which
may be done again without harm. Somebody who presses a scan's button leaves a flag in the ledger
(bot/usecases/cancel.py), for which the scan looks as often as it rewrites the message. An act has none: half
of it done is worse than all of it, which can be taken back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from bot.domain.message import Message
from bot.errors import BotError, CancelledError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.progress import (
    acted_message,
    acting_message,
    cancelled_message,
    finished_message,
    scanning_message,
    stopped_acting_message,
    stopped_message,
)
from bot.usecases.scanning.checkpoint import OnProgress
from bot.usecases.steps import BusyStepError, Result, Steps, UncertainStepError, UnfinishedError, done_key

LOG = logging.getLogger(__name__)

T = TypeVar("T")

MANY = 1000
"""Findings. A job that reads or changes no more is over within some four seconds, and tells no progress."""

INTERVAL = timedelta(seconds=3)
"""
Between two texts of the message: Slack takes some 50 updates a minute
(https://docs.slack.dev/reference/methods/chat.update, tier 3).
"""

SCAN = "scan"
"""The step that scans."""

KEPT = 1_000_000_000
"""How far a scan is once its report is kept: further than any that reads."""

PROGRESS = "progress"
"""The step that posts the message."""


@dataclass(frozen=True, slots=True)
class ProgressPlace:
    """Where a job's progress is told."""

    job_id: str
    channel: str
    locale: Locale
    asked_by: str = ""
    """The user ID of who waits for the scan."""
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What the message says."""

    going: Callable[[ProgressPlace, int], Message]
    """How far the job is, in findings."""
    finished: Callable[[int, Locale], Message]
    stopped: Callable[[Locale], Message]
    is_cancellable: bool = False


def _scanning(place: ProgressPlace, count: int) -> Message:
    return scanning_message(place.job_id, place.asked_by, count, place.locale)


SCANNING = Words(_scanning, finished_message, stopped_message, is_cancellable=True)
"""Of a scan."""


def acting(total: int) -> Words:
    """Make the words of an act that changes so many findings."""
    return Words(
        lambda place, count: acting_message(count, total, place.locale), acted_message, stopped_acting_message
    )


@dataclass
class JobProgress:
    """Tells how far a job is. The threads that do it call this; none of them waits for another."""

    place: ProgressPlace
    ports: Ports
    steps: Steps
    words: Words = SCANNING
    count: int = 0
    """How many findings have been read, or changed."""
    _ts: str = ""
    _is_begun: bool = False
    """Whether the message has been posted, or must not be: nobody knows, or another delivery is at it."""
    _due_at: datetime | None = None
    _counting: Lock = field(default_factory=Lock)
    _telling: Lock = field(default_factory=Lock)

    def follow(self, do: Callable[[OnProgress], Result]) -> Result:
        """
        Do a job, and end the message with it.

        Returns:
            What the job gave, and how many findings it read or changed if they are many; or who cancelled it.
        """
        try:
            result = do(self._tell)
        except CancelledError as error:
            return {"cancelled_by": error.values["user_id"], "count": self.count}
        except UnfinishedError:
            raise
        except Exception:
            _rewrite(self.place, self.words.stopped(self.place.locale), self.ports)
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
        self._heed_cancel()
        attempt(self._show)
        self._due_at = self.ports.now() + INTERVAL

    def _heed_cancel(self) -> None:
        if not self.words.is_cancellable:
            return
        flag = attempt(lambda: self.ports.ledger.read(flag_key(self.place.job_id)))
        if flag:
            raise CancelledError(user_id=flag["user_id"])

    def _show(self) -> None:
        place, messenger = self.place, self.ports.messenger
        message = self.words.going(place, self.count)
        if self._ts:
            messenger.update(place.channel, self._ts, message)
        elif not self._is_begun:
            self._is_begun = True
            posted = self.steps.run(PROGRESS, _posted, place, message, self.ports, at_most_once=True)
            self._ts = posted["ts"]


def _posted(place: ProgressPlace, message: Message, ports: Ports) -> Result:
    return {"ts": ports.messenger.post(place.channel, message, place.thread_ts)}


def flag_key(report_id: str) -> str:
    """Give the ledger's key of who has cancelled a scan, and when."""
    return f"{report_id}/cancelled"


def is_scanned(report_id: str, ports: Ports) -> bool:
    """Tell whether a scan has ended, in whatever delivery of its job."""
    return ports.ledger.read(done_key(report_id, SCAN)) is not None


def end_message(done: Result, locale: Locale, words: Words = SCANNING) -> Message | None:
    """Say how a job ended, from what `follow` gave; nothing of one that told no progress."""
    if "cancelled_by" in done:
        return cancelled_message(done["cancelled_by"], done["count"], locale)
    if "count" in done:
        return words.finished(done["count"], locale)
    return None


def show_end(done: Result, place: ProgressPlace, ports: Ports, words: Words = SCANNING) -> None:
    """Say in the message how a job ended."""
    message = end_message(done, place.locale, words)
    if message:
        _rewrite(place, message, ports)


def attempt(part: Callable[[], T]) -> T | None:
    """Do what the job does not depend on: None where it fails."""
    try:
        return part()
    except (BotError, BusyStepError, UncertainStepError) as error:
        LOG.warning("the progress of a job could not be told", extra={"untold": repr(error)})
        return None


def _rewrite(place: ProgressPlace, message: Message, ports: Ports) -> None:
    """Give the message its last text, if this or another delivery has posted it."""
    posted = attempt(lambda: ports.ledger.read(done_key(place.job_id, PROGRESS)))
    if posted:
        attempt(lambda: ports.messenger.update(place.channel, posted["ts"], message))
