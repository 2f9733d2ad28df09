"""Run a job: the one code path of the slash command, forms, buttons and schedules."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from bot.domain.command import parse_query
from bot.domain.job import (
    FINISHING,
    ActJob,
    ApplyEditJob,
    ApplyJob,
    CancelJob,
    ChannelMovedJob,
    DoctorJob,
    EditJob,
    ExpireJob,
    HistoryJob,
    InsightJob,
    Job,
    PreviewJob,
    Progress,
    ScanJob,
    UndoJob,
)
from bot.domain.message import Message
from bot.domain.report import Fault, summarize
from bot.errors import (
    BotError,
    CancelledError,
    ChannelError,
    ChannelSharedError,
    InternalError,
    UserError,
    ViewGoneError,
)
from bot.i18n import translate
from bot.render import mrkdwn
from bot.render.limits import clip
from bot.usecases.channels import tell_moved
from bot.usecases.context import Deployment, JobContext
from bot.usecases.csv_edit.apply import apply_edit
from bot.usecases.csv_edit.preview import is_of_a_report, preview_edit
from bot.usecases.deliver import TELL_FAILURE, Destination, deliver, failure_text
from bot.usecases.doctor.exam import answer
from bot.usecases.owners.account_owners import AccountOwners
from bot.usecases.owners.complete import complete_owners
from bot.usecases.owners.notify import notify_owners
from bot.usecases.permissions import authorize
from bot.usecases.progress import SCAN, JobProgress, ProgressPlace, cancel, is_scanned, show_end
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.scanning.reader import ASKED_PAGES
from bot.usecases.scanning.scan import scan
from bot.usecases.steps import (
    BusyStepError,
    Result,
    UncertainStepError,
    UnfinishedError,
)
from bot.usecases.suppressions.expire import expire
from bot.usecases.triage.act import act, apply, preview, show_failure, undo
from bot.usecases.triage.audit_log import answer_history

LOG = logging.getLogger(__name__)

MOST_NAME = 150
"""Characters of an insight's name that are shown; Security Hub has no limit."""


def run_job(context: JobContext[Job]) -> None:
    """
    Run a job, each of its steps once.

    Errors are reported to the requester in their language; those of a schedule in its channel.

    Raises:
        UnfinishedError: the time is up, and another delivery is to continue.
        BotError: the job failed, and not by the requester's own mistake; Lambda retries.
        BusyStepError: another delivery of the same job is running.
        UncertainStepError: an error may not have been reported to anyone.
    """
    if isinstance(context.job, DoctorJob):  # without steps: the ledger may be broken
        answer(cast("JobContext[DoctorJob]", context))
        return
    try:
        if context.job.requester:  # only once: a job that has begun is also finished
            context.steps.run("permit", authorize, context.job, context.ports, context.deployment.settings)
        USE_CASES[type(context.job)](context)
    except BotError as error:
        _settle(error, context)
    except (BusyStepError, UncertainStepError, UnfinishedError):
        raise
    except Exception as error:
        LOG.exception("a fault of the bot's own")
        _settle(InternalError(request=context.job_id), context, cause=error)


def _scan_and_deliver(context: JobContext[ScanJob]) -> None:
    job, deadline = context.job, context.deadline
    asked_by = job.requester.user_id if job.requester else ""
    place = ProgressPlace(context.job_id, context.channel, context.deployment.locale, asked_by)
    scanned = context.steps.run(SCAN, _scan_in_sight, place, context)
    show_end(scanned, place, context.ports)
    if "cancelled_by" in scanned:
        raise CancelledError(user_id=scanned["cancelled_by"])
    if deadline.resumable and not deadline.left():
        raise UnfinishedError(Progress(FINISHING, 0))
    ts = deliver(scanned["report_id"], [Destination(context.channel)], context)
    if ts:
        notify_owners(scanned["report_id"], ts, context)


def _scan_in_sight(place: ProgressPlace, context: JobContext[ScanJob]) -> Result:
    """Scan, and show the progress to the requester; nobody waits for a schedule."""
    if context.job.requester is None:
        return _scan_and_keep(context, no_progress)
    progress = JobProgress(place, context.ports, context.steps)
    return progress.follow(lambda on_progress: _scan_and_keep(context, on_progress))


