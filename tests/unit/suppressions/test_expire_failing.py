"""The daily job where something fails."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Note
from bot.errors import NotInChannelError, ThrottledError, UnavailableError
from tests.builders import an_act_job, some_findings
from tests.delivery import CrashError, FaultInjector, deliver_as_lambda, deliver_once
from tests.effort import examples
from tests.unit.world.daily import LAST, TODAY, daily, go_to, look, posted, suppress
from tests.unit.world.report import NEW, REPORT_ID, SUPPRESSED, a_world, statuses


class TestFailure:
    """What happens where Security Hub or Slack fails."""

    def test_failure_of_a_day_is_made_up_for(self) -> None:
        """What could not be read stays due, and the next day's job reopens it."""
        world = a_world(some_findings(1))
        suppress(world)
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = world.findings._pages
        go_to(world, LAST + timedelta(days=1))
        assert isinstance(deliver_as_lambda(daily(world), world), ThrottledError | UnavailableError)
        assert "抑制の日次確認に失敗しました" in posted(world)[0]
        assert [SUPPRESSED] == statuses(world)

        world.findings.error = None
        look(world, LAST + timedelta(days=2))
        assert [NEW] == statuses(world)

    def test_failure_of_slack_does_not_keep_anything_suppressed(self) -> None:
        """Where nothing can be posted, findings are reopened all the same, and the job fails."""
        world = a_world(some_findings(1))
        suppress(world)
        world.messenger.lasting_errors["post"] = NotInChannelError(channel="C0SECURITY")
        go_to(world, LAST + timedelta(days=1))

        assert isinstance(deliver_as_lambda(daily(world), world), NotInChannelError)
        assert [NEW] == statuses(world)
        assert {} == world.suppressions.kept

    def test_failure_of_an_update_is_made_up_for(self) -> None:
        """What Security Hub would not reopen is not forgotten, nor tried again on the same day."""
        world = a_world(some_findings(2))
        suppress(world, 0)
        suppress(world, 1)
        world.findings.refuse = {world.findings.findings[0].identifiers[0].id: "InternalFailure"}
        look(world, LAST + timedelta(days=1))
        assert [SUPPRESSED, NEW] == statuses(world)
        (message,) = posted(world)
        assert "1 件の更新を拒否しました" in message

        world.findings.refuse = {}
        look(world, LAST + timedelta(days=2))
        assert [NEW, NEW] == statuses(world)
        assert {} == world.suppressions.kept

    def test_failure_of_somebody_else_is_made_up_for(self) -> None:
        """What an act that came to nothing was about stays due."""
        world = a_world(some_findings(1))
        suppress(world)
        go_to(world, LAST + timedelta(days=1))
        request = ActionRequest(Action.SUPPRESS, "longer", LAST + timedelta(days=9))
        job = an_act_job(REPORT_ID, request=request, selection=Selection(row=0, statuses=(SUPPRESSED,)))
        watch = FaultInjector()
        deliver_once(job, copy.deepcopy(world), watch)
        with pytest.raises(CrashError):
            deliver_once(job, world, FaultInjector(watch.calls.index("findings.update")))
        look(world, LAST + timedelta(days=1))
        assert [SUPPRESSED] == statuses(world)

        look(world, LAST + timedelta(days=2))
        assert [NEW] == statuses(world)

    def test_lost_suppression_does_not_stop_the_others(self, caplog: pytest.LogCaptureFixture) -> None:
        """A suppression whose findings are gone from the bucket is logged, and the others end."""
        world = a_world(some_findings(2))
        suppress(world, 0)
        world.suppressions.lost = set(world.suppressions.kept)
        suppress(world, 1)
        look(world, LAST + timedelta(days=1))

        assert [SUPPRESSED, NEW] == statuses(world)
        assert "the findings of a suppression are gone" in caplog.text
        assert {} == world.suppressions.kept

    def test_failure_is_told_where_nothing_is_reopened(self) -> None:
        """What is left alone is said to all: nobody has ordered it, and would be told."""
        world = a_world(some_findings(1))
        suppress(world)
        (finding,) = world.findings.findings
        world.findings.findings = [replace(finding, note=Note("For ever", "auditor"))]
        look(world, LAST + timedelta(days=1))

        assert "その間に変わっていた 1 件" in posted(world)[0]

    def test_failure_of_a_part_of_the_answer_forgets_nothing(self) -> None:
        """Where only some can be read, none is taken off the list."""
        world = a_world(some_findings(41))
        request = ActionRequest(Action.SUPPRESS, "all", LAST)
        deliver_once(an_act_job(REPORT_ID, request=request, selection=Selection()), world)
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = world.findings._pages + 3
        go_to(world, LAST + timedelta(days=1))
        deliver_as_lambda(daily(world), world)

        assert world.suppressions.kept


DAYS = st.integers(0, 20)


class TestLaw:
    """Many suppressions over many days."""

    @settings(max_examples=examples(25), deadline=None)
    @given(
        lasts=st.lists(DAYS, min_size=1, max_size=5),
        failing=st.sets(st.integers(1, 22)),
        touched=st.sets(st.integers(0, 4)),
        twice=st.booleans(),
    )
    def test_each_ends_once_on_its_first_good_day(
        self,
        lasts: list[int],
        failing: set[int],
        touched: set[int],
        twice: bool,  # noqa: FBT001
    ) -> None:
        """
        Whatever days fail, a suppression ends on the first good day after its last, and never before.

        What somebody has reopened and suppressed elsewhere stays as they have left it; twice is once.
        """
        world = a_world(some_findings(len(lasts)))
        for row, days in enumerate(lasts):
            suppress(world, row, TODAY + timedelta(days=days))
        for row in touched & set(range(len(lasts))):
            finding = world.findings.findings[row]
            world.findings.findings[row] = replace(finding, note=Note("mine", "auditor"))
        done: dict[int, int] = {}
        for day in range(1, 24):
            go_to(world, TODAY + timedelta(days=day))
            world.findings.error = ThrottledError(service="AWS", call="x") if day in failing else None
            world.findings.fail_at_page = world.findings._pages
            for _ in range(1 + twice):
                deliver_as_lambda(daily(world), world)
            for row, status in enumerate(statuses(world)):
                if status is NEW:
                    done.setdefault(row, day)

        good = [day for day in range(1, 24) if day not in failing]
        untouched = {row: days for row, days in enumerate(lasts) if row not in touched}
        expected = {row: next(day for day in good if day > days) for row, days in untouched.items()}
        assert expected == done
        reopened = [key for key, values in world.findings.updated if values.status is NEW]
        assert len(reopened) == len(set(reopened)) == len(expected)
