"""Slack's things as the bot sees them: the app's scopes and secrets, a message, a channel, a shared file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

SCOPES = (
    "commands",
    "chat:write",
    "files:write",
    "files:read",
    "users:read",
    "users:read.email",
    "channels:read",
    "groups:read",
    "usergroups:read",
)
"""The scopes that the bot needs. manifest.yml and the documents give reasons; a test compares them."""

TOKEN = re.compile(r"(xoxe\.)?xoxb-[!-~]{1,300}")
"""A bot token, with xoxe. if it is rotated: https://docs.slack.dev/authentication/tokens, read 2026-11."""

SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
"""As the page "Basic Information" of each Slack app shows it."""

TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})
"""
Endings of files that may be meant as a report's CSV: of workbooks too, so that a person who drops one gets an
answer. Excel saves "Unicode text" as .txt.
"""


def is_direct(channel_id: str) -> bool:
    """Return whether an ID is of a direct message, to which nobody can be invited."""
    return channel_id.startswith("D")


Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. `text` is what notifications and screen readers give; `blocks` what the eye sees."""

    text: str
    blocks: tuple[Block, ...] = ()
    is_for_everybody: bool = False
    """Whether people of another organization may read it too, because it tells nothing of findings."""


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


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file, as it is shared in one channel."""

    id: str
    name: str
    byte_count: int
    thread_ts: str | None
    """ts of the message that it replies to; None if it is in the channel itself."""
    url: str
    """The address of its bytes, for the bot's token."""

    @property
    def is_table(self) -> bool:
        """Whether its ending is in TABLES."""
        return PurePath(self.name).suffix.lower() in TABLES

    @property
    def is_routing(self) -> bool:
        """Whether its ending is that of a routing file."""
        return PurePath(self.name).suffix.lower() == ".toml"
