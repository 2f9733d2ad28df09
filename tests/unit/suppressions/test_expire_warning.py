"""The warning before suppressions end, and their extension."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import some_findings
from tests.unit.world.daily import LAST, TODAY, look, posted, suppress
from tests.unit.world.report import NEW, SUPPRESSED, a_world, statuses


class TestExtending:
    """A suppression that is made anew before it ends."""

    def test_moves_the_last_day(self) -> None:
        """Only the later suppression counts: the earlier one's end is nobody's concern."""
        world = a_world(some_findings(1))
        suppress(world)
        world.clock.move(60)
        suppress(world, until=LAST + timedelta(days=30))
        look(world, LAST + timedelta(days=1))
        assert [SUPPRESSED] == statuses(world)
        assert [] == posted(world)

        look(world, LAST + timedelta(days=31))
        assert [NEW] == statuses(world)

    def test_extending_to_an_earlier_day_holds(self) -> None:
        """A shorter one ends sooner, once."""
        world = a_world(some_findings(1))
        suppress(world)
        world.clock.move(60)
        suppress(world, until=TODAY + timedelta(days=10))
        look(world, TODAY + timedelta(days=11))
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)
        assert 1 == len(posted(world))


class TestWarning:
    """What the channel is told a week before."""

    def test_warning_comes_a_week_before_and_once(self) -> None:
        """Eight days before nothing is said, seven days before it is, and not again."""
        world = a_world(some_findings(1))
        suppress(world)
        look(world, LAST - timedelta(days=8))
        assert [] == posted(world)

        for days in (7, 6, 5, 0):
            look(world, LAST - timedelta(days=days))
        (message,) = posted(world)
        assert "1 件の抑制の期限が1週間以内に切れます" in message
        assert f"*{LAST.isoformat()}* まで" in message
        assert "抑制を延長する…" in message
        assert [SUPPRESSED] == statuses(world)

    def test_warnings_of_week_are_one_message(self) -> None:
        """Several that end on different days of the week are told together, the same ones in one line."""
        world = a_world(some_findings(3))
        suppress(world, 0)
        suppress(world, 1)
        suppress(world, 2, until=LAST + timedelta(days=2))
        look(world, LAST - timedelta(days=3))

        (message,) = posted(world)
        assert 2 == message.count("— `public by design` —")
        assert "(2 件)" in message

    def test_warning_is_not_for_what_is_over(self) -> None:
        """Of what somebody has reopened, or extended, nobody is warned."""
        world = a_world(some_findings(2))
        suppress(world, 0)
        suppress(world, 1)
        world.clock.move(60)
        suppress(world, 1, until=LAST + timedelta(days=90))
        first, second = world.findings.findings
        world.findings.findings = [replace(first, workflow_status=NEW), second]
        look(world, LAST - timedelta(days=3))

        assert [] == posted(world)
