"""
Security Hub: findings read and marked, and the control catalogue.

Limits and semantics: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html,
API_AwsSecurityFindingFilters, API_BatchUpdateFindings and API_ListSecurityControlDefinitions, in botocore's
service model of the pinned version.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.asff import finding_of
from bot.adapters.aws import aws_errors
from bot.domain.control import Catalogue, Control
from bot.domain.finding import Finding, FindingIdentifier, Severity
from bot.domain.query import Query
from bot.domain.report import Refusal
from bot.errors import UnavailableError

PAGE_SIZE = 100
"""The most that MaxResults takes, for GetFindings and for ListSecurityControlDefinitions."""

UPDATE_SIZE = 100
"""The most FindingIdentifiers that BatchUpdateFindings takes."""

RETRIABLE_REFUSALS = frozenset({"ConcurrentUpdateError", "InternalFailure"})
"""UnprocessedFindings[].ErrorCode that may pass; the others say something about the finding itself."""

UPDATE_ATTEMPTS = 4
CATALOGUE_SECONDS = 3600
"""Controls are added every few weeks; an hour's delay in knowing one is nobody's loss."""


@dataclass(frozen=True)
class SecurityHubFindings:
    """The findings that the Security Hub of the client's account and Region gives."""

    client: Any
    pause: Callable[[float], None] = time.sleep

    def pages(self, query: Query) -> Iterator[list[Finding]]:
        """Read findings a page at a time (see the port)."""
        paginator = self.client.get_paginator("get_findings")
        config = {"PageSize": PAGE_SIZE}
        with aws_errors("securityhub", "GetFindings", self._region):
            for page in paginator.paginate(Filters=filters(query), PaginationConfig=config):
                yield [finding_of(asff) for asff in _required(page, "Findings", "GetFindings")]

    def mark_notified(self, identifiers: Sequence[FindingIdentifier]) -> list[Refusal]:
        """Set the workflow status NOTIFIED (see the port)."""
        unique = list(dict.fromkeys(identifiers))
        refusals = []
        for start in range(0, len(unique), UPDATE_SIZE):
            refusals += self._marked(unique[start : start + UPDATE_SIZE])
        return refusals

    def _marked(self, identifiers: Sequence[FindingIdentifier]) -> list[Refusal]:
        """Mark at most 100, those again that Security Hub could not update just then."""
        final = []
        left = list(identifiers)
        for attempt in range(UPDATE_ATTEMPTS):
            if not left:
                break
            if attempt:
                self.pause(2.0 ** (attempt - 1))
            refusals = self._update(left)
            left = [i for i, r in refusals if r.code in RETRIABLE_REFUSALS and attempt + 1 < UPDATE_ATTEMPTS]
            final += [refusal for identifier, refusal in refusals if identifier not in left]
        return final

    def _update(self, identifiers: Sequence[FindingIdentifier]) -> list[tuple[FindingIdentifier, Refusal]]:
        with aws_errors("securityhub", "BatchUpdateFindings", self._region):
            answer = self.client.batch_update_findings(
                FindingIdentifiers=[{"Id": i.id, "ProductArn": i.product_arn} for i in identifiers],
                Workflow={"Status": "NOTIFIED"},
            )
        return [_refusal(entry) for entry in _required(answer, "UnprocessedFindings", "BatchUpdateFindings")]

    @property
    def _region(self) -> str:
        return str(self.client.meta.region_name)


@dataclass
class SecurityHubControls:
    """The controls that ListSecurityControlDefinitions gives, kept for an hour."""

    client: Any
    clock: Callable[[], float] = time.monotonic
    _kept: tuple[float, Catalogue] | None = field(default=None, init=False, repr=False)

    def catalogue(self) -> Catalogue:
        """Read the catalogue, at most once an hour (see the port)."""
        if self._kept is None or self.clock() - self._kept[0] > CATALOGUE_SECONDS:
            self._kept = (self.clock(), Catalogue(tuple(self._controls())))
        return self._kept[1]

    def _controls(self) -> Iterator[Control]:
        operation = "ListSecurityControlDefinitions"
        paginator = self.client.get_paginator("list_security_control_definitions")
        with aws_errors("securityhub", operation, str(self.client.meta.region_name)):
            for page in paginator.paginate(PaginationConfig={"PageSize": PAGE_SIZE}):
                for entry in _required(page, "SecurityControlDefinitions", operation):
                    yield Control(
                        entry["SecurityControlId"], entry["Title"], Severity(entry["SeverityRating"])
                    )


def filters(query: Query) -> dict[str, list[dict[str, str]]]:
    """
    Write a query as AwsSecurityFindingFilters: attributes are ANDed, the values of one are ORed.

    WorkflowStatus, not WorkflowState: that one is deprecated, knows no NOTIFIED and stays NEW for findings
    that somebody has suppressed.
    """
    wanted = {
        "ComplianceSecurityControlId": query.controls,
        "ComplianceStatus": ("FAILED",),
        "WorkflowStatus": query.statuses,
        "RecordState": ("ACTIVE",),
        "SeverityLabel": query.severities,
        "AwsAccountId": query.accounts,
        "Region": query.regions,
        "Id": query.finding_ids,
    }
    return {
        attribute: [{"Value": value, "Comparison": "EQUALS"} for value in values]
        for attribute, values in wanted.items()
        if values
    }


def _required(answer: dict[str, Any], name: str, operation: str) -> list[dict[str, Any]]:
    """Read a list that every answer has: botocore makes an empty one of a body that broke off."""
    if name not in answer:
        raise UnavailableError(service="AWS", call=f"securityhub:{operation}")
    entries: list[dict[str, Any]] = answer[name]
    return entries


def _refusal(entry: dict[str, Any]) -> tuple[FindingIdentifier, Refusal]:
    identifier = FindingIdentifier(entry["FindingIdentifier"]["Id"], entry["FindingIdentifier"]["ProductArn"])
    return identifier, Refusal(identifier.id, entry["ErrorCode"], entry.get("ErrorMessage") or "")
