"""Findings as Security Hub keeps them, valid unless a test says otherwise."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
STANDARD = "standards/aws-foundational-security-best-practices/v/1.0.0"


def a_control_finding(
    number: int, control_id: str = "S3.8", *, region: str = REGION, account: str = ACCOUNT, **changes: Any
) -> dict[str, Any]:
    """Make a failed, active, NEW finding of a control; another number is another bucket."""
    name = f"arn:aws:securityhub:{region}:{account}:security-control/{control_id}/finding/{number:04}"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": name,
        "ProductArn": f"arn:aws:securityhub:{region}::product/aws/securityhub",
        "ProductName": "Security Hub CSPM",
        "CompanyName": "AWS",
        "GeneratorId": f"security-control/{control_id}",
        "AwsAccountId": account,
        "AwsAccountName": "prod",
        "Region": region,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "FirstObservedAt": "2026-11-01T00:00:00.000Z",
        "LastObservedAt": "2026-11-23T00:00:00.000Z",
        "CreatedAt": "2026-11-01T00:00:00.000Z",
        "UpdatedAt": "2026-11-23T00:00:00.000Z",
        "Severity": {"Label": "HIGH", "Normalized": 70, "Original": "HIGH"},
        "Title": "S3 general purpose buckets should block public access",
        "Description": "Checks the bucket's public access block.",
        "Remediation": {
            "Recommendation": {
                "Text": "For information on how to correct this issue, consult the documentation.",
                "Url": f"https://docs.aws.amazon.com/console/securityhub/{control_id}/remediation",
            }
        },
        "Resources": [
            {
                "Type": "AwsS3Bucket",
                "Id": f"arn:aws:s3:::bucket-{number}",
                "Partition": "aws",
                "Region": region,
            }
        ],
        "Compliance": {
            "Status": "FAILED",
            "SecurityControlId": control_id,
            "AssociatedStandards": [{"StandardsId": STANDARD}],
        },
        "Workflow": {"Status": "NEW"},
        "WorkflowState": "NEW",
        "RecordState": "ACTIVE",
        **changes,
    }


def control_findings(count: int, control_id: str = "S3.8", **changes: Any) -> list[dict[str, Any]]:
    """Make findings of different buckets."""
    return [a_control_finding(number, control_id, **changes) for number in range(count)]
