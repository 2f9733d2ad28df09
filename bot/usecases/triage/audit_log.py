"""The history: written before anything is changed, and shown to who asks for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import chain, groupby, islice
from pathlib import Path

from bot.domain.audit import Entry, Fate
from bot.domain.finding import FindingIdentifier
from bot.domain.job import HistoryJob, job_id
from bot.domain.message import Message
from bot.domain.suppression import until_of
from bot.domain.triage import Act, Change, Plan
from bot.errors import ReportGoneError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.csv_file import encoded
from bot.render.history import Told, history_csv, history_text
from bot.usecases.steps import Result, Step
from bot.usecases.triage.run import Deed

SHOWN = 20
"""How many changes a person is shown; where there are more, a link leads to all."""


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
    until = order.expires_on if order else until_of(after)
    return Entry(
        at=at.isoformat(timespec="seconds"),
        user_id=deed.user_id,
        name=name,
        message=deed.message,
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
        until=until.isoformat() if until else "",
        undoes=plan.undoes or "",
    )


def history(job: HistoryJob, ports: Ports, step: Step, locale: Locale) -> None:
    """Tell who asks what was done with a resource or a control, the newest first. Raises BotError."""

    def tell() -> Result:
        past = ports.history.about(job.what)
        found = _marked(past, ports)
        first = list(islice(found, SHOWN + 1))
        link = _share(job, chain(first, found), ports, locale) if len(first) > SHOWN else ""
        text = history_text(job.what, first[:SHOWN], link, locale, is_cut=past.is_cut())
        ports.messenger.tell(job.requester, Message(text), job.channel)
        return {"count": len(first)}

    step("history", tell)


def _marked(entries: Iterable[Entry], ports: Ports) -> Iterator[Told]:
    """Say of each change what became of it, as long as its report is kept."""
    acts_of = cache(ports.changes.acts)
    for (report_id, act_id), of_act in groupby(entries, lambda entry: (entry.report_id, entry.act_id)):
        made = next((act for act in acts_of(report_id) if act.act_id == act_id), None)
        fate_of = _fates(report_id, made, ports)
        for entry in of_act:
            yield Told(entry, fate_of(FindingIdentifier(entry.finding_id, entry.product_arn)))


def _fates(report_id: str, made: Act | None, ports: Ports) -> Callable[[FindingIdentifier], Fate]:
    """Give what tells what became of an act's findings."""
    if made is None:
        fate = Fate.UNFINISHED if _is_kept(report_id, ports) else Fate.MADE
        return lambda _: fate
    ids = report_id, made.act_id
    refused = {refusal.identifier for refusal in ports.changes.refusals(*ids)}
    kept = _changed(*ids, ports) if made.unmade_count else None

    def fate_of(finding: FindingIdentifier) -> Fate:
        if finding in refused:
            return Fate.REFUSED
        return Fate.MADE if kept is None or finding in kept else Fate.LEFT

    return fate_of


def _changed(report_id: str, act_id: str, ports: Ports) -> set[FindingIdentifier] | None:
    """Give what an act has changed; None where that is not kept any more."""
    try:
        return {change.identifier for change in ports.changes.changes(report_id, act_id)}
    except ReportGoneError:
        return None


def _is_kept(report_id: str, ports: Ports) -> bool:
    try:
        ports.reports.summary(report_id)
    except ReportGoneError:
        return False
    return True


def _share(job: HistoryJob, entries: Iterable[Told], ports: Ports, locale: Locale) -> str:
    """
    Keep all of it as a CSV, and give a link to that in mrkdwn.

    A file in Slack is for all of a channel; the link is for who asked.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.csv"
        with file.open("wb") as out:
            out.writelines(map(encoded, history_csv(entries, locale)))
        return mrkdwn.link(ports.history.share(job_id(job), file), "history.csv")
