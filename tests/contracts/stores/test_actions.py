"""The actions on reports: their plans, claims, changes and results, in the fake and in the bucket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.adapters.stores.actions import BucketActions
from bot.adapters.stores.bucket import Bucket, countdown
from bot.domain.action import Action, ActionRequest
from bot.domain.triage import Plan, Refusal, Skip
from bot.errors import ReportGoneError
from bot.triage_ports import Actions
from tests.builders import NOW, an_act
from tests.contracts.places import BUCKET
from tests.contracts.stores.changes import CHANGES, IDENTIFIER
from tests.fakes.actions import FakeActions

REPORT_ID = "0123456789abcdef"
PLAN = Plan(
    REPORT_ID,
    "plan",
    (ActionRequest(Action.SUPPRESS, "理由", date(2026, 12, 31)), ActionRequest(Action.NOTIFY)),
    {0: 0, 7: 3},
    3,
)


@pytest.fixture(params=["fake", "bucket"])
def actions(request: pytest.FixtureRequest) -> Actions:
    """Return the port."""
    if request.param == "fake":
        return FakeActions()
    return BucketActions(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestPlan:
    """What is to be done."""

    @pytest.mark.parametrize("plan", [PLAN, Plan(REPORT_ID, "plan", (), {}, None, "undone")])
    def test_stored_plan_comes_back(self, actions: Actions, plan: Plan) -> None:
        """A plan and each of its findings are read as they were written."""
        actions.save_plan(plan, iter(CHANGES))

        assert plan == actions.plan(REPORT_ID, "plan")
        assert CHANGES == list(actions.targets(plan))

    def test_missing_plan_is_no_empty_plan(self, actions: Actions) -> None:
        """What is not kept is no empty plan."""
        with pytest.raises(ReportGoneError):
            actions.plan(REPORT_ID, "none")
        with pytest.raises(ReportGoneError):
            list(actions.targets(replace(PLAN, plan_id="none")))


class TestClaims:
    """The plans of actions that have just begun."""

    def test_claims_are_the_recent_ones(self, actions: Actions) -> None:
        """A claim since a time is returned, of any report, once if it was renewed."""
        plans = {f"act-{n}": replace(PLAN, report_id=f"report-{n}") for n in range(4)}
        for number in (2, 0, 3, 1, 3):
            act_id = f"act-{number}"
            actions.announce(act_id, plans[act_id], NOW + timedelta(minutes=number))
        actions.announce("act-3", plans["act-3"], NOW + timedelta(minutes=5))

        assert plans == actions.claims(NOW - timedelta(days=1))
        assert {"act-1", "act-2", "act-3"} == actions.claims(NOW + timedelta(minutes=1)).keys()
        assert ["act-3"] == list(actions.claims(NOW + timedelta(minutes=4)))
        assert {} == actions.claims(NOW + timedelta(minutes=9))


class TestChanges:
    """What an act changes."""

    def test_changes_come_back_in_order(self, actions: Actions) -> None:
        """Each finding's states, before and after, are read as they were written."""
        actions.settle(REPORT_ID, "act", iter(CHANGES), {})

        assert CHANGES == list(actions.changes(REPORT_ID, "act"))

    def test_claims_are_settled_once(self, actions: Actions) -> None:
        """Who settles them later gets the numbers of what stands."""
        first = actions.settle(REPORT_ID, "act", iter(CHANGES), {"changes": 2, "skipped": {"gone": 1}})
        second = actions.settle(REPORT_ID, "act", iter(()), {"changes": 0, "skipped": {}})

        assert {"changes": 2, "skipped": {"gone": 1}} == first == second
        assert CHANGES == list(actions.changes(REPORT_ID, "act"))

    def test_changes_are_replaced_by_what_was_done(self, actions: Actions) -> None:
        """What came to nothing is among them no more, and nobody who comes late brings it back."""
        actions.settle(REPORT_ID, "act", iter(CHANGES), {"changes": 2})
        actions.save_changes(REPORT_ID, "act", iter(CHANGES[:1]))

        assert {"changes": 0} == actions.settle(REPORT_ID, "act", iter(()), {"changes": 0})
        assert CHANGES[:1] == list(actions.changes(REPORT_ID, "act"))

    def test_unsettled_changes_are_no_empty_ones(self, actions: Actions) -> None:
        """Nothing kept is not the same as nothing changed."""
        actions.settle(REPORT_ID, "empty", iter(()), {})

        assert [] == list(actions.changes(REPORT_ID, "empty"))
        with pytest.raises(ReportGoneError):
            list(actions.changes(REPORT_ID, "none"))


