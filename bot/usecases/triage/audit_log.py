"""The history: written before anything is changed, and shown to who asks for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import chain, groupby, islice
from pathlib import Path

from bot.domain.audit import AuditEntry, ChangeStatus
from bot.domain.finding import FindingIdentifier
from bot.domain.job import HistoryJob, job_id
from bot.domain.message import Message
from bot.domain.suppression import until_of
from bot.domain.triage import ActionResult, Change, Plan
from bot.errors import ReportGoneError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.csv_file import encoded
from bot.render.history import AuditLine, history_csv, history_text
from bot.usecases.context import JobContext
from bot.usecases.steps import Result
from bot.usecases.triage.run import TriageRun

SHOWN = 20
"""How many changes a person is shown; where there are more, a link leads to all."""


def record_changes(run: TriageRun, plan: Plan, chosen: Result, ports: Ports) -> None:
    """Write down what an act is about to change. Raises BotError: then nothing is changed."""
    at = datetime.fromisoformat(chosen["chosen_at"])
    name = (ports.messenger.name(run.user_id) if run.requester else None) or run.user_id

    def entries() -> Iterator[AuditEntry]:
        for change in ports.changes.changes(run.report_id, run.act_id):
            yield _entry(change, run, plan, at, name)

    ports.history.record(run.act_id, at, entries)


def _entry(change: Change, run: TriageRun, plan: Plan, at: datetime, name: str) -> AuditEntry:
    order = None if plan.undoes else plan.orders[change.order]
    before, after = change.before, change.after
    until = order.expires_on if order else until_of(after)
    return AuditEntry(
        at=at.isoformat(timespec="seconds"),
        user_id=run.user_id,
        name=name,
        message=run.message,
        report_id=run.report_id,
        act_id=run.act_id,
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


def answer_history(context: JobContext[HistoryJob]) -> None:
    """Tell who asks what was done with a resource or a control, the newest first. Raises BotError."""

    job, ports, locale = context.job, context.ports, context.locale

    def tell() -> Result:
        past = ports.history.about(job.what)
        found = _marked(past, ports)
        first = list(islice(found, SHOWN + 1))
        link = _share(job, chain(first, found), ports, locale) if len(first) > SHOWN else ""
        text = history_text(job.what, first[:SHOWN], link, locale, is_cut=past.is_cut())
        ports.messenger.tell(job.requester, Message(text), job.channel)
        return {"count": len(first)}

    context.steps.run("history", tell)


def _marked(entries: Iterable[AuditEntry], ports: Ports) -> Iterator[AuditLine]:
    """Say of each change what became of it, as long as its report is kept."""
    acts_of = cache(ports.changes.acts)
    for (report_id, act_id), of_act in groupby(entries, lambda entry: (entry.report_id, entry.act_id)):
        made = next((act for act in acts_of(report_id) if act.act_id == act_id), None)
        fate_of = _fates(report_id, made, ports)
        for entry in of_act:
            yield AuditLine(entry, fate_of(FindingIdentifier(entry.finding_id, entry.product_arn)))


def _fates(
    report_id: str, made: ActionResult | None, ports: Ports
) -> Callable[[FindingIdentifier], ChangeStatus]:
    """Give what tells what became of an act's findings."""
    if made is None:
        fate = ChangeStatus.UNFINISHED if _is_kept(report_id, ports) else ChangeStatus.MADE
        return lambda _: fate
    ids = report_id, made.act_id
    refused = {refusal.identifier for refusal in ports.changes.refusals(*ids)}
    kept = _changed(*ids, ports) if made.unmade_count else None

    def fate_of(finding: FindingIdentifier) -> ChangeStatus:
        if finding in refused:
            return ChangeStatus.REFUSED
        return ChangeStatus.MADE if kept is None or finding in kept else ChangeStatus.LEFT

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


def _share(job: HistoryJob, entries: Iterable[AuditLine], ports: Ports, locale: Locale) -> str:
    """
    Keep all of it as a CSV, and give a link to that in mrkdwn.

    A file in Slack is for all of a channel; the link is for who asked.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.csv"
        with file.open("wb") as out:
            out.writelines(map(encoded, history_csv(entries, locale)))
        return mrkdwn.link(ports.history.share(job_id(job), file), "history.csv")
