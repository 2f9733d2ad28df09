"""
A finding in the AWS Security Finding Format, and the fields that Security Hub adds.

Findings are never changed in place: a change makes a new dict that shares the unchanged parts.
Source: the shape AwsSecurityFinding in botocore's service model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Asff = Mapping[str, Any]

Key = tuple[str, str]
"""ProductArn and Id, which together identify a finding."""

MAX_BYTES = 240 * 1024
"""The greatest size of a finding: BatchImportFindings, "240 Kb"."""

STARTS_AS: Asff = {"Workflow": {"Status": "NEW"}, "WorkflowState": "NEW", "RecordState": "ACTIVE"}
"""The default fields of a finding."""

_LABELS = ((90, "CRITICAL"), (70, "HIGH"), (40, "MEDIUM"), (1, "LOW"), (0, "INFORMATIONAL"))
"""The least Severity.Normalized of each Label; also the Normalized that a Label alone is given."""


def key_of(finding: Asff) -> Key:
    """Return a finding's identity."""
    return str(finding["ProductArn"]), str(finding["Id"])


def size_of(finding: Asff) -> int:
    """Return the bytes that a finding takes in an answer."""
    return len(json.dumps(finding, ensure_ascii=False, separators=(",", ":")).encode())


def complete_severity(severity: Asff) -> dict[str, Any]:
    """Fill in Label or Normalized from the other: shape Severity, members Label and Normalized."""
    complete = dict(severity)
    if "Label" not in complete and "Normalized" in complete:
        complete["Label"] = next(label for least, label in _LABELS if complete["Normalized"] >= least)
    elif "Label" in complete and "Normalized" not in complete:
        complete["Normalized"] = next(least for least, label in _LABELS if label == complete["Label"])
    return complete
