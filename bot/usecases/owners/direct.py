"""Direct messages to the owners of a job's reports: one to each person, with their rows of all of them."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from bot.domain.job import FINISHING, CheckJob, Progress, Requester, ScanJob
from bot.domain.owners.contact import ABSENCES, Absence, Contact
from bot.domain.owners.tally import OwnerTally, contact_key, most_severe_first, names_of
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
from bot.usecases.owners.own_rows import MOST_FILES, OwnedRows, split_csv
from bot.usecases.steps import Result, Steps, UncertainStepError, UnfinishedError

LOG = logging.getLogger(__name__)

ReportContext = JobContext[ScanJob] | JobContext[CheckJob]
"""The context of a job that makes a report."""


@dataclass(frozen=True, slots=True)
class OwnedReport:
    """A report whose owners get direct messages."""

    summary: Summary
    contacts: Mapping[str, Contact]
    """By OwnerName.key."""
    fresh: Sequence[OwnerTally]
    """The owners who are to hear of rows."""

    def people(self) -> Iterator[OwnerTally]:
        """Yield the owners who are people, and own the rows for certain."""
        return (tally for tally in self.fresh if tally.contact.is_person and tally.contact.is_proof)

    def keys_of(self, row: ReportRow) -> Iterable[str]:
        """Yield the key of each owner of a row (see `contact_key`)."""
        return (contact_key(owner, self.contacts) for owner in names_of(row))


class Told(NamedTuple):
    """A person and a report."""

    report_id: str
    key: str
    """As of `contact_key`: the person's ID."""


@dataclass
class DirectMessages:
    """The direct messages of one job, and whom they have reached."""

    context: ReportContext
    accepted: set[Told] = field(default_factory=set)
    """The people whose message Slack accepted, with the reports whose rows it has."""
    in_doubt: set[Told] = field(default_factory=set)
    """The people who may have theirs: a process died while it was sent, or could not record it."""
    refused: dict[str, Absence] = field(default_factory=dict)
    """The people who are no members any more, by ID, with the reason."""
    _count: int = field(default=0, init=False)

    def send(self, reports: Sequence[OwnedReport]) -> None:
        """
        Send each person a message, at most once, with their rows of all reports.

        A report that only a repeat of the job has posted is told in another message.

        Raises:
            UnfinishedError: the time is up, and another delivery of the job continues.
        """
        left, number = list(reports), 0
        while left:
            step = self.context.steps.run(f"direct-reports-{number}", _ids, left)
            together = [one for one in left if one.summary.report_id in step["ids"]]
            left = [one for one in left if one.summary.report_id not in step["ids"]]
            self._send_together(together, f"direct-{number}" if number else "direct")
            number += 1

    def told_of(self, report_id: str) -> frozenset[str]:
        """Return the people whose message has their rows of a report."""
        return frozenset(told.key for told in self.accepted if told.report_id == report_id)

    def in_doubt_of(self, report_id: str) -> frozenset[str]:
        """Return the people who may have such a message."""
        return frozenset(told.key for told in self.in_doubt if told.report_id == report_id)

    def _send_together(self, reports: Sequence[OwnedReport], step: str) -> None:
        people = _merged(chain.from_iterable(report.people() for report in reports))
        rows = [OwnedRows(report.summary.report_id, report.keys_of) for report in reports]
        told: dict[str, set[Told]] = {}
        for report in reports:
            for tally in report.people():
                told.setdefault(tally.key, set()).add(Told(report.summary.report_id, tally.key))
        for start in range(0, len(people), MOST_FILES):
            some = people[start : start + MOST_FILES]
            with tempfile.TemporaryDirectory() as folder:
                keys = [tally.key for tally in some]
                files = split_csv(rows, keys, self.context.ports.reports, Path(folder))
                for tally in some:
                    self._check_time()
                    message = _DirectMessage(tally, files[tally.key], reports[0].summary, self.context, step)
                    self._send(message, told[tally.key])

    def _check_time(self) -> None:
        deadline = self.context.deadline
        if deadline.resumable and not deadline.left():
            raise UnfinishedError(Progress(FINISHING, self._count))
        self._count += 1

    def _send(self, message: _DirectMessage, told: set[Told]) -> None:
        try:
            absence = message.send()
        except UncertainStepError:
            self.in_doubt |= told
        except BotError as error:
            extra = {"error_code": error.code, "user_id": message.user_id}
            LOG.warning("a direct message failed", extra=extra)
            self.in_doubt |= told if message.is_sent else set()
        else:
            if absence:
                self.refused[message.user_id] = absence
            else:
                self.accepted |= told


