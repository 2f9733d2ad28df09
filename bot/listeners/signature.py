"""
Slack's signature, checked over the raw bytes before anything is parsed.

Bolt checks it too, but only after it has decoded the body, which raises on malformed requests from the
internet. This check rejects them first. Source: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import NotSignedError

LOG = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024
"""Far more than Slack's largest payload: a view with 100 blocks has some tens of kilobytes."""

MAX_AGE_SECONDS = 300
"""Against replays, as Slack recommends."""

SSL_CHECK_BYTES = 1024
"""A check has one field, and Slack's old verification token."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


UNSIGNED = "unsigned"
STALE = "stale timestamp"
WRONG = "wrong signature"
"""Faults of a signature, as the log names them; the alarm in template.yaml matches these words."""


def fault_of(headers: Mapping[str, str], body: bytes, *, signing_secret: str, now: float) -> str | None:
    """
    Return the fault of a request's signature; None if Slack signed it within five minutes.

    Args:
        headers: with lower-case names.
        body: the bytes as they came.
        signing_secret: not empty, or nothing is genuine.
        now: seconds since the epoch.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    given = headers.get("x-slack-signature", "")
    if not given or not _TIMESTAMP.fullmatch(timestamp):
        return UNSIGNED
    if abs(now - int(timestamp)) > MAX_AGE_SECONDS:
        return STALE
    message = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(signing_secret.encode(), message, hashlib.sha256).hexdigest()
    is_right = hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
    return None if is_right and signing_secret else WRONG


def is_ssl_check(headers: Mapping[str, str], body: bytes) -> bool:
    """
    Return whether a request is Slack's check of the certificate, which is unsigned and expects a 200.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands, "ssl_check", read 2026-11.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind == "application/x-www-form-urlencoded"
    return is_form and len(body) <= SSL_CHECK_BYTES and b"ssl_check=1" in body.split(b"&")


MOST_LINES = 10
SECONDS = 60
"""Lines per minute, reason and process: the alarm needs five, and many requests must not flood the log."""


@dataclass
class RefusalLog:
    """
    Logs refusals up to a rate for each reason, and then the number of those left out.

    Unsigned requests are noise: they must not hide wrong signatures from the alarm.
    """

    clock: Callable[[], float] = time.monotonic
    _counts: dict[str, tuple[float, int]] = field(default_factory=dict, init=False)
    """Reason to the beginning of its minute, and the refusals since then."""

    def write(self, reason: str) -> None:
        """Log a refusal; `reason` is one of the signature's faults, with no part of the request."""
        now = self.clock()
        since, count = self._counts.get(reason, (float("-inf"), 0))
        unwritten = 0
        if now - since > SECONDS:
            unwritten = max(0, count - MOST_LINES)
            since, count = now, 0
        self._counts[reason] = since, count + 1
        if count < MOST_LINES:
            refusal = NotSignedError(reason=reason)
            extra = {"error_code": refusal.code, "reason": reason, "unwritten": unwritten}
            LOG.warning("refused a request: %s", refusal, extra=extra)
