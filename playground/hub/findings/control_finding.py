"""
Findings of Security Hub's own controls in both of their forms, consolidated and per standard.

Source of the forms of Id, GeneratorId, Title and ProductFields:
https://docs.aws.amazon.com/securityhub/latest/userguide/asff-changes-consolidation.html.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.control import Control
from playground.hub.findings.finding import complete_severity
from playground.hub.findings.times import timestamp


@dataclass(frozen=True)
class Standard:
    """A security standard, and the controls that it has."""

    id: str
    """StandardsId: the resource part of the standard's ARN."""
    names: dict[str, str]
    """Control ID to the standard's own name for it."""

    @property
    def path(self) -> str:
        """The ID without its kind: `cis-aws-foundations-benchmark/v/1.4.0`."""
        return self.id.partition("/")[2]

    @property
    def has_rules(self) -> bool:
        """Whether it is the old CIS 1.2.0, which has rules and a guide where others have controls."""
        return self.id.startswith("ruleset/")

    def arn(self, region: str) -> str:
        """Return the standard's ARN; a ruleset's has no Region."""
        return f"arn:aws:securityhub:{'' if self.has_rules else region}::{self.id}"


FSBP = Standard("standards/aws-foundational-security-best-practices/v/1.0.0", {})
"""Names its controls as Security Hub does, and has all that the local world uses."""

STANDARDS = (
    Standard(
        "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
        {"CloudTrail.2": "2.7", "KMS.4": "2.8", "IAM.4": "1.12", "IAM.9": "1.13", "IAM.6": "1.14"},
    ),
    Standard(
        "standards/cis-aws-foundations-benchmark/v/1.4.0",
        {"CloudTrail.2": "3.7", "KMS.4": "3.8", "IAM.4": "1.4", "IAM.9": "1.5", "IAM.6": "1.6"},
    ),
    Standard(
        "standards/nist-800-53/v/5.0.0",
        {name: name for name in ("S3.8", "S3.1", "EC2.19", "EC2.2", "RDS.3", "Lambda.1", "CloudTrail.2")},
    ),
    Standard(
        "standards/pci-dss/v/3.2.1",
        {name: f"PCI.{name}" for name in ("CloudTrail.2", "EC2.2", "Lambda.1", "Opensearch.1", "KMS.4")},
    ),
)
"""The standards beside FSBP, each with some of its controls."""


@dataclass(frozen=True)
class Problem:
    """A control's results for some resources."""

    control: Control
    account_id: str
    account_name: str
    region: str
    resources: tuple[dict[str, Any], ...]
    """Resources[] of ASFF, at least one."""
    compliance: str
    workflow: str
    record_state: str
    updated_at: datetime
    title: str = ""
    """Instead of the control's."""
    standards: tuple[Standard, ...] = field(default=(FSBP,))


def standards_of(control_id: str) -> tuple[Standard, ...]:
    """Return the standards that have a control."""
    return (FSBP, *(standard for standard in STANDARDS if control_id in standard.names))


def consolidated(problem: Problem) -> dict[str, Any]:
    """Write one finding for any number of standards."""
    control_id = problem.control.id
    return _finding(
        problem,
        id_path=f"security-control/{control_id}",
        generator=f"security-control/{control_id}",
        title=problem.title or problem.control.title,
        compliance={
            "SecurityControlId": control_id,
            "AssociatedStandards": [{"StandardsId": standard.id} for standard in problem.standards],
        },
    )


def per_standard(problem: Problem, standard: Standard, *, has_control_id: bool = True) -> dict[str, Any]:
    """Write one of the findings, one per standard; before February 2023 they had no SecurityControlId."""
    control_id = problem.control.id
    name = standard.names.get(control_id, control_id)
    generator = f"{standard.path}/{name}"
    compliance: dict[str, Any] = {}
    if has_control_id:
        compliance = {"SecurityControlId": control_id, "AssociatedStandards": [{"StandardsId": standard.id}]}
    finding = _finding(
        problem,
        id_path=f"subscription/{generator}",
        generator=f"{standard.arn('')}/rule/{name}" if standard.has_rules else generator,
        title=f"{name} {problem.title or problem.control.title}",
        compliance=compliance,
    )
    kind = ("StandardsGuideArn", "RuleId") if standard.has_rules else ("StandardsArn", "ControlId")
    url = finding["Remediation"]["Recommendation"]["Url"]
    fields = {kind[0]: standard.arn(problem.region), kind[1]: name, "RecommendationUrl": url}
    return {**finding, "ProductFields": fields}


def _finding(
    problem: Problem, *, id_path: str, generator: str, title: str, compliance: dict[str, Any]
) -> dict[str, Any]:
    control, region, account_id = problem.control, problem.region, problem.account_id
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{id_path}/{account_id}/{region}/{problem.resources[0]['Id']}")
    url = f"https://docs.aws.amazon.com/console/securityhub/{control.id}/remediation"
    severity = complete_severity({"Label": control.severity.name, "Original": control.severity.name})
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{region}:{account_id}:{id_path}/finding/{name}",
        "ProductArn": f"arn:aws:securityhub:{region}::product/aws/securityhub",
        "ProductName": "Security Hub CSPM",
        "CompanyName": "AWS",
        "Region": region,
        "GeneratorId": generator,
        "AwsAccountId": account_id,
        "AwsAccountName": problem.account_name,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        **_times(problem.updated_at),
        "Severity": severity if problem.compliance != "PASSED" else complete_severity({"Normalized": 0}),
        "Title": title,
        "Description": f"This control checks the following: {control.title}.",
        "Remediation": {"Recommendation": {"Text": "See the documentation of the control.", "Url": url}},
        "Resources": list(problem.resources),
        "Compliance": {"Status": problem.compliance, **compliance},
        # Deprecated, and NEW in any workflow status: see playground.hub.findings.attributes.
        "WorkflowState": "NEW",
        "Workflow": {"Status": problem.workflow},
        "RecordState": problem.record_state,
    }


def _times(updated_at: datetime) -> dict[str, str]:
    updated, observed = updated_at.timestamp(), (updated_at - timedelta(days=9)).timestamp()
    return {
        "FirstObservedAt": timestamp(observed),
        "LastObservedAt": timestamp(updated),
        "CreatedAt": timestamp(observed),
        "UpdatedAt": timestamp(updated),
    }
