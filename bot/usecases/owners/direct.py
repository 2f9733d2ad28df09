"""Direct messages to the owners of a report's rows, each with the owner's own rows."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.job import FINISHING, CheckJob, Progress, Requester, ScanJob
from bot.domain.owners.contact import ABSENCES, Absence, Contact
from bot.domain.owners.tally import OwnerTally, contact_key, names_of
from bot.domain.permission import Standing
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.slack import Message
from bot.errors import BotError
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import section
from bot.render.owners import direct_text
from bot.usecases.context import JobContext
from bot.usecases.deliver import csv_name
from bot.usecases.owners.own_rows import MOST_FILES, split_csv
from bot.usecases.steps import Result, Steps, UncertainStepError, UnfinishedError

LOG = logging.getLogger(__name__)


@dataclass
class DirectMessages:
    """The direct messages of one report. Sets have keys as of `contact_key`, which are IDs of people."""

    summary: Summary
    contacts: Mapping[str, Contact]
    """By OwnerName.key."""
    context: JobContext[ScanJob] | JobContext[CheckJob]
    accepted: set[str] = field(default_factory=set)
    """The people whose message Slack accepted."""
    in_doubt: set[str] = field(default_factory=set)
    """The people who may have their message: a process died while it was sent, or could not record it."""
    refused: dict[str, Absence] = field(default_factory=dict)
    """The people who are no members any more, with the reason."""
    _sent: set[str] = field(default_factory=set)

    def send(self, tallies: Sequence[OwnerTally]) -> None:
        """
        Send a message, at most once, to each owner who is a person and owns the rows for certain.

        Raises:
            UnfinishedError: the time is up, and another delivery of the job continues.
        """
        people = [tally for tally in tallies if tally.contact.is_person and tally.contact.is_proof]
        for start in range(0, len(people), MOST_FILES):
            self._send_some(people[start : start + MOST_FILES], start)

    def _send_some(self, people: Sequence[OwnerTally], sent_count: int) -> None:
        ids = [tally.key for tally in people]
        with tempfile.TemporaryDirectory() as folder:
            reports = self.context.ports.reports
            files = split_csv(self.summary.report_id, ids, self._keys_of, reports, Path(folder))
            for number, tally in enumerate(people, start=sent_count):
                deadline = self.context.deadline
                if deadline.resumable and not deadline.left():
                    raise UnfinishedError(Progress(FINISHING, number))
                self._send_one(tally, files[tally.key])

    def _keys_of(self, row: ReportRow) -> Iterable[str]:
        return (contact_key(owner, self.contacts) for owner in names_of(row))

    def _send_one(self, tally: OwnerTally, file: Path) -> None:
        user_id = tally.key
        steps = self.context.steps.within(f"direct-{user_id}")
        try:
            sent = steps.run("post", self._post, tally, at_most_once=True)
        except UncertainStepError:
            self.in_doubt.add(user_id)
            return
        except BotError as error:
            LOG.warning("a direct message failed", extra={"error_code": error.code, "user_id": user_id})
            self.in_doubt |= {user_id} & self._sent
            return
        if "absence" in sent:
            self.refused[user_id] = Absence(sent["absence"])
            return
        self.accepted.add(user_id)
        self._attach(sent, file, user_id, steps)

    def _attach(self, sent: Result, file: Path, user_id: str, steps: Steps) -> None:
        """Share the CSV; if that fails or may have failed, post a link to it instead."""
        try:
            steps.run("upload", self._upload, sent, file, at_most_once=True)
        except (BotError, UncertainStepError):
            try:
                steps.run("link", self._link, sent, file, user_id, at_most_once=True)
            except (BotError, UncertainStepError) as error:
                code = error.code if isinstance(error, BotError) else "uncertain"
                LOG.warning("an owner got no CSV", extra={"error_code": code, "user_id": user_id})

    def _post(self, tally: OwnerTally) -> Result:
        """Post the text if the person is still a member: the contact may be a week old."""
        ports, user_id = self.context.ports, tally.key
        standing = ports.people.standing(Requester(user_id))
        if standing is not Standing.MEMBER:
            return {"absence": ABSENCES[standing]}
        check, environment = self.summary.check, self.context.deployment.environment
        text = direct_text(tally, environment, self._locale(user_id), check.repository if check else "")
        channel, ts = ports.messenger.direct(user_id, Message(text, (section(text),)))
        self._sent.add(user_id)
        return {"channel": channel, "ts": ts}

    def _upload(self, sent: Result, file: Path) -> None:
        self.context.ports.messenger.upload(sent["channel"], sent["ts"], csv_name(self.summary), file)

    def _link(self, sent: Result, file: Path, user_id: str) -> None:
        ports, name = self.context.ports, csv_name(self.summary)
        link = mrkdwn.link(ports.reports.share(f"{self.summary.report_id}-{user_id}", name, file), name)
        text = translate(self._locale(user_id), "report.csv-failed", reason="Slack", link=link)
        ports.messenger.post(sent["channel"], Message(text), sent["ts"])

    def _locale(self, user_id: str) -> Locale:
        return self.context.ports.messenger.locale(user_id) or self.context.deployment.locale