def _scan_and_keep(context: JobContext[ScanJob], progress: OnProgress) -> Result:
    job, ports, report_id, settings = context.job, context.ports, context.job_id, context.deployment.settings
    query = job.query
    if query is None:
        settings.require(["TARGET_CONTROL_IDS"])
        query = parse_query(settings.get("TARGET_CONTROL_IDS"), is_stored=True)
    routing = context.routing.routing
    accounts = AccountOwners(routing.owner, ports)
    with tempfile.TemporaryDirectory() as folder:
        report = scan(
            query,
            folder=Path(folder),
            locale=context.deployment.locale,
            findings=ports.findings.keeping(routing.kept_tags),
            controls=ports.controls,
            now=ports.now,
            store=ports.reports.checkpoints(report_id),
            report_id=report_id,
            progress=progress,
            time_left=context.deadline.left,
            resumable=context.deadline.resumable,
            is_stored=job.requester is None,
            most_pages=ASKED_PAGES if job.requester else None,
            complete=complete_owners(routing.lookup(accounts.owners_of)),
        )
        summary = summarize(report, report_id, job.requester.user_id if job.requester else None)
        accounts.save()
        errors = {"routing": context.routing.error, "account-tags": accounts.error}
        faults = [Fault(about, error.code, error.values) for about, error in errors.items() if error]
        summary = replace(summary, faults=tuple(faults))
        if not is_scanned(report_id, ports):  # else another delivery has posted its own findings
            ports.reports.save(summary, report.csv_file, report.seen_file)
    return {"report_id": report_id}


def _explain_insight(context: JobContext[InsightJob]) -> None:
    """Say that there are no findings to post, and which action to use instead."""
    job, deployment = context.job, context.deployment
    names = {"action": job.action, "insight": job.insight}
    values = {name: mrkdwn.code(clip(value, MOST_NAME)) or "—" for name, value in names.items()}
    environment = mrkdwn.text(deployment.environment)
    message = Message(translate(deployment.locale, "report.insight", environment=environment, **values))
    context.steps.run("insight", lambda: _post(message, context), at_most_once=True)


def _post(message: Message, context: JobContext[Job]) -> None:
    context.ports.messenger.post(context.channel, message)


USE_CASES: dict[type[Job], Callable[[JobContext[Any]], None]] = {
    ScanJob: _scan_and_deliver,
    ActJob: act,
    PreviewJob: preview,
    ApplyJob: apply,
    UndoJob: undo,
    HistoryJob: answer_history,
    CancelJob: cancel,
    ExpireJob: expire,
    InsightJob: _explain_insight,
    EditJob: preview_edit,
    ApplyEditJob: apply_edit,
    ChannelMovedJob: tell_moved,
}


def _settle(error: BotError, context: JobContext[Job], cause: Exception | None = None) -> None:
    """Report an error, once; raise it unless only the requester can correct it."""
    job = context.job
    if isinstance(job, EditJob) and not is_of_a_report(job, context.ports):
        LOG.warning("a file that may be anybody's", extra={"error_code": error.code})
        raise error from cause
    try:
        context.steps.run(TELL_FAILURE, _tell_failure, error, context, at_most_once=job.requester is None)
    except (BotError, UncertainStepError) as failure:
        LOG.warning("nobody could be told", extra={"error_code": error.code, "cause": str(failure)})
        raise error from failure
    if not (isinstance(error, UserError) or (isinstance(error, ChannelError) and job.requester)):
        raise error from cause


def _tell_failure(error: BotError, context: JobContext[Job]) -> None:
    job, ports = context.job, context.ports
    reason = failure_text(error, context.locale)
    if isinstance(job, PreviewJob):
        with suppress(ViewGoneError):
            show_failure(job, reason, ports)
    elif job.requester:
        ports.messenger.tell(job.requester, Message(reason), job.channel)
    elif isinstance(job, ScanJob | ExpireJob):
        _post(_public_failure(job, error, reason, context.deployment), context)


def _public_failure(
    job: ScanJob | ExpireJob, error: BotError, reason: str, deployment: Deployment
) -> Message:
    """Explain in the channel an error of a job that has no requester."""
    if isinstance(error, ChannelSharedError):
        return Message(reason, is_for_everybody=True)
    key = "error.expire"
    if isinstance(job, ScanJob):
        key = "error.from-console" if job.is_from_console else "error.scheduled"
    environment = mrkdwn.text(deployment.environment)
    return Message(translate(deployment.locale, key, environment=environment, reason=reason))
