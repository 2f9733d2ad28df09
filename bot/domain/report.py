"""A report: the answer to one query at one time, and its summary for a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from heapq import nsmallest
from pathlib import Path

from bot.domain.checks.places import Place
from bot.domain.checks.summary import CheckSummary
from bot.domain.control import Missing
from bot.domain.coverage import Coverage
from bot.domain.finding import Finding, FindingIdentifier, Severity
from bot.domain.query import Query
from bot.domain.suppression import Suppression


@dataclass(frozen=True, slots=True)
class Unread:
    """Controls that were not read to their end, so that an incomplete report does not look clean."""

    controls: tuple[str, ...]
    code: str
    """The code of the error that stopped the reading (bot/errors.py) …"""
    values: dict[str, str]
    """… and its values."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that a report tells of although it has not stopped the report."""

    about: str
    """The end of the key of the text: `report.fault.<about>`."""
    code: str
    values: dict[str, str]


TOP_COUNT = 10
"""The most findings that a message shows; with buttons, no more fit."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a report."""

    finding_count: int = 0
    new_count: int = 0
    """The findings that are still NEW."""
    by_severity: dict[Severity, int] = field(default_factory=dict)
    """The most severe first; none that is 0."""
    by_control: dict[str, int] = field(default_factory=dict)
    """The most frequent first."""
    top: tuple[Finding, ...] = ()
    """At most TOP_COUNT, in the report's order."""
    places: tuple[Place | None, ...] = ()
    """Of `top`; empty if none is known."""


@dataclass
class TallyCounter:
    """Counts the findings of a report as they pass by."""

    _severities: Counter[Severity] = field(default_factory=Counter)
    _controls: Counter[str] = field(default_factory=Counter)
    _new_count: int = 0

    def add(self, findings: Sequence[Finding]) -> None:
        """Count a batch."""
        self._severities.update([finding.severity for finding in findings])
        self._controls.update([finding.control_id for finding in findings])
        self._new_count += sum([finding.is_new for finding in findings])

    def tally(self, top: Iterable[Finding]) -> Tally:
        """Return the counts, with the first of `top` by the report's order."""
        return Tally(
            finding_count=self._severities.total(),
            new_count=self._new_count,
            by_severity=_by_severity(self._severities),
            by_control=_by_control(self._controls),
            top=tuple(nsmallest(TOP_COUNT, top, key=sort_key)),
        )


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return the sums of the counts of disjoint findings, without `top`."""
    total, controls = Tally(), Counter[str]()
    severities = Counter[Severity]()
    for tally in tallies:
        severities.update(tally.by_severity)
        controls.update(tally.by_control)
        total = replace(total, new_count=total.new_count + tally.new_count)
    return replace(
        total,
        finding_count=severities.total(),
        by_severity=_by_severity(severities),
        by_control=_by_control(controls),
    )


def _by_severity(counts: Counter[Severity]) -> dict[Severity, int]:
    return {severity: counts[severity] for severity in reversed(Severity) if counts[severity]}


def _by_control(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class PartitionResult:
    """The result of one partition: a file of rows, the most severe first, and these numbers."""

    finding_count: int = 0
    """Every problem once."""
    sizes: dict[Severity, int] = field(default_factory=dict)
    """Bytes of the file by severity, the most severe first."""


@dataclass(frozen=True, slots=True)
class RowFiles:
    """The rows of a scan for one channel, in files."""

    channel: str
    """To which a route sends them; empty: the report's own."""
    report_id: str
    tally: Tally
    csv_file: Path
    seen_file: Path


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a scan."""

    query: Query
    scanned_at: datetime
    """Aware UTC, when the scan began."""
    tally: Tally
    """Counts each problem once, without those of `routed`."""
    unread: tuple[Unread, ...]
    csv_file: Path
    """A row for each problem, the most severe first."""
    seen_file: Path
    """A line of bot/domain/row.py for each, in the same order."""
    missing: tuple[Missing, ...] = ()
    """Controls of the schedule that Security Hub lacks; the scan covers the others."""
    routed: tuple[RowFiles, ...] = ()
    """The rows of other channels, which are in none of the files above."""

    @property
    def is_partial(self) -> bool:
        """Whether some controls were not read to their end."""
        return bool(self.unread)


SHOWN_SUPPRESSIONS = 5
"""The most suppressions that a message names."""


class ReportKind(StrEnum):
    """Why the bot shows findings that no scan has found."""

    EXPIRED = "expired"
    """Their suppression has ended."""
    EXPIRING = "expiring"
    """It ends soon."""


@dataclass(frozen=True, slots=True)
class PostFault:
    """The reason why a message could not be posted in a channel."""

    code: str
    """Of a BotError that no repeat removes (bot/errors.py)."""
    slack_error: str = ""
    """Empty if Slack has given none."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report, which a route sends to a channel of its own. The part is a stored report too."""

    channel: str
    report_id: str
    finding_count: int
    fault: PostFault | None = None
    """The reason why it is in the report's own channel instead."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The part of a report that a message shows; its size does not grow with the report."""

    report_id: str
    query: Query
    requester_id: str | None
    """Slack user ID; None for a schedule."""
    scanned_at: datetime
    finding_count: int
    new_count: int
    """The findings that are still NEW."""
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
    """The largest suppressions of a report with a kind, at most SHOWN_SUPPRESSIONS."""
    suppression_count: int = 0
    """The number of all these suppressions."""
    missing: tuple[Missing, ...] = ()
    """Controls of the schedule that Security Hub lacks."""
    is_routed: bool = False
    """Whether a routing file was in force."""
    faults: tuple[Fault, ...] = ()
    """Such as the error by which the present routing file is not in force."""
    parts: tuple[Part, ...] = ()
    """The parts that routes send to other channels, the largest first; the counts above exclude them."""
    whole: Tally | None = None
    """The counts of a report with parts, including these, without `top`."""
    coverage: Coverage | None = None
    """The Regions and accounts of the scan; None: not known, or no scan."""
    part_of: str = ""
    """Of a part: the channel of the report that it is a part of …"""
    part: Part | None = None
    """… and itself."""
    places: tuple[Place | None, ...] = ()
    """Of `top`; empty if none is known."""
    check: CheckSummary | None = None
    """Of a check before deployment; the counts above are those of its new failures."""


