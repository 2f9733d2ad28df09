"""
One rate of requests for all threads of this process, so that together they reach AWS's limit and keep to it.

AWS counts with a token bucket for each account and Region: a rate, and a number of tokens that it keeps
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html names both for each operation). Others
use the same account, so AWS refuses some requests although this process keeps to its rate.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from bot.errors import ThrottledError, UnavailableError
from bot.ports import CheckCancelled, never_cancelled

T = TypeVar("T")

LONGEST_PAUSE_SECONDS = 20.0
PATIENCE_SECONDS = 150.0
"""
The time after its first refusal for which a request is repeated: other consumers may use the whole rate for a
minute. The wait for the first turn does not count; among many readers it may be longer.
"""

LEAST_MISSING = 1e-9
"""The least part of a token to wait for: less is a rounding error, and too short for a clock."""

PASSING = (ThrottledError, UnavailableError)


class TokenBucket:
    """
    A token bucket that is full at first. Of the waiting threads, the one with the lowest `urgency` is next.

    Args:
        per_second: requests a second.
        burst: the requests at once after a pause.
        clock: seconds; that of a test moves when `wait` is called.
        wait: waits on the condition for at most these seconds.
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
        """Each thread waits on its own condition, so that a turn wakes only one."""
        self._numbers = count()
        self._lock = threading.RLock()

    def call(
        self,
        request: Callable[[], T],
        urgency: float = 0.0,
        check_cancelled: CheckCancelled = never_cancelled,
    ) -> T:
        """
        Make a request in its turn, and repeat it while the error may pass.

        Raises:
            ThrottledError, UnavailableError: the error has not passed.
            Exception: any that `check_cancelled` raises, also during the wait.
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
        """Wait for a token; return the time."""
        with self._lock:
            its_turn = threading.Condition(self._lock)
            turn = (urgency, next(self._numbers), its_turn)
            self._waiting.append(turn)
            try:
                check_cancelled()
                while min(self._waiting) != turn or (seconds := self._seconds_to_next()) > 0:
                    self._wait(its_turn, seconds if min(self._waiting) == turn else None)
                    check_cancelled()
                self._tokens -= 1
                return self._counted_at
            finally:
                self._waiting.remove(turn)
                if self._waiting:
                    min(self._waiting)[2].notify()

    def _seconds_to_next(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        missing = 1 - self._tokens
        return max(self._resumes_at - now, missing / self._per_second if missing > LEAST_MISSING else 0)

    def _pause(self, granted_at: float) -> None:
        """Stop all requests for a while, longer each time; requests refused at the same time count once."""
        with self._lock:
            if granted_at < self._resumes_at:
                return
            seconds = min(LONGEST_PAUSE_SECONDS, 2.0**self._pauses / 2)
            self._pauses += 1
            self._resumes_at = self._clock() + seconds
            self._tokens = 0
