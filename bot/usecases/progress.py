"""
The progress of a long scan, in one message in the channel where its report will be.

It is a courtesy: whatever Slack or the ledger makes of it, the scan goes on. The message is posted at most
once for a job, however often that is delivered; each delivery finds it in the ledger and rewrites it, which
may be done again without harm. Somebody who presses its button leaves a flag in the ledger
(bot/usecases/cancel.py), for which the scan looks as often as it rewrites the message.
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
from bot.render.progress import cancelled_message, finished_message, scanning_message, stopped_message
from bot.usecases.part_reader import Progress
from bot.usecases.steps import BusyStepError, NotDoneError, Result, Step, UncertainStepError, done_key

LOG = logging.getLogger(__name__)

T = TypeVar("T")

MANY = 1000
"""Findings. A scan that reads no more is over within some four seconds, and tells no progress."""

INTERVAL = timedelta(seconds=3)
"""
Between two texts of the message: Slack takes some 50 updates a minute
(https://docs.slack.dev/reference/methods/chat.update, tier 3).
"""

SCAN = "scan"
"""The step that scans."""

PROGRESS = "progress"
"""The step that posts the message."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scan's progress is told."""

    report_id: str
    """The scan's job ID."""
    channel: str
    locale: Locale
    asked_by: str = ""
    """The user ID of who waits for the scan."""


@dataclass
class ScanProgress:
    """Tells how far a scan is. The threads that read call it; none of them waits for another."""

    place: Place
    ports: Ports
    step: Step
    read_count: int = 0
    """How many findings have been read."""
    _ts: str = ""
    _is_begun: bool = False
    """Whether the message has been posted, or must not be: nobody knows, or another delivery is at it."""
    _due_at: datetime | None = None
    _counting: Lock = field(default_factory=Lock)
    _telling: Lock = field(default_factory=Lock)

    def follow(self, scan: Callable[[Progress], Result]) -> Result:
        """
        Do a scan, and end the message with it.

        Returns:
            What the scan gave, and how much was read if that is much; or who cancelled it.
        """
        try:
            result = scan(self._tell)
        except CancelledError as error:
            return {"cancelled_by": error.values["user_id"], "read_count": self.read_count}
        except NotDoneError:
            raise
        except Exception:
            _rewrite(self.place, stopped_message(self.place.locale), self.ports)
            raise
        return result | ({"read_count": self.read_count} if self.read_count > MANY else {})

    def _tell(self, count: int) -> None:
        with self._counting:
            self.read_count = max(self.read_count, count)
        if count > MANY and self._telling.acquire(blocking=False):
            try:
                self._tell_if_due()
            finally:
                self._telling.release()

    def _tell_if_due(self) -> None:
        if self._due_at and self.ports.now() < self._due_at:
            return
        flag = attempt(lambda: self.ports.ledger.read(flag_key(self.place.report_id)))
        if flag:
            raise CancelledError(user_id=flag["user_id"])
        attempt(self._show)
        self._due_at = self.ports.now() + INTERVAL

    def _show(self) -> None:
        place, messenger = self.place, self.ports.messenger
        message = scanning_message(place.report_id, place.asked_by, self.read_count, place.locale)
        if self._ts:
            messenger.update(place.channel, self._ts, message)
        elif not self._is_begun:
            self._is_begun = True
            posted = self.step(PROGRESS, lambda: {"ts": messenger.post(place.channel, message)}, once=True)
            self._ts = posted["ts"]


def flag_key(report_id: str) -> str:
    """Give the ledger's key of who has cancelled a scan, and when."""
    return f"{report_id}/cancelled"


def end_message(scanned: Result, locale: Locale) -> Message | None:
    """Say how a scan ended, from what `follow` gave; nothing of one that told no progress."""
    if "cancelled_by" in scanned:
        return cancelled_message(scanned["cancelled_by"], scanned["read_count"], locale)
    if "read_count" in scanned:
        return finished_message(scanned["read_count"], locale)
    return None


def show_end(scanned: Result, place: Place, ports: Ports) -> None:
    """Say in the message how a scan ended."""
    message = end_message(scanned, place.locale)
    if message:
        _rewrite(place, message, ports)


def attempt(part: Callable[[], T]) -> T | None:
    """Do what the scan does not depend on: None where it fails."""
    try:
        return part()
    except (BotError, BusyStepError, UncertainStepError) as error:
        LOG.warning("the progress of a scan could not be told", extra={"untold": repr(error)})
        return None


def _rewrite(place: Place, message: Message, ports: Ports) -> None:
    """Give the message its last text, if this or another delivery has posted it."""
    posted = attempt(lambda: ports.ledger.read(done_key(place.report_id, PROGRESS)))
    if posted:
        attempt(lambda: ports.messenger.update(place.channel, posted["ts"], message))
