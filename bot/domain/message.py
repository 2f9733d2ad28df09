"""A message for Slack: its text and its blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. `text` is what notifications and screen readers give; `blocks` what the eye sees."""

    text: str
    blocks: tuple[Block, ...] = ()

    def without_blocks(self) -> Message:
        """Return the same as text alone, without what can be clicked, for when Slack refuses the layout."""
        return Message("\n".join(_texts(self.blocks)) or self.text)


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the texts of headers, sections and small print, in their order."""
    for block in blocks:
        if "text" in block:
            yield block["text"]["text"]
        if "fields" in block:
            yield from (field["text"] for field in block["fields"])
        if block["type"] == "context":
            yield "  ".join(element["text"] for element in block["elements"])
