"""A report of suppressions that have ended or soon will: of the findings that still are so."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.finding import Finding, FindingIdentifier, WorkflowStatus
from bot.domain.query import Query, chosen
from bot.domain.report import SHOWN_SUPPRESSIONS, Report, ReportKind, summarize
from bot.domain.suppression import AT, Suppression
from bot.domain.triage import FindingState, Refusal
from bot.errors import UnavailableError
from bot.ports import CheckCancelled, Findings, Page, Ports, never_cancelled
from bot.render.message import ReportSetting
from bot.usecases.scanning.scan import scan


@dataclass(frozen=True, slots=True)
class Round:
    """Some suppressions, and the report about them."""

    report_id: str
    report_kind: ReportKind
    suppressions: tuple[Suppression, ...]
    channel: str
    setting: ReportSetting


def report_still_suppressed(about: Round, ports: Ports) -> int:
    """
    Keep a report of what is still suppressed by these suppressions, and not by later ones.

    Returns:
        How many problems it has; where that is 0 there is no report.

    Raises:
        UnavailableError: not everything could be read, and what is missing must not be forgotten.
        BotError: likewise; the errors of `Findings.pages`.
    """
    made_at = _made_at(about.suppressions, ports)
    findings = _StillSuppressed(ports.findings, made_at)
    identifiers = sorted({identifier for identifier, _ in made_at})
    query = replace(chosen(identifiers), statuses=(WorkflowStatus.SUPPRESSED,))
    with tempfile.TemporaryDirectory() as folder:
        report = scan(
            query,
            folder=Path(folder),
            locale=about.setting.locale,
            findings=findings,
            controls=ports.controls,
            now=ports.now,
        )
        if report.is_partial:
            raise UnavailableError(service="AWS", call="securityhub:GetFindings")
        if report.tally.finding_count:
            _keep(report, about, ports)
    return report.tally.finding_count


def _keep(report: Report, about: Round, ports: Ports) -> None:
    controls = tuple(filter(None, report.tally.by_control))
    query = Query(controls, statuses=(WorkflowStatus.SUPPRESSED,), is_of_failed=False)
    told = _told(about.suppressions)
    summary = replace(
        summarize(replace(report, query=query), about.report_id, None),
        report_kind=about.report_kind,
        suppressions=tuple(told[:SHOWN_SUPPRESSIONS]),
        suppression_count=len(told),
    )
    ports.reports.save(summary, report.csv_file, report.seen_file)


def _told(suppressions: Iterable[Suppression]) -> list[Suppression]:
    """Put those together that one person has made for one reason until one day; the largest first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    firsts: dict[tuple[str, str, str], Suppression] = {}
    for one in suppressions:
        key = (one.expires_on.isoformat(), one.user_id, one.reason)
        counts[key] += one.finding_count
        firsts.setdefault(key, one)
    return [replace(firsts[key], finding_count=count) for key, count in counts.most_common()]


def latest_first(suppressions: Iterable[Suppression]) -> list[Suppression]:
    """Sort by when they were made."""
    return sorted(suppressions, key=lambda one: (one.suppressed_at, one.suppression_id), reverse=True)


def _made_at(suppressions: Iterable[Suppression], ports: Ports) -> dict[tuple[FindingIdentifier, str], str]:
    """Say of each finding and its account when it was suppressed last, as its fields say it."""
    made_at: dict[tuple[FindingIdentifier, str], str] = {}
    for one in latest_first(suppressions):
        for change in ports.suppressions.changes(one):
            key = change.identifier, change.place.account_id
            made_at.setdefault(key, change.after.fields.get(AT, ""))
    return made_at


@dataclass(frozen=True)
class _StillSuppressed:
    """The findings that nobody has suppressed anew since; only to be read."""

    findings: Findings
    made_at: dict[tuple[FindingIdentifier, str], str]

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """Read pages, with fewer findings in them (see the port)."""
        for page in self.findings.pages(query, weight, check_cancelled, token):
            kept = [finding for finding in page.findings if self._is_so(finding)]
            yield replace(page, findings=kept)

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Refuse to."""
        raise NotImplementedError

    def _is_so(self, finding: Finding) -> bool:
        (identifier,) = finding.identifiers
        return self.made_at.get((identifier, finding.account_id)) == dict(finding.user_fields).get(AT, "")