@dataclass(frozen=True, slots=True)
class PostedReport:
    """A report in Slack."""

    report_id: str
    channel: str
    ts: str
    """The report's message."""
    parts: tuple[PostedReport, ...] = ()

    def posted_at(self) -> float:
        """Return the time of the message, in seconds since 1970."""
        return float(self.ts)


def sort_key(finding: Finding) -> tuple[int, tuple[str, ...], tuple[FindingIdentifier, ...]]:
    """Return the sort key of a report: severity, control, account, Region, resource."""
    return -finding.severity.rank, finding.problem, finding.identifiers


def summarize(report: Report, report_id: str, requester_id: str | None) -> Summary:
    """Return the summary of a report."""
    summary = _summary(report, report_id, requester_id, report.tally)
    if not report.routed:
        return replace(summary, missing=report.missing)
    parts = [Part(rows.channel, rows.report_id, rows.tally.finding_count) for rows in report.routed]
    return replace(
        summary,
        missing=report.missing,
        parts=tuple(sorted(parts, key=lambda part: (-part.finding_count, part.channel))),
        whole=summed([report.tally, *(rows.tally for rows in report.routed)]),
    )


def summarize_part(report: Report, rows: RowFiles, channel: str) -> Summary:
    """Return the summary of a part of a scheduled report, whose own channel is `channel`."""
    part = Part(rows.channel, rows.report_id, rows.tally.finding_count)
    return replace(_summary(report, rows.report_id, None, rows.tally), part_of=channel, part=part)


def _summary(report: Report, report_id: str, requester_id: str | None, tally: Tally) -> Summary:
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
        places=tally.places,
    )
