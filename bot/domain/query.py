"""A query: the question of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import ceil
from typing import TypeVar

from bot.domain.control import ALL
from bot.domain.finding import FindingIdentifier, Severity, WorkflowStatus

T = TypeVar("T")

OPEN = (WorkflowStatus.NEW, WorkflowStatus.NOTIFIED)
"""The default statuses of a scan: nobody has resolved or suppressed the finding."""

NOBODY = "nobody"
"""Among `owners`: rows without an owner. No owner has this name (bot/domain/owners/owner.py, NOT_OWNERS)."""

MOST_VALUES = 20
"""The most values that GetFindings takes for one attribute (API reference, AwsSecurityFindingFilters)."""


@dataclass(frozen=True, slots=True)
class Query:
    """
    Active findings of some controls, by default failed ones, narrowed by the other attributes.

    `controls` has IDs, and words for all controls of a service, such as `S3.*`, or `all` and nothing else
    (bot/domain/control.py).

    An empty tuple narrows nothing. A scan needs controls or chosen findings (bot/domain/command.py).
    """

    controls: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    statuses: tuple[WorkflowStatus, ...] = OPEN
    account_names: tuple[str, ...] = ()
    """AwsAccountName; not beside `accounts`. Two accounts of one name are both meant."""
    named_resources: tuple[str, ...] = ()
    """Patterns of `bot.domain.naming.matches`, at most MOST_VALUES, of any resource of a finding."""
    tags: tuple[str, ...] = ()
    """`Key=Value`, at most MOST_VALUES: for each of these keys, a resource has one of its values."""
    standards: tuple[str, ...] = ()
    """As typed, or StandardsIds once they are resolved; at most MOST_VALUES."""
    owners: tuple[str, ...] = ()
    """
    Names of owners, in any spelling, or NOBODY: rows without an owner. Security Hub does not know owners, so
    that the rest of the query is read, with ⌈m/100⌉ calls for m findings, and its rows are narrowed
    (bot/usecases/owners/complete.py).
    """
    since_days: int = 0
    """Only findings that began to fail within so many days, by FirstObservedAt; 0 narrows nothing."""
    findings: tuple[FindingIdentifier, ...] = ()
    """Only these, to read them again or because a person has chosen them."""
    resources: tuple[str, ...] = ()
    """Only findings of these resource IDs, whichever of the finding's resources it is."""
    not_accounts: tuple[str, ...] = ()
    """None of these: for the rest of a split query, if `accounts` is empty."""
    not_regions: tuple[str, ...] = ()
    """The same for Regions."""
    is_chosen: bool = False
    """Whether a person has chosen the findings one by one: then they may be in any state."""
    is_of_failed: bool = True
    """
    Whether only failed findings count. If not, findings without Compliance count too, such as GuardDuty's:
    a filter on an attribute that a finding lacks excludes it.
    """

    @property
    def is_of_suppressed(self) -> bool:
        """Whether it asks for suppressed findings; without controls, for those of all products."""
        return self.statuses == (WorkflowStatus.SUPPRESSED,)

    @property
    def is_of_all(self) -> bool:
        """Whether it asks for findings of any control."""
        return self.controls == (ALL,)

    @property
    def is_narrowed(self) -> bool:
        """Whether it excludes findings that its title includes: an empty answer says nothing about these."""
        by_title = self.controls if self.is_of_suppressed else self.statuses != OPEN
        by_place = self.accounts or self.regions or self.account_names or self.named_resources
        by_kind = self.severities or self.standards or self.tags or self.owners
        return bool(by_title or by_kind or by_place or self.since_days)


def chosen(findings: Iterable[FindingIdentifier]) -> Query:
    """Return a query for chosen findings, including passed, archived and suppressed ones."""
    return Query(controls=(), statuses=(), findings=tuple(findings), is_chosen=True)


def of_resource(resource_id: str) -> Query:
    """Return a query for the active findings of a resource, in any state and of any product."""
    return Query(controls=(), statuses=(), resources=(resource_id,), is_of_failed=False)


def split(query: Query, most: int = MOST_VALUES) -> Iterator[Query]:
    """
    Split a query into queries of at most `most` values for each attribute.

    Returns:
        At least one. Their answers are disjoint, and together are the answer to `query`.
    """
    parts = product(
        _batches(query.controls, most),
        _batches(query.accounts, most),
        _batches(query.regions, most),
        _batches(query.findings, most),
    )
    for controls, accounts, regions, findings in parts:
        yield replace(query, controls=controls, accounts=accounts, regions=regions, findings=findings)


def _batches(values: tuple[T, ...], most: int) -> list[tuple[T, ...]]:
    """Divide values into the fewest batches, of sizes as equal as possible."""
    unique = tuple(dict.fromkeys(values))
    count = max(1, ceil(len(unique) / most))
    ends = [len(unique) * number // count for number in range(count + 1)]
    return [unique[start:end] for start, end in pairwise(ends)]
