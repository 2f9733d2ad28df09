"""The Slack scopes that the bot needs. manifest.yml and README say what each is for; a test compares them."""

from __future__ import annotations

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
