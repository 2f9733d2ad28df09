"""
Tell the owners of a report's rows: a new message in the report's thread, or direct messages.

The report has been posted before. A failure here neither delays nor repeats it: a name stands in for a
mention that could not be made, and the message says which error stopped the look-ups. The contacts are stored
before anything is sent, so that a repeated job decides as the first delivery did.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.domain.command import schedule_name
from bot.domain.finding import WorkflowStatus
from bot.domain.job import STAGES, Progress
from bot.domain.owners.contact import Absence, Contact
from bot.domain.owners.routing import How, Mention
from bot.domain.owners.tally import (
    NOBODY_KEY,
    Mentioned,
    OwnerTallies,
    OwnerTally,
    contact_key,
    names_of,
    owners_of,
)
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.errors import BotError
from bot.ports import Ports
from bot.render.errors import explain_in_slack
from bot.render.owners import OwnerNotice, owner_notice
from bot.usecases.owners.contacts import ContactFinder
from bot.usecases.owners.direct import DirectMessages, OwnedReport, ReportContext
from bot.usecases.owners.mark import mark_notified, reached_in
from bot.usecases.steps import Result, UncertainStepError, UnfinishedError

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A report that has been posted."""

    report_id: str
    ts: str
    """Its message, in the channel of the context."""
    context: ReportContext
    """Of its own job: of a part, that of the part."""


def notify_owners(delivered: Sequence[Delivered], context: ReportContext) -> None:
    """
    Tell the owners of the fresh rows of a job's reports, each once however often the job is repeated.

    Args:
        delivered: the reports.
        context: the job's, in whose name direct messages are sent.

    Raises:
        UnfinishedError: the time is up, and another delivery of the job continues.
    """
    how = context.routing.routing.mention.how
    if how is How.NONE:
        return
    count, found = len(delivered), list[_Notification]()
    for number, each in enumerate(delivered, 1):
        with _in_round(number), _logged(each.report_id):
            found.append(_prepared(each))
    messages = DirectMessages(context)
    if how is How.DM:
        with _in_round(count + 1), _logged(context.job_id):
            messages.send([one.owned for one in found])
    for number, one in enumerate(found, count + 2):
        with _in_round(number), _logged(one.summary.report_id):
            one.finish(messages)


@contextmanager
def _in_round(number: int) -> Iterator[None]:
    """Count the progress of the body as that of a later round of the job."""
    try:
        yield
    except UnfinishedError as error:
        stage, count = error.progress
        raise UnfinishedError(Progress(stage + STAGES * number, count)) from error


@contextmanager
def _logged(report_id: str) -> Iterator[None]:
    """Log an error: it is none of the report, which has been posted."""
    try:
        yield
    except BotError as error:
        LOG.warning("the owners were not told", extra={"error_code": error.code, "report_id": report_id})


def _prepared(delivered: Delivered) -> _Notification:
    """Look up the owners of a report, and count its rows."""
    context = delivered.context
    summary = context.ports.reports.summary(delivered.report_id)
    decision = _decision(context.steps.run("owners", _decide, summary, context))
    notification = _Notification(summary, delivered.ts, decision, context)
    notification.count()
    return notification


@dataclass(frozen=True, slots=True)
class _Decision:
    """The contacts as they were found; the same in each delivery of the job."""

    contacts: Mapping[str, Contact]
    """By OwnerName.key."""
    error: str
    """The error because of which owners were not looked up, in mrkdwn."""


def _decide(summary: Summary, context: ReportContext) -> Result:
    """Look up the owners of NEW rows. A known one costs no call."""
    ports, routing = context.ports, context.routing.routing
    finder = ContactFinder(
        ports.people,
        ports.owner_memory,
        ports.now,
        routing.people,
        routing.owner.email_domain,
        context.deadline,
    )
    found = finder.find(owners_of(filter(_is_new, ports.reports.rows(summary.report_id))))
    contacts = [
        (owner.key, contact.id, contact.absence or "", contact.is_proof)
        for owner, contact in found.contacts.items()
    ]
    error = explain_in_slack(found.error, context.deployment.locale) if found.error else ""
    return {"contacts": contacts, "error": error}


def _decision(stored: Result) -> _Decision:
    contacts = {
        key: Contact(slack_id, Absence(absence) if absence else None, is_proof)
        for key, slack_id, absence, is_proof in stored["contacts"]
    }
    return _Decision(contacts, stored["error"])


def _is_new(row: ReportRow) -> bool:
    return Mentioned().is_fresh(row, "")


