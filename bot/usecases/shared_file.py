"""
Read a file that somebody has shared: a report's CSV in its thread, or a routing file in a direct message.

Slack names every file that is shared where the bot is. In a channel, the bot ignores without a message a file
outside of its reports' threads, and one of another type. In a direct message, where nobody else is, it
answers.
"""

from __future__ import annotations

from bot.domain.job import EditJob, job_id
from bot.ports import Ports
from bot.usecases.context import JobContext
from bot.usecases.csv_edit.preview import preview_edit
from bot.usecases.owners.upload import preview_routing
from bot.usecases.steps import done_key

FOUND = "found"
"""The step that is done once a file is known to be a person's, and for the bot."""


def read_shared_file(context: JobContext[EditJob]) -> None:
    """
    Find a file that somebody has shared, and preview its changes where it was shared.

    Raises:
        NotAllowedError: it is a routing file, and the person may not act.
        BotError: AWS or Slack failed. A fault of the file is posted where it was shared.
    """
    job, ports = context.job, context.ports
    file = ports.files.find(job.file_id, job.channel)
    if file is None:
        return
    report_id = None
    if file.thread_ts and file.is_table:
        report_id = ports.reports.report_in(job.channel, file.thread_ts)
    if not (report_id or job.is_direct) or not ports.files.is_person(job.requester.user_id):
        return
    context.steps.run(FOUND, lambda: None)
    if report_id:
        preview_edit(file, report_id, context)
    else:
        preview_routing(file, context)


def is_for_the_bot(job: EditJob, ports: Ports) -> bool:
    """Return whether a file is known to be for the bot; nobody is shown earlier errors."""
    return ports.ledger.read(done_key(job_id(job), FOUND)) is not None
