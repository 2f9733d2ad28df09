"""The jobs of an edited CSV: read it, and apply what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.requester import Requester


@dataclass(frozen=True, slots=True)
class EditJob:
    """Read a file that somebody has shared: if it is a report's CSV, say what it would change."""

    key: str
    file_id: str
    channel: str
    requester: Requester
    """Who shared it."""


@dataclass(frozen=True, slots=True)
class ApplyEditJob:
    """Apply what an edited CSV asks for, as it was previewed."""

    key: str
    report_id: str
    plan_id: str
    """The ID of the edit job that made the plan."""
    channel: str
    message_ts: str
    """The preview's message …"""
    thread_ts: str
    """… and the report's, in whose thread it is."""
    requester: Requester
