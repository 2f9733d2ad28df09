"""
Say what a file would change that somebody has dropped into a report's thread, and keep that as a plan.

Nothing is changed here. The bot is told of every file where it is; those that are not for it are left alone
without a word: outside of its reports' threads, by other bots, no table.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.domain.csv_edit import MOST_BYTES, EditSummary
from bot.domain.job import EditJob, job_id
from bot.domain.message import Message
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.shared_file import SharedFile
from bot.domain.triage import Plan, Target
from bot.errors import FileError, ReportGoneError
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.csv_file import read_rows
from bot.render.edit import Edited, edit_message, refused_file_message
from bot.usecases.context import JobContext
from bot.usecases.csv_edit.compare import Diff
from bot.usecases.csv_edit.read_csv import opened
from bot.usecases.csv_edit.requests import Orders
from bot.usecases.steps import Result, Steps, UncertainStepError, done_key
from bot.usecases.triage.plan import StoredReport, message_rows

LOG = logging.getLogger(__name__)

COMPARE = "compare"
"""The step that compares a file; its result is what is shown of it, also later."""


FOUND = "found"
"""The step that is done once a file is known to be in a report's thread, and by a person."""


def preview_edit(context: JobContext[EditJob]) -> None:
    """
    Read a file that somebody has shared, and post in its thread what it would change.

    Raises:
        BotError: AWS or Slack failed. What is wrong with the file is told in its thread.
    """
    job, ports, steps = context.job, context.ports, context.steps
    channel_locale = context.deployment.locale
    file = ports.files.find(job.file_id, job.channel)
    if file is None or file.thread_ts is None or not file.is_table:
        return
    report_id = ports.reports.report_in(job.channel, file.thread_ts)
    if report_id is None or not ports.files.is_person(job.requester.user_id):
        return
    LOG.info("a file in the thread of report %s", report_id)
    steps.run(FOUND, lambda: None)
    try:
        message = _preview(job, file, report_id, ports, steps, channel_locale)
    except (FileError, ReportGoneError) as error:
        message = refused_file_message(error, job.requester.user_id, file.name, channel_locale)
    _post(file.thread_ts, message, context)


def is_of_a_report(job: EditJob, ports: Ports) -> bool:
    """Tell whether a file is known to be the bot's business: of what fails before that nobody hears."""
    return ports.ledger.read(done_key(job_id(job), FOUND)) is not None


def _preview(
    job: EditJob, file: SharedFile, report_id: str, ports: Ports, steps: Steps, locale: Locale
) -> Message:
    summary = ports.reports.summary(report_id)
    person = job.requester.user_id

    def compare() -> Result:
        found = _compared(job, file, summary, ports)
        return {"summary": found.document(), "person": person, "name": file.name}

    found = EditSummary.of(steps.run(COMPARE, compare)["summary"])
    value = f"{report_id}:{job_id(job)}:{file.thread_ts}"
    return edit_message(found, Edited(person, file.name, summary.scanned_at), value, locale)


def _compared(job: EditJob, file: SharedFile, summary: Summary, ports: Ports) -> EditSummary:
    """Compare a file with its report, and keep what is wanted."""
    years = {summary.scanned_at.year, ports.now().year}
    with tempfile.TemporaryDirectory() as folder, Diff(years) as diff:
        edited, report = Path(folder) / "edited.csv", Path(folder) / "report.csv"
        ports.files.fetch(file, edited, MOST_BYTES)
        with opened(edited) as table:
            ports.reports.fetch_csv(summary.report_id, report)
            diff.add_report(_rows(report, ports.reports.seen(summary.report_id)))
            diff.add_file(table, summary.report_id)
        found = diff.summary()
        if found.problem_count:
            _keep(job, diff, summary, ports)
        return found


def _rows(report: Path, seen: Iterator[ReportRow]) -> Iterator[tuple[ReportRow, str]]:
    """Give each problem of a report with its note: both files have them in the same order."""
    with report.open(encoding="utf-8-sig", newline="") as lines:
        for one, row in zip(seen, read_rows(lines), strict=True):
            yield one, row["note"]


def _keep(job: EditJob, diff: Diff, summary: Summary, ports: Ports) -> None:
    orders = Orders(diff.changes())
    rows = message_rows(StoredReport(summary, ports.reports, ports.changes))
    plan = Plan(orders.all, rows)
    wanted: Iterator[Target] = (one for edit in diff.edits() for one in orders.wanted(edit))
    ports.changes.save_plan(summary.report_id, job_id(job), plan, wanted)


def _post(thread_ts: str, message: Message, context: JobContext[EditJob]) -> None:
    """Post in the thread, at most once; where nobody knows whether it was, tell who shared the file."""

    job, ports = context.job, context.ports

    def post() -> Result:
        return {"ts": ports.messenger.post(job.channel, message, thread_ts)}

    try:
        context.steps.run("post", post, at_most_once=True)
    except UncertainStepError:
        text = translate(context.locale, "edit.maybe-posted", channel=mrkdwn.channel(job.channel))
        context.steps.run("tell-uncertain", ports.messenger.tell, job.requester, Message(text), job.channel)
