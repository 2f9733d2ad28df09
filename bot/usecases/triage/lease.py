"""Announce an act, and announce it again while it lasts, so that others heed it to its end."""

from __future__ import annotations

from datetime import datetime

from bot.domain.triage import Claim
from bot.ports import Ports
from bot.usecases.triage.refresh import LAG
from bot.usecases.triage.run import TriageRun

AGAIN = LAG / 3
"""
The time after which a lease is renewed: a batch (bot/usecases/triage/update.py) takes less than the rest of
LAG.
"""


def acquire(run: TriageRun, ports: Ports) -> datetime:
    """Tell all others what is being done, and give when they were told."""
    now = ports.now()
    ports.changes.announce(Claim(run.act_id, run.report_id, run.plan_id, run.user_id, now))
    return now


def renew(run: TriageRun, at: datetime, ports: Ports) -> datetime:
    """Announce again what was announced so long ago that others will soon not heed it."""
    return acquire(run, ports) if ports.now() - at > AGAIN else at
