"""Run a Job: the one code path behind the slash command, the form, the buttons and the schedule."""

from __future__ import annotations

import logging
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.domain.command import parse_query
from bot.domain.edit_job import ApplyEditJob, EditJob
from bot.domain.job import (
    ActJob,
    ApplyJob,
    CancelJob,
    ChannelMovedJob,
    DoctorJob,
    ExpireJob,
    HistoryJob,
    InsightJob,
    Job,
    PreviewJob,
    Requester,
    ScanJob,
    UndoJob,
    job_id,
)
from bot.domain.message import Message
from bot.domain.report import summarize
from bot.errors import (
    BotError,
    CancelledError,
    ChannelError,
    ChannelSharedError,
    InternalError,
    UserError,
    ViewGoneError,
)
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.limits import clip
from bot.render.message import ReportSetting
from bot.settings import Settings
from bot.usecases.cancel import cancel
from bot.usecases.csv_edit.apply import apply_edit
from bot.usecases.csv_edit.preview import is_of_a_report, preview_edit
from bot.usecases.deliver import TELL_FAILURE, Delivery, deliver, failure_text
from bot.usecases.doctor.answer import answer
from bot.usecases.moved_channel import tell_moved
from bot.usecases.permissions import authorize
from bot.usecases.progress import KEPT, SCAN, JobProgress, ProgressPlace, is_scanned, show_end
from bot.usecases.scanning.checkpoint import OnProgress
from bot.usecases.scanning.scan import no_progress, scan
from bot.usecases.steps import (
    NO_DEADLINE,
    BusyStepError,
    Deadline,
    Result,
    Step,
    UncertainStepError,
    UnfinishedError,
)
from bot.usecases.suppressions.expire import expire
from bot.usecases.triage.act import act, apply
from bot.usecases.triage.audit_log import answer_history
from bot.usecases.triage.preview import preview, show_failure
from bot.usecases.triage.undo import undo

LOG = logging.getLogger(__name__)

MOST_NAME = 150
"""Characters of an insight's name, which has any number."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the settings say of where the bot runs."""

    environment: str
    locale: Locale
    settings: Settings


def run_job(job: Job, ports: Ports, step: Step, deployment: Deployment, time: Deadline = NO_DEADLINE) -> None:
    """
    Do what a job asks for, each of its steps once.

    What goes wrong is told to who asked, in their language, or for a schedule in its channel.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        BotError: what went wrong, unless it was the person's own mistake; for Lambda to try again.
        BusyStepError: another delivery of the same job is at work.
        UncertainStepError: something went wrong, and nobody may have been told.
    """
    if isinstance(job, DoctorJob):  # without steps: the ledger may be what is broken
        answer(job, ports, deployment.settings, _reader(job.requester, ports, deployment))
        return
    try:
        _permit(job, ports, step, deployment)
        _do(job, ports, step, deployment, time)
    except BotError as error:
        _settle(job, error, ports, step, deployment)
    except (BusyStepError, UncertainStepError, UnfinishedError):
        raise
    except Exception as error:
        LOG.exception("a fault of the bot's own")
        _settle(job, InternalError(request=job_id(job)), ports, step, deployment, cause=error)


def _do(job: Job, ports: Ports, step: Step, deployment: Deployment, time: Deadline) -> None:
    """Do a job that is allowed."""
    if isinstance(job, ScanJob):
        _scan_and_deliver(job, ports, step, deployment, time)
    elif isinstance(job, ExpireJob):
        _expire(job, ports, step, deployment, time)
    elif isinstance(job, ActJob | ApplyJob | UndoJob):
        _act(job, ports, step, deployment, time)
    elif isinstance(job, HistoryJob):
        answer_history(job, ports, step, _reader(job.requester, ports, deployment))
    elif isinstance(job, PreviewJob):
        preview(job, ports, step, time)
    elif isinstance(job, EditJob | ApplyEditJob):
        _edit(job, ports, step, deployment, time)
    elif isinstance(job, InsightJob):
        step("insight", lambda: _explain_insight(job, ports, deployment), once=True)
    elif isinstance(job, CancelJob):
        _cancel(job, ports, step, deployment)
    elif isinstance(job, ChannelMovedJob):
        tell_moved(job, ports, step, deployment.settings, deployment.locale)


