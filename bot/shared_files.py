"""The port of the files that people share in Slack; the others are in bot/ports.py."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from bot.domain.shared_file import SharedFile


class SharedFiles(Protocol):
    """The files that people share in Slack."""

    def find(self, file_id: str, channel: str) -> SharedFile | None:
        """Find a file as it is shared in a channel; None if it is not. Raises as `Messenger.post` does."""

    def is_person(self, user_id: str) -> bool:
        """
        Tell whether it is a person's ID: not a bot's, nor of somebody whom the workspace does not know.

        Raises the same as `find`.
        """

    def fetch(self, file: SharedFile, to: Path, most_bytes: int) -> None:
        """Copy a file's bytes. Raises FileOverLimitError, FileElsewhereError, and the same as `find`."""
