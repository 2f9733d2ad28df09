"""
A finding in the AWS Security Finding Format, and what Security Hub itself adds to one.

Findings are never changed in place: whoever changes one makes a new dict that shares the untouched parts.
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
"""What a finding has when whoever made it says nothing about it."""

_LABELS = ((90, "CRITICAL"), (70, "HIGH"), (40, "MEDIUM"), (1, "LOW"), (0, "INFORMATIONAL"))
"""The least Severity.Normalized of each Label; also the Normalized that a Label alone is given."""


def key_of(finding: Asff) -> Key:
    """Give a finding's identity."""
    return str(finding["ProductArn"]), str(finding["Id"])


def size_of(finding: Asff) -> int:
    """Give the bytes that a finding takes in an answer."""
    return len(json.dumps(finding, ensure_ascii=False, separators=(",", ":")).encode())


def complete_severity(severity: Asff) -> dict[str, Any]:
    """Fill in Label or Normalized from the other: shape Severity, members Label and Normalized."""
    complete = dict(severity)
    if "Label" not in complete and "Normalized" in complete:
        complete["Label"] = next(label for least, label in _LABELS if complete["Normalized"] >= least)
    elif "Label" in complete and "Normalized" not in complete:
        complete["Normalized"] = next(least for least, label in _LABELS if label == complete["Label"])
    return complete