@dataclass
class _Notification:
    """The messages to the owners of one report."""

    summary: Summary
    ts: str
    decision: _Decision
    context: ReportContext
    tallies: OwnerTallies = field(init=False)
    """The rows by owner; set by `count`."""
    settled: set[str] = field(default_factory=set)
    """The keys of the owners who need not hear of their fresh rows again."""

    @property
    def ports(self) -> Ports:
        """The ports of the job."""
        return self.context.ports

    @property
    def rules(self) -> Mention:
        """The rules in force."""
        return self.context.routing.routing.mention

    @cached_property
    def memory(self) -> Mentioned:
        """The rows of which owners need not hear again; none if a person asked for the report."""
        if not self.context.job.is_scheduled:
            return Mentioned()
        return self.ports.owner_memory.load_mentioned(self._schedule)

    @property
    def owned(self) -> OwnedReport:
        """The report for direct messages."""
        return OwnedReport(self.summary, self.decision.contacts, self.tallies.fresh())

    @property
    def _schedule(self) -> str:
        part = self.summary.part
        place = f"{self.summary.part_of}/{part.channel}" if part else self.context.channel
        return schedule_name(place, self.context.job.query)

    def count(self) -> None:
        """Count the rows by owner."""
        self.tallies = OwnerTallies(self.decision.contacts, self.memory)
        for row in self._rows():
            self.tallies.add(row)

    def finish(self, messages: DirectMessages) -> None:
        """Mention the owners who have no direct message, remember the rows, then mark them."""
        told = messages.told_of(self.summary.report_id)
        mentioned = self._tell(told, messages)
        mark = self.rules.mark_notified and not self.summary.check  # no finding exists yet
        reached = self.context.steps.run("reached", self._reached, mentioned, told)["keys"] if mark else ()
        if self.context.job.is_scheduled:
            self.context.steps.run("mentioned", self._remember)
        if reached:
            self._mark(reached)

    def _rows(self) -> Iterator[ReportRow]:
        """Read the rows; of a check before deployment only the failures."""
        rows = self.ports.reports.rows(self.summary.report_id)
        if self.summary.check:
            return (row for row in rows if row.status is not WorkflowStatus.SUPPRESSED)
        return rows

    def _tell(self, told: frozenset[str], messages: DirectMessages) -> Sequence[OwnerTally]:
        """Post the message in the thread; return the owners whom it has mentioned for certain."""
        tallies, rules = self.tallies, self.rules
        self.settled |= told | messages.in_doubt_of(self.summary.report_id)
        fresh = [
            _refused(tally, messages.refused) for tally in tallies.fresh() if tally.key not in self.settled
        ]
        mentioned = _by_contact([tally for tally in fresh if tally.contact.id])[: rules.at_most]
        ids = {tally.contact.id for tally in mentioned}
        named = [tally for tally in fresh if tally.contact.id not in ids]
        notice = OwnerNotice(
            mentioned=mentioned,
            named=named,
            fresh_count=tallies.fresh_count,
            told_count=len(told),
            unowned=tallies.unowned.most_common(),
            unowned_contact=rules.unowned if tallies.fresh_unowned_count else "",
            error=self.decision.error,
        )
        is_settled, is_certain = self._mention(notice) if tallies.fresh_count else (False, False)
        if is_settled:
            self.settled |= {tally.key for tally in fresh if tally.contact.id in ids}
            self.settled |= {tally.key for tally in named if _is_final(tally.contact)} | {NOBODY_KEY}
        return mentioned if is_certain else ()

    def _mention(self, notice: OwnerNotice) -> tuple[bool, bool]:
        """
        Post the message. One that may have been posted before is not repeated, and reaches nobody.

        Returns:
            Whether the owners need not be mentioned again, and whether the message is there for certain.
        """
        try:
            self.context.steps.run("mention", self._post, notice, at_most_once=True)
        except UncertainStepError:
            LOG.warning("the owners may not have been mentioned", extra={"report_id": self.summary.report_id})
            return True, False
        except BotError as error:
            extra = {"error_code": error.code, "report_id": self.summary.report_id}
            LOG.warning("the owners were not mentioned", extra=extra)
            return False, False
        return True, True

    def _post(self, notice: OwnerNotice) -> Result:
        report_id = "" if self.summary.check else self.summary.report_id
        message = owner_notice(notice, report_id, self.ts, self.context.deployment.locale)
        return {"ts": self.ports.messenger.post(self.context.channel, message, self.ts)}

    def _reached(self, mentioned: Sequence[OwnerTally], told: frozenset[str]) -> Result:
        """Return the keys of the owners whom Slack has notified."""
        ports, contacts = self.ports, [tally.contact for tally in mentioned]
        try:
            ids = reached_in(self.context.channel, contacts, ports.channels, ports.people)
        except BotError as error:
            LOG.warning("it is unknown who was reached", extra={"error_code": error.code})
            ids = set()
        return {"keys": sorted(told | ids | {f"{slack_id}?" for slack_id in ids})}

    def _remember(self) -> None:
        after = self.memory.after(self._settled_rows(), is_partial=bool(self.summary.unread))
        self.ports.owner_memory.save_mentioned(self._schedule, after)

    def _settled_rows(self) -> Iterator[tuple[ReportRow, str]]:
        """
        Yield the rows, each with an owner who need not hear of it again.

        An owner above the limit of mentions, or not looked up, hears of it with the next report.
        """
        for row in self._rows():
            keys = {contact_key(owner, self.decision.contacts) for owner in names_of(row)} or {NOBODY_KEY}
            for key in keys - {""}:
                if self.memory.has(row, key) or (key in self.settled and self.memory.is_fresh(row, key)):
                    yield row, key

    def _mark(self, reached: Sequence[str]) -> None:
        """Mark the rows of the owners who were reached. A failure repeats no message."""
        contacts = self.decision.contacts
        final = frozenset(key for key, contact in contacts.items() if _is_final(contact))
        try:
            mark_notified(self.summary, self.ts, frozenset(reached), final, contacts, self.context)
        except BotError as error:
            extra = {"error_code": error.code, "report_id": self.summary.report_id}
            LOG.warning("rows were not marked", extra=extra)


def _refused(tally: OwnerTally, refused: Mapping[str, Absence]) -> OwnerTally:
    """Return the tally of a person who is no member any more without their contact."""
    absence = refused.get(tally.key)
    return replace(tally, contact=Contact(absence=absence)) if absence else tally


def _by_contact(tallies: Sequence[OwnerTally]) -> list[OwnerTally]:
    """Merge the tallies of one contact: rows whose names prove them, and other rows."""
    merged: dict[str, OwnerTally] = {}
    for tally in tallies:
        known = merged.get(tally.contact.id)
        merged[tally.contact.id] = tally if known is None else known.merged(tally)
    return list(merged.values())


def _is_final(contact: Contact) -> bool:
    """Return whether Slack has said that an owner cannot be mentioned."""
    return contact.absence not in (None, Absence.NOT_LOOKED_UP)
