"""The forms that Slack gives the values of the secret."""

from __future__ import annotations

import re

TOKEN = re.compile(r"(xoxe\.)?xoxb-[!-~]{1,300}")
"""A bot token, with xoxe. one that is rotated: https://docs.slack.dev/authentication/tokens, read 2026-11."""

SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
"""As the page "Basic Information" of each Slack app shows it."""
