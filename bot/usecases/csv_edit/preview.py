"""
Preview the edits of a file that somebody has dropped into a report's thread, and keep them as a plan.

The preview changes nothing.
"""

from __future__ import annotations

import logging
import tempfile
from dataclasses import asdict
from pathlib import Path

from cattrs import structure

from bot.domain.csv_edit import MOST_BYTES, EditSummary
from bot.domain.job import EditJob
from bot.domain.slack import Message, SharedFile
from bot.domain.triage import Plan
from bot.errors import FileError, ReportGoneError
from bot.i18n import translate
from bot.render import mrkdwn
from bot.render.uploads.edit import edit_message, refused_file_message
from bot.usecases.context import JobContext
from bot.usecases.csv_edit.compare import Comparison, to_requests
from bot.usecases.csv_edit.read_csv import read_table
from bot.usecases.steps import Result, UncertainStepError
from bot.usecases.triage.plan import message_rows

LOG = logging.getLogger(__name__)

COMPARE = "compare"
"""The step that compares a file; its result, an EditSummary, is shown also after a press of the button."""


def preview_edit(file: SharedFile, report_id: str, context: JobContext[EditJob]) -> None:
    """
    Read a file that a person has shared in a report's thread, and post its edits there.

    Raises:
        BotError: AWS or Slack failed. A fault of the file is posted in its thread.
    """
    job, steps, locale = context.job, context.steps, context.deployment.locale
    LOG.info("a file in the thread of report %s", report_id)
    thread_ts = file.thread_ts or ""
    try:
        edited = structure(steps.run(COMPARE, _compare, context, file, report_id), EditSummary)
        message = edit_message(edited, f"{report_id}:{context.job_id}:{thread_ts}", locale)
    except (FileError, ReportGoneError) as error:
        message = refused_file_message(error, job.requester.user_id, file.name, locale)
    _post(thread_ts, message, context)


def _compare(context: JobContext[EditJob], file: SharedFile, report_id: str) -> Result:
    """Compare a file with its report, and keep the edits as a plan."""
    ports = context.ports
    summary = ports.reports.summary(report_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edited.csv"
        ports.files.fetch(file, path, MOST_BYTES)
        table = read_table(path)
    years = {summary.scanned_at.year, ports.now().year}
    comparison = Comparison(table, ports.reports.rows(report_id), report_id, years)
    if comparison.edits:
        requests, targets = to_requests(comparison.edits)
        plan = Plan(report_id, context.job_id, requests, message_rows(summary, ports))
        ports.actions.save_plan(plan, targets)
    return asdict(
        comparison.summary(context.job.requester.user_id, file.name, summary.scanned_at.isoformat())
    )


def _post(thread_ts: str, message: Message, context: JobContext[EditJob]) -> None:
    """Post in the thread, at most once; if nobody knows whether Slack has it, tell who shared the file."""
    job, messenger = context.job, context.ports.messenger
    try:
        context.steps.run(
            "post", lambda: {"ts": messenger.post(job.channel, message, thread_ts)}, at_most_once=True
        )
    except UncertainStepError:
        text = translate(context.locale, "edit.maybe-posted", channel=mrkdwn.channel(job.channel))
        context.steps.run("tell-uncertain", messenger.tell, job.requester, Message(text), job.channel)
