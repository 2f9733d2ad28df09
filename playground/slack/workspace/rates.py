"""
Slack's rates: how often a method may be called.

Sources: https://docs.slack.dev/apis/web-api/rate-limits and each method's page, read 2026-11. A tier is a
number of calls a minute "or more"; the local Slack allows that number, in any 60 s.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

WINDOW_SECONDS = 60.0

TIER_2, TIER_3, TIER_4 = 20, 50, 100
"""Calls a minute."""

RATES: Mapping[str, int] = {
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
"""Method to its calls a minute; of a method without a tier they are not counted."""

POST = "chat.postMessage"
POST_BURST = 5
"""Slack allows one message a second in a channel, and "short bursts" of an unknown length: here, of five."""
POSTS_IN_ALL = 300
"""Messages a minute in all channels: "several hundred"."""


class Rates:
    """
    Counts the calls, once it is told to: the local Slack limits nothing by itself.

    Args:
        clock: seconds since 1970; one that runs faster makes the rates higher.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.are_enforced = False
        self._clock = clock
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait_seconds(self, method: str, channel: str = "") -> int:
        """
        Count a call, or refuse it.

        Args:
            channel: of a message; each has a rate of its own.

        Returns:
            0 if the call is within the rates, or the seconds for Retry-After, and the call does not count.
        """
        if not self.are_enforced:
            return 0
        limits = [(method, RATES[method], WINDOW_SECONDS)] if method in RATES else []
        if method == POST:
            limits = [(POST, POSTS_IN_ALL, WINDOW_SECONDS), (f"{POST} {channel}", POST_BURST, POST_BURST)]
        now = self._clock()
        wait = max((self._wait(now, *limit) for limit in limits), default=0.0)
        if wait <= 0:
            for name, _, _ in limits:
                self._calls[name].append(now)
        return math.ceil(wait)

    def _wait(self, now: float, name: str, most: int, window: float) -> float:
        """Return the seconds until fewer than `most` calls are in the window."""
        calls = self._calls[name]
        while calls and calls[0] <= now - window:
            calls.popleft()
        return calls[0] + window - now if len(calls) >= most else 0.0
