"""Made-up findings, actions and edits for the doctor's sample messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from bot.domain.action import Action, ActionRequest
from bot.domain.csv_edit import EditedChange, EditSummary, Wrong, WrongRow
from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus
from bot.domain.query import Query
from bot.domain.report import Report, ReportKind, Summary, Tally, Unread, summarize
from bot.domain.triage import ActionResult, Skip

ID = "0" * 32
"""ID of a report, an action or a plan."""
PERSON = "U0000000000"
AT = datetime(2026, 1, 1, tzinfo=UTC)
SUPPRESS = ActionRequest(Action.SUPPRESS, "A reason", date(2026, 12, 31))


def summary(count: int, *unread: Unread, query: Query | None = None) -> Summary:
    """Make the summary of a report with `count` findings."""
    findings = tuple(_finding(number) for number in range(count))
    tally = Tally(count, count, {Severity.HIGH: count}, {"S3.8": count}, findings)
    report = Report(query or Query(controls=("S3.8",)), AT, tally, unread, Path(), Path())
    return summarize(report, ID, PERSON)


SUPPRESSED = Query(controls=(), statuses=(WorkflowStatus.SUPPRESSED,))
UNREAD = Unread(("S3.1",), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"})
REPORT_KINDS = {"ended suppressions": ReportKind.EXPIRED, "ending suppressions": ReportKind.EXPIRING}


def act(row: int | None = None) -> ActionResult:
    """Make the result of an action on a row of a report, or on many."""
    changed = {WorkflowStatus.SUPPRESSED: 1 if row is not None else 3}
    rows = dict.fromkeys((0, 1) if row is None else (row,), WorkflowStatus.SUPPRESSED)
    return ActionResult(
        f"{ID[1:]}{9 if row is None else row}", PERSON, AT, SUPPRESS, row, changed, rows, {Skip.CHANGED: 1}, 1
    )


def edit(*, is_empty: bool = False) -> EditSummary:
    """Make the changes of an edited CSV."""
    empty = EditSummary(PERSON, "example.csv", AT.isoformat(), row_count=1, unchanged_count=1)
    if is_empty:
        return empty
    return replace(
        empty,
        row_count=3,
        changes=((EditedChange(WorkflowStatus.NOTIFIED, "A note"), 1),),
        change_count=1,
        by_status={WorkflowStatus.NOTIFIED: 1},
        by_control={"S3.8": 1},
        by_account={"123456789012": 1},
        wrong_rows=(WrongRow(2, Wrong.STATUS, "text"),),
        wrong_count=1,
    )


def _finding(number: int) -> Finding:
    arn = f"arn:aws:securityhub:us-east-1:123456789012:security-control/S3.8/finding/{number}"
    return Finding(
        identifiers=(FindingIdentifier(arn, "arn:aws:securityhub:us-east-1::product/aws/securityhub"),),
        title="S3 general purpose buckets should block public access",
        control_id="S3.8",
        severity=Severity.HIGH,
        account_id="123456789012",
        account_name="example",
        region="us-east-1",
        resources=(Resource(f"arn:aws:s3:::example-{number}", "AwsS3Bucket"),),
        standards=(),
        workflow_status=WorkflowStatus.NEW,
        compliance_status="FAILED",
        first_observed_at="2026-01-01T00:00:00.000Z",
        updated_at="2026-01-01T00:00:00.000Z",
        remediation_url="",
    )
