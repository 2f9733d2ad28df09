"""Jobs whose processes get SIGKILL, a few of the runs of benchmarks/kills.py and owner_kills.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from benchmarks.killed import Deliveries
from benchmarks.kills import Judge, KillScheduler, NoFunctions, Run, dice_of, play
from benchmarks.owner_kills import OwnerJudge, play_owners
from playground.world import World
from tests.effort import IS_CI

CHOSEN = (
    61,  # at any time, in short slices
    *(
        (212, 214) if IS_CI else ()
    ),  # when Slack has the report, just before that is written down and just after
)


OWNERS_CHOSEN = (
    3,  # mentions in the thread, in short slices
    *((13, 20) if IS_CI else ()),  # direct messages, in short slices and at one call
)


@dataclass(frozen=True)
class Places:
    """A world's judges, and the process whose children do the work."""

    judge: Judge
    owner_judge: OwnerJudge
    scheduler: KillScheduler


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    """Start a world and that process."""
    with World({"REPORT_LOCALE": "en"}, runtime=NoFunctions()) as world:
        deliveries = Deliveries()
        yield Places(Judge(world), OwnerJudge(world), KillScheduler(deliveries))
        deliveries.stop()


class TestKills:
    """A scan and a click that are killed."""

    @pytest.mark.parametrize("number", CHOSEN)
    def test_kills_lose_nothing(self, places: Places, number: int) -> None:
        """Every finding is in the CSV once, the report is posted once, and what is shown as marked is."""
        run = Run(number, dice_of(number, seed=1))
        play(run, places.judge, places.scheduler)

        assert [] == run.problems
        assert run.kill_count


class TestOwners:
    """A scheduled report that is killed while it tells the owners of its rows."""

    @pytest.mark.parametrize("number", OWNERS_CHOSEN)
    def test_kills_tell_nobody_twice(self, places: Places, number: int) -> None:
        """Nor in the next report; and no row is marked NOTIFIED whose owner was not reached."""
        run = Run(number, dice_of(number, seed=1))
        play_owners(run, places.owner_judge, places.scheduler)

        assert [] == run.problems
        assert run.kill_count
