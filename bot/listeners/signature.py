"""
Slack's signature, checked over the raw bytes before anything is parsed.

Bolt checks it too, but only after it has decoded the body, where noise from the internet makes it raise:
this turns such requests away first. Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

MAX_BODY_BYTES = 256 * 1024
"""Far above what Slack sends: a view with its 100 blocks is some tens of kilobytes."""

MAX_AGE_SECONDS = 300
"""Slack's own advice against replays."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


def is_genuine(headers: Mapping[str, str], body: bytes, *, signing_secret: str, now: float) -> bool:
    """
    Tell whether Slack has signed a request within the last five minutes.

    Args:
        headers: with lower-case names.
        body: the bytes as they came.
        signing_secret: not empty, or nothing is genuine.
        now: seconds since the epoch.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    given = headers.get("x-slack-signature", "")
    if not signing_secret or not _TIMESTAMP.fullmatch(timestamp):
        return False
    if abs(now - int(timestamp)) > MAX_AGE_SECONDS:
        return False
    message = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(signing_secret.encode(), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