class TestActs:
    """The results of actions on a report."""

    def test_acts_come_oldest_first(self, actions: Actions) -> None:
        """The oldest is first, with any ID, and each is read as it was written."""
        late = an_act(2, act_id="a", acted_at=NOW + timedelta(minutes=1), request=None, undoes="b")
        early = an_act(
            1, row=0, act_id="b", request=PLAN.requests[0], skipped={Skip.GONE: 2}, refused_count=1
        )
        for act in (late, early):
            actions.add_act(REPORT_ID, act, ())
            actions.settle(REPORT_ID, act.act_id, iter(CHANGES), {})

        assert [early, late] == actions.acts(REPORT_ID)

    def test_repeated_act_replaces_itself(self, actions: Actions) -> None:
        """A click that is delivered twice is one."""
        actions.add_act(REPORT_ID, an_act(1), ())
        actions.add_act(REPORT_ID, an_act(2), ())

        assert [an_act(2)] == actions.acts(REPORT_ID)

    def test_reports_with_similar_ids_keep_acts_apart(self, actions: Actions) -> None:
        """A report whose ID begins like another's has its own."""
        actions.add_act(f"{REPORT_ID}0", an_act(1), ())

        assert [] == actions.acts(REPORT_ID)

    def test_each_refusal_is_kept_in_full(self, actions: Actions) -> None:
        """Each refusal is kept in full; an act that is not done has none."""
        other = IDENTIFIER._replace(product_arn="arn:other")
        refusals = [Refusal(IDENTIFIER, "FindingNotFound", "理由\n"), Refusal(other, "InvalidInput", "")]
        actions.add_act(REPORT_ID, replace(an_act(1), act_id="act"), refusals)

        assert refusals == list(actions.refusals(REPORT_ID, "act"))
        assert [] == list(actions.refusals(REPORT_ID, "none"))


class TestKeys:
    """What only the adapter can show."""

    def test_keys_are_as_documented(self, bucket: Any) -> None:
        """The layout is the one at the head of the module, on which the lifecycle rules rely."""
        store = Bucket(bucket, BUCKET)
        actions = BucketActions(store)
        actions.save_plan(PLAN, CHANGES)
        actions.settle(REPORT_ID, "act", CHANGES, {})
        actions.add_act(REPORT_ID, an_act(1, act_id="act"), [Refusal(IDENTIFIER, "code", "")])
        actions.announce("act", PLAN, NOW)

        assert [
            f"pending/{countdown(NOW)}-act.json",
            f"reports/{REPORT_ID}/acts/act.changes.jsonl",
            f"reports/{REPORT_ID}/acts/act.json",
            f"reports/{REPORT_ID}/acts/act.refused.jsonl",
            f"reports/{REPORT_ID}/plans/plan.json",
            f"reports/{REPORT_ID}/plans/plan.jsonl",
        ] == list(store.keys(""))

    def test_later_time_sorts_before_earlier_one(self) -> None:
        """A later time sorts before an earlier one."""
        times = [NOW + timedelta(milliseconds=1), NOW, NOW - timedelta(days=9999)]

        assert sorted(map(countdown, times)) == list(map(countdown, times))
