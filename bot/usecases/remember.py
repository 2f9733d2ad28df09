"""Remember what an act suppresses until a day, before it does: so none lasts for ever by accident."""

from __future__ import annotations

from datetime import date

from bot.domain.change import Change
from bot.domain.suppression import REASON, Suppression, until_of
from bot.ports import Ports
from bot.usecases.deed import Deed

TOGETHER = 5000
"""Findings that are remembered in one piece, so that they can be ended piece by piece, and held in memory."""


def remember(deed: Deed, ports: Ports) -> None:
    """Keep what an act is about to suppress, for each last day apart."""
    pieces: dict[date, list[Change]] = {}
    count = 0
    for change in ports.changes.changes(deed.report_id, deed.act_id):
        until = until_of(change.after)
        if until is None:
            continue
        pieces.setdefault(until, []).append(change)
        if len(pieces[until]) == TOGETHER:
            _keep(count, until, pieces.pop(until), deed, ports)
            count += 1
    for number, (until, changes) in enumerate(pieces.items(), count):
        _keep(number, until, changes, deed, ports)


def _keep(number: int, until: date, changes: list[Change], deed: Deed, ports: Ports) -> None:
    reason = changes[0].after.fields.get(REASON, "")
    name = f"{deed.act_id}-{number:04}"
    suppression = Suppression(name, until, deed.user_id, reason, ports.now(), len(changes))
    ports.suppressions.add(suppression, changes)
