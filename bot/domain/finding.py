"""A finding: its parts, their short names, and the merge of two findings of one problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeVar

T = TypeVar("T")

BOT = "sechub-bot"
"""The bot's name on a finding: Note.UpdatedBy, and the prefix of its user-defined fields."""

STACK_TAG, LOGICAL_ID_TAG = "aws:cloudformation:stack-name", "aws:cloudformation:logical-id"
"""
The tags that CloudFormation gives a resource.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
"""
OTHER_TAGS = frozenset({STACK_TAG, LOGICAL_ID_TAG})
"""The keys of the tags that are read from a finding besides those of its owner, in lower case."""

MOST_TAG_CHARACTERS = 256
"""
The length at which a tag's value is cut: a tag value on AWS is not longer
(https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html), but a finding may say anything.
"""


class Severity(StrEnum):
    """Severity.Label of ASFF, from the least to the most severe."""

    INFORMATIONAL = "INFORMATIONAL"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """0 for the least severe."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class WorkflowStatus(StrEnum):
    """Workflow.Status of ASFF: the state of a finding's investigation."""

    NEW = "NEW"
    NOTIFIED = "NOTIFIED"
    SUPPRESSED = "SUPPRESSED"
    RESOLVED = "RESOLVED"


class FindingIdentifier(NamedTuple):
    """The key of a finding in Security Hub; the Id alone is unique only within a product."""

    id: str
    product_arn: str


MOST_NOTE = 512
"""
Characters of Note.Text. Source:
https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-note.
"""


class Note(NamedTuple):
    """The note on a finding, which has at most one: a new one replaces it."""

    text: str
    updated_by: str


class Resource(NamedTuple):
    """One entry of ASFF's Resources."""

    id: str
    type: str


@dataclass(slots=True, unsafe_hash=True)
class Finding:
    """
    One problem: a control that one resource violates in one account and Region.

    Treat it as immutable. It is not frozen, because creating a frozen one takes five times as long, and a
    scan creates two for each finding.

    With consolidated control findings off, Security Hub reports it once for each enabled standard; `merged`
    combines those findings and keeps every identifier.
    """

    identifiers: tuple[FindingIdentifier, ...]
    """At least one, each once, in the order in which they were read."""
    title: str
    """Title, without the control ID with which that of a per-standard finding begins."""
    control_id: str
    """Compliance.SecurityControlId or its substitute (bot/adapters/asff.py); empty if there is none."""
    severity: Severity
    """Severity.Label."""
    account_id: str
    """AwsAccountId: 12 digits."""
    account_name: str
    """AwsAccountName; empty if Security Hub omits it."""
    region: str
    """Region, the finding's own."""
    resources: tuple[Resource, ...]
    """Resources, in Security Hub's order: the first is the one that violates the control."""
    standards: tuple[str, ...]
    """Compliance.AssociatedStandards[].StandardsId, or the one standard that reports it."""
    workflow_status: WorkflowStatus
    """Workflow.Status; NEW if any of the merged findings still is."""
    compliance_status: str
    """Compliance.Status."""
    first_observed_at: str
    """FirstObservedAt or CreatedAt, ISO 8601 as Security Hub gives it; the earliest of the merged."""
    updated_at: str
    """UpdatedAt in the same form; the latest of the merged."""
    remediation_url: str
    """Remediation.Recommendation.Url or SourceUrl; may be empty."""
    note: Note | None = None
    """Note."""
    user_fields: tuple[tuple[str, str], ...] = ()
    """UserDefinedFields. Actions need them; a report does not show them."""
    tags: tuple[tuple[str, str], ...] = ()
    """
    Resources[0].Tags: those that may name an owner or a CloudFormation resource, with values of at most
    MOST_TAG_CHARACTERS. Fifty tags each of a million findings would fill the disk.
    """

    @property
    def is_new(self) -> bool:
        """Whether marking it NOTIFIED would change it."""
        return self.workflow_status is WorkflowStatus.NEW

    @property
    def resource_id(self) -> str:
        """The resource that violates the control; empty if the finding names none."""
        return self.resources[0].id if self.resources else ""

    @property
    def source(self) -> str:
        """The control; for a finding of no control, the name of its product."""
        return self.control_id or product_name(self.identifiers[0].product_arn)

    @property
    def problem(self) -> tuple[str, ...]:
        """
        The key that findings of the same problem share, and by which they are sorted.

        A finding without a control or a resource is a problem of its own.
        """
        place = (self.control_id, self.account_id, self.region, self.resource_id)
        return place if self.control_id and self.resources else (*place, *self.identifiers[0])


def merged(one: Finding, other: Finding) -> Finding:
    """
    Merge two findings of the same problem.

    Returns:
        The first, with the identifiers, standards and resources of both, the earlier first observation, the
        later update, the higher severity, NEW if either is, and the first note.
    """
    return replace(
        one,
        identifiers=_union(one.identifiers, other.identifiers),
        resources=_union(one.resources, other.resources),
        standards=_union(one.standards, other.standards),
        severity=max(one.severity, other.severity, key=lambda severity: severity.rank),
        workflow_status=one.workflow_status if one.is_new else other.workflow_status,
        first_observed_at=min(filter(None, (one.first_observed_at, other.first_observed_at)), default=""),
        updated_at=max(one.updated_at, other.updated_at),
        note=one.note or other.note,
        tags=one.tags or other.tags,
    )


def _union(one: tuple[T, ...], other: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def short_name(resource_id: str) -> str:
    """
    Shorten a resource ID to the part that people use.

    An ARN is cut down to its resource part. `AWS::::Account:123456789012`, the resource of account-level
    controls, becomes `Account:123456789012`. Any other ID stays as it is.
    """
    if resource_id.startswith("AWS::::"):
        return resource_id.removeprefix("AWS::::")
    if resource_id.startswith("arn:") and resource_id.count(":") >= 5:
        return resource_id.split(":", 5)[5] or resource_id
    return resource_id


def product_name(product_arn: str) -> str:
    """Return the product of a ProductArn: `guardduty` for `arn:aws:securityhub:…::product/aws/guardduty`."""
    return product_arn.rpartition("/")[2]


def account(name: str, account_id: str) -> str:
    """Name an account: `prod (123456789012)`, or the ID alone if the name is unknown."""
    return f"{name} ({account_id})" if name else account_id