def _ids(reports: Sequence[OwnedReport]) -> Result:
    return {"ids": [report.summary.report_id for report in reports]}


def _merged(tallies: Iterable[OwnerTally]) -> list[OwnerTally]:
    """Return one tally for each person."""
    merged: dict[str, OwnerTally] = {}
    for tally in most_severe_first(tallies):
        known = merged.get(tally.key)
        merged[tally.key] = known.merged(tally) if known else tally
    return list(merged.values())


@dataclass
class _DirectMessage:
    """The message to one person."""

    tally: OwnerTally
    file: Path
    summary: Summary
    """Of the report that names the file."""
    context: ReportContext
    step: str
    """The beginning of the names of its steps."""
    is_sent: bool = False
    """Whether Slack has accepted it in this delivery of the job."""

    @property
    def user_id(self) -> str:
        """The person."""
        return self.tally.key

    def send(self) -> Absence | None:
        """
        Send the text, then the CSV; if that fails or may have failed, a link to it.

        Returns:
            The reason why the person gets no message.

        Raises:
            UncertainStepError: it may have been sent before.
            BotError: it was not sent, or, if `is_sent`, that could not be recorded.
        """
        steps = self.context.steps.within(f"{self.step}-{self.user_id}")
        sent = steps.run("post", self._post, at_most_once=True)
        if "absence" in sent:
            return Absence(sent["absence"])
        self._attach(sent, steps)
        return None

    def _attach(self, sent: Result, steps: Steps) -> None:
        try:
            steps.run("upload", self._upload, sent, at_most_once=True)
        except (BotError, UncertainStepError):
            try:
                steps.run("link", self._link, sent, at_most_once=True)
            except (BotError, UncertainStepError) as error:
                code = error.code if isinstance(error, BotError) else "uncertain"
                LOG.warning("an owner got no CSV", extra={"error_code": code, "user_id": self.user_id})

    def _post(self) -> Result:
        """Post the text if the person is still a member: the contact may be a week old."""
        ports = self.context.ports
        standing = ports.people.standing(Requester(self.user_id))
        if standing is not Standing.MEMBER:
            return {"absence": ABSENCES[standing]}
        check, environment = self.summary.check, self.context.deployment.environment
        text = direct_text(self.tally, environment, self._locale(), check.repository if check else "")
        channel, ts = ports.messenger.direct(self.user_id, Message(text, (section(text),)))
        self.is_sent = True
        return {"channel": channel, "ts": ts}

    def _upload(self, sent: Result) -> None:
        messenger = self.context.ports.messenger
        messenger.upload(sent["channel"], sent["ts"], csv_name(self.summary), self.file)

    def _link(self, sent: Result) -> None:
        ports, name = self.context.ports, csv_name(self.summary)
        shared = ports.reports.share(f"{self.summary.report_id}-{self.user_id}", name, self.file)
        link = mrkdwn.link(shared, name)
        text = translate(self._locale(), "report.csv-failed", reason="Slack", link=link)
        ports.messenger.post(sent["channel"], Message(text), sent["ts"])

    def _locale(self) -> Locale:
        return self.context.ports.messenger.locale(self.user_id) or self.context.deployment.locale
