"""Records that are written before findings change: audit log and expiry dates; and searches of the log."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from itertools import chain, groupby, islice
from pathlib import Path

from bot.domain.audit import AuditEntry, ChangeStatus
from bot.domain.command import ROUTING_WORDS
from bot.domain.finding import FindingIdentifier
from bot.domain.job import ActionJob, HistoryJob
from bot.domain.owners.routing_change import RESOURCE
from bot.domain.slack import Message
from bot.domain.suppression import REASON, Suppression, until_of
from bot.domain.triage import Change, Plan
from bot.domain.words.history import HistoryQuery
from bot.errors import ReportGoneError
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.csv_file import encoded
from bot.render.history import AuditLine, history_csv, history_text
from bot.usecases.context import JobContext
from bot.usecases.steps import Result
from bot.usecases.triage.decide import Author, author_of
from bot.usecases.triage.plan import chosen_changes

SHOWN = 20
"""Changes that a person is shown; if there are more, a link leads to all."""

NAME = "history.csv"

TOGETHER = 5000
"""Findings of one suppression: pieces of this size are held in memory and reopened together."""


def record_changes(context: JobContext[ActionJob], plan: Plan, at: datetime) -> None:
    """Record the chosen changes in the audit log. Raises BotError: then no finding may be changed."""
    act_id, author = context.job_id, author_of(context, at)

    def entries() -> Iterator[AuditEntry]:
        return (_entry(change, act_id, plan, author) for change in chosen_changes(context))

    context.ports.audit_log.record(act_id, at, entries)


def _entry(change: Change, act_id: str, plan: Plan, author: Author) -> AuditEntry:
    before, after = change.before, change.after
    until = _until(change, plan)
    return AuditEntry(
        at=author.at.isoformat(timespec="seconds"),
        user_id=author.user_id,
        name=author.name,
        message=author.message,
        report_id=plan.report_id,
        act_id=act_id,
        finding_id=change.identifier.id,
        product_arn=change.identifier.product_arn,
        **change.place._asdict(),
        before=before.status,
        note_before=before.note.text if before.note else "",
        after=after.status,
        note_after=after.note.text if after.note else "",
        reason="" if change.request < 0 else plan.requests[change.request].reason,
        until=until.isoformat() if until else "",
        undoes=plan.undoes or "",
    )


def register_expiries(context: JobContext[ActionJob], plan: Plan) -> None:
    """Register the chosen suppressions by their last day, so that none becomes permanent by accident."""
    pieces: dict[date, list[Change]] = {}
    ports, user_id = context.ports, context.job.requester.user_id

    def register(number: int, until: date, changes: list[Change]) -> None:
        name, reason = f"{context.job_id}-{number:04}", _reason(changes[0], plan)
        ports.suppressions.add(Suppression(name, until, user_id, reason, ports.now(), len(changes)), changes)

    count = 0
    for change in chosen_changes(context):
        until = _until(change, plan)
        if until is None:
            continue
        pieces.setdefault(until, []).append(change)
        if len(pieces[until]) == TOGETHER:
            register(count, until, pieces.pop(until))
            count += 1
    for number, (until, changes) in enumerate(pieces.items(), count):
        register(number, until, changes)


def _reason(change: Change, plan: Plan) -> str:
    return change.after.fields.get(REASON, "") if change.request < 0 else plan.requests[change.request].reason


def _until(change: Change, plan: Plan) -> date | None:
    """
    Return the requested last day, also if the finding has no room for it.

    An undo restores the finding's own last day, and a request for another note leaves it as it is.
    """
    request = None if change.request < 0 else plan.requests[change.request]
    if request is None or (request.note is not None and change.before.status == change.after.status):
        return until_of(change.after)
    return request.expires_on


def answer_history(context: JobContext[HistoryJob]) -> None:
    """Tell a person the changes of a resource or a control, the newest first. Raises BotError."""
    context.steps.run("history", _answer, context)


def _answer(context: JobContext[HistoryJob]) -> Result:
    job, ports = context.job, context.ports
    subject = RESOURCE if job.subject.lower() in ROUTING_WORDS else job.subject
    asked = HistoryQuery(subject, job.accounts, job.regions, job.since_days)
    trail, now = ports.audit_log.about(subject), ports.now()
    lines = _lines((entry for entry in trail if asked.has(entry, now)), ports)
    first = list(islice(lines, SHOWN + 1))
    link = _share(chain(first, lines), context) if len(first) > SHOWN else ""
    text = history_text(asked, first[:SHOWN], link, context.locale, is_cut=trail.is_cut())
    ports.messenger.tell(job.requester, Message(text), job.channel)
    return {"count": len(first)}


def _lines(entries: Iterable[AuditEntry], ports: Ports) -> Iterator[AuditLine]:
    """Yield the entries with the statuses of their changes, as far as their reports tell."""
    results_of = cache(ports.actions.acts)
    for (report_id, act_id), group in groupby(entries, lambda entry: (entry.report_id, entry.act_id)):
        result = next((act for act in results_of(report_id) if act.act_id == act_id), None)
        others = ChangeStatus.MADE if result or not _is_stored(report_id, ports) else ChangeStatus.UNFINISHED
        refused = {one.identifier for one in ports.actions.refusals(report_id, act_id)} if result else set()
        made = None
        if result and result.unmade_count:
            with suppress(ReportGoneError):
                made = {change.identifier for change in ports.actions.changes(report_id, act_id)}
        for entry in group:
            finding = FindingIdentifier(entry.finding_id, entry.product_arn)
            is_left = made is not None and finding not in made
            status = ChangeStatus.LEFT if is_left else others
            yield AuditLine(entry, ChangeStatus.REFUSED if finding in refused else status)


def _is_stored(report_id: str, ports: Ports) -> bool:
    try:
        ports.reports.summary(report_id)
    except ReportGoneError:
        return False
    return True


def _share(lines: Iterable[AuditLine], context: JobContext[HistoryJob]) -> str:
    """Store all lines as a CSV, and return a link for the requester; a file in Slack would be for all."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / NAME
        with file.open("wb") as out:
            out.writelines(map(encoded, history_csv(lines, context.locale)))
        return mrkdwn.link(context.ports.reports.share(context.job_id, NAME, file), NAME)
