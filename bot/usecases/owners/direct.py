"""Direct messages to the owners of a report's rows, each with the owner's own rows."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.job import FINISHING, Progress, Requester, ScanJob
from bot.domain.message import Message
from bot.domain.owners.contact import Contact
from bot.domain.owners.tally import OwnerTally, contact_key
from bot.domain.permission import Standing
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.errors import BotError
from bot.render.blocks import section
from bot.render.owners import direct_text
from bot.usecases.context import JobContext
from bot.usecases.deliver import csv_name
from bot.usecases.owners.own_rows import MOST_FILES, split_csv
from bot.usecases.steps import Result, UncertainStepError, UnfinishedError

LOG = logging.getLogger(__name__)


@dataclass
class DirectMessages:
    """The direct messages of one report."""

    summary: Summary
    contacts: Mapping[str, Contact]
    """By comparable name."""
    context: JobContext[ScanJob]
    accepted: set[str] = field(default_factory=set)
    """The IDs of the people whose message Slack accepted."""
    in_doubt: set[str] = field(default_factory=set)
    """The IDs of the people who may have their message: a process died while it was sent."""

    def send(self, tallies: Sequence[OwnerTally]) -> None:
        """
        Send a message to each owner who is a person, at most once.

        Raises:
            UnfinishedError: the time is up, and another delivery of the job continues.
        """
        people = [tally for tally in tallies if tally.contact.is_person]
        for start in range(0, len(people), MOST_FILES):
            self._send_some(people[start : start + MOST_FILES], start)

    def _send_some(self, people: Sequence[OwnerTally], sent_count: int) -> None:
        ids = [tally.contact.id for tally in people]
        with tempfile.TemporaryDirectory() as folder:
            reports = self.context.ports.reports
            files = split_csv(self.summary.report_id, ids, self._keys_of, reports, Path(folder))
            for number, tally in enumerate(people, start=sent_count):
                deadline = self.context.deadline
                if deadline.resumable and not deadline.left():
                    raise UnfinishedError(Progress(FINISHING, number))
                self._send_one(tally.contact.id, tally, files[tally.contact.id])

    def _keys_of(self, row: ReportRow) -> Iterable[str]:
        return (contact_key(name, self.contacts) for name in row.owner.names)

    def _send_one(self, user_id: str, tally: OwnerTally, file: Path) -> None:
        steps = self.context.steps.within(f"direct-{user_id}")
        try:
            sent = steps.run("post", self._post, tally, at_most_once=True)
            if sent:
                self.accepted.add(user_id)
                steps.run("upload", self._upload, sent, file, at_most_once=True)
        except BotError as error:
            LOG.warning("a direct message failed", extra={"error_code": error.code, "user_id": user_id})
        except UncertainStepError:
            self.in_doubt.add(user_id)

    def _post(self, tally: OwnerTally) -> Result:
        """Post the text if the person is still a member: the contact may be a week old."""
        ports, user_id = self.context.ports, tally.contact.id
        if ports.people.standing(Requester(user_id)) is not Standing.MEMBER:
            return {}
        locale = ports.messenger.locale(user_id) or self.context.deployment.locale
        text = direct_text(tally, self.context.deployment.environment, locale)
        channel, ts = ports.messenger.direct(user_id, Message(text, (section(text),)))
        return {"channel": channel, "ts": ts}

    def _upload(self, sent: Result, file: Path) -> None:
        self.context.ports.messenger.upload(sent["channel"], sent["ts"], csv_name(self.summary), file)
