"""Reports: their order, and what their summaries count."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding, Severity, WorkflowStatus
from bot.domain.report import TOP_COUNT, TallyCounter, Unread, sort_key, summarize
from tests.builders import a_finding, a_report, tallied

FINDINGS = st.lists(
    st.builds(
        a_finding,
        number=st.integers(0, 99),
        control_id=st.sampled_from(["S3.8", "S3.1", "EC2.19", ""]),
        severity=st.sampled_from(Severity),
        account_id=st.sampled_from(["111111111111", "222222222222"]),
        workflow_status=st.sampled_from([WorkflowStatus.NEW, WorkflowStatus.NOTIFIED]),
    ),
    max_size=8,
)


class TestTally:
    """Findings in numbers."""

    @given(st.lists(FINDINGS, max_size=4))
    def test_summaries_of_parts_add_up(self, parts: list[list[Finding]]) -> None:
        """Parts counted apart are what all of them are together, however they were cut."""
        together = tallied(finding for part in parts for finding in part)

        counter = TallyCounter()
        for part in parts:
            counter.add(part)

        assert together == counter.tally(finding for part in parts for finding in part)


class TestSummarised:
    """Counting a report."""

    @given(FINDINGS)
    def test_every_finding_is_counted_once(self, findings: list[Finding]) -> None:
        """The counts by severity and by control each add up to all that was found."""
        summary = summarize(a_report(findings), "id", None)

        assert len(findings) == summary.finding_count
        assert Counter(f.severity for f in findings) == Counter(summary.by_severity)
        assert Counter(f.control_id for f in findings) == Counter(summary.by_control)

    @given(FINDINGS)
    def test_new_findings_are_counted_apart(self, findings: list[Finding]) -> None:
        """What is NEW is counted apart: it is what a click can still change."""
        summary = summarize(a_report(findings), "id", None)

        assert sum(f.workflow_status == "NEW" for f in findings) == summary.new_count

    @given(FINDINGS)
    def test_summary_keeps_the_first_ten(self, findings: list[Finding]) -> None:
        """It keeps the first ten of the report's order, however many there are."""
        first = tuple(sorted(findings, key=sort_key)[:TOP_COUNT])

        assert first == summarize(a_report(findings), "id", None).top

    def test_most_severe_and_most_frequent_come_first(self) -> None:
        """The most severe and the most frequent come first, and none that is 0."""
        findings = [
            a_finding(1, severity=Severity.LOW, control_id="S3.8"),
            a_finding(2, severity=Severity.LOW, control_id="S3.8"),
            a_finding(3, severity=Severity.CRITICAL, control_id="EC2.19"),
            a_finding(4, severity=Severity.LOW, control_id="AAA.1"),
        ]
        summary = summarize(a_report(findings), "id", None)

        assert [(Severity.CRITICAL, 1), (Severity.LOW, 3)] == list(summary.by_severity.items())
        assert [("S3.8", 2), ("AAA.1", 1), ("EC2.19", 1)] == list(summary.by_control.items())

    def test_summary_keeps_unread_queries(self) -> None:
        """What could not be read goes with the counts, or they would pass for complete."""
        unread = (Unread(("S3.1",), "throttled", {"service": "AWS", "call": "x"}),)

        assert unread == summarize(a_report(unread=unread), "id", None).unread
        assert a_report(unread=unread).is_partial
        assert not a_report().is_partial
