"""
The job of a scan: it scans and posts the report, or it pauses and asks.

A person's question pauses after ASKED_PAGES, once. The rows that were read are checkpoints, and the scan's
job is kept in the ledger as the result of its step. A click on the question dispatches a job that continues
the scan under the scan's ID, with its checkpoints, its message and its steps. Schedules do not pause.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import cast

from bot.domain.command import format_query, parse_query
from bot.domain.document import parse_job
from bot.domain.job import FINISHING, ContinueJob, Progress, ScanJob, to_document
from bot.domain.query import Query
from bot.domain.slack import Message
from bot.errors import BotError, CancelledError, ReportGoneError
from bot.i18n import translate
from bot.render import mrkdwn
from bot.render.progress import paused_message
from bot.usecases.context import JobContext
from bot.usecases.owners.routes import deliver_report
from bot.usecases.progress import (
    CONTINUED,
    PAUSED,
    PROGRESS,
    SCAN,
    JobProgress,
    ProgressPlace,
    show_end,
)
from bot.usecases.scanning.keep import scan_and_keep
from bot.usecases.scanning.reader import ASKED_PAGES
from bot.usecases.scanning.scan import Bound
from bot.usecases.steps import PausedError, Result, UncertainStepError, UnfinishedError, done_key

LOG = logging.getLogger(__name__)

ASK = "ask"
"""The step that asks."""


def scan_and_deliver(context: JobContext[ScanJob]) -> None:
    """Scan and post the report, or ask how the scan goes on. Raises UnfinishedError, BotError."""
    scanned = context.steps.run(SCAN, _scan, context)
    if PAUSED not in scanned:
        _deliver(scanned, context)
        return
    try:
        context.steps.run(ASK, _ask, scanned["count"], context)
    except (BotError, UncertainStepError) as error:
        LOG.warning("nobody could be asked", extra={"cause": repr(error)})
        _continue(context, is_enough=True)


def continue_scan(context: JobContext[ContinueJob]) -> None:
    """
    Continue a scan that has paused, or report the findings that were read; the first click decides.

    Raises:
        UnfinishedError: the time is up, and another delivery continues.
        ReportGoneError: the scan, or the findings that were read, are no longer kept.
        BotError: as of `scan_and_deliver`.
    """
    job, ports = context.job, context.ports
    scanned = ports.ledger.read(done_key(job.report_id, SCAN)) or {}
    if PAUSED not in scanned or (job.is_enough and not ports.reports.checkpoints(job.report_id).names()):
        raise ReportGoneError
    decision = {"user_id": job.requester.user_id, "by": context.job_id}
    key = f"{job.report_id}/decided"
    if not ports.ledger.create(key, decision):
        decided = ports.ledger.read(key) or decision
        if decided["by"] != context.job_id:
            context.steps.run("tell", _tell_decided, decided["user_id"], context)
            return
    scan_job = cast("ScanJob", parse_job(scanned[PAUSED]))
    of_scan = context.of(scan_job, replace(context.steps, job_id=job.report_id))
    _continue(of_scan, is_enough=job.is_enough)


def _continue(context: JobContext[ScanJob], *, is_enough: bool) -> None:
    _deliver(context.steps.run(CONTINUED, _read_on, context, is_enough), context)


def _read_on(context: JobContext[ScanJob], is_enough: bool) -> Result:  # noqa: FBT001 - of Steps.run
    progress = JobProgress(_place(context), context.ports, context.steps)
    bound = Bound(0) if is_enough else None
    done = progress.follow(lambda tell: scan_and_keep(_query(context), context, tell, bound=bound))
    return {"count": progress.count} | done


def _scan(context: JobContext[ScanJob]) -> Result:
    """Scan, and show the progress to the requester; nobody waits for a schedule."""
    job, query = context.job, _query(context)
    if job.requester is None:
        return scan_and_keep(query, context)
    progress = JobProgress(_place(context), context.ports, context.steps)
    try:
        return progress.follow(
            lambda tell: scan_and_keep(query, context, tell, bound=Bound(ASKED_PAGES, pauses=True))
        )
    except PausedError as pause:
        kept = replace(job, requester=replace(job.requester, response_url=""))  # which is a secret
        return {PAUSED: to_document(kept), "count": pause.count}


def _deliver(scanned: Result, context: JobContext[ScanJob]) -> None:
    show_end(scanned, _place(context), context.ports)
    if "cancelled_by" in scanned:
        raise CancelledError(user_id=scanned["cancelled_by"])
    if context.deadline.resumable and not context.deadline.left():
        raise UnfinishedError(Progress(FINISHING, 0))
    deliver_report(scanned["report_id"], context)


def _ask(count: int, context: JobContext[ScanJob]) -> None:
    """Ask in the message of the progress; post it if the progress has shown none."""
    place, ports = _place(context), context.ports
    question = paused_message(
        place.job_id, place.asked_by, count, format_query(_query(context)), place.locale
    )
    posted = ports.ledger.read(done_key(place.job_id, PROGRESS))
    if posted:
        ports.messenger.update(place.channel, posted["ts"], question)
        return

    def post() -> Result:
        return {"ts": ports.messenger.post(place.channel, question)}

    context.steps.run(PROGRESS, post, at_most_once=True)


def _tell_decided(user_id: str, context: JobContext[ContinueJob]) -> None:
    text = translate(context.locale, "pause.decided", person=mrkdwn.person(user_id))
    context.ports.messenger.tell(context.job.requester, Message(text), context.job.channel)


def _place(context: JobContext[ScanJob]) -> ProgressPlace:
    requester = context.job.requester
    asked_by = requester.user_id if requester else ""
    return ProgressPlace(context.job_id, context.channel, context.deployment.locale, asked_by)


def _query(context: JobContext[ScanJob]) -> Query:
    if context.job.query:
        return context.job.query
    settings = context.deployment.settings
    settings.require(["TARGET_CONTROL_IDS"])
    return parse_query(settings.get("TARGET_CONTROL_IDS"), is_stored=True)
