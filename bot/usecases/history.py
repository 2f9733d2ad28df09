"""The history: written before anything is changed, and shown to who asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from bot.domain.change import Change, Plan
from bot.domain.history import Entry
from bot.domain.job import HistoryJob
from bot.domain.message import Message
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.history import history_text
from bot.usecases.deed import Deed
from bot.usecases.steps import Result, Step

SHOWN = 20
"""How many changes a person is shown."""


def record(deed: Deed, plan: Plan, chosen: Result, ports: Ports) -> Result:
    """Write down what an act is about to change. Raises BotError: then nothing is changed."""
    at = datetime.fromisoformat(chosen["chosen_at"])
    name = (ports.messenger.name(deed.user_id) if deed.requester else None) or deed.user_id

    def entries() -> Iterator[Entry]:
        for change in ports.changes.changes(deed.report_id, deed.act_id):
            yield _entry(change, deed, plan, at, name)

    ports.history.record(deed.act_id, at, entries)
    return {}


def _entry(change: Change, deed: Deed, plan: Plan, at: datetime, name: str) -> Entry:
    order = None if plan.undoes else plan.orders[change.order]
    before, after = change.before, change.after
    return Entry(
        at=at.isoformat(timespec="seconds"),
        user_id=deed.user_id,
        name=name,
        message=f"{deed.channel}/{deed.message_ts}",
        report_id=deed.report_id,
        act_id=deed.act_id,
        finding_id=change.identifier.id,
        product_arn=change.identifier.product_arn,
        control_id=change.place.control_id,
        account_id=change.place.account_id,
        region=change.place.region,
        resource_id=change.place.resource_id,
        before=before.status,
        note_before=before.note.text if before.note else "",
        after=after.status,
        note_after=after.note.text if after.note else "",
        reason=order.reason if order else "",
        until=order.expires_on.isoformat() if order and order.expires_on else "",
        undoes=plan.undoes or "",
    )


def history(job: HistoryJob, ports: Ports, step: Step, locale: Locale) -> None:
    """Tell who asks what was done with a resource or a control, the newest first. Raises BotError."""

    def tell() -> Result:
        found = list(islice(ports.history.about(job.what), SHOWN + 1))
        text = history_text(job.what, found[:SHOWN], has_more=len(found) > SHOWN, locale=locale)
        ports.messenger.tell(job.requester, Message(text), job.channel)
        return {"count": len(found)}

    step("history", tell)
