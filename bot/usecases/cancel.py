"""Cancel a scan that is at work in another process: leave a flag in the ledger, for which the scan looks."""

from __future__ import annotations

from bot.domain.job import CancelJob
from bot.domain.message import Message
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render.progress import cancelling_message
from bot.usecases.context import JobContext
from bot.usecases.progress import SCAN, attempt, end_message, flag_key
from bot.usecases.steps import done_key


def cancel(context: JobContext[CancelJob]) -> None:
    """
    Ask a scan to stop, and say in its message who did; the first to ask is named.

    Where the scan has ended, or ends meanwhile, its message says how: the button may have stayed, or the text
    been overwritten just now.

    Raises:
        BotError: the ledger cannot be read or written; a scan that has ended, and Slack cannot tell it.
    """
    job, ports, channel_locale = context.job, context.ports, context.deployment.locale
    scan_key = done_key(job.report_id, SCAN)
    ended = ports.ledger.read(scan_key)
    if ended is not None:
        context.steps.run("tell", _tell_ended, job, ports, context.locale)
    elif _flag(job, ports):
        _rewrite(job, cancelling_message(job.requester.user_id, channel_locale), ports)
        ended = ports.ledger.read(scan_key)
    if ended is not None:
        _rewrite(job, end_message(ended, channel_locale), ports)


def _flag(job: CancelJob, ports: Ports) -> bool:
    """Leave the flag; tells whether nobody else has."""
    flag = {"user_id": job.requester.user_id, "cancelled_at": ports.now().isoformat()}
    return ports.ledger.create(flag_key(job.report_id), flag)


def _tell_ended(job: CancelJob, ports: Ports, locale: Locale) -> None:
    ports.messenger.tell(job.requester, Message(translate(locale, "progress.ended")), job.channel)


def _rewrite(job: CancelJob, message: Message | None, ports: Ports) -> None:
    if message:
        attempt(lambda: ports.messenger.update(job.channel, job.message_ts, message))
