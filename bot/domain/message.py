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
    is_for_everybody: bool = False
    """Whether people of another organization may read it too, because it tells nothing of findings."""
