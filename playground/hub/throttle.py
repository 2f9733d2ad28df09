"""
AWS's rates: a token bucket for each operation of an account in a Region.

Source: the documentation of the service in botocore's service model, "The following throttling limits apply".
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from playground.hub.errors import HubError

RATES: dict[str, tuple[float, float]] = {
    "GetFindings": (3, 6),
    "BatchEnableStandards": (1, 1),
    "UpdateStandardsControl": (1, 5),
}
"""Requests a second and burst of the operations that have their own."""

OTHER_RATE = (10, 30)
"""Of "all other operations", each by itself."""


@dataclass
class Bucket:
    """Holds at most `burst` tokens, gains `rate` a second, gives one for each call."""

    rate: float
    burst: float
    filled_at: float
    tokens: float

    def takes(self, now: float) -> bool:
        """Take a token, if there is one."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Throttle:
    """The buckets of one hub, full at first."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def check(self, operation: str, now: float) -> None:
        """
        Count a call.

        Raises:
            HubError: TooManyRequestsException, which is the gateway's answer and in no service model.
        """
        if operation not in self._buckets:
            rate, burst = RATES.get(operation, OTHER_RATE)
            self._buckets[operation] = Bucket(rate, burst, filled_at=now, tokens=burst)
        if not self._buckets[operation].takes(now):
            status = HTTPStatus.TOO_MANY_REQUESTS
            raise HubError("TooManyRequestsException", "Too Many Requests", status)
