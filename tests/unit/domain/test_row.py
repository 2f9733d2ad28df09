"""What a person has seen of a problem."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus
from bot.domain.row import ReportRow, Row, Written, parse_row
from tests.builders import PRODUCT_ARN, a_finding, seen_in

ONE, OTHER = (FindingIdentifier(name, PRODUCT_ARN) for name in ("one", "other"))


def seen(**statuses: WorkflowStatus) -> ReportRow:
    """Make a problem whose findings have these statuses."""
    named = {FindingIdentifier(name, PRODUCT_ARN): status for name, status in statuses.items()}
    return ReportRow(named, "S3.8", "123456789012", "eu-west-1", Severity.HIGH, "arn:aws:s3:::日本\n")


class TestRow:
    """One problem of a report."""

    def test_row_is_read_as_written(self) -> None:
        """A line holds all fields, on one line with any name of a resource."""
        resources = (Resource("arn:aws:s3:::日本\n", "AwsS3Bucket"),)
        one = a_finding(identifiers=(ONE,), workflow_status=WorkflowStatus.NEW, resources=resources)
        row = Row([one, replace(one, identifiers=(OTHER,), workflow_status=WorkflowStatus.NOTIFIED)])
        statuses = {ONE: WorkflowStatus.NEW, OTHER: WorkflowStatus.NOTIFIED}
        place = (one.control_id, one.account_id, one.region, one.severity, resources[0].id)

        assert ReportRow(statuses, *place, began_at=one.first_observed_at) == parse_row(row.line())
        assert 1 == len(row.line().splitlines())

    def test_row_is_new_while_any_finding_is(self) -> None:
        """Its status is what the report's row says: NEW, or the last finding's."""
        assert WorkflowStatus.NEW == seen(one=WorkflowStatus.NEW, other=WorkflowStatus.NOTIFIED).status
        assert WorkflowStatus.NEW == seen(one=WorkflowStatus.NOTIFIED, other=WorkflowStatus.NEW).status
        assert WorkflowStatus.NOTIFIED == seen(one=WorkflowStatus.NOTIFIED).status

    def test_row_has_place_severity_and_status(self) -> None:
        """A row has a finding's place, severity and status."""
        finding = a_finding(1, workflow_status=WorkflowStatus.NOTIFIED)

        assert ReportRow(
            {finding.identifiers[0]: WorkflowStatus.NOTIFIED},
            finding.control_id,
            finding.account_id,
            finding.region,
            finding.severity,
            finding.resource_id,
            began_at=finding.first_observed_at,
        ) == seen_in(finding)

    @given(
        st.builds(
            a_finding,
            st.integers(0, 9),
            workflow_status=st.sampled_from(WorkflowStatus),
            note=st.none() | st.builds(Note, st.text(), st.text()),
            user_fields=st.dictionaries(st.text(), st.text(), max_size=2).map(lambda d: tuple(d.items())),
        )
    )
    def test_line_keeps_status_note_and_fields(self, finding: Finding) -> None:
        """The line of a finding has its status, and its note and fields if it has either."""
        (identifier,) = finding.identifiers
        row = parse_row(Row([finding]).line())
        written = Written(finding.note, dict(finding.user_fields))

        assert {identifier: finding.workflow_status} == row.statuses
        assert ({identifier: written} if any(written) else {}) == row.written

    def test_first_status_of_a_finding_is_kept(self) -> None:
        """A finding that was read twice is one, as it was first."""
        first = a_finding(identifiers=(ONE,), workflow_status=WorkflowStatus.NEW, note=Note("kept", "U1"))
        again = replace(first, workflow_status=WorkflowStatus.NOTIFIED, note=Note("later", "U2"))
        other = replace(again, identifiers=(OTHER,))
        row = Row([first, again, other]).seen()

        assert {ONE: WorkflowStatus.NEW, OTHER: WorkflowStatus.NOTIFIED} == row.statuses
        assert {ONE: "kept", OTHER: "later"} == {
            one: written.note.text for one, written in row.written.items() if written.note
        }
