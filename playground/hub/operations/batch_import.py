"""
BatchImportFindings.

Source: the operation and the shapes AwsSecurityFinding and Resource (lengths) in botocore's service model;
the wording of a refused finding, https://github.com/aws-samples/aws-securityhub-config-integration/issues/3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.hub.findings.finding import MAX_BYTES, Asff, size_of
from playground.hub.findings.times import seconds_of
from playground.hub.hub import Hub
from playground.hub.shapes import problems, service_model

MAX_LENGTHS = {"Id": 512, "ProductArn": 2048, "GeneratorId": 512, "Title": 256, "Description": 1024}
"""Characters, of texts."""

MAX_ITEMS = {
    "Resources": 32,
    "Types": 50,
    "RelatedFindings": 10,
    "ProductFields": 50,
    "UserDefinedFields": 50,
}
"""Of lists and maps."""

SCHEMA_VERSION = "2018-10-08"
_TIMES = ("CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt")


def batch_import_findings(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Create or update up to 100 findings; each that cannot be is told of by itself."""
    failed: list[Asff] = []
    for finding in parameters["Findings"]:
        failure = _failure(hub, finding)
        if failure:
            code, message = failure
            failed.append({"Id": finding.get("Id", ""), "ErrorCode": code, "ErrorMessage": message})
        else:
            hub.take(_named(hub, finding))
    return {
        "FailedCount": len(failed),
        "SuccessCount": len(parameters["Findings"]) - len(failed),
        "FailedFindings": failed,
    }


def _failure(hub: Hub, finding: Asff) -> tuple[str, str] | None:
    found = ", ".join(_problems(hub, finding))
    if found:
        return "InvalidInput", f"Finding does not adhere to Amazon Finding Format. {found}."
    if size_of(finding) > MAX_BYTES:
        return "InvalidInput", "Finding size exceeded 240 KB"
    return None


def _problems(hub: Hub, finding: Asff) -> Iterator[str]:
    by_shape = list(problems(service_model().shape_for("AwsSecurityFinding"), finding, opaque=frozenset()))
    yield from by_shape
    if by_shape:
        return
    if finding["SchemaVersion"] != SCHEMA_VERSION:
        yield f'data.SchemaVersion should be "{SCHEMA_VERSION}"'
    if finding["AwsAccountId"] != hub.account_id:
        yield "data.AwsAccountId should be the account that calls"
    if "Severity" not in finding and "Severity" not in finding.get("FindingProviderFields", {}):
        yield "data should have required property 'FindingProviderFields'"
    yield from _too_long(finding)
    yield from _resources(finding["Resources"])
    for name in _TIMES:
        if name in finding and not _is_time(finding[name]):
            yield f"data.{name} should match format date-time"


def _too_long(finding: Asff) -> Iterator[str]:
    for name, most in MAX_LENGTHS.items():
        if len(finding[name]) > most:
            yield f"data.{name} should NOT be longer than {most} characters"
    for name, most in MAX_ITEMS.items():
        if len(finding.get(name, ())) > most:
            yield f"data.{name} should NOT have more than {most} items"


def _resources(resources: list[Asff]) -> Iterator[str]:
    if not resources:
        yield "data.Resources should NOT have fewer than 1 items"
    for index, resource in enumerate(resources):
        if resource.get("Tags") == {}:
            # https://github.com/prowler-cloud/prowler/issues/2786
            yield f"data.Resources[{index}].Tags should NOT have fewer than 1 properties"


def _is_time(text: str) -> bool:
    try:
        seconds_of(text)
    except ValueError:
        return False
    return True


def _named(hub: Hub, finding: Asff) -> Asff:
    """Add fields that "Security Hub populates automatically": Region, and the names of a custom product."""
    is_custom = finding["ProductArn"].endswith(f":product/{hub.account_id}/default")
    names = {"ProductName": "Default", "CompanyName": "Personal"} if is_custom else {}
    return {**names, **finding, "Region": hub.region}
