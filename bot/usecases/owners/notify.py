"""
Tell the owners of a report's rows: a new message in the report's thread, or direct messages.

The report has been posted before. A failure here neither delays nor repeats it: a name stands in for a
mention that could not be made, and the message says which error stopped the look-ups.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.domain.job import ScanJob
from bot.domain.owners.contact import Absence, Contact
from bot.domain.owners.owner import comparable
from bot.domain.owners.routing import How, Routing
from bot.domain.owners.tally import Mentioned, OwnerTallies, OwnerTally, contact_key, owners_of
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.errors import BotError
from bot.ports import Ports
from bot.render.owners import OwnerNotice, owner_notice
from bot.usecases.context import JobContext
from bot.usecases.owners.contacts import ContactFinder
from bot.usecases.owners.direct import DirectMessages
from bot.usecases.owners.mark import mark_notified, reached_in
from bot.usecases.steps import Result, UncertainStepError

LOG = logging.getLogger(__name__)


def notify_owners(report_id: str, ts: str, context: JobContext[ScanJob]) -> None:
    """
    Tell the owners of a report's fresh rows, each once however often the job is repeated.

    Args:
        report_id: the report.
        ts: its message, in the job's channel.
        context: the job that made it.
    """
    routing = context.routing.routing
    if routing.mention.how is How.NONE:
        return
    try:
        _Notification(context.ports.reports.summary(report_id), ts, routing, context).run()
    except BotError as error:
        LOG.warning("the owners were not told", extra={"error_code": error.code, "report_id": report_id})


@dataclass
class _Notification:
    """The messages to the owners of one report."""

    summary: Summary
    ts: str
    routing: Routing
    context: JobContext[ScanJob]
    contacts: dict[str, Contact] = field(default_factory=dict)
    """By comparable name."""
    mentioned: list[Contact] = field(default_factory=list)
    """The contacts whom the message in the thread mentions."""
    told: set[str] = field(default_factory=set)
    """The IDs of the people who got a direct message …"""
    in_doubt: set[str] = field(default_factory=set)
    """… and of those who may have it."""
    settled: set[str] = field(default_factory=set)
    """The keys of the owners who need not hear of their rows again."""

    @property
    def ports(self) -> Ports:
        """The ports of the job."""
        return self.context.ports

    @cached_property
    def memory(self) -> Mentioned | None:
        """The rows for which the schedule has mentioned the owners; None if a person asked for the report."""
        job = self.context.job
        is_scheduled = job.requester is None and not job.is_from_console
        return self.ports.owner_memory.load_mentioned(self._schedule) if is_scheduled else None

    @property
    def _schedule(self) -> str:
        """A name of the schedule: its query and channel; of a part, with the channel of its route."""
        part = self.summary.part
        place = f"{self.summary.part_of}/{part.channel}" if part else self.context.channel
        text = f"{place}\0{self.summary.query!r}"
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]

    def run(self) -> None:
        """Look up, post, and remember the rows."""
        found = self._find_contacts()
        tallies = self._count()
        if self.routing.mention.how is How.DM:
            messages = DirectMessages(self.summary, self.contacts, self.context)
            messages.send(tallies.fresh())
            self.told, self.in_doubt = messages.accepted, messages.in_doubt
        notice = self._notice(tallies, found)
        if notice is not None:
            self._mention(notice)
        if self.routing.mention.mark_notified:
            self._mark()
        if self.memory is not None:
            self.context.steps.run("mentioned", self._remember)

    def _rows(self) -> Iterator[ReportRow]:
        return self.ports.reports.rows(self.summary.report_id)

    def _is_fresh(self, row: ReportRow) -> bool:
        return (self.memory or Mentioned()).is_fresh(row)

    def _find_contacts(self) -> BotError | None:
        owners = owners_of(row for row in self._rows() if self._is_fresh(row))
        finder = ContactFinder(
            self.ports.people,
            self.ports.owner_memory,
            self.ports.now,
            self.routing.people,
            self.routing.owner.email_domain,
            self.context.deadline.left,
        )
        found = finder.find(owners)
        self.contacts = {comparable(name): contact for name, contact in found.contacts.items()}
        return found.error

    def _count(self) -> OwnerTallies:
        tallies = OwnerTallies(self.contacts)
        for row in self._rows():
            tallies.add(row, is_fresh=self._is_fresh(row))
        return tallies

    def _notice(self, tallies: OwnerTallies, error: BotError | None) -> OwnerNotice | None:
        """Return the content of the message; None if nobody has to hear anything."""
        fresh = tallies.fresh()
        if not tallies.fresh_count:
            return None
        mentioned, named = self._split(fresh)
        return OwnerNotice(
            mentioned=mentioned,
            named=named,
            fresh_count=tallies.fresh_count,
            told_count=len(self.told),
            unowned=tallies.unowned.most_common(),
            unowned_contact=self.routing.mention.unowned if tallies.fresh_unowned_count else "",
            error=error,
        )

    def _split(self, fresh: Sequence[OwnerTally]) -> tuple[list[OwnerTally], list[OwnerTally]]:
        """Divide the owners without a direct message into those that are mentioned and the others."""
        served = self.told | self.in_doubt
        left = [tally for tally in fresh if tally.contact.id not in served]
        mentioned = [tally for tally in left if tally.contact.id][: self.routing.mention.at_most]
        reached = {tally.contact.id for tally in mentioned} | served
        named = [tally for tally in left if tally.contact.id not in reached]
        self.settled = reached | {comparable(tally.name) for tally in named if _is_final(tally.contact)}
        return mentioned, named

    def _is_settled(self, row: ReportRow) -> bool:
        """
        Return whether the owners of a row need not hear of it again.

        An owner above the limit of mentions, or not looked up, hears of it with the next report.
        """
        if not self._is_fresh(row):
            return (self.memory or Mentioned()).has(row)
        keys = [contact_key(name, self.contacts) for name in row.owner.names]
        return self.settled.issuperset(keys)

    def _mention(self, notice: OwnerNotice) -> None:
        """Post the message. One that may have been posted before is not repeated, and reaches nobody."""
        try:
            self.context.steps.run("mention", self._post, notice, at_most_once=True)
        except UncertainStepError:
            LOG.warning("the owners may not have been mentioned", extra={"report_id": self.summary.report_id})
        else:
            self.mentioned = [tally.contact for tally in notice.mentioned]

    def _post(self, notice: OwnerNotice) -> Result:
        message = owner_notice(notice, self.summary.report_id, self.ts, self.context.deployment.locale)
        return {"ts": self.ports.messenger.post(self.context.channel, message, self.ts)}

    def _mark(self) -> None:
        """Mark the rows of the owners who were reached; the first answer counts if the job is repeated."""
        reached = self.context.steps.run("reached", lambda: {"ids": sorted(self._reached())})["ids"]
        if reached:
            mark_notified(self.summary, self.ts, reached, self.contacts, self.context)

    def _reached(self) -> set[str]:
        ports = self.ports
        return self.told | reached_in(self.context.channel, self.mentioned, ports.channels, ports.people)

    def _remember(self) -> None:
        before = self.memory or Mentioned()
        at, is_partial = self.summary.scanned_at.isoformat(), bool(self.summary.unread)
        after = before.after(filter(self._is_settled, self._rows()), at, is_partial=is_partial)
        self.ports.owner_memory.save_mentioned(self._schedule, after)


def _is_final(contact: Contact) -> bool:
    """Return whether Slack has said that an owner cannot be mentioned."""
    return contact.absence not in (None, Absence.NOT_LOOKED_UP)
