"""The coverage of a report, looked up beside its scan."""

from __future__ import annotations

from contextvars import copy_context
from queue import Empty, Queue
from threading import Thread

from bot.domain.coverage import Coverage
from bot.region_ports import Regions

WAIT_SECONDS = 1.0
"""A report waits this long at its end: only the first of a day makes calls, a few tenths of a second each."""


class CoverageLookup:
    """A look-up that begins at once, in a thread that nobody waits for when the process ends."""

    def __init__(self, regions: Regions) -> None:
        self._found: Queue[Coverage] = Queue()
        context = copy_context()
        Thread(target=context.run, args=(self._look, regions), daemon=True, name="coverage").start()

    def _look(self, regions: Regions) -> None:
        self._found.put(regions.coverage())

    def result(self, seconds: float = WAIT_SECONDS) -> Coverage | None:
        """Return the coverage, once; None if it is not there within `seconds`."""
        try:
            return self._found.get(timeout=seconds)
        except Empty:
            return None