def _permit(job: Job, ports: Ports, step: Step, deployment: Deployment) -> None:
    """Look once whether the job may be done: what has begun is also ended."""

    def look() -> Result:
        authorize(job, ports, deployment.settings)
        return {}

    if job.requester:
        step("permit", look)


def _scan_and_deliver(job: ScanJob, ports: Ports, step: Step, deployment: Deployment, time: Deadline) -> None:
    channel = _channel(job, deployment)
    asked_by = job.requester.user_id if job.requester else ""
    place = ProgressPlace(job_id(job), channel, deployment.locale, asked_by)
    scanned = step(SCAN, lambda: _scan_in_sight(job, place, ports, step, deployment, time))
    show_end(scanned, place, ports)
    if "cancelled_by" in scanned:
        raise CancelledError(user_id=scanned["cancelled_by"])
    if time.resumable and not time.left():
        raise UnfinishedError(KEPT)
    requester = job.requester
    setting = ReportSetting(deployment.locale, deployment.environment)
    delivery = Delivery(channel, setting, requester, _reader(requester, ports, deployment))
    deliver(scanned["report_id"], delivery, ports, step)


def _scan_in_sight(
    job: ScanJob, place: ProgressPlace, ports: Ports, step: Step, deployment: Deployment, time: Deadline
) -> Result:
    """Scan, and let who waits for it see how far it is; nobody waits for a schedule."""

    def scan_and_keep(progress: OnProgress) -> Result:
        return _scan_and_keep(job, ports, deployment, time, progress)

    return (
        JobProgress(place, ports, step).follow(scan_and_keep) if job.requester else scan_and_keep(no_progress)
    )


def _scan_and_keep(
    job: ScanJob, ports: Ports, deployment: Deployment, time: Deadline, progress: OnProgress
) -> Result:
    query = job.query
    if query is None:
        deployment.settings.require(["TARGET_CONTROL_IDS"])
        query = parse_query(deployment.settings.get("TARGET_CONTROL_IDS"), is_stored=True)
    requester_id = job.requester.user_id if job.requester else None
    with tempfile.TemporaryDirectory() as folder:
        report = scan(
            query,
            folder=Path(folder),
            locale=deployment.locale,
            findings=ports.findings,
            controls=ports.controls,
            now=ports.now,
            parts=ports.reports.parts(job_id(job)),
            report_id=job_id(job),
            progress=progress,
            time_left=time.left,
            resumable=time.resumable,
            is_stored=job.requester is None,
        )
        summary = summarize(report, job_id(job), requester_id)
        if not is_scanned(job_id(job), ports):  # else another delivery has posted what it has found
            ports.reports.save(summary, report.csv_file, report.seen_file)
    return {"report_id": job_id(job)}


def _act(
    job: ActJob | ApplyJob | UndoJob, ports: Ports, step: Step, deployment: Deployment, time: Deadline
) -> None:
    setting = ReportSetting(deployment.locale, deployment.environment)
    locale = _reader(job.requester, ports, deployment)
    if isinstance(job, ActJob):
        act(job, ports, step, time, setting=setting, locale=locale)
    elif isinstance(job, ApplyJob):
        apply(job, ports, step, time, setting=setting, locale=locale)
    else:
        undo(job, ports, step, time, setting=setting, locale=locale)


