"""
Preview the edits of a file that somebody has dropped into a report's thread, and keep them as a plan.

The preview changes nothing. Slack names every file that is shared where the bot is; the bot ignores, without
a message, a file outside of its reports' threads, of another bot, or of another type.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from cattrs import structure

from bot.domain.csv_edit import MOST_BYTES, EditSummary
from bot.domain.job import EditJob, job_id
from bot.domain.message import Message
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.slack import SharedFile
from bot.domain.triage import Plan
from bot.errors import FileError, ReportGoneError
from bot.i18n import translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.csv_file import read_rows
from bot.render.edit import Edited, edit_message, refused_file_message
from bot.usecases.context import JobContext
from bot.usecases.csv_edit.compare import Comparison, to_requests
from bot.usecases.csv_edit.read_csv import opened
from bot.usecases.steps import Result, UncertainStepError, done_key
from bot.usecases.triage.plan import message_rows

LOG = logging.getLogger(__name__)

COMPARE = "compare"
"""The step that compares a file; its result is the content of the preview, also after a press."""

FOUND = "found"
"""The step that is done once a file is known to be a person's, in a report's thread."""


def preview_edit(context: JobContext[EditJob]) -> None:
    """
    Read a file that somebody has shared, and post its edits in its thread.

    Raises:
        BotError: AWS or Slack failed. A fault of the file is posted in its thread.
    """
    job, ports, steps, locale = context.job, context.ports, context.steps, context.deployment.locale
    file = ports.files.find(job.file_id, job.channel)
    if file is None or file.thread_ts is None or not file.is_table:
        return
    report_id = ports.reports.report_in(job.channel, file.thread_ts)
    if report_id is None or not ports.files.is_person(job.requester.user_id):
        return
    LOG.info("a file in the thread of report %s", report_id)
    steps.run(FOUND, lambda: None)
    try:
        summary = ports.reports.summary(report_id)
        compared = steps.run(COMPARE, _compare, job, file, summary, ports)
        value = f"{report_id}:{job_id(job)}:{file.thread_ts}"
        message = edit_message(*parse_preview(compared, summary), value, locale)
    except (FileError, ReportGoneError) as error:
        message = refused_file_message(error, job.requester.user_id, file.name, locale)
    _post(file.thread_ts, message, context)


def is_of_a_report(job: EditJob, ports: Ports) -> bool:
    """Return whether a file is known to belong to a report; nobody is shown earlier errors."""
    return ports.ledger.read(done_key(job_id(job), FOUND)) is not None


def parse_preview(compared: Result, summary: Summary) -> tuple[EditSummary, Edited]:
    """Read the result of the step COMPARE."""
    edited = Edited(compared["person"], compared["name"], summary.scanned_at)
    return structure(compared["summary"], EditSummary), edited


def _compare(job: EditJob, file: SharedFile, summary: Summary, ports: Ports) -> Result:
    """Compare a file with its report, and keep the edits as a plan."""
    years = {summary.scanned_at.year, ports.now().year}
    with tempfile.TemporaryDirectory() as folder:
        edited, report = Path(folder) / "edited.csv", Path(folder) / "report.csv"
        ports.files.fetch(file, edited, MOST_BYTES)
        with opened(edited) as table:
            ports.reports.fetch_csv(summary.report_id, report)
            rows = partial(_rows, report, summary.report_id, ports)
            comparison = Comparison(table, rows, summary.report_id, years)
        if comparison.edits:
            requests, targets = to_requests(comparison.edits)
            plan = Plan(summary.report_id, job_id(job), requests, message_rows(summary, ports))
            ports.changes.save_plan(plan, targets)
    counts = asdict(comparison.summary())
    return {"summary": counts, "person": job.requester.user_id, "name": file.name}


def _rows(report: Path, report_id: str, ports: Ports) -> Iterator[tuple[ReportRow, str]]:
    """Yield each problem of a report with its note: both files have them in the same order."""
    with report.open(encoding="utf-8-sig", newline="") as lines:
        for problem, row in zip(ports.reports.rows(report_id), read_rows(lines), strict=True):
            yield problem, row["note"]


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
