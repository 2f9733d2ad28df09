"""Cancel a scan that is at work in another process: leave a flag in the ledger, for which the scan looks."""

from __future__ import annotations

from bot.domain.job import CancelJob
from bot.domain.message import Message
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render.progress import cancelling_message
from bot.usecases.progress import SCAN, Place, attempt, flag_key, show_end
from bot.usecases.steps import Result, Step, done_key


def cancel(job: CancelJob, ports: Ports, step: Step, *, channel_locale: Locale, locale: Locale) -> None:
    """
    Ask a scan to stop, and say in its message who did; the first to ask is named.

    The scan may end meanwhile: then its message, which this has just rewritten, says so again.

    Raises:
        BotError: the ledger cannot be read or written; a scan that has ended, and Slack cannot tell it.
    """
    scan_key = done_key(job.report_id, SCAN)
    if ports.ledger.read(scan_key) is not None:
        step("tell", lambda: _tell_ended(job, ports, locale))
        return
    user_id = job.requester.user_id
    if not ports.ledger.create(
        flag_key(job.report_id), {"user_id": user_id, "cancelled_at": ports.now().isoformat()}
    ):
        return
    message = cancelling_message(user_id, channel_locale)
    attempt(lambda: ports.messenger.update(job.channel, job.message_ts, message))
    ended = ports.ledger.read(scan_key)
    if ended is not None:
        show_end(ended, Place(job.report_id, job.channel, channel_locale), ports)


def _tell_ended(job: CancelJob, ports: Ports, locale: Locale) -> Result:
    ports.messenger.tell(job.requester, Message(translate(locale, "progress.ended")), job.channel)
    return {}
