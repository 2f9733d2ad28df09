"""People who act at the same time, and the conflicts of their actions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import WorkflowStatus
from bot.domain.job import job_id
from bot.domain.triage import Plan
from bot.errors import ThrottledError
from bot.usecases.triage.plan import targets_of
from tests.builders import a_finding, a_scan_job, some_findings
from tests.delivery import CrashError, FaultInjector, deliver_as_lambda, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.report import NEW, NOTIFIED, OTHER, REPORT_ID, SUPPRESSED, a_world, statuses
from tests.unit.world.triage import HUMAN, SUPPRESS, clicked, finding, told


def announced(world: FakeWorld, request: ActionRequest) -> None:
    """Announce another person's action on all findings, and take it no further."""
    targets = [
        target
        for problem, row in enumerate(world.reports.rows(REPORT_ID))
        for target in targets_of(problem, row, request)
    ]
    plan = Plan(REPORT_ID, "theirs", (request,), {})
    world.actions.save_plan(plan, targets)
    world.actions.announce("theirs", plan, world.clock())


def failing(world: FakeWorld) -> None:
    """Suppress a finding as another person, while Security Hub fails until Lambda gives up."""
    error = ThrottledError(service="AWS", call="securityhub:BatchUpdateFindings")
    world.findings.lasting_update_error = error
    assert error is deliver_as_lambda(clicked(SUPPRESS), world)
    world.findings.lasting_update_error = None


class TestOthers:
    """Several people at once, while Security Hub lags."""

    def test_second_action_on_old_message_is_skipped(self) -> None:
        """A person who still saw NEW is told that somebody changed the finding."""
        world = a_world(some_findings(1))
        world.findings.lags = True
        deliver_once(clicked(SUPPRESS), world)
        deliver_once(clicked(ActionRequest(Action.NOTIFY), key="second", requester=OTHER), world)
        world.findings.settle()

        assert [SUPPRESSED] == statuses(world)
        assert "changed it meanwhile" in told(world)

    def test_action_through_other_report_counts(self) -> None:
        """An action through one report is known to the actions of all reports."""
        world = a_world(some_findings(1))
        other = a_scan_job(key="slack/other")
        deliver_once(other, world)
        world.findings.lags = True
        deliver_once(clicked(SUPPRESS), world)
        again = clicked(ActionRequest(Action.NOTIFY), key="second", requester=OTHER, report_id=job_id(other))
        deliver_once(replace(again, message_ts="2.000001"), world)
        world.findings.settle()

        assert [SUPPRESSED] == statuses(world)

    def test_action_continues_from_shown_status(self) -> None:
        """A person who saw the first action can change its result before Security Hub shows it."""
        world = a_world(some_findings(1))
        world.findings.lags = True
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        deliver_once(clicked(SUPPRESS, status=NOTIFIED, key="second", requester=OTHER), world)
        world.findings.settle()

        assert [SUPPRESSED] == statuses(world)

    @pytest.mark.parametrize("number", [1, 30])
    def test_status_restored_in_console_is_no_lag(self, number: int) -> None:
        """A restored status is not taken for one that Security Hub does not show yet."""
        world = a_world(some_findings(number))
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        world.clock.move(300)
        world.findings.findings[0] = replace(finding(world), workflow_status=NEW)
        world.clock.move(300)
        deliver_once(clicked(SUPPRESS, status=NOTIFIED, key="later"), world)

        assert NEW == finding(world).workflow_status
        assert "somebody has changed it" in told(world)

    def test_console_status_beats_change_that_is_not_shown_yet(self) -> None:
        """A status that the bot neither found nor set is somebody else's."""
        world = a_world(some_findings(1))
        world.findings.lags = True
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        world.findings.findings[0] = replace(finding(world), workflow_status=WorkflowStatus.RESOLVED)
        deliver_once(clicked(SUPPRESS, status=NOTIFIED, key="second", requester=OTHER), world)

        assert "somebody has changed it" in told(world)

    def test_late_attempt_is_busy_behind_other_action(self) -> None:
        """An action that began before a late attempt blocks it, and has not changed anything yet."""
        world = a_world(some_findings(1))
        for job in (clicked(SUPPRESS), clicked(ActionRequest(Action.NOTIFY), key="other", requester=OTHER)):
            watch = FaultInjector()
            deliver_once(job, a_world(some_findings(1)), watch)
            with pytest.raises(CrashError):
                deliver_once(job, world, FaultInjector(watch.calls.index("findings.update")))
            world.clock.move(20 * 60)
        world.clock.move(-19 * 60)
        deliver_once(clicked(SUPPRESS), world)

        assert [NEW] == statuses(world)
        assert "somebody else is changing it" in told(world)

    def test_status_restored_after_two_actions_is_no_lag(self) -> None:
        """A status from before the first of two actions is neither's work."""
        world = a_world([a_finding(0, note=HUMAN)])
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        world.clock.move(60)
        deliver_once(clicked(SUPPRESS, status=NOTIFIED, key="second"), world)
        world.findings.findings[0] = replace(finding(world), workflow_status=NEW)
        world.clock.move(60)
        deliver_once(clicked(ActionRequest(Action.RESOLVE), status=SUPPRESSED, key="third"), world)

        assert [NEW] == statuses(world)

    def test_claimed_findings_are_skipped(self) -> None:
        """A finding that another action has claimed for another change is skipped."""
        world = a_world(some_findings(2))
        announced(world, ActionRequest(Action.RESOLVE))
        deliver_once(clicked(SUPPRESS), world)

        assert [NEW, NEW] == statuses(world)
        assert "somebody else is changing it" in told(world)

    def test_equal_requests_do_not_conflict(self) -> None:
        """Two people can request the same change at once."""
        world = a_world(some_findings(2))
        announced(world, ActionRequest(Action.NOTIFY))
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)

        assert [NOTIFIED, NEW] == statuses(world)

    @pytest.mark.parametrize(
        "change",
        [{"reason": "accepted"}, {"expires_on": None}, {"note": "Ours."}],
        ids=lambda change: next(iter(change)),
    )
    def test_requests_with_same_status_alone_conflict(self, change: dict[str, Any]) -> None:
        """Another reason, last day or note is another change: the later update would replace it."""
        world = a_world(some_findings(2))
        announced(world, replace(SUPPRESS, **change))
        deliver_once(clicked(SUPPRESS), world)

        assert [NEW, NEW] == statuses(world)
        assert "somebody else is changing it" in told(world)

    def test_failed_action_does_not_count_as_done(self) -> None:
        """A second person's equal request makes the change."""
        world = a_world(some_findings(2))
        failing(world)
        deliver_once(clicked(SUPPRESS, key="second"), world)

        assert [SUPPRESSED, NEW] == statuses(world)

    def test_failed_action_blocks_others_for_the_lag(self) -> None:
        """Nobody knows within the lag whether a failed action changed anything."""
        world = a_world(some_findings(2))
        failing(world)
        deliver_once(clicked(ActionRequest(Action.NOTIFY), key="second"), world)
        waiting = statuses(world)
        world.clock.move(16 * 60)
        deliver_once(clicked(ActionRequest(Action.NOTIFY), key="third"), world)

        assert ([NEW, NEW], [NOTIFIED, NEW]) == (waiting, statuses(world))

    def test_action_is_forgotten_after_the_lag(self) -> None:
        """After fifteen minutes, the state that Security Hub shows counts."""
        world = a_world(some_findings(1))
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)
        world.findings.findings[0] = a_finding(0)
        world.clock.move(16 * 60)
        deliver_once(clicked(SUPPRESS, key="second"), world)

        assert [SUPPRESSED] == statuses(world)
