"""A report: the answer to one query at one time, its summary for a message, and what was done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest
from pathlib import Path

from bot.domain.control import Missing
from bot.domain.finding import Finding, FindingIdentifier, Severity
from bot.domain.query import Query
from bot.domain.suppression import Suppression


@dataclass(frozen=True, slots=True)
class Unread:
    """Controls that could not be read to the end: a short report is not a clean one."""

    controls: tuple[str, ...]
    code: str
    """The code of the error that stopped it (bot/errors.py) …"""
    values: dict[str, str]
    """… and its values."""


TOP_COUNT = 10
"""How many findings a message shows; a person reads no more, and with buttons no more fit."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Findings in numbers, of a size that does not grow with them."""

    finding_count: int = 0
    new_count: int = 0
    """How many are still NEW."""
    by_severity: dict[Severity, int] = field(default_factory=dict)
    """The most severe first; none that is 0."""
    by_control: dict[str, int] = field(default_factory=dict)
    """The most frequent first."""
    top: tuple[Finding, ...] = ()
    """At most TOP_COUNT, in the report's order."""


@dataclass
class TallyCounter:
    """Counts the findings of a report as they pass by."""

    _severities: Counter[Severity] = field(default_factory=Counter)
    _controls: Counter[str] = field(default_factory=Counter)
    _new_count: int = 0

    def add(self, findings: Sequence[Finding]) -> None:
        """Count some more."""
        self._severities.update([finding.severity for finding in findings])
        self._controls.update([finding.control_id for finding in findings])
        self._new_count += sum([finding.is_new for finding in findings])

    def tally(self, top: Iterable[Finding]) -> Tally:
        """Return the counts, with the first of `top` by the report's order."""
        return Tally(
            finding_count=self._severities.total(),
            new_count=self._new_count,
            by_severity={s: self._severities[s] for s in reversed(Severity) if self._severities[s]},
            by_control=dict(sorted(self._controls.items(), key=lambda item: (-item[1], item[0]))),
            top=tuple(nsmallest(TOP_COUNT, top, key=sort_key)),
        )


@dataclass(frozen=True, slots=True)
class PartitionResult:
    """What a scan has read of one partition: a file of rows, the most severe first, and these numbers."""

    finding_count: int = 0
    """Every problem once."""
    sizes: dict[Severity, int] = field(default_factory=dict)
    """Bytes of the file by severity, the most severe first."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found."""

    query: Query
    scanned_at: datetime
    """Aware UTC, when the scan began."""
    tally: Tally
    """Of every problem once."""
    unread: tuple[Unread, ...]
    csv_file: Path
    """A row for each problem, the most severe first."""
    seen_file: Path
    """A line for each, in the same order: what bot/domain/row.py says of it."""
    missing: tuple[Missing, ...] = ()
    """Controls of the schedule that Security Hub does not have: the scan is of the others."""

    @property
    def is_partial(self) -> bool:
        """Whether something could not be read."""
        return bool(self.unread)


SHOWN_SUPPRESSIONS = 5
"""Of those that a message is about, how many it names."""


class ReportKind(StrEnum):
    """Why the bot shows findings of its own accord, other than that a scan has found them."""

    EXPIRED = "expired"
    """Their suppression has ended."""
    EXPIRING = "expiring"
    """It ends soon."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a message tells of a report: its counts and its top findings, of a size that does not grow."""

    report_id: str
    query: Query
    requester_id: str | None
    """Slack user ID of who asked; None for a schedule."""
    scanned_at: datetime
    finding_count: int
    new_count: int
    """How many are still NEW."""
    by_severity: dict[Severity, int]
    """The most severe first; none that is 0."""
    by_control: dict[str, int]
    """The most frequent first."""
    top: tuple[Finding, ...]
    """At most TOP_COUNT, in the report's order."""
    unread: tuple[Unread, ...]
    report_kind: ReportKind | None = None
    """None: a scan."""
    suppressions: tuple[Suppression, ...] = ()
    """Of an report_kind, what it is about: the largest, at most SHOWN_SUPPRESSIONS."""
    suppression_count: int = 0
    """How many these are in all."""
    missing: tuple[Missing, ...] = ()
    """Controls of the schedule that Security Hub does not have."""


def sort_key(finding: Finding) -> tuple[int, tuple[str, ...], tuple[FindingIdentifier, ...]]:
    """Give a finding's place in a report: by severity, control, account, Region and resource."""
    return -finding.severity.rank, finding.problem, finding.identifiers


def summarize(report: Report, report_id: str, requester_id: str | None) -> Summary:
    """Say of a report what a message tells."""
    tally = report.tally
    return Summary(
        report_id=report_id,
        query=report.query,
        requester_id=requester_id,
        scanned_at=report.scanned_at,
        finding_count=tally.finding_count,
        new_count=tally.new_count,
        by_severity=tally.by_severity,
        by_control=tally.by_control,
        top=tally.top,
        unread=report.unread,
        missing=report.missing,
    )
