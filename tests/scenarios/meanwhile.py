"""People who do something while a job is at work, which waits for what they have started."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from tests.scenarios.scenario import Meanwhile

PATIENCE_SECONDS = 30


class Meanwhiles:
    """What is still to be done in the middle of a call."""

    def __init__(self, planned: list[Meanwhile], do: Callable[[Meanwhile], object]) -> None:
        self.left = list(planned)
        self._do = do
        self._seen: Counter[str] = Counter()
        self._awaited: dict[str, threading.Event] = {}

    def after(self, call: str) -> None:
        """Do what is planned for after a call, and come back when it has had its effect."""
        for ending, made in self._awaited.items():
            if call.endswith(ending):
                made.set()
        expected = next((one for one in self.left if call.endswith(one.call)), None)
        if expected is None:
            return
        self._seen[expected.call] += 1
        if self._seen[expected.call] <= expected.after:
            return
        self.left.remove(expected)
        made = self._awaited[expected.until] = threading.Event()
        self._do(expected)
        if not made.wait(PATIENCE_SECONDS):
            raise TimeoutError(f"nobody has called {expected.until}")
