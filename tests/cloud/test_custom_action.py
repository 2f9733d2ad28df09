"""Security Hub's custom action and its rule: what they take, and what they send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from bot.domain.document import parse_job
from bot.domain.finding import FindingIdentifier
from bot.domain.job import InsightJob
from bot.domain.query import chosen
from playground.cloud.custom_action import Rule, matches
from playground.cloud.environment import Function
from playground.cloud.invocations import Invocations
from playground.deployment import send_to_slack
from tests.functional.asff import a_control_finding, control_findings

ACTION, RULE = send_to_slack()


@pytest.fixture
def jobs() -> list[Any]:
    """Keep what is sent."""
    return []


@pytest.fixture
def invocations(jobs: list[Any]) -> Iterator[Invocations]:
    """Make a job function that keeps its events."""
    function = Function("JobFunction", "1", "r", lambda event, _context: jobs.append(event), 1)
    made = Invocations({function.name: function})
    yield made
    made.stop()


class TestUse:
    """Somebody uses the action."""

    def test_each_finding_is_an_event_of_its_own(self, invocations: Invocations, jobs: list[Any]) -> None:
        """Each finding that was chosen is an event of its own, and each a job of its own."""
        findings = control_findings(3)
        for event in ACTION.events(findings):
            RULE.take(event, invocations)
        invocations.drain()

        parsed = [parse_job(job) for job in jobs]
        assert 3 == len({job.key for job in parsed})
        assert {
            chosen([FindingIdentifier(finding["Id"], finding["ProductArn"])]) for finding in findings
        } == {job.query for job in parsed}  # type: ignore[union-attr]

    def test_insight_event_has_no_findings(self, invocations: Invocations, jobs: list[Any]) -> None:
        """It is led to the function by the action's name, and another action's is not."""
        for action in (ACTION, replace(ACTION, name="To Jira")):
            RULE.take(action.insight_event("Public buckets", {"arn:aws:s3:::bucket": 5}), invocations)
        invocations.drain()

        (job,) = map(parse_job, jobs)
        assert InsightJob(job.key, "Send to Slack", "Public buckets") == job

    def test_insight_event_may_name_the_action(self, invocations: Invocations, jobs: list[Any]) -> None:
        """Nobody has seen the real event: if its resource is the action, the name does not matter."""
        event = replace(ACTION, name="To Jira").insight_event("Public buckets", {})
        RULE.take(event | {"resources": [ACTION.arn]}, invocations)
        invocations.drain()

        assert 1 == len(jobs)

    def test_another_actions_event_is_not_delivered(self, invocations: Invocations, jobs: list[Any]) -> None:
        """The rule takes no other action's events."""
        (event,) = replace(ACTION, id="Another").events([a_control_finding(1)])
        RULE.take(event, invocations)
        invocations.drain()

        assert [] == jobs

    @pytest.mark.parametrize("count", [0, 21])
    def test_custom_action_takes_1_to_20_findings(self, count: int) -> None:
        """The console lets one choose between 1 and 20 findings."""
        with pytest.raises(ValueError, match="between 1 and 20"):
            ACTION.events(control_findings(count))
        assert 20 == len(ACTION.events(control_findings(20)))


class TestAction:
    """What Security Hub would not make."""

    @pytest.mark.parametrize(
        "changes", [{"id": "send-to-slack"}, {"id": "x" * 21}, {"id": ""}, {"name": "x" * 21}, {"name": ""}]
    )
    def test_malformed_custom_action_is_refused(self, changes: dict[str, str]) -> None:
        """An ID is of letters and digits, and a name is not long."""
        with pytest.raises(ValueError, match="at most 20"):
            replace(ACTION, **changes)


class TestRule:
    """Patterns."""

    EVENT: ClassVar[dict[str, Any]] = {"source": "aws.x", "resources": ["a", "b"], "detail": {"kind": "k"}}

    @pytest.mark.parametrize(
        ("pattern", "is_met"),
        [
            ({}, True),
            ({"source": ["aws.y", "aws.x"]}, True),
            ({"source": ["aws.y"]}, False),
            ({"resources": ["c", "b"]}, True),
            ({"resources": ["c"]}, False),
            ({"source": [{"prefix": "aws."}]}, True),
            ({"source": [{"prefix": "x"}]}, False),
            ({"nothing": [{"prefix": ""}]}, False),
            ({"detail": {"kind": ["k"]}}, True),
            ({"detail": {"kind": ["l"]}}, False),
            ({"source": {"kind": ["k"]}}, False),
            ({"nothing": ["x"]}, False),
            ({"$or": [{"source": ["aws.y"]}, {"detail": {"kind": ["k"]}}]}, True),
            ({"$or": [{"source": ["aws.y"]}, {"detail": {"kind": ["l"]}}]}, False),
            ({"$or": [{"source": ["aws.x"]}], "resources": ["c"]}, False),
        ],
    )
    def test_pattern_needs_every_field(self, pattern: dict[str, Any], is_met: bool) -> None:  # noqa: FBT001
        """Every field must have one of the values that the pattern gives for it."""
        assert is_met == matches(pattern, self.EVENT)

    @pytest.mark.parametrize("expected", ["aws.x", [{"suffix": ".x"}], [{"prefix": "a", "suffix": "x"}], [1]])
    def test_unknown_comparison_is_an_error(self, expected: Any) -> None:
        """A comparison that is not modelled here is an error, never taken for met or not."""
        with pytest.raises(ValueError, match="more than is modelled"):
            matches(Rule({"source": expected}, "f").pattern, self.EVENT)
