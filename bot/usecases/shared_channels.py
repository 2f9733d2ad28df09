"""
Where findings may be told: in no channel that another organization can read, unless a setting names it.

Looked at before each post, and not when a scan is asked for: a channel may have been shared since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain.permission import parse_allowed
from bot.errors import ChannelSharedError, InvalidSettingError, MissingScopeError
from bot.ports import Channels
from bot.settings import Settings

LOG = logging.getLogger(__name__)

SETTING = "SHARED_CHANNELS"


@dataclass(frozen=True, slots=True)
class Discretion:
    """Refuses channels that are shared with another organization, but for those that are `named`."""

    channels: Channels
    named: frozenset[str]

    def check(self, channel_id: str) -> None:
        """
        Let a channel pass in which findings may be told.

        So does one of which the app may not know, as it was installed before the bot asked for that scope:
        an update must not stop all reports. The log tells of each such post.

        Raises:
            ChannelSharedError: another organization can read it.
            BotError: Slack does not tell; the errors of `Channels`, but for MissingScopeError.
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
        if channel and channel.is_shared_outside:
            raise ChannelSharedError(channel=channel_id)


def named_channels(settings: Settings) -> frozenset[str]:
    """
    Read SHARED_CHANNELS.

    Raises:
        InvalidSettingError: something in it is no channel's ID.
    """
    try:
        listed = parse_allowed(settings.get(SETTING))
    except ValueError:
        listed = None
    if listed is None or listed.groups or listed.people:
        raise InvalidSettingError(setting=SETTING, choices="IDs of channels (C… or G…), separated by commas")
    return listed.channels
