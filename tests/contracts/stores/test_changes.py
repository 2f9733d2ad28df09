"""Changes: what is done about reports, by the fake and in the bucket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.adapters.stores.actions import BucketChanges
from bot.adapters.stores.bucket import Bucket, countdown
from bot.domain.action import Action, ActionRequest
from bot.domain.triage import Plan, Refusal, Skip
from bot.errors import ReportGoneError
from bot.ports import Changes
from tests.builders import NOW, an_act
from tests.contracts.places import BUCKET
from tests.contracts.stores.changes import CHANGES, IDENTIFIER
from tests.fakes.changes import FakeChanges

REPORT_ID = "0123456789abcdef"
PLAN = Plan(
    REPORT_ID,
    "plan",
    (ActionRequest(Action.SUPPRESS, "理由", date(2026, 12, 31)), ActionRequest(Action.NOTIFY)),
    {0: 0, 7: 3},
    3,
)


@pytest.fixture(params=["fake", "bucket"])
def changes(request: pytest.FixtureRequest) -> Changes:
    """Return the port."""
    if request.param == "fake":
        return FakeChanges()
    return BucketChanges(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestPlan:
    """What is to be done."""

    @pytest.mark.parametrize("plan", [PLAN, Plan(REPORT_ID, "plan", (), {}, None, "undone")])
    def test_stored_plan_comes_back(self, changes: Changes, plan: Plan) -> None:
        """A plan, and each finding of it, is what was kept."""
        changes.save_plan(plan, iter(CHANGES))

        assert plan == changes.plan(REPORT_ID, "plan")
        assert CHANGES == list(changes.targets(plan))

    def test_missing_plan_is_no_empty_plan(self, changes: Changes) -> None:
        """What is not kept is no empty plan."""
        with pytest.raises(ReportGoneError):
            changes.plan(REPORT_ID, "none")
        with pytest.raises(ReportGoneError):
            list(changes.targets(replace(PLAN, plan_id="none")))


class TestClaims:
    """The plans of actions that have just begun."""

    def test_claims_are_the_recent_ones(self, changes: Changes) -> None:
        """A claim since a time is returned, of any report, once if it was renewed."""
        plans = {f"act-{n}": replace(PLAN, report_id=f"report-{n}") for n in range(4)}
        for number in (2, 0, 3, 1, 3):
            act_id = f"act-{number}"
            changes.announce(act_id, plans[act_id], NOW + timedelta(minutes=number))
        changes.announce("act-3", plans["act-3"], NOW + timedelta(minutes=5))

        assert plans == changes.claims(NOW - timedelta(days=1))
        assert {"act-1", "act-2", "act-3"} == changes.claims(NOW + timedelta(minutes=1)).keys()
        assert ["act-3"] == list(changes.claims(NOW + timedelta(minutes=4)))
        assert {} == changes.claims(NOW + timedelta(minutes=9))


class TestChanges:
    """What an act changes."""

    def test_changes_come_back_in_order(self, changes: Changes) -> None:
        """Each finding is, before and after, what was kept."""
        changes.settle(REPORT_ID, "act", iter(CHANGES), {})

        assert CHANGES == list(changes.changes(REPORT_ID, "act"))

    def test_claims_are_settled_once(self, changes: Changes) -> None:
        """Who settles them later gets the numbers of what stands."""
        first = changes.settle(REPORT_ID, "act", iter(CHANGES), {"changes": 2, "skipped": {"gone": 1}})
        second = changes.settle(REPORT_ID, "act", iter(()), {"changes": 0, "skipped": {}})

        assert {"changes": 2, "skipped": {"gone": 1}} == first == second
        assert CHANGES == list(changes.changes(REPORT_ID, "act"))

    def test_changes_are_replaced_by_what_was_done(self, changes: Changes) -> None:
        """What came to nothing is among them no more, and nobody who comes late brings it back."""
        changes.settle(REPORT_ID, "act", iter(CHANGES), {"changes": 2})
        changes.save_changes(REPORT_ID, "act", iter(CHANGES[:1]))

        assert {"changes": 0} == changes.settle(REPORT_ID, "act", iter(()), {"changes": 0})
        assert CHANGES[:1] == list(changes.changes(REPORT_ID, "act"))

    def test_unsettled_changes_are_no_empty_ones(self, changes: Changes) -> None:
        """Nothing kept is not the same as nothing changed."""
        changes.settle(REPORT_ID, "empty", iter(()), {})

        assert [] == list(changes.changes(REPORT_ID, "empty"))
        with pytest.raises(ReportGoneError):
            list(changes.changes(REPORT_ID, "none"))


class TestActs:
    """What was done about a report."""

    def test_acts_come_oldest_first(self, changes: Changes) -> None:
        """The oldest is first, whatever its ID, and each is what was kept."""
        late = an_act(2, act_id="a", acted_at=NOW + timedelta(minutes=1), order=None, undoes="b")
        early = an_act(1, row=0, act_id="b", order=PLAN.requests[0], skipped={Skip.GONE: 2}, refused_count=1)
        for act in (late, early):
            changes.add_act(REPORT_ID, act, ())
            changes.settle(REPORT_ID, act.act_id, iter(CHANGES), {})

        assert [early, late] == changes.acts(REPORT_ID)

    def test_repeated_act_replaces_itself(self, changes: Changes) -> None:
        """A click that is delivered twice is one."""
        changes.add_act(REPORT_ID, an_act(1), ())
        changes.add_act(REPORT_ID, an_act(2), ())

        assert [an_act(2)] == changes.acts(REPORT_ID)

    def test_reports_with_similar_ids_keep_acts_apart(self, changes: Changes) -> None:
        """A report whose ID begins like another's has its own."""
        changes.add_act(f"{REPORT_ID}0", an_act(1), ())

        assert [] == changes.acts(REPORT_ID)

    def test_each_refusal_is_kept_in_full(self, changes: Changes) -> None:
        """Each refusal is kept in full; an act that is not done has none."""
        other = IDENTIFIER._replace(product_arn="arn:other")
        refusals = [Refusal(IDENTIFIER, "FindingNotFound", "理由\n"), Refusal(other, "InvalidInput", "")]
        changes.add_act(REPORT_ID, replace(an_act(1), act_id="act"), refusals)

        assert refusals == list(changes.refusals(REPORT_ID, "act"))
        assert [] == list(changes.refusals(REPORT_ID, "none"))


class TestKeys:
    """What only the adapter can show."""

    def test_keys_are_as_documented(self, bucket: Any) -> None:
        """The layout is the one at the head of the module, on which the lifecycle rules rely."""
        store = Bucket(bucket, BUCKET)
        changes = BucketChanges(store)
        changes.save_plan(PLAN, CHANGES)
        changes.settle(REPORT_ID, "act", CHANGES, {})
        changes.add_act(REPORT_ID, an_act(1, act_id="act"), [Refusal(IDENTIFIER, "code", "")])
        changes.announce("act", PLAN, NOW)

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
