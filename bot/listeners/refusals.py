"""The log of requests that are refused unread: enough to notice them, however many there are."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.errors import NotSignedError

LOG = logging.getLogger(__name__)

MOST_LINES = 10
SECONDS = 60
"""So many lines a minute and process: the alarm needs five, and a flood must not cost more than it does."""


@dataclass
class RefusalLog:
    """Writes a line for each refusal up to a rate, and then how many it has left out."""

    clock: Callable[[], float] = time.monotonic
    _since: float = field(default=float("-inf"), init=False)
    _count: int = field(default=0, init=False)

    def write(self, reason: str) -> None:
        """Log a refusal; `reason` is one of the signature's faults and holds nothing of the request."""
        now = self.clock()
        unwritten = 0
        if now - self._since > SECONDS:
            unwritten = max(0, self._count - MOST_LINES)
            self._since, self._count = now, 0
        self._count += 1
        if self._count <= MOST_LINES:
            refusal = NotSignedError(reason=reason)
            extra = {"error_code": refusal.code, "reason": reason, "unwritten": unwritten}
            LOG.warning("refused a request: %s", refusal, extra=extra)
