"""
The changes of a finding by a customer's update and by another report of its product.

Source: BatchUpdateFindings, BatchImportFindings and the shapes Workflow, Severity, Note and
FindingProviderFields in botocore's service model; for PASSED, the user guide's page on control findings:
https://docs.aws.amazon.com/securityhub/latest/userguide/controls-findings-create-update.html.
"""

from __future__ import annotations

from typing import Any

from playground.hub.findings.finding import STARTS_AS, Asff, complete_severity

CUSTOMERS = ("Note", "UserDefinedFields", "VerificationState", "Workflow")
"""The fields that a product sets when it creates a finding, and never again."""

SHARED = ("Confidence", "Criticality", "RelatedFindings", "Severity", "Types")
"""The fields that FindingProviderFields sets, until a customer updates them."""

UPDATABLE = (*CUSTOMERS, *SHARED)
"""The fields that BatchUpdateFindings takes."""

_REOPENED = frozenset({"NOTIFIED", "RESOLVED"})
_NOT_PASSED = frozenset({"WARNING", "FAILED", "NOT_AVAILABLE"})


def updated(finding: Asff, changes: Asff) -> Asff:
    """
    Return the finding with a customer's changes.

    UserDefinedFields replace those before: AWS does not document whether it merges them, and a bot that
    relied on it might lose fields. UpdatedAt and WorkflowState stay.
    """
    new = {**finding, **changes}
    if "Severity" in changes:
        new["Severity"] = complete_severity(changes["Severity"])
    return new


def reported(old: Asff | None, given: Asff, touched: frozenset[str], now: str) -> Asff:
    """
    Return the finding as its product reports it; fields that the product may not change stay.

    Args:
        old: the finding so far; None when it is new.
        given: the product's report.
        touched: which of SHARED a customer has updated.
        now: the timestamp for ProcessedAt.
    """
    new: dict[str, Any] = {**STARTS_AS, **given, "ProcessedAt": now}
    provided = {name: given[name] for name in SHARED if name in given}
    provided |= given.get("FindingProviderFields", {})
    new |= provided
    if "Severity" in provided:
        new["Severity"] = complete_severity(provided["Severity"])
        provided["Severity"] = {n: v for n, v in new["Severity"].items() if n in ("Label", "Original")}
    new["FindingProviderFields"] = provided
    if old is not None:
        _keep(new, old, (*CUSTOMERS, "WorkflowState", *touched))
        new["RecordState"] = given.get("RecordState", old.get("RecordState", "ACTIVE"))
    new["Workflow"] = {"Status": _workflow_status(old, new)}
    return new


def _keep(new: dict[str, Any], old: Asff, names: tuple[str, ...]) -> None:
    for name in names:
        new.pop(name, None)
        if name in old:
            new[name] = old[name]


def _workflow_status(old: Asff | None, new: Asff) -> str:
    status: str = new.get("Workflow", STARTS_AS["Workflow"])["Status"]
    if old is not None and _recurs(old, new) and status in _REOPENED:
        status = "NEW"
    if _compliance_of(new) == "PASSED" and status != "SUPPRESSED":
        status = "RESOLVED"
    return status


def _recurs(old: Asff, new: Asff) -> bool:
    is_back = old.get("RecordState") == "ARCHIVED" and new["RecordState"] == "ACTIVE"
    return is_back or (_compliance_of(old) == "PASSED" and _compliance_of(new) in _NOT_PASSED)


def _compliance_of(finding: Asff) -> str:
    return str(finding.get("Compliance", {}).get("Status", ""))
