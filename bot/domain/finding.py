"""A finding: its parts in the field's standard terms, and how two reports of one problem become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeVar

from bot.domain.resource import product_name

T = TypeVar("T")

BOT = "sechub-bot"
"""Who the bot is on a finding: Note.UpdatedBy, and how the names of its user-defined fields begin."""

KEPT_TAGS = frozenset(
    {"owner", "team", "contact", "aws:cloudformation:stack-name", "aws:cloudformation:logical-id"}
)
"""The keys of the tags that are read from a finding, in lower case."""

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
    """Workflow.Status of ASFF: where a finding's investigation stands."""

    NEW = "NEW"
    NOTIFIED = "NOTIFIED"
    SUPPRESSED = "SUPPRESSED"
    RESOLVED = "RESOLVED"


class FindingIdentifier(NamedTuple):
    """What names one finding to Security Hub; the Id alone is unique within a product only."""

    id: str
    product_arn: str


class Note(NamedTuple):
    """What somebody has written on a finding: it has one note, which a new one replaces."""

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

    With consolidated control findings off, Security Hub reports such a problem once for each enabled
    standard; `merged` makes those one finding that keeps every identifier.
    """

    identifiers: tuple[FindingIdentifier, ...]
    """(Id, ProductArn) pairs, at least one, unique, in the order in which they were read."""
    title: str
    """Title, without the control ID that per-standard findings put in front."""
    control_id: str
    """Compliance.SecurityControlId, or what stands for it; empty where nothing does."""
    severity: Severity
    """Severity.Label."""
    account_id: str
    """AwsAccountId: 12 digits."""
    account_name: str
    """AwsAccountName; empty where Security Hub does not give it."""
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
    """UpdatedAt, likewise; the latest of the merged."""
    remediation_url: str
    """Remediation.Recommendation.Url or SourceUrl; may be empty."""
    note: Note | None = None
    """Note."""
    user_fields: tuple[tuple[str, str], ...] = ()
    """UserDefinedFields; read for who acts on the finding, and not part of a report."""
    tags: tuple[tuple[str, str], ...] = ()
    """
    Resources[0].Tags: those that may name an owner or a CloudFormation resource, with values of at most
    MOST_TAG_CHARACTERS. Fifty tags each of a million findings would fill the disk.
    """

    @property
    def is_new(self) -> bool:
        """Whether marking it NOTIFIED would change anything."""
        return self.workflow_status is WorkflowStatus.NEW

    @property
    def resource_id(self) -> str:
        """The resource that violates the control; empty where the finding names none."""
        return self.resources[0].id if self.resources else ""

    @property
    def source(self) -> str:
        """The control, or, of a finding of no control, the name of its product."""
        return self.control_id or product_name(self.identifiers[0].product_arn)

    @property
    def problem(self) -> tuple[str, ...]:
        """
        What two findings share when they report the same problem, and what they are sorted by.

        A finding without a control or a resource is only ever the same as itself.
        """
        place = (self.control_id, self.account_id, self.region, self.resource_id)
        return place if self.control_id and self.resources else (*place, *self.identifiers[0])


def merged(one: Finding, other: Finding) -> Finding:
    """
    Make one finding of two that report the same problem.

    Returns:
        The first, with the identifiers, standards and resources of both, the earlier first
        observation, the later update and the higher severity; NEW if either is, and the first note.
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
