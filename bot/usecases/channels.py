"""
Channels of other organizations, and channels with a new ID.

Findings are posted in no channel that another organization can read, unless a setting names it. That is
checked before each post, not when a scan is requested: a channel may have been shared since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain.job import ChannelMovedJob
from bot.domain.permission import parse_allowed
from bot.domain.slack import Message
from bot.errors import (
    ChannelSharedError,
    InvalidSettingError,
    MissingScopeError,
    NotLookedUpError,
    UnavailableError,
)
from bot.i18n import translate
from bot.ports import Channels, Ports
from bot.render import mrkdwn
from bot.settings import Settings
from bot.usecases.context import JobContext

LOG = logging.getLogger(__name__)

SETTING = "SHARED_CHANNELS"

NAMING = ("SLACK_CHANNEL", "READ_ALLOWED", "ACT_ALLOWED", "SHARED_CHANNELS")
"""Settings that may name a channel."""


@dataclass(frozen=True, slots=True)
class Discretion:
    """Refuses channels shared with another organization, except those in `named`."""

    channels: Channels
    named: frozenset[str]

    def check(self, channel_id: str) -> None:
        """
        Return if findings may be posted in a channel.

        If the app lacks the scope to find out, because it was installed before the bot asked for it, the post
        is allowed and logged: an update must not stop all reports.

        Raises:
            ChannelSharedError: another organization can read it.
            NotLookedUpError: Slack did not answer.
            BotError: the errors of `Channels`, except MissingScopeError.
        """
        if channel_id in self.named:
            return
        try:
            channel = self.channels.find(channel_id)
        except MissingScopeError as error:
            LOG.warning(
                "posted without knowing who reads the channel",
                extra={"error_code": error.code, "channel": channel_id, "scope": error.values["scope"]},
            )
            return
        except UnavailableError as error:  # nothing is posted yet: the step may be repeated
            raise NotLookedUpError(service="Slack", call="conversations.info") from error
        if channel and channel.is_shared_outside:
            raise ChannelSharedError(channel=channel_id)


def named_channels(settings: Settings) -> frozenset[str]:
    """
    Read SHARED_CHANNELS.

    Raises:
        InvalidSettingError: it contains something other than channel IDs.
    """
    try:
        listed = parse_allowed(settings.get(SETTING))
    except ValueError:
        listed = None
    if listed is None or listed.groups or listed.people:
        raise InvalidSettingError(setting=SETTING, choices="IDs of channels (C… or G…), separated by commas")
    return listed.channels


def tell_moved(context: JobContext[ChannelMovedJob]) -> None:
    """
    Post which settings to change, in the channel of the scheduled report (the new one, if that has moved).

    If no setting names the channel, nothing is posted. Permissions do not follow the channel: a change of its
    ID may mean that another organization joined.

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
