"""Scans, and the jobs that make them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.finding import FindingIdentifier
from bot.domain.job import ScanJob
from bot.domain.query import Query
from bot.domain.report import Report
from bot.domain.row import parse_row
from bot.errors import (
    AccessDeniedError,
    UnavailableError,
)
from bot.i18n import Locale
from bot.ports import CheckpointStore, Findings
from bot.region_ports import Regions
from bot.render.csv_file import read_rows
from bot.usecases.scanning.checkpoint import OnProgress
from bot.usecases.scanning.report_files import Complete
from bot.usecases.scanning.scan import BY_TAGS, Bound, scan
from bot.usecases.steps import TimeLeft, always
from tests.builders import NOW, PERSON, a_scan_job, some_findings
from tests.fakes import FakeControls, FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings

DENIED = AccessDeniedError(action="securityhub:GetFindings")


@dataclass(frozen=True)
class Scanned:
    """A report and what is in its files."""

    report: Report
    rows: list[dict[str, str]]
    identifiers: list[list[FindingIdentifier]]

    @property
    def resources(self) -> list[str]:
        """The rows' resources."""
        return [row["resource"] for row in self.rows]


def scanned(
    findings: Findings,
    controls: Iterable[str] = ("S3.8",),
    *,
    query: Query | None = None,
    catalogue: FakeControls | None = None,
    store: CheckpointStore | None = None,
    report_id: str = "",
    progress: OnProgress = lambda _count: None,
    time_left: TimeLeft = always,
    bare: Iterable[str] = (),
    is_stored: bool = False,
    most_pages: int | None = None,
    complete: Complete = BY_TAGS,
    regions: Regions | None = None,
) -> Scanned:
    """Scan for some controls, or for a query."""
    with TemporaryDirectory() as folder:
        report = scan(
            query or Query(controls=tuple(controls)),
            folder=Path(folder),
            locale=Locale.EN,
            findings=findings,
            controls=catalogue or FakeControls(),
            now=lambda: NOW,
            regions=regions,
            store=store,
            report_id=report_id,
            progress=progress,
            time_left=time_left,
            bare=tuple(bare),
            is_stored=is_stored,
            bound=None if most_pages is None else Bound(most_pages),
            complete=complete,
        )
        with report.csv_file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(read_rows(lines))
        identifiers = [list(parse_row(line).statuses) for line in report.seen_file.read_text().splitlines()]
    return Scanned(report, rows, identifiers)


class Countdown:
    """Time for so many pages."""

    def __init__(self, pages: int) -> None:
        self.left = pages

    def __call__(self) -> bool:
        """Return whether there is time for one more."""
        self.left -= 1
        return self.left >= 0


JOB = a_scan_job()


SCHEDULE = ScanJob("arn:aws:scheduler:…/2026-11-24T00:30:00Z", None, None, None)


DROPPED = UnavailableError(service="Slack", call="chat.postMessage")


def a_world(count: int = 3, locale: Locale = Locale.EN) -> FakeWorld:
    """Make a world with findings, whose one person speaks a language."""
    messenger = FakeMessenger(locales={PERSON.user_id: locale})
    return FakeWorld(findings=FakeFindings(some_findings(count)), messenger=messenger)


def reports(world: FakeWorld) -> list[str]:
    """Return the texts of the reports in the channel."""
    return [posted.message.text for posted in world.messenger.posted.values() if posted.message.blocks]


def notes(world: FakeWorld) -> list[str]:
    """Return the texts of what else the bot has posted for all to see."""
    return [posted.message.text for posted in world.messenger.posted.values() if not posted.message.blocks]


def told(world: FakeWorld) -> list[str]:
    """Return the texts of what the person alone was told."""
    assert {PERSON.user_id} >= {user_id for user_id, _ in world.messenger.told}
    return [message.text for _, message in world.messenger.told]
