"""
BatchUpdateFindings.

Source: the operation and the shapes BatchUpdateFindingsUnprocessedFinding, NoteUpdate and AwsSecurityFinding
(lengths) in botocore's service model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.hub.errors import invalid
from playground.hub.findings.changes import UPDATABLE, updated
from playground.hub.findings.finding import MAX_BYTES, Asff, Key, key_of, size_of
from playground.hub.hub import Hub

MAX_IDENTIFIERS = 100
MAX_NOTE = 512
MAX_FIELDS, MAX_FIELD_NAME, MAX_FIELD_VALUE = 50, 128, 1024
MAX_TYPES, MAX_RELATED = 50, 10

REFUSALS = {
    "ConcurrentUpdateError": "Concurrent finding updates detected",
    "DuplicatedFindingIdentifier": "Finding Identifier is duplicated",
    "FindingNotFound": "Finding Not Found",
    "FindingSizeExceeded": "Finding size exceeded 240 KB",
    "InternalFailure": "Internal service failure",
    "InvalidInput": "Invalid Input",
}
"""ErrorCode and ErrorMessage of a finding that was not updated; all that there are."""


def batch_update_findings(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Set the same values on up to 100 findings; each that cannot be is told of by itself."""
    _check(parameters)
    changes = {name: parameters[name] for name in UPDATABLE if name in parameters}
    if "Note" in changes:
        changes["Note"] = {**changes["Note"], "UpdatedAt": hub.now}
    processed: list[Asff] = []
    unprocessed: list[Asff] = []
    seen: set[Key] = set()
    for identifier in parameters["FindingIdentifiers"]:
        refusal = _refusal(hub, identifier, changes, seen)
        seen.add(key_of(identifier))
        if refusal is None:
            hub.change(key_of(identifier), changes)
            processed.append(identifier)
        else:
            unprocessed.append(
                {
                    "FindingIdentifier": identifier,
                    "ErrorCode": refusal,
                    "ErrorMessage": REFUSALS.get(refusal, refusal),
                }
            )
    return {"ProcessedFindings": processed, "UnprocessedFindings": unprocessed}


def _refusal(hub: Hub, identifier: Asff, changes: Asff, seen: set[Key]) -> str | None:
    """Say why a finding is not updated; None when it can be."""
    ordered = hub.refuse_once.pop(identifier["Id"], None) or hub.refuse.get(identifier["Id"])
    if ordered:
        return ordered
    if key_of(identifier) in seen:
        return "DuplicatedFindingIdentifier"
    if not identifier["ProductArn"].startswith("arn:"):
        return "InvalidInput"
    holder = hub.holder(key_of(identifier))
    finding = holder.findings.get(key_of(identifier)) if holder else None
    if holder is None or finding is None:
        return "FindingNotFound"
    if size_of(updated(holder.foreseen(finding), changes)) > MAX_BYTES:
        return "FindingSizeExceeded"
    return None


def _check(parameters: Mapping[str, Any]) -> None:
    for name, problem in _problems(parameters):
        raise invalid(name, f"data.{problem}")


def _problems(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    count = len(parameters["FindingIdentifiers"])
    if not 1 <= count <= MAX_IDENTIFIERS:
        yield "FindingIdentifiers", f"FindingIdentifiers should have 1 to {MAX_IDENTIFIERS} items"
    if not any(name in parameters for name in UPDATABLE):
        yield "Workflow", f"should have one of the properties {', '.join(UPDATABLE)}"
    if len(parameters.get("Note", {}).get("Text", "")) > MAX_NOTE:
        yield "Note", f"Note.Text should NOT be longer than {MAX_NOTE} characters"
    for name, most in (
        ("UserDefinedFields", MAX_FIELDS),
        ("Types", MAX_TYPES),
        ("RelatedFindings", MAX_RELATED),
    ):
        if len(parameters.get(name, ())) > most:
            yield name, f"{name} should NOT have more than {most} items"
    for key, value in parameters.get("UserDefinedFields", {}).items():
        if len(key) > MAX_FIELD_NAME:
            yield (
                "UserDefinedFields",
                f"UserDefinedFields key should NOT be longer than {MAX_FIELD_NAME} characters",
            )
        if len(value) > MAX_FIELD_VALUE:
            yield (
                "UserDefinedFields",
                f"UserDefinedFields['{key}'] should NOT be longer than {MAX_FIELD_VALUE} characters",
            )
