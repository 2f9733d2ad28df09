"""A message for Slack: its text and its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. `text` is what notifications and screen readers give; `blocks` what the eye sees."""

    text: str
    blocks: tuple[Block, ...] = ()

    def without_tables(self) -> Message:
        """Leave out the table block, for a workspace where Slack refuses it."""
        return Message(self.text, tuple(block for block in self.blocks if block["type"] != "table"))
