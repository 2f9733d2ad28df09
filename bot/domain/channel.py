"""A Slack channel, as the bot sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that the bot can see: each public one, and the private ones that it is a member of."""

    id: str
    """Slack's present ID. A private channel gets another one when it is shared with another organization."""
    is_member: bool
    """Whether the bot is."""
    is_archived: bool = False
    is_private: bool = False
    is_shared_outside: bool = False
    """Whether people of another organization are in it, or have been invited."""
