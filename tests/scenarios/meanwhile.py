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
        wanted = next((one for one in self.left if call.endswith(one.call)), None)
        if wanted is None:
            return
        self._seen[wanted.call] += 1
        if self._seen[wanted.call] <= wanted.after:
            return
        self.left.remove(wanted)
        made = self._awaited[wanted.until] = threading.Event()
        self._do(wanted)
        if not made.wait(PATIENCE_SECONDS):
            raise TimeoutError(f"nobody has called {wanted.until}")
