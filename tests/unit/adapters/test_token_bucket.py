"""The pace: as many requests as are allowed, and no more."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.token_bucket import LONGEST_PAUSE_SECONDS, PATIENCE_SECONDS, TokenBucket
from bot.errors import AccessDeniedError, OutOfTimeError, ThrottledError, UnavailableError
from tests.fakes import SkippingTime

THROTTLED = ThrottledError(service="AWS", call="securityhub:GetFindings")


class TestRate:
    """When requests are made."""

    @given(st.floats(0.5, 50), st.integers(1, 30), st.integers(1, 100))
    def test_rate_is_reached_and_kept(self, per_second: float, burst: int, requests: int) -> None:
        """n requests take exactly (n − burst) ÷ rate seconds, and never less."""
        time = SkippingTime()
        pace = TokenBucket(per_second, burst, time.clock, time.wait)
        for _ in range(requests):
            pace.call(lambda: None)

        assert time.now == pytest.approx(max(0, requests - burst) / per_second, abs=1e-6)

    def test_idle_bucket_holds_one_burst(self) -> None:
        """After an hour's rest there is one burst, as there is in Security Hub."""
        time = SkippingTime()
        pace = TokenBucket(2, 6, time.clock, time.wait)
        time.now = 3600
        for _ in range(8):
            pace.call(lambda: None)

        assert 3601 == pytest.approx(time.now)

    def test_threads_share_the_rate(self) -> None:
        """Threads share it: none goes without a token of its own."""
        time = SkippingTime()
        pace = TokenBucket(10, 1, time.clock, time.wait)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: pace.call(lambda: None), range(51)))

        assert 5 == pytest.approx(time.now)


class TestUrgency:
    """Who goes first."""

    def test_waiters_go_by_priority(self) -> None:
        """Of those who wait, the one with the least number goes first, in any order of arrival."""
        order: list[float] = []
        begun, go = threading.Barrier(4), threading.Event()
        held = Gate(go)
        pace = TokenBucket(1, 1, held.time.clock, held.wait)
        pace.call(lambda: None)

        def join(urgency: float) -> None:
            begun.wait(10)
            pace.call(lambda: order.append(urgency), urgency)

        with ThreadPoolExecutor(3) as threads:
            futures = [threads.submit(join, urgency) for urgency in (3.0, 1.0, 2.0)]
            begun.wait(10)
            held.wait_for(pace, 3)
            go.set()
            for future in futures:
                future.result(10)

        assert [1, 2, 3] == order


class TestGoOn:
    """Requests that are cancelled while they wait."""

    def test_cancellation_ends_the_wait(self) -> None:
        """A waiting thread checks again and again for a cancellation; nobody else's turn is lost by it."""
        time = SkippingTime()
        pace = TokenBucket(1, 1, time.clock, time.wait)
        pace.call(lambda: None)

        def check_cancelled() -> None:
            if time.now:
                raise OutOfTimeError

        with pytest.raises(OutOfTimeError):
            pace.call(lambda: pytest.fail("made"), check_cancelled=check_cancelled)
        pace.call(lambda: None)
        assert 1 == pytest.approx(time.now)

    def test_cancellation_ends_every_wait_at_once(self) -> None:
        """Thirty who wait are gone within the time of one request, and none of them made it."""
        is_over = threading.Event()
        time = Gate(threading.Event())
        pace = TokenBucket(1, 1, time.time.clock, time.wait)
        pace.call(lambda: None)

        def check_cancelled() -> None:
            if is_over.is_set():
                raise OutOfTimeError

        with ThreadPoolExecutor(30) as threads:
            futures = [threads.submit(pace.call, lambda: None, 0, check_cancelled) for _ in range(30)]
            time.wait_for(pace, 30)
            is_over.set()
            assert {OutOfTimeError} == {type(future.exception(10)) for future in futures}
        assert 0 == time.time.now


class Gate:
    """Time that stands still until it may go on."""

    def __init__(self, go: threading.Event) -> None:
        self.time = SkippingTime()
        self._go = go

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait in turns until time may go on."""
        if self._go.is_set() or seconds is None:
            self.time.wait(condition, seconds)
        else:
            condition.wait(0.01)

    def wait_for(self, pace: TokenBucket, count: int) -> None:
        """Wait until so many stand in line."""
        while len(pace._waiting) < count:
            threading.Event().wait(0.001)


class TestRefusals:
    """Requests that are refused for something that passes."""

    @pytest.mark.parametrize("error", [THROTTLED, UnavailableError(service="AWS", call="x")])
    def test_minute_of_refusals_is_waited_out(self, error: Exception) -> None:
        """A minute of refusals is waited out, with fewer requests the longer it lasts."""
        time = SkippingTime()
        pace = TokenBucket(3, 6, time.clock, time.wait)
        tries = []

        def request() -> str:
            tries.append(time.now)
            if time.now < 60:
                raise error
            return "page"

        assert "page" == pace.call(request)
        assert len(tries) < 12
        longest = max(later - earlier for earlier, later in pairwise(tries))
        assert longest == pytest.approx(LONGEST_PAUSE_SECONDS)

    def test_lasting_refusal_is_raised(self) -> None:
        """What does not pass within the patience is raised as it is."""
        time = SkippingTime()
        pace = TokenBucket(3, 6, time.clock, time.wait)

        def request() -> None:
            raise THROTTLED

        with pytest.raises(ThrottledError):
            pace.call(request)
        assert PATIENCE_SECONDS < time.now < PATIENCE_SECONDS + LONGEST_PAUSE_SECONDS + 1

    def test_long_wait_uses_up_no_patience(self) -> None:
        """The wait for one's turn is no part of the patience: one refusal after it is not the last straw."""
        time = SkippingTime()
        pace = TokenBucket(0.001, 1, time.clock, time.wait)
        pace.call(lambda: None)
        answers = iter([THROTTLED])

        def request() -> str:
            for error in answers:
                raise error
            return "page"

        assert "page" == pace.call(request)
        assert time.now > 10 * PATIENCE_SECONDS

    def test_other_errors_are_raised_at_once(self) -> None:
        """What does not pass is not tried again."""
        time = SkippingTime()

        def request() -> None:
            raise AccessDeniedError(action="securityhub:GetFindings")

        with pytest.raises(AccessDeniedError):
            TokenBucket(3, 6, time.clock, time.wait).call(request)
        assert 0 == time.now

    def test_after_refusal_nobody_makes_requests(self) -> None:
        """After a refusal nobody makes requests for a while, and afterwards there is no burst."""
        time = SkippingTime()
        pace = TokenBucket(2, 6, time.clock, time.wait)
        answers = iter([THROTTLED])

        def request() -> None:
            for error in answers:
                raise error

        pace.call(request)
        first = time.now
        pace.call(lambda: None)

        assert (0.5, 1.0) == pytest.approx((first, time.now))
