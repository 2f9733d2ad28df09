"""What a scan asks for, in the bot's own terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, product
from math import ceil
from typing import TypeVar

from bot.domain.finding import FindingIdentifier, Severity, WorkflowStatus

T = TypeVar("T")

OPEN = (WorkflowStatus.NEW, WorkflowStatus.NOTIFIED)
"""What a scan looks for unless told otherwise: nobody has resolved or suppressed it."""

MOST_VALUES = 20
"""Values that GetFindings takes for one attribute: its API reference, AwsSecurityFindingFilters."""


@dataclass(frozen=True, slots=True)
class Query:
    """
    Active findings of some controls, failed ones unless told otherwise, narrowed by whatever else is given.

    An empty tuple narrows nothing, except that no scan runs without controls or chosen findings
    (bot/domain/command.py).
    """

    controls: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    statuses: tuple[WorkflowStatus, ...] = OPEN
    findings: tuple[FindingIdentifier, ...] = ()
    """Only these: for reading again what a person has seen, or has chosen."""
    not_accounts: tuple[str, ...] = ()
    """None of these: for the rest of a partitioned answer, where `accounts` is empty."""
    not_regions: tuple[str, ...] = ()
    """Likewise."""
    is_chosen: bool = False
    """Whether somebody has chosen the findings one by one: then in whatever state they are."""
    is_of_failed: bool = True
    """
    Whether only failed findings count. If not, those of products that check no compliance count too, such as
    GuardDuty's: they have no Compliance, and a filter on an absent attribute excludes a finding.
    """

    @property
    def is_of_suppressed(self) -> bool:
        """Whether it asks for what is suppressed: of all products, if no control is named."""
        return self.statuses == (WorkflowStatus.SUPPRESSED,)

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves findings out that its title does not: an empty answer says nothing of these."""
        by_title = self.controls if self.is_of_suppressed else self.statuses != OPEN
        return bool(by_title or self.severities or self.accounts or self.regions)


def chosen(findings: Iterable[FindingIdentifier]) -> Query:
    """Ask for findings that somebody has chosen, as they are now: passed, archived or suppressed ones too."""
    return Query(controls=(), statuses=(), findings=tuple(findings), is_chosen=True)


def split(query: Query, most: int = MOST_VALUES) -> Iterator[Query]:
    """
    Split a query into queries of at most `most` values for each attribute.

    Returns:
        Queries whose answers are disjoint and together are the answer to `query`; at least one.
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
    """Cut values into as few batches as possible, of sizes as equal as possible."""
    unique = tuple(dict.fromkeys(values))
    count = max(1, ceil(len(unique) / most))
    ends = [len(unique) * number // count for number in range(count + 1)]
    return [unique[start:end] for start, end in pairwise(ends)]
