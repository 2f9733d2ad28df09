"""Valid objects, of which a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.control import Catalogue, Control, Standard
from bot.domain.finding import Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus
from bot.domain.job import ActJob, CancelJob, Requester, ScanJob
from bot.domain.owners.routing import Routing
from bot.domain.query import Query
from bot.domain.report import TOP_COUNT, Report, Summary, Tally, TallyCounter, Unread, summarize
from bot.domain.row import ReportRow, Row
from bot.domain.triage import ActionResult
from bot.i18n import Locale
from bot.render.csv_file import encoded, header_text, owner_cells, row_text

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
PRODUCT_ARN = "arn:aws:securityhub:ap-northeast-1::product/aws/securityhub"
PERSON = Requester("U0PERSON", "https://hooks.slack.com/commands/T/1/x")

CATALOGUE = Catalogue(
    (
        Control(
            "S3.1",
            "S3 general purpose buckets should have block public access settings enabled",
            Severity.MEDIUM,
        ),
        Control("S3.8", "S3 general purpose buckets should block public access", Severity.HIGH),
        Control("EC2.19", "Security groups should not allow unrestricted access to ports", Severity.CRITICAL),
        Control("ECR.1", "ECR private repositories should have image scanning configured", Severity.HIGH),
        Control("Autoscaling.5", "Auto Scaling groups should not assign public IPs", Severity.HIGH),
    )
)


def some_standards() -> tuple[Standard, ...]:
    """Return standards, of which FSBP and two versions of CIS are enabled."""
    enabled = (
        "standards/aws-foundational-security-best-practices/v/1.0.0",
        "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
        "standards/cis-aws-foundations-benchmark/v/1.4.0",
    )
    others = ("standards/cis-aws-foundations-benchmark/v/3.0.0", "standards/pci-dss/v/4.0.1")
    return tuple(Standard(one, one in enabled) for one in (*enabled, *others))


def a_finding(number: int = 1, **changes: Any) -> Finding:
    """Make a finding; another number is another resource."""
    finding = Finding(
        identifiers=(
            FindingIdentifier(
                f"arn:aws:securityhub:ap-northeast-1:123456789012:security-control/S3.8/finding/{number:04}",
                PRODUCT_ARN,
            ),
        ),
        title="S3 general purpose buckets should block public access",
        control_id="S3.8",
        severity=Severity.HIGH,
        account_id="123456789012",
        account_name="prod",
        region="ap-northeast-1",
        resources=(Resource(f"arn:aws:s3:::bucket-{number}", "AwsS3Bucket"),),
        standards=("standards/aws-foundational-security-best-practices/v/1.0.0",),
        workflow_status=WorkflowStatus.NEW,
        compliance_status="FAILED",
        first_observed_at="2026-11-01T00:00:00.000Z",
        updated_at="2026-11-23T12:00:00.000Z",
        remediation_url="https://docs.aws.amazon.com/console/securityhub/S3.8/remediation",
    )
    return replace(finding, **changes)


def a_threat(number: int = 1, **changes: Any) -> Finding:
    """Make a finding of GuardDuty's, which is of no control and has no Compliance."""
    finding = a_finding(
        number,
        identifiers=(
            FindingIdentifier(
                f"arn:aws:guardduty:ap-northeast-1:123456789012:detector/d/finding/{number:04}",
                "arn:aws:securityhub:ap-northeast-1::product/aws/guardduty",
            ),
        ),
        title="Unusual console login",
        control_id="",
        resources=(
            Resource(f"arn:aws:ec2:ap-northeast-1:123456789012:instance/i-{number}", "AwsEc2Instance"),
        ),
        standards=(),
        compliance_status="",
        remediation_url="",
    )
    return replace(finding, **changes)


def some_findings(count: int) -> list[Finding]:
    """Make findings of different resources."""
    return [a_finding(number) for number in range(count)]


def tallied(findings: Iterable[Finding]) -> Tally:
    """Count findings one by one."""
    counter, counted = TallyCounter(), list(findings)
    counter.add(counted)
    return counter.tally(counted)


def a_report(findings: Iterable[Finding] = (), **changes: Any) -> Report:
    """Make a report of a scan for S3.8."""
    tally = tallied(findings)
    report = Report(Query(controls=("S3.8",)), NOW, tally, (), Path("findings.csv"), Path("seen.jsonl"))
    return replace(report, **changes)


