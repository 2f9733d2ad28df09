"""Run a job: the one code path of the slash command, forms, buttons and schedules."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from bot.domain.checks.origin import repository_of
from bot.domain.job import (
    ActJob,
    ApplyEditJob,
    ApplyJob,
    CancelJob,
    ChannelMovedJob,
    CheckJob,
    ContinueJob,
    DiscardRoutingJob,
    DoctorJob,
    EditJob,
    ExpireJob,
    HistoryJob,
    InsightJob,
    Job,
    MineJob,
    NotMineJob,
    OwnerJob,
    PreviewJob,
    PutRoutingJob,
    ScanJob,
    UndoJob,
)
from bot.domain.slack import Message
from bot.errors import (
    AmbiguousError,
    BotError,
    ChannelError,
    ChannelSharedError,
    InternalError,
    UserError,
    ViewGoneError,
)
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.limits import clip
from bot.render.progress import meanings_message
from bot.usecases.channels import tell_moved
from bot.usecases.checks.report import report_check
from bot.usecases.context import Deployment, JobContext
from bot.usecases.csv_edit.apply import apply_edit
from bot.usecases.deliver import TELL_FAILURE, failure_text
from bot.usecases.doctor.exam import answer
from bot.usecases.owners.explain import answer_owner
from bot.usecases.owners.mine import show_mine
from bot.usecases.owners.not_mine import report_not_mine
from bot.usecases.owners.upload import decide_routing
from bot.usecases.permissions import authorize
from bot.usecases.progress import cancel
from bot.usecases.scanning.scan_job import continue_scan, scan_and_deliver
from bot.usecases.shared_file import is_for_the_bot, read_shared_file
from bot.usecases.steps import (
    BusyStepError,
    UncertainStepError,
    UnfinishedError,
)
from bot.usecases.suppressions.expire import expire
from bot.usecases.triage.act import act, apply, preview, show_failure, undo
from bot.usecases.triage.audit_log import answer_history

LOG = logging.getLogger(__name__)

MINE = "mine"
"""The sub-command of a MineJob."""

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
    ScanJob: scan_and_deliver,
    ActJob: act,
    PreviewJob: preview,
    ApplyJob: apply,
    UndoJob: undo,
    HistoryJob: answer_history,
    MineJob: show_mine,
    NotMineJob: report_not_mine,
    OwnerJob: answer_owner,
    CancelJob: cancel,
    ContinueJob: continue_scan,
    ExpireJob: expire,
    InsightJob: _explain_insight,
    EditJob: read_shared_file,
    ApplyEditJob: apply_edit,
    PutRoutingJob: decide_routing,
    DiscardRoutingJob: decide_routing,
    CheckJob: report_check,
    ChannelMovedJob: tell_moved,
}


def _settle(error: BotError, context: JobContext[Job], cause: Exception | None = None) -> None:
    """Report an error, once; raise it unless only the requester can correct it."""
    job = context.job
    if isinstance(job, EditJob) and not is_for_the_bot(job, context.ports):
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
        ports.messenger.tell(job.requester, _private_failure(job, error, reason, context.locale), job.channel)
    elif isinstance(job, ScanJob | ExpireJob | CheckJob):
        _post(_public_failure(job, error, reason, context.deployment), context)


def _private_failure(job: Job, error: BotError, reason: str, locale: Locale) -> Message:
    """Explain an error to the requester; offer the meanings of a word that has several."""
    if not isinstance(error, AmbiguousError):
        return Message(reason)
    return meanings_message(error, MINE if isinstance(job, MineJob) else "", reason, locale)


def _public_failure(
    job: ScanJob | ExpireJob | CheckJob, error: BotError, reason: str, deployment: Deployment
) -> Message:
    """Explain in the channel an error of a job that has no requester."""
    if isinstance(error, ChannelSharedError):
        return Message(reason, is_for_everybody=True)
    if isinstance(job, CheckJob):
        name = mrkdwn.code(clip(repository_of(job.object_key) or job.object_key, MOST_NAME))
        return Message(translate(deployment.locale, "error.check", repository=name, reason=reason))
    key = "error.expire"
    if isinstance(job, ScanJob):
        key = "error.from-console" if job.is_from_console else "error.scheduled"
    environment = mrkdwn.text(deployment.environment)
    return Message(translate(deployment.locale, key, environment=environment, reason=reason))
