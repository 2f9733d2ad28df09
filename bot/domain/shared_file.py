"""A file that somebody has shared in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})
"""
Endings of what somebody might take for a report's CSV: workbooks too, so that who drops one is told what is
wanted. Excel saves "Unicode text" as .txt.
"""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file, as it is shared in one channel."""

    id: str
    name: str
    byte_count: int
    thread_ts: str | None
    """ts of the message that it is a reply to; None where it stands in the channel itself."""
    url: str
    """Where the bot's token gets its bytes."""

    @property
    def is_table(self) -> bool:
        """Whether its name says that it may be a CSV."""
        return PurePath(self.name).suffix.lower() in TABLES
