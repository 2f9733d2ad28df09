"""Show a person their own rows in private: of a stored report, or of a scan that keeps no others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from bot.domain.action import ALL_NEW, Action, ActionRequest
from bot.domain.job import MineJob
from bot.domain.owners.own import OwnRows
from bot.domain.query import Query
from bot.domain.report import PostedReport, Summary
from bot.domain.row import ReportRow
from bot.domain.slack import Message
from bot.errors import ReportGoneError
from bot.i18n import translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.mine import SHOWN, Mine, mine_message
from bot.usecases.context import JobContext
from bot.usecases.owners.contacts import find_person, rows_of
from bot.usecases.owners.own_rows import OwnedRows, split_csv
from bot.usecases.progress import SCAN
from bot.usecases.scanning.keep import scan_and_keep
from bot.usecases.scanning.reader import ASKED_PAGES
from bot.usecases.scanning.scan import Bound
from bot.usecases.steps import Result
from bot.usecases.triage.plan import find_targets, past_changes

OWN = "own"
NAME = "mine.csv"


def show_mine(context: JobContext[MineJob]) -> None:
    """
    Tell a person their own rows, with a link to their CSV.

    Raises:
        UnfinishedError: the time of a scan is up, and another delivery is to go on.
        ReportGoneError: the report has expired.
        BotError: Security Hub, Slack or the bucket failed.
    """
    if context.job.query:
        context.steps.run(SCAN, _scan, context.job.query, context)
    context.steps.run("mine", _answer, context)


def _scan(query: Query, context: JobContext[MineJob]) -> Result:
    """
    Scan for the person's rows alone.

    The tags are compared here and not by Security Hub, whose filter is exact: it misses another spelling of
    an address, several owners in one tag, and the rows that the routing file assigns.
    """
    own = rows_of(find_person(context.job.requester, context.ports.people), context)
    bound = Bound(ASKED_PAGES) if query.is_of_all else None
    return scan_and_keep(query, context, keep=own.has, bound=bound)


def _answer(context: JobContext[MineJob]) -> Result:
    job, ports = context.job, context.ports
    reports = _reports(context)
    if not reports:
        ports.messenger.tell(job.requester, Message(translate(context.locale, "mine.no-report")), job.channel)
        return {"count": 0}
    person = find_person(job.requester, ports.people)
    own = rows_of(person, context)
    each = list(_each(reports, own, person.email, context))
    for mine in [mine for mine in each if mine.count] or each[:1]:
        ports.messenger.tell(job.requester, mine_message(mine, context.locale), job.channel)
    return {"count": sum(mine.count for mine in each)}


def _each(
    reports: Sequence[PostedReport], own: OwnRows, email: str, context: JobContext[MineJob]
) -> Iterator[Mine]:
    """Yield the content of each report. Raises ReportGoneError if all have expired."""
    gone = 0
    for posted in reports:
        try:
            yield _mine(posted, own, email, context)
        except ReportGoneError:
            gone += 1
            if gone == len(reports):
                raise


def _mine(posted: PostedReport, own: OwnRows, email: str, context: JobContext[MineJob]) -> Mine:
    ports = context.ports
    summary = ports.reports.summary(posted.report_id)
    count, shown = _own_rows(summary.report_id, own, ports)
    return Mine(
        summary,
        posted,
        count=count,
        new_count=_new_count(summary, own, ports) if count else 0,
        shown=shown,
        link=_share(summary, own, context) if count else "",
        as_of=next(
            (act.act_id for act in reversed(ports.actions.acts(summary.report_id)) if act.touched_count), ""
        ),
        email=email,
    )


def _reports(context: JobContext[MineJob]) -> list[PostedReport]:
    """Return the reports of the job with their parts, the newest first; that of a scan has no message."""
    job = context.job
    if job.query:
        return [PostedReport(context.job_id, "", "")]
    latest = [one for one in context.ports.reports.latest() if job.report_id in {"", one.report_id}]
    if job.report_id and not latest:
        return [PostedReport(job.report_id, job.channel, job.message_ts)]
    return [posted for one in latest for posted in (one, *one.parts)]


def _own_rows(report_id: str, own: OwnRows, ports: Ports) -> tuple[int, Sequence[tuple[int, ReportRow]]]:
    """Return the number of the person's rows, and the first with their numbers and present statuses."""
    count, shown = 0, list[tuple[int, ReportRow]]()
    for number, row in enumerate(ports.reports.rows(report_id)):
        if own.has(row.owner):
            count += 1
            if len(shown) < SHOWN:
                shown.append((number, row))
    asked = {identifier for _, row in shown for identifier in row.statuses}
    changes = (change for change in past_changes(report_id, ports.actions) if change.identifier in asked)
    latest = {change.identifier: change.after.status for change in changes}
    return count, [
        (
            number,
            replace(row, statuses={one: latest.get(one, status) for one, status in row.statuses.items()}),
        )
        for number, row in shown
    ]


def _new_count(summary: Summary, own: OwnRows, ports: Ports) -> int:
    """Count the rows that *Mark mine NOTIFIED* would change."""
    request = ActionRequest(Action.NOTIFY)
    targets = find_targets(request, ALL_NEW, summary, ports, lambda row: own.has(row.owner))
    return sum(1 for _ in groupby(targets, lambda target: target.problem))


def _share(summary: Summary, own: OwnRows, context: JobContext[MineJob]) -> str:
    """Store the person's rows as a CSV, and return a link; a file in Slack would be for all."""

    def keys_of(row: ReportRow) -> Iterable[str]:
        return (OWN,) if own.has(row.owner) else ()

    reports = context.ports.reports
    with tempfile.TemporaryDirectory() as folder:
        rows = [OwnedRows(summary.report_id, keys_of)]
        files = split_csv(rows, (OWN,), reports, Path(folder))
        return mrkdwn.link(reports.share(f"{context.job_id}-{summary.report_id}", NAME, files[OWN]), NAME)
