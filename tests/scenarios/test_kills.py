"""Jobs whose processes get SIGKILL, a few of the runs that `python -m benchmarks.kills` makes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.killed import Deliveries
from benchmarks.kills import Judge, KillScheduler, NoFunctions, Run, dice_of, play
from playground.world import World
from tests.effort import IS_CI

CHOSEN = (
    61,  # at any time, in short slices
    *(
        (212, 214) if IS_CI else ()
    ),  # when Slack has the report, just before that is written down and just after
)


@pytest.fixture(scope="module")
def places() -> Iterator[tuple[Judge, KillScheduler]]:
    """Start a world, and the process whose children do the work."""
    with World({"REPORT_LOCALE": "en"}, runtime=NoFunctions()) as world:
        deliveries = Deliveries()
        yield Judge(world), KillScheduler(deliveries)
        deliveries.stop()


class TestKills:
    """A scan and a click that are killed."""

    @pytest.mark.parametrize("number", CHOSEN)
    def test_kills_lose_nothing(self, places: tuple[Judge, KillScheduler], number: int) -> None:
        """Every finding is in the CSV once, the report is posted once, and what is shown as marked is."""
        run = Run(number, dice_of(number, seed=1))
        play(run, *places)

        assert [] == run.problems
        assert run.kill_count
