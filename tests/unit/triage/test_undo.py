"""Taking back what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import BOT, FindingIdentifier, Note
from bot.domain.job import job_id
from bot.domain.suppression import UNTIL
from tests.builders import PRODUCT_ARN, a_finding, some_findings
from tests.delivery import deliver_once
from tests.unit.world.report import NEW, NOTIFIED, OTHER, REPORT_ID, RESOLVED, SUPPRESSED, a_world, statuses
from tests.unit.world.triage import HUMAN, SUPPRESS, clicked, confirm, finding, preview, shown, told, undo


class TestUndo:
    """Taking back what was done."""

    def test_gives_back_status_and_note(self) -> None:
        """Each finding has what it had, its note too if it had one of the bot's."""
        was = [a_finding(0, note=Note("mine", BOT)), a_finding(1, workflow_status=NOTIFIED, note=HUMAN)]
        world = a_world(was)
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)
        deliver_once(undo(confirm(previewed)), world)

        assert [(f.workflow_status, f.note) for f in was] == [
            (f.workflow_status, f.note) for f in world.findings.findings
        ]

    def test_undo_says_what_it_cannot_give_back(self) -> None:
        """Security Hub takes no note away: the bot's says that it is over, and the person is told."""
        world = a_world(some_findings(1))
        deliver_once(clicked(SUPPRESS), world)
        deliver_once(undo(clicked(SUPPRESS)), world)

        note = finding(world).note
        assert [NEW] == statuses(world)
        assert note
        assert "取り消しました" in note.text
        assert "cannot remove" in told(world)

    @pytest.mark.parametrize(
        "touch", [{"workflow_status": RESOLVED}, {"note": HUMAN}], ids=["status", "note"]
    )
    def test_leaves_what_was_touched_since(self, touch: dict[str, Any]) -> None:
        """A finding whose status or note somebody has changed stays as it is."""
        world = a_world(some_findings(2))
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)
        touched = replace(finding(world), **touch)
        world.findings.findings[0] = touched
        deliver_once(undo(confirm(previewed)), world)

        assert touched == finding(world)
        assert NEW == finding(world, 1).workflow_status
        assert "left alone" in told(world)

    def test_works_while_security_hub_lags(self) -> None:
        """What the bot has just written counts, though Security Hub still shows what was before."""
        world = a_world(some_findings(2))
        world.findings.lags = True
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        deliver_once(undo(clicked(ActionRequest(Action.NOTIFY))), world)
        world.findings.settle()

        assert [NEW, NEW] == statuses(world)
        assert "NEW again" not in told(world)

    @pytest.mark.parametrize(
        "ordered", [ActionRequest(Action.NOTIFY), SUPPRESS], ids=["bare", "leaving-a-note"]
    )
    def test_second_undo_does_nothing(self, ordered: ActionRequest) -> None:
        """The second person is told that it has been done, and not that somebody has changed something."""
        world = a_world(some_findings(1))
        deliver_once(clicked(ordered), world)
        deliver_once(undo(clicked(ordered)), world)
        count = len(world.findings.updated)
        deliver_once(undo(clicked(ordered), "again", OTHER), world)

        assert count == len(world.findings.updated)
        assert "that status already" in told(world)
        assert "changed it" not in told(world)

    @pytest.mark.parametrize("number", [1, 30])
    def test_includes_what_has_passed_since(self, number: int) -> None:
        """A finding that has passed would stay suppressed, also when it fails again."""
        world = a_world(some_findings(number))
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)
        world.findings.findings[0] = replace(finding(world), compliance_status="PASSED")
        deliver_once(undo(confirm(previewed)), world)

        assert [NEW] * number == statuses(world)

    def test_undo_of_what_somebody_has_written_into_the_bots_fields(self) -> None:
        """A last day that is none does not stop an act half-way, nor its undoing."""
        world = a_world(some_findings(1))
        deliver_once(clicked(SUPPRESS), world)
        fields = dict(finding(world).user_fields) | {UNTIL: "for now"}
        world.findings.findings[0] = replace(finding(world), user_fields=tuple(fields.items()))
        reopened = clicked(ActionRequest(Action.REOPEN), status=SUPPRESSED, key="later")
        world.clock.move(1)
        deliver_once(reopened, world)
        deliver_once(undo(reopened), world)

        assert [SUPPRESSED] == statuses(world)

    def test_leaves_what_was_extended_since(self) -> None:
        """Who has suppressed it anew has touched it, though status and note are the same."""
        world = a_world([a_finding(0, note=HUMAN)])
        deliver_once(clicked(SUPPRESS), world)
        world.clock.move(60)
        later = replace(SUPPRESS, expires_on=date(2027, 12, 31))
        deliver_once(clicked(later, status=SUPPRESSED, key="later", requester=OTHER), world)
        deliver_once(undo(clicked(SUPPRESS)), world)

        assert [SUPPRESSED] == statuses(world)
        assert "somebody has changed it" in told(world)

    def test_undo_of_what_was_refused_can_be_done_again(self) -> None:
        """What an undo has left stays to be taken back, by the same button."""
        world = a_world(some_findings(3))
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)
        world.findings.refuse = {finding(world, 1).identifiers[0].id: "InternalFailure"}
        deliver_once(undo(confirm(previewed)), world)
        button = f"{REPORT_ID}:{job_id(confirm(previewed))}"
        assert button in shown(world)

        world.findings.refuse = {}
        deliver_once(undo(confirm(previewed), "again"), world)
        assert [NEW, NEW, NEW] == statuses(world)
        assert button not in shown(world)

    def test_undo_of_one_standard_that_was_refused_can_be_done_again(self) -> None:
        """Also in a row's menu, of a problem that two standards report."""
        ids = [FindingIdentifier(f"arn:{standard}", PRODUCT_ARN) for standard in ("fsbp", "cis")]
        world = a_world([a_finding(1, identifiers=(identifier,)) for identifier in ids])
        deliver_once(clicked(SUPPRESS), world)
        world.findings.refuse = {"arn:cis": "InternalFailure"}
        deliver_once(undo(clicked(SUPPRESS)), world)

        assert f"undo:{job_id(clicked(SUPPRESS))}" in shown(world)

    def test_undo_of_a_new_reason(self) -> None:
        """What is suppressed anew for another reason keeps its status, and can be taken back beside it."""
        world = a_world(some_findings(1))
        deliver_once(clicked(ActionRequest(Action.SUPPRESS, "for now")), world)
        note = finding(world).note
        renewed = clicked(replace(SUPPRESS, expires_on=None), status=SUPPRESSED, key="later")
        world.clock.move(1)
        deliver_once(renewed, world)
        assert f"undo:{job_id(renewed)}" in shown(world)
        assert "public by design" in shown(world)

        deliver_once(undo(renewed), world)
        assert note == finding(world).note

    def test_after_a_day_is_too_late(self) -> None:
        """It says so, and nothing is changed."""
        world = a_world(some_findings(1))
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        world.clock.move(24 * 3600 + 1)
        deliver_once(undo(clicked(ActionRequest(Action.NOTIFY))), world)

        assert [NOTIFIED] == statuses(world)
        assert "24 hours" in told(world)

    def test_undo_of_what_is_not_kept_says_so(self) -> None:
        """An act that is not known is gone."""
        world = a_world(some_findings(1))
        deliver_once(undo(clicked(SUPPRESS)), world)

        assert "no longer kept" in told(world)
