"""A file that somebody has shared in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})
"""
Endings of files that may be meant as a report's CSV: of workbooks too, so that a person who drops one gets an
answer. Excel saves "Unicode text" as .txt.
"""


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