def _edit(
    job: EditJob | ApplyEditJob, ports: Ports, step: Step, deployment: Deployment, time: Deadline
) -> None:
    locale = _reader(job.requester, ports, deployment)
    if isinstance(job, EditJob):
        preview_edit(job, ports, step, channel_locale=deployment.locale, locale=locale)
    else:
        setting = ReportSetting(deployment.locale, deployment.environment)
        apply_edit(job, ports, step, time, setting=setting, locale=locale)


def _expire(job: ExpireJob, ports: Ports, step: Step, deployment: Deployment, time: Deadline) -> None:
    today = ports.now().astimezone(deployment.settings.time_zone()).date()
    setting = ReportSetting(deployment.locale, deployment.environment)
    expire(job, today, _channel(job, deployment), setting, ports, step, time)


def _cancel(job: CancelJob, ports: Ports, step: Step, deployment: Deployment) -> None:
    locale = _reader(job.requester, ports, deployment)
    cancel(job, ports, step, channel_locale=deployment.locale, locale=locale)


def _explain_insight(job: InsightJob, ports: Ports, deployment: Deployment) -> Result:
    """Say that there are no findings to post, and what to do instead."""
    names = {"action": job.action, "insight": job.insight}
    values = {name: mrkdwn.code(clip(value, MOST_NAME)) or "—" for name, value in names.items()}
    environment = mrkdwn.text(deployment.environment)
    text = translate(deployment.locale, "report.insight", environment=environment, **values)
    ports.messenger.post(_channel(job, deployment), Message(text))
    return {}


def _channel(job: ScanJob | ExpireJob | InsightJob, deployment: Deployment) -> str:
    if job.channel is None:
        deployment.settings.require(["SLACK_CHANNEL"])
    return job.channel or deployment.settings.get("SLACK_CHANNEL")


def _reader(requester: Requester | None, ports: Ports, deployment: Deployment) -> Locale:
    if requester is None:
        return deployment.locale
    return ports.messenger.locale(requester.user_id) or deployment.locale


def _settle(
    job: Job,
    error: BotError,
    ports: Ports,
    step: Step,
    deployment: Deployment,
    cause: Exception | None = None,
) -> None:
    """Tell what went wrong, once; raise it unless it is for the person alone to put right."""
    if isinstance(job, EditJob) and not is_of_a_report(job, ports):
        LOG.warning("a file that may be anybody's", extra={"error_code": error.code})
        raise error from cause
    try:
        in_channel = job.requester is None
        step(TELL_FAILURE, lambda: _tell_failure(job, error, ports, deployment), once=in_channel)
    except (BotError, UncertainStepError) as no_progress:
        LOG.warning("nobody could be told", extra={"error_code": error.code, "untold": str(no_progress)})
        raise error from no_progress
    if not (isinstance(error, UserError) or (isinstance(error, ChannelError) and job.requester)):
        raise error from cause


def _tell_failure(job: Job, error: BotError, ports: Ports, deployment: Deployment) -> Result:
    locale = _reader(job.requester, ports, deployment)
    reason = failure_text(error, locale)
    if isinstance(job, PreviewJob):
        with suppress(ViewGoneError):
            show_failure(job, reason, ports)
    elif job.requester:
        ports.messenger.tell(job.requester, Message(reason), job.channel)
    elif isinstance(error, ChannelSharedError) and isinstance(job, ScanJob | ExpireJob):
        notice = Message(reason, is_for_everybody=True)
        ports.messenger.post(_channel(job, deployment), notice)
    elif isinstance(job, ExpireJob):
        environment = mrkdwn.text(deployment.environment)
        text = translate(locale, "error.expire", environment=environment, reason=reason)
        ports.messenger.post(_channel(job, deployment), Message(text))
    elif isinstance(job, ScanJob):
        environment = mrkdwn.text(deployment.environment)
        key = "error.from-console" if job.is_from_console else "error.scheduled"
        text = translate(locale, key, environment=environment, reason=reason)
        ports.messenger.post(_channel(job, deployment), Message(text))
    return {}
