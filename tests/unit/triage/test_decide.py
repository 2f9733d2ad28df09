"""What a person is told in numbers: problems, as the report counts them, and not each standard's finding."""

from __future__ import annotations

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import FindingIdentifier, Note
from tests.builders import PRODUCT_ARN, a_finding
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.report import NEW, NOTIFIED, REPORT_ID, a_world
from tests.unit.world.triage import clicked, undo

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
        suppress = clicked(SUPPRESS)
        deliver_once(suppress, world)
        deliver_once(undo(suppress), world)

        assert "1 finding had no note before" in world.messenger.told[-1][1].text

    def test_told_of_a_note_that_is_kept(self) -> None:
        """One finding keeps its note."""
        world = reported_thrice(Note("Ask first", "auditor"))
        deliver_once(clicked(SUPPRESS), world)

        assert "1 finding keeps the note" in world.messenger.told[-1][1].text


class TestProblemsThatAreNew:
    """A problem is NEW if one of its findings is."""

    def test_problem_stays_new_if_one_of_its_findings_is_refused(self) -> None:
        """The report still counts a problem as NEW of which Security Hub has refused one finding."""
        world = reported_thrice()
        world.findings.refuse = {THREE[0].id: "InternalFailure"}
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)

        (result,) = world.actions.acts(REPORT_ID)
        assert 0 == result.new_change

    def test_undone_row_is_new_again_if_one_of_its_findings_is(self) -> None:
        """After an undo, a row that was NEW says so, also if another of its findings was NOTIFIED."""
        statuses = [NEW, NOTIFIED, NOTIFIED]
        findings = [
            a_finding(1, identifiers=(identifier,), workflow_status=status)
            for identifier, status in zip(THREE, statuses, strict=True)
        ]
        world = a_world(findings)
        suppress = clicked(SUPPRESS)
        deliver_once(suppress, world)
        deliver_once(undo(suppress), world)

        assert NEW == list(world.actions.acts(REPORT_ID))[-1].rows[0]
