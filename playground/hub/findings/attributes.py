"""
The filter attributes that the hub models, and where in a finding each one looks.

Source: the shapes AwsSecurityFindingFilters and AwsSecurityFinding in botocore's service model. An attribute
that AWS has and these tables have not is answered with NotModelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from playground.hub.findings.finding import Asff
from playground.hub.findings.times import seconds_of

Value = Any
"""The entry of an index for a finding: a text, a (key, value) pair, or seconds since 1970; hashable."""

Reader = Callable[[Asff], Iterator[Value]]
"""Returns a finding's values of one attribute: none, one, or one per resource, standard or tag."""

STRINGS = {
    "AwsAccountId": "AwsAccountId",
    "AwsAccountName": "AwsAccountName",
    "CompanyName": "CompanyName",
    "ComplianceAssociatedStandardsId": "Compliance.AssociatedStandards.StandardsId",
    "ComplianceSecurityControlId": "Compliance.SecurityControlId",
    "ComplianceStatus": "Compliance.Status",
    "Description": "Description",
    "GeneratorId": "GeneratorId",
    "Id": "Id",
    "NoteText": "Note.Text",
    "NoteUpdatedBy": "Note.UpdatedBy",
    "ProductArn": "ProductArn",
    "ProductName": "ProductName",
    "RecordState": "RecordState",
    "Region": "Region",
    "ResourceApplicationArn": "Resources.ApplicationArn",
    "ResourceApplicationName": "Resources.ApplicationName",
    "ResourceId": "Resources.Id",
    "ResourcePartition": "Resources.Partition",
    "ResourceRegion": "Resources.Region",
    "ResourceType": "Resources.Type",
    "SeverityLabel": "Severity.Label",
    "Title": "Title",
    "Type": "Types",
    "VerificationState": "VerificationState",
    # Deprecated: it says what the finding was made with, mostly NEW, and no operation changes it, so a filter
    # on it finds what somebody has suppressed or marked NOTIFIED.
    "WorkflowState": "WorkflowState",
    "WorkflowStatus": "Workflow.Status",
}
"""Attributes that take StringFilters, with the path of the values; a list on the way gives several."""

MAPS = {
    "ProductFields": "ProductFields",
    "ResourceTags": "Resources.Tags",
    "UserDefinedFields": "UserDefinedFields",
}
"""Attributes that take MapFilters."""

DATES = {
    "CreatedAt": "CreatedAt",
    "FirstObservedAt": "FirstObservedAt",
    "LastObservedAt": "LastObservedAt",
    "NoteUpdatedAt": "Note.UpdatedAt",
    "UpdatedAt": "UpdatedAt",
}
"""Attributes that take DateFilters."""

NUMBERS = {"SeverityNormalized": "Severity.Normalized"}
"""Attributes that can be sorted by; as filters they are not modelled."""


def reader(attribute: str) -> Reader:
    """Make the reader of an attribute of one of the tables."""
    if attribute in DATES:
        path = DATES[attribute].split(".")
        return lambda finding: map(seconds_of, _values(finding, path))
    if attribute in MAPS:
        path = MAPS[attribute].split(".")
        return lambda finding: (pair for fields in _values(finding, path) for pair in fields.items())
    path = {**STRINGS, **NUMBERS}[attribute].split(".")
    return lambda finding: _values(finding, path)


def _values(node: Any, path: list[str]) -> Iterator[Any]:
    for depth, name in enumerate(path):
        node = node.get(name)
        if node is None:
            return
        if isinstance(node, list):
            rest = path[depth + 1 :]
            for item in node:
                yield from _values(item, rest)
            return
    yield node