def a_csv(findings: Iterable[Finding], locale: Locale = Locale.JA, report_id: str = "") -> bytes:
    """Write findings as they come into a CSV."""
    lookup = Routing().lookup()
    owned = [(finding, owner_cells(lookup.owners_of(finding), locale)) for finding in findings]
    text = header_text(locale) + "".join([row_text(finding, report_id, owner) for finding, owner in owned])
    return encoded(text)


def a_summary(findings: Iterable[Finding] = (), unread: tuple[Unread, ...] = (), **changes: Any) -> Summary:
    """Make a report's summary, asked for by PERSON."""
    summary = summarize(a_report(findings, unread=unread), "0123456789abcdef", PERSON.user_id)
    return replace(summary, **changes)


def an_act(count: int = 1, row: int | None = None, **changes: Any) -> ActionResult:
    """Make what PERSON has done with the first findings, or with a row: marked them NOTIFIED."""
    status = WorkflowStatus.NOTIFIED
    rows = range(min(count, TOP_COUNT)) if row is None else (row,)
    act = ActionResult(
        act_id="fedcba9876543210",
        user_id=PERSON.user_id,
        acted_at=NOW,
        request=ActionRequest(Action.NOTIFY),
        row=row,
        changed={status: count} if count else {},
        rows=dict.fromkeys(rows, status),
        skipped={},
        refused_count=0,
    )
    return replace(act, **changes)


def a_scan_job(**changes: Any) -> ScanJob:
    """Make the job of a slash command by PERSON."""
    return replace(ScanJob("slack/1.2.3", Query(controls=("S3.8",)), "C0SECURITY", PERSON), **changes)


def an_act_job(report_id: str, row: int | None = None, **changes: Any) -> ActJob:
    """Make the job of a click by PERSON that marks a row that was NEW, or all, NOTIFIED."""
    selection = Selection(row=row, statuses=(WorkflowStatus.NEW,))
    request = ActionRequest(Action.NOTIFY)
    job = ActJob("slack/4.5.6", report_id, request, selection, "C0SECURITY", "1.000001", PERSON)
    return replace(job, **changes)


def a_cancel_job(report_id: str, **changes: Any) -> CancelJob:
    """Make the job of a click on Cancel by PERSON."""
    return replace(CancelJob("slack/7.8.9", report_id, "C0SECURITY", "1.000001", PERSON), **changes)


def an_asff(finding: Finding) -> dict[str, Any]:
    """Write a finding as Security Hub would, in the consolidated form."""
    ((finding_id, product_arn),) = finding.identifiers
    compliance = {
        "Status": finding.compliance_status,
        "SecurityControlId": finding.control_id,
        "AssociatedStandards": [{"StandardsId": standard} for standard in finding.standards],
    }
    asff: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": finding_id,
        "ProductArn": product_arn,
        "GeneratorId": f"security-control/{finding.control_id}" if finding.control_id else "a-detector",
        "AwsAccountId": finding.account_id,
        "AwsAccountName": finding.account_name,
        "Region": finding.region,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "FirstObservedAt": finding.first_observed_at,
        "CreatedAt": finding.first_observed_at,
        "UpdatedAt": finding.updated_at,
        "Severity": {"Label": str(finding.severity), "Original": str(finding.severity)},
        "Title": finding.title,
        "Description": finding.title,
        "Remediation": {"Recommendation": {"Url": finding.remediation_url}},
        "ProductFields": {},
        "Resources": [{"Id": resource.id, "Type": resource.type} for resource in finding.resources],
        "Workflow": {"Status": str(finding.workflow_status)},
        "RecordState": "ACTIVE",
    }
    if finding.tags:
        asff["Resources"][0]["Tags"] = dict(finding.tags)
    asff |= {"Compliance": compliance} if finding.compliance_status else {}
    return asff | ({"Note": _note(finding.note)} if finding.note else {})


def a_note(text: str) -> Note:
    """Make a note of somebody's."""
    return Note(text, "somebody")


def _note(note: Note) -> dict[str, str]:
    return {"Text": note.text, "UpdatedBy": note.updated_by, "UpdatedAt": "2026-11-20T00:00:00.000Z"}


def seen_in(finding: Finding) -> ReportRow:
    """Return the row that a report has of a finding."""
    return Row([finding]).seen()
