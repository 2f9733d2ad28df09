"""Announce an act, and announce it again while it lasts, so that others heed it to its end."""

from __future__ import annotations

from datetime import datetime

from bot.domain.triage import Intent
from bot.ports import Ports
from bot.usecases.triage.refresh import LAG
from bot.usecases.triage.run import Deed

AGAIN = LAG / 3
"""After how long it is announced again: a batch (bot/usecases/triage/update.py) takes less than the rest of LAG."""


def announce(deed: Deed, ports: Ports) -> datetime:
    """Tell all others what is being done, and give when they were told."""
    now = ports.now()
    ports.changes.announce(Intent(deed.act_id, deed.report_id, deed.plan_id, deed.user_id, now))
    return now


def keep_announced(deed: Deed, at: datetime, ports: Ports) -> datetime:
    """Announce again what was announced so long ago that others will soon not heed it."""
    return announce(deed, ports) if ports.now() - at > AGAIN else at
