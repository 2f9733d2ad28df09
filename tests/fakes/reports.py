"""Fakes of stored reports, and of the checkpoints of scans."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.report import PostedReport, Summary
from bot.domain.row import ReportRow, parse_row
from bot.errors import ReportGoneError


@dataclass
class FakeCheckpoints:
    """Checkpoints of a job in memory."""

    files: dict[str, bytes] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Return the names."""
        return frozenset(self.files)

    def save(self, name: str, file: Path) -> None:
        """Keep a file."""
        self.files[name] = file.read_bytes()

    def fetch(self, name: str, file: Path) -> None:
        """Copy a file."""
        if name not in self.files:
            raise ReportGoneError
        file.write_bytes(self.files[name])


@dataclass
class FakeReports:
    """Reports in memory."""

    summaries: dict[str, Summary] = field(default_factory=dict)
    csv_files: dict[str, bytes] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    kept_checkpoints: dict[str, FakeCheckpoints] = field(default_factory=dict)
    threads: dict[tuple[str, str], str] = field(default_factory=dict)
    latest_reports: dict[str, PostedReport] = field(default_factory=dict)
    """By schedule."""
    shared: dict[str, bytes] = field(default_factory=dict)

    def save(self, summary: Summary, csv_file: Path, seen_file: Path) -> None:
        """Keep a report."""
        self.csv_files[summary.report_id] = csv_file.read_bytes()
        self.lines[summary.report_id] = seen_file.read_text().splitlines()
        self.save_summary(summary)

    def save_summary(self, summary: Summary) -> None:
        """Replace a summary."""
        self.summaries[summary.report_id] = summary

    def summary(self, report_id: str) -> Summary:
        """Return a summary."""
        if report_id not in self.summaries:
            raise ReportGoneError
        return self.summaries[report_id]

    def rows(self, report_id: str) -> Iterator[ReportRow]:
        """Return each problem."""
        self.summary(report_id)
        yield from map(parse_row, self.lines[report_id])

    def add_thread(self, channel: str, ts: str, report_id: str) -> None:
        """Remember a message."""
        self.threads[channel, ts] = report_id

    def report_in(self, channel: str, ts: str) -> str | None:
        """Return a message's report."""
        return self.threads.get((channel, ts))

    def set_latest(self, schedule: str, posted: PostedReport) -> None:
        """Remember a report."""
        self.latest_reports[schedule] = posted

    def latest(self) -> list[PostedReport]:
        """Return the reports."""
        return sorted(self.latest_reports.values(), key=PostedReport.posted_at, reverse=True)

    def share(self, job_id: str, name: str, file: Path) -> str:
        """Keep a CSV, and make a link."""
        self.shared[job_id] = file.read_bytes()
        return f"https://bucket.example/shared/{job_id}.csv?X-Amz-Expires=3600&X-Amz-Signature=0&name={name}"

    def csv_link(self, report_id: str) -> str:
        """Make a link."""
        return f"https://bucket.example/reports/{report_id}/findings.csv?X-Amz-Expires=3600&X-Amz-Signature=0"

    def checkpoints(self, job_id: str) -> FakeCheckpoints:
        """Return the checkpoints of a job."""
        return self.kept_checkpoints.setdefault(job_id, FakeCheckpoints())

    def fetch_csv(self, report_id: str, file: Path) -> None:
        """Copy the CSV."""
        self.summary(report_id)
        with file.open("wb") as out:
            shutil.copyfileobj(io.BytesIO(self.csv_files[report_id]), out)
