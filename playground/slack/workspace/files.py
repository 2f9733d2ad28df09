"""
Files, from the start of an upload to the shared file.

Source of the steps: https://docs.slack.dev/messaging/working-with-files, read 2026-11.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from playground.slack.workspace.people import BOT


class Share(NamedTuple):
    """A message that has a file."""

    ts: str
    thread_ts: str | None
    """Of the message it replies to."""


@dataclass
class File:
    """A file, which is one from the moment that its upload was asked for."""

    id: str
    name: str
    length: int
    """In bytes, as announced."""
    upload_token: str
    title: str = ""
    user: str = BOT
    """Who has uploaded it."""
    content: bytes | None = None
    """None until it is uploaded."""
    is_complete: bool = False
    shares: dict[str, list[Share]] = field(default_factory=dict)
    """Channel, and each message there that has it."""

    @property
    def mimetype(self) -> str:
        """Guess from the name, as Slack does."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def filetype(self) -> str:
        """Slack's word for the kind of the file: the end of its name."""
        return PurePath(self.name).suffix.lstrip(".").lower() or "binary"


class Files:
    """All files."""

    def __init__(self, identifier: Callable[[str], str]) -> None:
        self._identifier = identifier
        self._all: dict[str, File] = {}

    def __iter__(self) -> Iterator[File]:
        """Return every file whose upload is complete."""
        return iter([file for file in self._all.values() if file.is_complete])

    def announce(self, name: str, length: int) -> File:
        """Promise a file."""
        file = File(self._identifier("F"), name, length, self._identifier("U"), title=name)
        self._all[file.id] = file
        return file

    def add(self, name: str, content: bytes, user: str) -> File:
        """Put in a file that a person has uploaded."""
        file = self.announce(name, len(content))
        file.content, file.user, file.is_complete = content, user, True
        return file

    def find(self, file_id: str) -> File | None:
        """Find a file, complete or not."""
        return self._all.get(file_id)

    def awaited(self, upload_token: str) -> File | None:
        """Find the file that an upload URL is for, unless its bytes are there already."""
        for file in self._all.values():
            if file.upload_token == upload_token and file.content is None:
                return file
        return None
