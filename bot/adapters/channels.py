"""
Slack's channels.

Source: https://docs.slack.dev/reference/objects/conversation-object and the method conversations.info, read
2026-11. Slack Connect: https://docs.slack.dev/apis/slack-connect.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.domain.slack import Channel, is_direct
from bot.errors import NotInChannelError

KEEP_SECONDS = 60
"""The time for which a channel is remembered: a job posts several messages; Slack takes 50 calls a minute."""

PAGE_SIZE = 1000
"""The most members of a page of conversations.members."""


@dataclass
class SlackChannels:
    """
    The channels of the workspace.

    Needs the scope channels:read for public channels and groups:read for private ones.
    """

    client: WebClient
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, Channel | None]] = field(default_factory=dict, init=False)

    def find(self, channel_id: str) -> Channel | None:
        """
        Find a channel (see the port).

        No call is made for direct messages, which would need im:read: only the person and the bot are there.
        """
        if is_direct(channel_id):
            return Channel(channel_id, is_member=True, is_private=True)
        read_at, channel = self._known.get(channel_id, (float("-inf"), None))
        if self.clock() - read_at > KEEP_SECONDS:
            channel = self._ask(channel_id)
            self._known[channel_id] = self.clock(), channel
        return channel

    def members(self, channel_id: str) -> frozenset[str]:
        """Return the user IDs of a channel's members."""
        members: set[str] = set()
        cursor: str | None = None
        while True:
            with slack_errors("conversations.members", channel_id):
                page = self.client.conversations_members(channel=channel_id, limit=PAGE_SIZE, cursor=cursor)
            members.update(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return frozenset(members)

    def _ask(self, channel_id: str) -> Channel | None:
        try:
            with slack_errors("conversations.info", channel_id):
                found: dict[str, Any] = self.client.conversations_info(channel=channel_id)["channel"]
        except NotInChannelError:  # Slack's channel_not_found
            return None
        return Channel(
            id=str(found.get("id") or channel_id),
            is_member=bool(found.get("is_member")),
            is_archived=bool(found.get("is_archived")),
            is_private=bool(found.get("is_private")),
            is_shared_outside=_is_shared_outside(found),
        )


def _is_shared_outside(found: dict[str, Any]) -> bool:
    """
    Return whether a channel has several organizations.

    One that several workspaces of the bot's own organization share is `is_org_shared`, and may be shared with
    others as well. Once a pending invitation is accepted, the others see today's messages too.
    """
    is_shared = bool(found.get("is_shared")) and not found.get("is_org_shared")
    return is_shared or bool(found.get("is_ext_shared")) or bool(found.get("is_pending_ext_shared"))
