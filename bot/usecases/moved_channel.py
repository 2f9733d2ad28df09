"""A channel that has got another ID: which settings still name the old one is told once."""

from __future__ import annotations

import logging

from bot.domain.job import ChannelMovedJob
from bot.domain.message import Message
from bot.i18n import translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.usecases.context import JobContext

LOG = logging.getLogger(__name__)

NAMING = ("SLACK_CHANNEL", "READ_ALLOWED", "ACT_ALLOWED", "SHARED_CHANNELS")
"""Settings that may name a channel."""


def tell_moved(context: JobContext[ChannelMovedJob]) -> None:
    """
    Tell the channel of the scheduled report, or the moved one if it was that, which settings to change.

    Nothing is told of a channel that no setting names. Permissions do not move along: it has strangers now.

    Raises:
        BotError: the errors of `Messenger.post`.
    """
    job, settings = context.job, context.deployment.settings
    naming = [name for name in NAMING if job.old_id in settings.get(name).replace(",", " ").split()]
    if not naming:
        return
    LOG.warning(
        "settings name a channel's old ID", extra={"settings": ", ".join(naming), "old_id": job.old_id}
    )
    home = job.new_id if "SLACK_CHANNEL" in naming else settings.get("SLACK_CHANNEL")
    ids = {"old": mrkdwn.code(job.old_id), "new": mrkdwn.code(job.new_id)}
    listed = ", ".join(map(mrkdwn.code, naming))
    text = translate(
        context.deployment.locale, "channel.moved", channel=mrkdwn.channel(job.new_id), settings=listed, **ids
    )
    message = Message(text, is_for_everybody=True)
    context.steps.run("tell-moved", lambda: _post(home, message, context.ports), at_most_once=True)


def _post(channel: str, message: Message, ports: Ports) -> None:
    ports.messenger.post(channel, message)
