"""
Tell the owners of a report's rows: a new message in the report's thread, or direct messages.

The report has been posted before. A failure here neither delays nor repeats it: a name stands in for a
mention that could not be made, and the message says which error stopped the look-ups. The contacts and the
rules are stored before anything is sent, so that a repeated job decides as the first delivery did.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.domain.command import format_query
from bot.domain.job import CheckJob, ScanJob
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
from bot.usecases.context import JobContext
from bot.usecases.owners.contacts import ContactFinder
from bot.usecases.owners.direct import DirectMessages
from bot.usecases.owners.mark import mark_notified, reached_in
from bot.usecases.steps import Result, UncertainStepError

LOG = logging.getLogger(__name__)


def notify_owners(report_id: str, ts: str, context: JobContext[ScanJob] | JobContext[CheckJob]) -> None:
    """
    Tell the owners of a report's fresh rows, each once however often the job is repeated.

    Args:
        report_id: the report.
        ts: its message, in the job's channel.
        context: the job that made it.

    Raises:
        UnfinishedError: the time is up, and another delivery of the job continues.
    """
    if context.routing.routing.mention.how is How.NONE:
        return
    try:
        summary = context.ports.reports.summary(report_id)
        decision = _decision(context.steps.run("owners", _decide, summary, context))
        _Notification(summary, ts, decision, context).run()
    except BotError as error:
        LOG.warning("the owners were not told", extra={"error_code": error.code, "report_id": report_id})


@dataclass(frozen=True, slots=True)
class _Decision:
    """The rules in force, and the contacts as they were found; the same in each delivery of the job."""

    mention: Mention
    contacts: Mapping[str, Contact]
    """By OwnerName.key."""
    error: str
    """The error because of which owners were not looked up, in mrkdwn."""


def _decide(summary: Summary, context: JobContext[ScanJob] | JobContext[CheckJob]) -> Result:
    """Look up the owners of NEW rows. A known one costs no call."""
    ports, routing = context.ports, context.routing.routing
    mention = routing.mention
    rules = [mention.how, mention.at_most, mention.unowned, mention.mark_notified]
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
    return {"mention": rules, "contacts": contacts, "error": error}


def _decision(stored: Result) -> _Decision:
    how, at_most, unowned, mark_notified = stored["mention"]
    contacts = {
        key: Contact(slack_id, Absence(absence) if absence else None, is_proof)
        for key, slack_id, absence, is_proof in stored["contacts"]
    }
    return _Decision(Mention(How(how), at_most, unowned, mark_notified), contacts, stored["error"])


def _is_new(row: ReportRow) -> bool:
    return Mentioned().is_fresh(row, "")


@dataclass
class _Notification:
    """The messages to the owners of one report."""

    summary: Summary
    ts: str
    decision: _Decision
    context: JobContext[ScanJob] | JobContext[CheckJob]
    told: set[str] = field(default_factory=set)
    """The keys of the people whose direct message Slack accepted."""
    settled: set[str] = field(default_factory=set)
    """The keys of the owners who need not hear of their fresh rows again."""

    @property
    def ports(self) -> Ports:
        """The ports of the job."""
        return self.context.ports

    @cached_property
    def memory(self) -> Mentioned:
        """The rows of which owners need not hear again; none if a person asked for the report."""
        if not self.context.job.is_scheduled:
            return Mentioned()
        return self.ports.owner_memory.load_mentioned(self._schedule)

    @property
    def _schedule(self) -> str:
        """
        A name of the schedule: its channel and its own query; of a part, with the channel of its route.

        The controls of TARGET_CONTROL_IDS may change, and the schedule stays the same.
        """
        part, query = self.summary.part, self.context.job.query
        place = f"{self.summary.part_of}/{part.channel}" if part else self.context.channel
        text = f"{place}\0{format_query(query) if query else ''}"
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]

    def run(self) -> None:
        """Send the messages, remember the rows, then mark them."""
        tallies = OwnerTallies(self.decision.contacts, self.memory)
        for row in self._rows():
            tallies.add(row)
        mentioned = self._tell(tallies)
        mark = self.decision.mention.mark_notified and not self.summary.check  # no finding exists yet
        reached = self.context.steps.run("reached", self._reached, mentioned)["keys"] if mark else ()
        if self.context.job.is_scheduled:
            self.context.steps.run("mentioned", self._remember)
        if reached:
            self._mark(reached)

    def _rows(self) -> Iterator[ReportRow]:
        return self.ports.reports.rows(self.summary.report_id)

    def _tell(self, tallies: OwnerTallies) -> Sequence[OwnerTally]:
        """Send the messages; return the owners whom the message in the thread has mentioned for certain."""
        fresh, mention = tallies.fresh(), self.decision.mention
        if mention.how is How.DM:
            messages = DirectMessages(self.summary, self.decision.contacts, self.context)
            messages.send(fresh)
            self.told = messages.accepted
            self.settled |= messages.accepted | messages.in_doubt
            fresh = [_refused(tally, messages.refused) for tally in fresh if tally.key not in self.settled]
        mentioned = _by_contact([tally for tally in fresh if tally.contact.id])[: mention.at_most]
        ids = {tally.contact.id for tally in mentioned}
        named = [tally for tally in fresh if tally.contact.id not in ids]
        notice = OwnerNotice(
            mentioned=mentioned,
            named=named,
            fresh_count=tallies.fresh_count,
            told_count=len(self.told),
            unowned=tallies.unowned.most_common(),
            unowned_contact=mention.unowned if tallies.fresh_unowned_count else "",
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

    def _reached(self, mentioned: Sequence[OwnerTally]) -> Result:
        """Return the keys of the owners whom Slack has notified."""
        ports, contacts = self.ports, [tally.contact for tally in mentioned]
        try:
            ids = reached_in(self.context.channel, contacts, ports.channels, ports.people)
        except BotError as error:
            LOG.warning("it is unknown who was reached", extra={"error_code": error.code})
            ids = set()
        return {"keys": sorted(self.told | ids | {f"{slack_id}?" for slack_id in ids})}

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
