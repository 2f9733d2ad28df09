"""The division of a scheduled report's rows among the channels of their routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.job import Job, ScanJob, job_id
from bot.domain.owners.routing import RouteTable, Routing
from bot.domain.query import Query
from bot.domain.row import Row
from bot.usecases.context import JobContext
from bot.usecases.scanning.report_files import Division


def division_of(query: Query, context: JobContext[Job]) -> Division | None:
    """
    Return the division of a report's rows; None if all stay in its channel.

    Only scheduled reports are divided. Requesters get theirs whole. Findings that somebody has sent from the
    console, and lists of suppressed findings, stay in one channel too.
    """
    job, routing = context.job, context.routing.routing
    if not routing.routes or not isinstance(job, ScanJob) or not job.is_scheduled:
        return None
    if query.is_of_suppressed:
        return None
    return Division(
        channel_of=_channel_of(routing, context.channel),
        report_id_of=lambda channel: job_id(part_job(channel, channel, job)),
    )


def _channel_of(routing: Routing, own_channel: str) -> Callable[[Row], str]:
    table = RouteTable(routing.routes)

    def of_row(row: Row) -> str:
        finding = row.finding
        route = table.first(row.owner.names, finding.account_id, finding.severity, finding.control_id)
        return "" if route is None or route.channel == own_channel else route.channel

    return of_row


def part_job(routed_to: str, channel: str, job: ScanJob) -> ScanJob:
    """
    Return the job of a part. Its ID is that of the part's report.

    Args:
        routed_to: the channel of the route.
        channel: the channel in which the part is posted.
        job: that of the whole report.
    """
    return replace(job, key=f"{job.key}/{routed_to}", channel=channel)
