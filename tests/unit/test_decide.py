"""What a person is told in numbers: problems, as the report counts them, and not each standard's finding."""

from __future__ import annotations

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import FindingIdentifier, Note
from tests.builders import PRODUCT_ARN, a_finding
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.report import a_world
from tests.unit.world.triage import order, undo

THREE = [FindingIdentifier(f"arn:{standard}", PRODUCT_ARN) for standard in ("fsbp", "cis", "nist")]
SUPPRESS = ActionRequest(Action.SUPPRESS, "public by design")


def reported_thrice(note: Note | None = None) -> FakeWorld:
    """Make a world with one problem, which three standards report."""
    return a_world([a_finding(1, identifiers=(identifier,), note=note) for identifier in THREE])


class TestTold:
    """A problem that three standards report is one in whatever is told."""

    def test_told_of_a_note_that_cannot_be_removed(self) -> None:
        """Taken back, one finding says so."""
        world = reported_thrice()
        suppress = order(SUPPRESS)
        deliver_once(suppress, world)
        deliver_once(undo(suppress), world)

        assert "1 finding had no note before" in world.messenger.told[-1][1].text

    def test_told_of_a_note_that_is_kept(self) -> None:
        """One finding keeps its note."""
        world = reported_thrice(Note("Ask first", "auditor"))
        deliver_once(order(SUPPRESS), world)

        assert "1 finding keeps the note" in world.messenger.told[-1][1].text
