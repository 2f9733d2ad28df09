"""Scan, and keep the report in the bucket."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from bot.domain.job import Job, ScanJob
from bot.domain.owners.routing import Routing
from bot.domain.query import Query
from bot.domain.report import Fault, Report, Summary, summarize, summarize_part
from bot.errors import BotError
from bot.usecases.context import JobContext
from bot.usecases.owners.account_owners import AccountOwners
from bot.usecases.owners.complete import Keep, complete_owners
from bot.usecases.owners.division import division_of
from bot.usecases.progress import is_scanned
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.scanning.covering import CoverageLookup
from bot.usecases.scanning.places import Places
from bot.usecases.scanning.scan import Bound, scan
from bot.usecases.steps import Result


def scan_and_keep(
    query: Query,
    context: JobContext[Job],
    progress: OnProgress = no_progress,
    keep: Keep | None = None,
    bound: Bound | None = None,
) -> Result:
    """
    Scan with the routing in force, and save the report under the job's ID.

    Args:
        query: as of `scan`.
        context: the job's. Without a requester, the controls are a stored list.
        progress: is told of the findings that were read.
        keep: chooses the rows of the report by their owners; None: all.
        bound: as of `scan`.

    Raises:
        UnfinishedError: the time is up, and another delivery continues.
        PausedError: as of `scan`.
        BotError: as of `scan`, or the bucket failed.
    """
    ports, report_id, requester = context.ports, context.job_id, context.job.requester
    routing = context.routing.routing
    accounts = AccountOwners(routing.owner, ports)
    complete = complete_owners(routing.lookup(accounts.owners_of), keep)
    coverage = CoverageLookup(ports.regions)
    with tempfile.TemporaryDirectory() as folder:
        report = scan(
            query,
            folder=Path(folder),
            locale=context.deployment.locale,
            findings=ports.findings.keeping(routing.kept_tags),
            controls=ports.controls,
            now=ports.now,
            regions=ports.regions,
            store=ports.reports.checkpoints(report_id),
            bare=context.job.bare if isinstance(context.job, ScanJob) else (),
            report_id=report_id,
            progress=progress,
            time_left=context.deadline.left,
            resumable=context.deadline.resumable,
            is_stored=requester is None,
            bound=bound,
            complete=Places(ports.checked_stacks).completing(complete),
            division=division_of(query, context),
        )
        accounts.save()
        summary = replace(_summary(report, context, accounts.error), coverage=coverage.result())
        if not is_scanned(report_id, ports):  # else another delivery has posted its own findings
            _save(summary, report, context)
    return {"report_id": report_id}


def _summary(report: Report, context: JobContext[Job], account_tags: BotError | None) -> Summary:
    requester, routing = context.job.requester, context.routing
    summary = summarize(report, context.job_id, requester.user_id if requester else None)
    unread = Fault("account-tags", account_tags.code, account_tags.values) if account_tags else None
    faults = tuple(filter(None, [routing.fault, unread]))
    return replace(summary, is_routed=routing.routing != Routing(), faults=faults)


def _save(summary: Summary, report: Report, context: JobContext[Job]) -> None:
    """Save a report after its parts: a report with a summary is whole."""
    reports = context.ports.reports
    for rows in report.routed:
        part = replace(summarize_part(report, rows, context.channel), is_routed=True)
        reports.save(part, rows.csv_file, rows.seen_file)
    reports.save(summary, report.csv_file, report.seen_file)
