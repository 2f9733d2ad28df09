"""Timestamps as findings and filters spell them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d(?::?\d\d)?)",
    re.ASCII,
)
"""
YYYY-MM-DDTHH:MM:SS, perhaps a fraction of up to 9 digits, and Z or an offset:
https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html, section Timestamps.
"""


def seconds_of(text: str) -> float:
    """
    Read a timestamp as seconds since 1970.

    Raises:
        ValueError: it is not one.
    """
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError(f"{text!r} is not a timestamp")
    return datetime.fromisoformat(text.upper()).timestamp()


def timestamp(seconds: float) -> str:
    """Write seconds since 1970 as Security Hub does."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
