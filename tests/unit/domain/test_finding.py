"""Findings that report the same problem."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding, FindingIdentifier, Severity, WorkflowStatus, merged
from tests.builders import a_finding

FINDINGS = st.builds(
    a_finding,
    number=st.integers(0, 5),
    severity=st.sampled_from(Severity),
    workflow_status=st.sampled_from([WorkflowStatus.NEW, WorkflowStatus.NOTIFIED]),
    first_observed_at=st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]),
    updated_at=st.sampled_from(["2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"]),
    standards=st.lists(st.sampled_from(["fsbp", "cis", "nist"]), unique=True).map(tuple),
)


class TestMerged:
    """Making one finding of two."""

    @given(FINDINGS, FINDINGS)
    def test_every_identifier_and_standard_of_both_is_kept(self, one: Finding, other: Finding) -> None:
        """Every identifier and standard of both is kept, each once."""
        both = merged(one, other)

        assert {*one.identifiers, *other.identifiers} == set(both.identifiers)
        assert len(both.identifiers) == len(set(both.identifiers))
        assert {*one.standards, *other.standards} == set(both.standards)

    @given(FINDINGS)
    def test_finding_merged_with_itself_is_unchanged(self, finding: Finding) -> None:
        """A finding read twice is still one."""
        assert finding == merged(finding, finding)

    @given(FINDINGS, FINDINGS)
    def test_merge_order_changes_no_count(self, one: Finding, other: Finding) -> None:
        """Severity, status and times do not depend on which was read first."""
        ways = [merged(one, other), merged(other, one)]

        assert 1 == len({(w.severity, w.workflow_status, w.first_observed_at, w.updated_at) for w in ways})

    @given(FINDINGS, FINDINGS)
    def test_merged_is_new_if_either_is(self, one: Finding, other: Finding) -> None:
        """A problem that one standard still reports as NEW is NEW."""
        assert (one.is_new or other.is_new) == merged(one, other).is_new

    def test_absent_time_is_not_the_earliest(self) -> None:
        """A time that one of them does not give is not the earliest."""
        undated = a_finding(first_observed_at="")

        assert a_finding().first_observed_at == merged(a_finding(), undated).first_observed_at
        assert "" == merged(undated, undated).first_observed_at


class TestProblem:
    """What makes two findings the same problem."""

    def test_problem_is_shared_across_standards(self) -> None:
        """Another standard's finding for the same resource is the same problem."""
        other = a_finding(1, identifiers=(FindingIdentifier("other", "arn"),), standards=("cis",))

        assert a_finding(1).problem == other.problem

    def test_same_name_in_another_region_is_another_resource(self) -> None:
        """The same name in another Region is another resource."""
        assert a_finding(1).problem != a_finding(1, region="us-east-1").problem

    def test_finding_without_resource_is_its_own_problem(self) -> None:
        """Findings without a resource are never taken for one another."""
        assert a_finding(1, resources=()).problem != a_finding(2, resources=()).problem

    def test_finding_without_control_is_its_own_problem(self) -> None:
        """Findings without a control are never taken for one another."""
        assert a_finding(1, control_id="").problem != a_finding(2, control_id="").problem
