"""Extra buttons of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PanelAction:
    """A button that does something outside Slack, such as letting a schedule fire."""

    id: str
    label_en: str
    label_ja: str
    run: Callable[[str], None]
    """Gets the channel that the page shows."""
