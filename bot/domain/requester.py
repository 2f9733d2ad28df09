"""Who has asked for something in Slack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requester:
    """The person who asked."""

    user_id: str
    response_url: str
    """Where a private answer goes, five times within 30 minutes; empty where Slack gave none."""
    team_id: str = ""
    """The workspace that Slack says they are of, as it signed it; empty where it gave none."""
