"""People who act at the same time, and how they heed what others have done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

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
from tests.unit.world.triage import HUMAN, SUPPRESS, finding, order, told


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
    """Let somebody suppress a finding, and Security Hub fail until Lambda gives up."""
    error = ThrottledError(service="AWS", call="securityhub:BatchUpdateFindings")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.findings, "update", Mock(side_effect=error))
        assert error is deliver_as_lambda(order(SUPPRESS), world)


class TestOthers:
    """Several people at once, while Security Hub lags."""

    def test_do_not_overwrite_each_other(self) -> None:
        """Whoever comes second on the same message, having seen NEW, is told what has happened."""
        world = a_world(some_findings(1))
        world.findings.lags = True
        deliver_once(order(SUPPRESS), world)
        deliver_once(order(ActionRequest(Action.NOTIFY), key="second", requester=OTHER), world)
        world.findings.settle()

        assert [SUPPRESSED] == statuses(world)
        assert "changed it meanwhile" in told(world)

    def test_nor_through_another_report(self) -> None:
        """What was done through one report counts for all."""
        world = a_world(some_findings(1))
        other = a_scan_job(key="slack/other")
        deliver_once(other, world)
        world.findings.lags = True
        deliver_once(order(SUPPRESS), world)
        again = order(ActionRequest(Action.NOTIFY), key="second", requester=OTHER, report_id=job_id(other))
        deliver_once(replace(again, message_ts="2.000001"), world)
        world.findings.settle()

        assert [SUPPRESSED] == statuses(world)

    def test_may_go_on_from_what_the_message_shows(self) -> None:
        """Whoever has seen the first's work can change it, though Security Hub does not show it yet."""
        world = a_world(some_findings(1))
        world.findings.lags = True
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)
        deliver_once(order(SUPPRESS, status=NOTIFIED, key="second", requester=OTHER), world)
        world.findings.settle()

        assert [SUPPRESSED] == statuses(world)

    @pytest.mark.parametrize("number", [1, 30])
    def test_in_the_console_are_seen_once_security_hub_shows_them(self, number: int) -> None:
        """A status that was set back is not taken for one that Security Hub does not show yet."""
        world = a_world(some_findings(number))
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)
        world.clock.move(300)
        world.findings.findings[0] = replace(finding(world), workflow_status=NEW)
        world.clock.move(300)
        deliver_once(order(SUPPRESS, status=NOTIFIED, key="later"), world)

        assert NEW == finding(world).workflow_status
        assert "somebody has changed it" in told(world)

    def test_console_status_beats_change_that_is_not_shown_yet(self) -> None:
        """A status that is neither from before the bot's change nor its own is somebody else's."""
        world = a_world(some_findings(1))
        world.findings.lags = True
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)
        world.findings.findings[0] = replace(finding(world), workflow_status=WorkflowStatus.RESOLVED)
        deliver_once(order(SUPPRESS, status=NOTIFIED, key="second", requester=OTHER), world)

        assert "somebody has changed it" in told(world)

    def test_that_have_begun_before_a_late_attempt_are_at_it(self) -> None:
        """Whoever is changing what a late attempt comes to is not said to have changed it."""
        world = a_world(some_findings(1))
        for job in (order(SUPPRESS), order(ActionRequest(Action.NOTIFY), key="other", requester=OTHER)):
            watch = FaultInjector()
            deliver_once(job, a_world(some_findings(1)), watch)
            with pytest.raises(CrashError):
                deliver_once(job, world, FaultInjector(watch.calls.index("findings.update")))
            world.clock.move(20 * 60)
        world.clock.move(-19 * 60)
        deliver_once(order(SUPPRESS), world)

        assert [NEW] == statuses(world)
        assert "somebody else is changing it" in told(world)

    def test_in_the_console_are_seen_also_after_several_acts(self) -> None:
        """What was set back to before the first of two acts is as it is shown, not as either has made it."""
        world = a_world([a_finding(0, note=HUMAN)])
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)
        world.clock.move(60)
        deliver_once(order(SUPPRESS, status=NOTIFIED, key="second"), world)
        world.findings.findings[0] = replace(finding(world), workflow_status=NEW)
        world.clock.move(60)
        deliver_once(order(ActionRequest(Action.RESOLVE), status=SUPPRESSED, key="third"), world)

        assert [NEW] == statuses(world)

    def test_wait_for_who_has_not_settled(self) -> None:
        """What somebody else has announced and not settled is left alone by whoever wants something else."""
        world = a_world(some_findings(2))
        announced(world, ActionRequest(Action.RESOLVE))
        deliver_once(order(SUPPRESS), world)

        assert [NEW, NEW] == statuses(world)
        assert "somebody else is changing it" in told(world)

    def test_agree_where_they_want_the_same(self) -> None:
        """Two who want the same are not in each other's way."""
        world = a_world(some_findings(2))
        announced(world, ActionRequest(Action.NOTIFY))
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)

        assert [NOTIFIED, NEW] == statuses(world)

    @pytest.mark.parametrize(
        "change",
        [{"reason": "accepted"}, {"expires_on": None}, {"note": "Ours."}],
        ids=lambda change: next(iter(change)),
    )
    def test_do_not_agree_where_only_the_status_is_the_same(self, change: dict[str, Any]) -> None:
        """Another reason, last day or note is something else: the later update would replace it."""
        world = a_world(some_findings(2))
        announced(world, replace(SUPPRESS, **change))
        deliver_once(order(SUPPRESS), world)

        assert [NEW, NEW] == statuses(world)
        assert "somebody else is changing it" in told(world)

    def test_do_not_count_what_has_failed(self) -> None:
        """What an act was about to do when it failed for good is not done: whoever wants the same does it."""
        world = a_world(some_findings(2))
        failing(world)
        deliver_once(order(SUPPRESS, key="second"), world)

        assert [SUPPRESSED, NEW] == statuses(world)

    def test_leave_to_whoever_has_failed_what_that_was_to_be(self) -> None:
        """Whether a failed act has changed anything is not known within the lag: others wait."""
        world = a_world(some_findings(2))
        failing(world)
        deliver_once(order(ActionRequest(Action.NOTIFY), key="second"), world)
        waiting = statuses(world)
        world.clock.move(16 * 60)
        deliver_once(order(ActionRequest(Action.NOTIFY), key="third"), world)

        assert ([NEW, NEW], [NOTIFIED, NEW]) == (waiting, statuses(world))

    def test_are_forgotten_after_the_lag(self) -> None:
        """After fifteen minutes Security Hub is right."""
        world = a_world(some_findings(1))
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)
        world.findings.findings[0] = a_finding(0)
        world.clock.move(16 * 60)
        deliver_once(order(SUPPRESS, key="second"), world)

        assert [SUPPRESSED] == statuses(world)
