"""
The AWS Security Finding Format, AWS's form of a finding. Only this module knows it.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html. Any field
but Id, ProductArn and AwsAccountId may be absent from the findings of some product.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.domain.finding import (
    MOST_TAG_CHARACTERS,
    Finding,
    FindingIdentifier,
    Note,
    Resource,
    Severity,
    WorkflowStatus,
)
from bot.domain.owners.routing import Routing
from bot.domain.triage import FindingState

Asff = Mapping[str, Any]

DEFAULT_TAGS = Routing().kept_tags

_GENERATOR = re.compile(
    r"security-control/(?P<control>.+)"
    r"|(?:arn:[^:]+:securityhub:::)?(?P<standard>[^:]*/v/[0-9.]+)/(?:rule/)?(?P<rule>[^/]+)"
)
"""
GeneratorId of Security Hub's own findings: `security-control/X` when consolidated; otherwise
`<standard>/v/<version>/X`, for CIS 1.2.0 `arn:aws:securityhub:::ruleset/<standard>/v/1.2.0/rule/2.7`.
"""

_TITLE_PREFIX = re.compile(r"(?:(?:PCI\.)?[A-Za-z][A-Za-z0-9]*\.[0-9]+|[0-9]+(?:\.[0-9]+)+)\s+(?=\S)")
"""The beginning of the title of a per-standard finding: `S3.8 `, `PCI.S3.1 `, `2.7 `."""

_NORMALIZED = ((90, Severity.CRITICAL), (70, Severity.HIGH), (40, Severity.MEDIUM), (1, Severity.LOW))
"""The least Severity.Normalized of each label: ASFF reference, attribute Severity."""

_SEVERITIES = {severity.value: severity for severity in Severity}
_STATUSES = {status.value: status for status in WorkflowStatus}


def parse_finding(asff: Asff, kept_tags: frozenset[str] = DEFAULT_TAGS) -> Finding:
    """
    Parse a finding. Absent fields become empty texts, never an error.

    Args:
        kept_tags: the keys of the tags to keep, in lower case.
    """
    compliance: Asff = asff.get("Compliance") or {}
    fields: Asff = asff.get("ProductFields") or {}
    generator = _generator(asff.get("GeneratorId") or "")
    product_arn = asff["ProductArn"]
    resources = asff.get("Resources") or ()
    note, user_fields = asff.get("Note"), asff.get("UserDefinedFields")
    return Finding(
        identifiers=(FindingIdentifier(asff["Id"], product_arn),),
        title=_title(asff, fields, generator),
        control_id=_control_id(compliance, fields, generator),
        severity=_severity(asff),
        account_id=asff["AwsAccountId"],
        account_name=asff.get("AwsAccountName") or "",
        region=asff.get("Region") or _arn_region(product_arn),
        resources=tuple([Resource(one.get("Id") or "", one.get("Type") or "") for one in resources]),
        standards=_standards(compliance, fields, generator),
        workflow_status=_workflow_status(asff),
        compliance_status=compliance.get("Status") or "",
        first_observed_at=asff.get("FirstObservedAt") or asff.get("CreatedAt") or "",
        updated_at=asff.get("UpdatedAt") or "",
        remediation_url=_remediation_url(asff, fields),
        note=Note(note.get("Text") or "", note.get("UpdatedBy") or "") if note else None,
        user_fields=tuple(user_fields.items()) if user_fields else (),
        tags=_tags(resources[0].get("Tags"), kept_tags) if resources else (),
    )


def asff_values(values: FindingState) -> dict[str, Any]:
    """Return the parameters of BatchUpdateFindings that set a state."""
    parameters: dict[str, Any] = {"Workflow": {"Status": str(values.status)}}
    if values.note:
        parameters["Note"] = {"Text": values.note.text, "UpdatedBy": values.note.updated_by}
    if values.fields:
        parameters["UserDefinedFields"] = values.fields
    return parameters


def has_tags(asff: Asff, tags: Sequence[str]) -> bool:
    """Return whether resources of a finding have, of each key in `Key=Value`, one of the values."""
    if not tags:
        return True
    pairs = [tuple(tag.split("=", 1)) for tag in tags]
    found = {pair for one in asff.get("Resources") or () for pair in (one.get("Tags") or {}).items()}
    return {key for key, _ in pairs} == {key for key, value in pairs if (key, value) in found}


def _tags(tags: Asff | None, kept_tags: frozenset[str]) -> tuple[tuple[str, str], ...]:
    if not tags:
        return ()
    return tuple(
        [
            (key, value[:MOST_TAG_CHARACTERS])
            for key, value in tags.items()
            if value and key.lower() in kept_tags
        ]
    )


@lru_cache(4096)
def _generator(generator_id: str) -> re.Match[str] | None:
    """Parse a GeneratorId, of which each control has a few."""
    return _GENERATOR.fullmatch(generator_id)


def _control_id(compliance: Asff, fields: Asff, generator: re.Match[str] | None) -> str:
    """Return Compliance.SecurityControlId; without it, the standard's own name of the control."""
    given = compliance.get("SecurityControlId") or fields.get("ControlId") or fields.get("RuleId")
    if given:
        return str(given)
    return (generator["control"] or generator["rule"]) if generator else ""


def _title(asff: Asff, fields: Asff, generator: re.Match[str] | None) -> str:
    title = asff.get("Title") or ""
    is_per_standard = "ControlId" in fields or "RuleId" in fields or bool(generator and generator["rule"])
    prefix = _TITLE_PREFIX.match(title) if is_per_standard else None
    return title[prefix.end() :] if prefix else title


def _severity(asff: Asff) -> Severity:
    given: Asff = asff.get("Severity") or {}
    provided: Asff = (asff.get("FindingProviderFields") or {}).get("Severity") or {}
    label: str = given.get("Label") or provided.get("Label") or ""
    if label in _SEVERITIES:
        return _SEVERITIES[label]
    normalized = given.get("Normalized") or 0
    return next((severity for least, severity in _NORMALIZED if normalized >= least), Severity.INFORMATIONAL)


def _workflow_status(asff: Asff) -> WorkflowStatus:
    """Return Workflow.Status. The deprecated WorkflowState stays NEW after every update."""
    status: str = (asff.get("Workflow") or {}).get("Status") or ""
    return _STATUSES.get(status, WorkflowStatus.NEW)


def _standards(compliance: Asff, fields: Asff, generator: re.Match[str] | None) -> tuple[str, ...]:
    associated = compliance.get("AssociatedStandards") or ()
    ids = [standard["StandardsId"] for standard in associated if standard.get("StandardsId")]
    if ids:
        return tuple(ids)
    arn = fields.get("StandardsArn") or fields.get("StandardsGuideArn")
    if arn:
        return (arn.rpartition(":")[2],)
    return (generator["standard"],) if generator and generator["standard"] else ()


def _remediation_url(asff: Asff, fields: Asff) -> str:
    recommendation: Asff = (asff.get("Remediation") or {}).get("Recommendation") or {}
    return recommendation.get("Url") or fields.get("RecommendationUrl") or asff.get("SourceUrl") or ""


def _arn_region(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""
