"""The Slack app and its channels: scopes, the forms of its secrets, and a channel as the bot sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCOPES = (
    "commands",
    "chat:write",
    "files:write",
    "files:read",
    "users:read",
    "channels:read",
    "groups:read",
    "usergroups:read",
)
"""The scopes that the bot needs. manifest.yml and the documents give reasons; a test compares them."""

TOKEN = re.compile(r"(xoxe\.)?xoxb-[!-~]{1,300}")
"""A bot token, with xoxe. if it is rotated: https://docs.slack.dev/authentication/tokens, read 2026-11."""

SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
"""As the page "Basic Information" of each Slack app shows it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that the bot can see: any public one, and the private ones that it is a member of."""

    id: str
    """Slack's present ID. A private channel gets another one when it is shared with another organization."""
    is_member: bool
    """Whether the bot is a member."""
    is_archived: bool = False
    is_private: bool = False
    is_shared_outside: bool = False
    """Whether people of another organization are members, or have been invited."""
