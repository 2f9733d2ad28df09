"""A person says that a row is not theirs: name the rule that decided, and tell those who look after it."""

from __future__ import annotations

from itertools import islice

from bot.domain.job import NotMineJob
from bot.domain.row import ReportRow
from bot.domain.slack import Message
from bot.errors import ReportGoneError
from bot.i18n import translate
from bot.render.blocks import section
from bot.render.owners import not_mine_answer, not_mine_notice
from bot.usecases.context import JobContext
from bot.usecases.owners.contacts import find_person, rows_of
from bot.usecases.steps import Result


def report_not_mine(context: JobContext[NotMineJob]) -> None:
    """
    Name the rule to the person, and tell `unowned` of the routing file in the report's thread.

    Raises:
        ReportGoneError: the report has expired.
        BotError: Slack or the bucket failed.
    """
    job, ports = context.job, context.ports
    row = next(islice(ports.reports.rows(job.report_id), job.problem, None), None)
    if row is None:
        raise ReportGoneError
    own = rows_of(find_person(job.requester, ports.people), context)
    if not own.has(row.owner):
        text = translate(context.locale, "not-mine.already")
    else:
        if job.message_ts:
            context.steps.run("post", _post, row, context, at_most_once=True)
        text = not_mine_answer(row, context.locale, is_told=bool(job.message_ts))
    context.steps.run("tell", ports.messenger.tell, job.requester, Message(text), job.channel)


def _post(row: ReportRow, context: JobContext[NotMineJob]) -> Result:
    job, unowned = context.job, context.routing.routing.mention.unowned
    text = not_mine_notice(row, job.requester.user_id, unowned, context.deployment.locale)
    message = Message(text, (section(text),))
    return {"ts": context.ports.messenger.post(job.channel, message, job.message_ts)}
