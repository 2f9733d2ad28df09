"""A report: the answer to one query at one time, its summary for a message, and what was done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.finding import Finding, Severity
from bot.domain.query import Query


@dataclass(frozen=True, slots=True)
class Unread:
    """Controls that could not be read to the end: a short report is not a clean one."""

    controls: tuple[str, ...]
    code: str
    """The code of the error that stopped it (bot/errors.py) …"""
    values: dict[str, str]
    """… and its values."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found."""

    query: Query
    scanned_at: datetime
    """Aware UTC, when the scan began."""
    findings: tuple[Finding, ...]
    """Every problem once, the most severe first."""
    unread: tuple[Unread, ...]

    @property
    def is_partial(self) -> bool:
        """Whether something could not be read."""
        return bool(self.unread)


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


TOP_COUNT = 10
"""How many findings a message shows; a person reads no more, and Slack's table takes 100 rows."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One finding that Security Hub did not update."""

    finding_id: str
    code: str
    """UnprocessedFindings[].ErrorCode."""
    reason: str
    """UnprocessedFindings[].ErrorMessage, Security Hub's own words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Who has set what of a report NOTIFIED, and what Security Hub refused."""

    user_id: str
    marked_at: datetime
    row: int | None
    """Which of the top findings; None: the whole report."""
    marked_ids: frozenset[str]
    """Finding Ids that Security Hub has taken."""
    finding_count: int
    """How many problems, in the report's counting, the marked Ids stand for."""
    refusals: tuple[Refusal, ...]


def arranged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings in a report's order: severity, control, account, Region, resource."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (
                -f.severity.rank,
                f.control_id,
                f.account_id,
                f.region,
                f.resource_id,
                f.identifiers,
            ),
        )
    )


def summarised(report: Report, report_id: str, requester_id: str | None) -> Summary:
    """Count a report's findings and keep the top ones."""
    severities = Counter(finding.severity for finding in report.findings)
    controls = Counter(finding.control_id for finding in report.findings)
    return Summary(
        report_id=report_id,
        query=report.query,
        requester_id=requester_id,
        scanned_at=report.scanned_at,
        finding_count=len(report.findings),
        new_count=sum(finding.is_new for finding in report.findings),
        by_severity={s: severities[s] for s in reversed(Severity) if severities[s]},
        by_control=dict(sorted(controls.items(), key=lambda item: (-item[1], item[0]))),
        top=report.findings[:TOP_COUNT],
        unread=report.unread,
    )
