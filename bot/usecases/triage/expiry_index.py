"""Remember what an act suppresses until a day, before it does: so none lasts for ever by accident."""

from __future__ import annotations

from datetime import date

from bot.domain.suppression import REASON, Suppression, until_of
from bot.domain.triage import Change, Plan
from bot.ports import Ports
from bot.usecases.triage.run import TriageRun

TOGETHER = 5000
"""Findings that are remembered in one piece, so that they can be ended piece by piece, and held in memory."""


def register_expiries(run: TriageRun, plan: Plan, ports: Ports) -> None:
    """Keep what an act is about to suppress, for each last day apart."""
    pieces: dict[date, list[Change]] = {}

    def keep(number: int, until: date, changes: list[Change]) -> None:
        name, reason = f"{run.act_id}-{number:04}", _reason(changes[0], plan)
        suppression = Suppression(name, until, run.user_id, reason, ports.now(), len(changes))
        ports.suppressions.add(suppression, changes)

    count = 0
    for change in ports.changes.changes(run.report_id, run.act_id):
        until = _until(change, plan)
        if until is None:
            continue
        pieces.setdefault(until, []).append(change)
        if len(pieces[until]) == TOGETHER:
            keep(count, until, pieces.pop(until))
            count += 1
    for number, (until, changes) in enumerate(pieces.items(), count):
        keep(number, until, changes)


def _until(change: Change, plan: Plan) -> date | None:
    """Give the last day that was asked for, also where the finding has no room to say it."""
    return until_of(change.after) if change.order < 0 else plan.orders[change.order].expires_on


def _reason(change: Change, plan: Plan) -> str:
    return change.after.fields.get(REASON, "") if change.order < 0 else plan.orders[change.order].reason
