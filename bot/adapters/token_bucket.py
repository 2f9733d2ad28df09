"""
One rate of requests for all who make them in this process, so that together they reach a limit and keep it.

AWS counts by a token bucket for an account and Region: so many tokens a second, of which a number is kept
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html names both for each operation). Others
use the same account, so that requests are refused now and then though this process keeps to its rate.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from heapq import heapify, heappush
from itertools import count
from typing import TypeVar

from bot.errors import ThrottledError, UnavailableError
from bot.ports import CheckCancelled, never_cancelled

T = TypeVar("T")

LONGEST_PAUSE_SECONDS = 20.0
PATIENCE_SECONDS = 150.0
"""
How long a request is made again, from its first refusal on: other consumers may take all there is for a
minute. The wait for its turn does not count, which among many readers may be longer than that.
"""

LEAST_MISSING = 1e-9
"""Of a token: what is less is the rounding of a sum, and too short a wait for a clock to notice."""

PASSING = (ThrottledError, UnavailableError)


class TokenBucket:
    """
    A token bucket that is full at first. Among those who wait, the one with the least urgency number goes.

    Args:
        per_second: requests a second.
        burst: how many may be made at once after a rest.
        clock: seconds; a test's moves when `wait` is called.
        wait: waits on the condition for at most so many seconds.
    """

    def __init__(
        self,
        per_second: float,
        burst: float,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Condition, float | None], object] = threading.Condition.wait,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._wait = wait
        self._tokens = burst
        self._counted_at = clock()
        self._resumes_at = self._counted_at
        self._pauses = 0
        self._waiting: list[tuple[float, int, threading.Condition]] = []
        """A heap. Each waits on a condition of its own, so that a turn wakes one thread and not all."""
        self._numbers = count()
        self._lock = threading.RLock()

    def call(
        self,
        request: Callable[[], T],
        urgency: float = 0.0,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> T:
        """
        Make a request when it is its turn, again while it is refused for something that passes.

        Raises:
            ThrottledError, UnavailableError: it has not passed.
            Exception: whatever `go_on` raises, also while this waits.
        """
        refused_at: float | None = None
        while True:
            granted_at = self._take(urgency, check_cancelled)
            try:
                answer = request()
            except PASSING:
                now = self._clock()
                refused_at = now if refused_at is None else refused_at
                if now - refused_at > PATIENCE_SECONDS:
                    raise
                self._pause(granted_at)
            else:
                self._pauses = 0
                return answer

    def _take(self, urgency: float, check_cancelled: CheckCancelled) -> float:
        """Wait for a token; give the time."""
        with self._lock:
            its_turn = threading.Condition(self._lock)
            turn = (urgency, next(self._numbers), its_turn)
            heappush(self._waiting, turn)
            try:
                check_cancelled()
                while self._waiting[0] != turn or (seconds := self._seconds_to_next()) > 0:
                    self._wait(its_turn, seconds if self._waiting[0] == turn else None)
                    check_cancelled()
                self._tokens -= 1
                return self._counted_at
            finally:
                self._waiting.remove(turn)
                heapify(self._waiting)
                if self._waiting:
                    self._waiting[0][2].notify()

    def _seconds_to_next(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        missing = 1 - self._tokens
        return max(self._resumes_at - now, missing / self._per_second if missing > LEAST_MISSING else 0)

    def _pause(self, granted_at: float) -> None:
        """Let nobody go for a while, longer each time; those refused at the same time count once."""
        with self._lock:
            if granted_at < self._resumes_at:
                return
            seconds = min(LONGEST_PAUSE_SECONDS, 2.0**self._pauses / 2)
            self._pauses += 1
            self._resumes_at = self._clock() + seconds
            self._tokens = 0
