"""One fake for each port. tests/contracts runs the same claims against a fake and its adapter."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.pace import Pace
from bot.domain.change import Values
from bot.domain.control import Catalogue
from bot.domain.finding import Finding, FindingIdentifier
from bot.domain.job import Job, Requester
from bot.domain.message import Block, Message
from bot.domain.partition import Partition
from bot.domain.permission import Standing
from bot.domain.query import Query
from bot.domain.report import PART_ENDINGS, Part, Refusal, Summary
from bot.domain.seen import Seen, seen_of
from bot.domain.shared_file import SharedFile
from bot.errors import BotError, FileOverLimitError, ReportGoneError, UnexpectedResponseError
from bot.i18n import Locale
from bot.ports import GoOn, Page, Ports, unhindered
from playground.slack.blocks import problems, view_problems
from tests.builders import CATALOGUE, NOW
from tests.fake_changes import FakeChanges, FakeHistory
from tests.fake_suppressions import FakeSuppressions


@dataclass
class FakeFindings:
    """A Security Hub that answers pages of two, and applies every filter of a query."""

    findings: list[Finding] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Finding Id to the code with which its update is refused."""
    fail_at_page: int | None = None
    """Which page, counted from 0 over all queries, raises `error` instead."""
    error: BotError | None = None
    error_once: bool = False
    """Whether the page after that is given again."""
    queries: list[Query] = field(default_factory=list)
    updated: list[tuple[FindingIdentifier, Values]] = field(default_factory=list)
    page_size: int = 2
    lags: bool = False
    """Whether an update shows only after `settle`, as it does for minutes in AWS."""
    _pages: int = 0
    _pending: list[dict[FindingIdentifier, Values]] = field(default_factory=list)

    def pages(
        self, query: Query, weight: float = 1.0, go_on: GoOn = unhindered, token: str = ""
    ) -> Iterator[Page]:
        """Give what answers the query, a page at a time; a token is a finding's number in the answer."""
        assert weight > 0
        go_on()
        self.queries.append(query)
        found = [finding for finding in self.findings if _answers(finding, query)]
        begin = int(token or 0)
        for start in range(begin, max(begin + 1, len(found)), self.page_size):
            if self.error and self._pages == self.fail_at_page:
                self._pages += self.error_once
                raise self.error
            if start > begin:
                go_on()
            self._pages += 1
            end = start + self.page_size
            yield Page(found[start:end], str(end) if end < len(found) else "")

    def update(self, updates: Iterable[tuple[FindingIdentifier, Values]]) -> list[Refusal]:
        """Set values, except of what is to be refused."""
        wanted = dict(updates)
        self.updated += wanted.items()
        self._pending.append({key: v for key, v in wanted.items() if key.id not in self.refuse})
        if not self.lags:
            self.settle()
        refused = [identifier.id for identifier in wanted if identifier.id in self.refuse]
        return [Refusal(id_, self.refuse[id_], "refused") for id_ in refused]

    def settle(self) -> None:
        """Show every update."""
        for pending in self._pending:
            self.findings = [updated(finding, pending) for finding in self.findings]
        self._pending.clear()


def updated(finding: Finding, pending: dict[FindingIdentifier, Values]) -> Finding:
    """Give a finding as an update makes it."""
    for identifier in finding.identifiers:
        values = pending.get(identifier)
        if values:
            fields = finding.user_fields if values.fields is None else tuple(values.fields.items())
            note = values.note or finding.note
            return replace(finding, workflow_status=values.status, note=note, user_fields=fields)
    return finding


def _answers(finding: Finding, query: Query) -> bool:
    wanted: list[tuple[str, Sequence[str]]] = [
        (finding.control_id, query.controls),
        (finding.severity, query.severities),
        (finding.account_id, query.accounts),
        (finding.region, query.regions),
        (finding.workflow_status, query.statuses),
        (finding.identifiers[0].id, query.finding_ids),
    ]
    return (
        (query.is_chosen or finding.compliance_status == "FAILED")
        and all(not values or value in values for value, values in wanted)
        and finding.account_id not in query.not_accounts
        and finding.region not in query.not_regions
    )


@dataclass
class FakeControls:
    """A catalogue of five controls."""

    error: BotError | None = None

    def catalogue(self) -> Catalogue:
        """Give the catalogue."""
        if self.error:
            raise self.error
        return CATALOGUE


@dataclass
class Posted:
    """A message in a fake Slack."""

    channel: str
    message: Message
    thread_ts: str | None


@dataclass
class FakeMessenger:
    """A Slack that refuses blocks outside its limits, and fails at a call when told to."""

    locales: dict[str, Locale] = field(default_factory=dict)
    posted: dict[str, Posted] = field(default_factory=dict)
    files: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    told: list[tuple[str, Message]] = field(default_factory=list)
    views: dict[str, Block] = field(default_factory=dict)
    errors: dict[str, BotError] = field(default_factory=dict)
    """Method to the error that it raises, once, before it takes effect …"""
    late_errors: dict[str, BotError] = field(default_factory=dict)
    """… or after."""
    lasting_errors: dict[str, BotError] = field(default_factory=dict)
    """The same, every time, before it takes effect."""

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Keep a message."""
        with_effect = self._failing("post")
        _check(message)
        ts = f"{len(self.posted) + 1}.000001"
        self.posted[ts] = Posted(channel, message, thread_ts)
        with_effect()
        return ts

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message."""
        with_effect = self._failing("update")
        _check(message)
        before = self.posted.get(ts)
        self.posted[ts] = Posted(channel, message, before.thread_ts if before else None)
        with_effect()

    def upload(self, channel: str, thread_ts: str, name: str, file: Path) -> None:
        """Keep a file."""
        with_effect = self._failing("upload")
        self.files.append((channel, thread_ts, name, file.read_bytes()))
        with_effect()

    def tell(self, requester: Requester, message: Message, channel: str | None = None) -> None:
        """Keep a private message."""
        del channel
        with_effect = self._failing("tell")
        _check(message)
        self.told.append((requester.user_id, message))
        with_effect()

    def show(self, view_id: str, view: Block) -> None:
        """Keep what a form shows."""
        with_effect = self._failing("show")
        found = view_problems(view)
        assert not found, found
        self.views[view_id] = view
        with_effect()

    def locale(self, user_id: str) -> Locale | None:
        """Give a person's language."""
        return self.locales.get(user_id)

    def name(self, user_id: str) -> str | None:
        """Give a person's name, which everybody with a language has."""
        return f"Name of {user_id}" if user_id in self.locales else None

    def _failing(self, method: str) -> Callable[[], None]:
        if method in self.lasting_errors:
            raise self.lasting_errors[method]
        if method in self.errors:
            raise self.errors.pop(method)

        def late() -> None:
            if method in self.late_errors:
                raise self.late_errors.pop(method)

        return late


def _check(message: Message) -> None:
    found = problems(list(message.blocks), "message") if message.blocks else []
    assert not found, found


@dataclass
class FakePeople:
    """A workspace in which everybody is a member, unless told otherwise, and in a group."""

    standings: dict[str, Standing] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(
        default_factory=lambda: {"S0SECURITY": frozenset({"U0PERSON", "U0OTHER"})}
    )
    errors: dict[str, BotError] = field(default_factory=dict)
    """User or group ID to the error that asking for it raises."""

    def standing(self, requester: Requester) -> Standing:
        """Tell what somebody is."""
        if requester.user_id in self.errors:
            raise self.errors[requester.user_id]
        return self.standings.get(requester.user_id, Standing.MEMBER)

    def of_group(self, group_id: str) -> frozenset[str]:
        """Give a group."""
        if group_id in self.errors:
            raise self.errors[group_id]
        if group_id not in self.groups:
            call = f"usergroups.users.list {group_id}"
            raise UnexpectedResponseError(service="Slack", call=call, reason="no_such_subteam")
        return self.groups[group_id]


@dataclass
class FakeJobs:
    """A queue that keeps its jobs."""

    jobs: list[Job] = field(default_factory=list)
    error: BotError | None = None

    def dispatch(self, job: Job) -> None:
        """Keep a job."""
        if self.error:
            raise self.error
        self.jobs.append(job)


@dataclass
class FakeParts:
    """Parts of a scan in memory."""

    parts: dict[str, Part] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    left: dict[str, bytes] = field(default_factory=dict)
    cuts: dict[str, list[Partition]] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Give the names."""
        return frozenset({*self.parts, *self.left, *self.cuts})

    def find(self, name: str) -> Part | None:
        """Give a part."""
        return self.parts.get(name)

    def keep(self, name: str, part: Part, file: Callable[[str], Path]) -> None:
        """Keep a part."""
        for ending in PART_ENDINGS:
            self.files[name, ending] = file(ending).read_bytes()
        self.parts[name] = part

    def fetch(self, name: str, ending: str, file: Path) -> None:
        """Copy a file."""
        if (name, ending) not in self.files:
            raise ReportGoneError
        file.write_bytes(self.files[name, ending])

    def leave(self, name: str, file: Path) -> None:
        """Keep a file."""
        self.left[name] = file.read_bytes()

    def take_up(self, name: str, file: Path) -> None:
        """Copy what was left."""
        if name not in self.left:
            raise ReportGoneError
        file.write_bytes(self.left[name])

    def keep_cut(self, name: str, partitions: Sequence[Partition]) -> None:
        """Keep partitions."""
        self.cuts[name] = list(partitions)

    def cut(self, name: str) -> list[Partition]:
        """Give partitions."""
        if name not in self.cuts:
            raise ReportGoneError
        return self.cuts[name]


@dataclass
class FakeReports:
    """Reports in memory."""

    summaries: dict[str, Summary] = field(default_factory=dict)
    csv_files: dict[str, bytes] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    kept_parts: dict[str, FakeParts] = field(default_factory=dict)
    threads: dict[tuple[str, str], str] = field(default_factory=dict)

    def save(self, summary: Summary, csv_file: Path, seen_file: Path) -> None:
        """Keep a report."""
        self.csv_files[summary.report_id] = csv_file.read_bytes()
        self.lines[summary.report_id] = seen_file.read_text().splitlines()
        self.summaries[summary.report_id] = summary

    def summary(self, report_id: str) -> Summary:
        """Give a summary."""
        if report_id not in self.summaries:
            raise ReportGoneError
        return self.summaries[report_id]

    def seen(self, report_id: str) -> Iterator[Seen]:
        """Give each problem."""
        self.summary(report_id)
        yield from map(seen_of, self.lines[report_id])

    def add_thread(self, channel: str, ts: str, report_id: str) -> None:
        """Remember a message."""
        self.threads[channel, ts] = report_id

    def report_in(self, channel: str, ts: str) -> str | None:
        """Give a message's report."""
        return self.threads.get((channel, ts))

    def csv_link(self, report_id: str) -> str:
        """Make a link."""
        return f"https://bucket.example/reports/{report_id}/findings.csv?X-Amz-Expires=3600&X-Amz-Signature=0"

    def parts(self, report_id: str) -> FakeParts:
        """Give the parts of a scan."""
        return self.kept_parts.setdefault(report_id, FakeParts())

    def fetch_csv(self, report_id: str, file: Path) -> None:
        """Copy the CSV."""
        self.summary(report_id)
        with file.open("wb") as out:
            shutil.copyfileobj(io.BytesIO(self.csv_files[report_id]), out)


@dataclass
class FakeSharedFiles:
    """Files in memory: by ID and channel, with their content."""

    files: dict[tuple[str, str], tuple[SharedFile, bytes]] = field(default_factory=dict)
    bots: set[str] = field(default_factory=set)
    error: BotError | None = None

    def share(
        self, channel: str, name: str, content: bytes, thread_ts: str | None = None, file_id: str = "F1"
    ) -> None:
        """Share a file."""
        file = SharedFile(file_id, name, len(content), thread_ts, "https://files.slack.com/x")
        self.files[file_id, channel] = file, content

    def find(self, file_id: str, channel: str) -> SharedFile | None:
        """Find a file."""
        if self.error:
            raise self.error
        found = self.files.get((file_id, channel))
        return found[0] if found else None

    def is_person(self, user_id: str) -> bool:
        """Tell a person from a bot."""
        return user_id not in self.bots

    def fetch(self, file: SharedFile, to: Path, most_bytes: int) -> None:
        """Copy a file."""
        content = next(content for known, content in self.files.values() if known == file)
        if len(content) > most_bytes:
            raise FileOverLimitError(most=str(most_bytes >> 20))
        to.write_bytes(content)


@dataclass
class FakeLedger:
    """A ledger in memory."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, key: str) -> dict[str, Any] | None:
        """Give an entry."""
        return self.entries.get(key)

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """Write an entry unless there is one."""
        return self.entries.setdefault(key, entry) is entry

    def delete(self, key: str) -> None:
        """Remove an entry."""
        self.entries.pop(key, None)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        """Give the time."""
        return self.at

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeWorld:
    """All fakes, and the ports made of them."""

    findings: FakeFindings = field(default_factory=FakeFindings)
    controls: FakeControls = field(default_factory=FakeControls)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    people: FakePeople = field(default_factory=FakePeople)
    reports: FakeReports = field(default_factory=FakeReports)
    changes: FakeChanges = field(default_factory=FakeChanges)
    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)
    history: FakeHistory = field(default_factory=FakeHistory)
    files: FakeSharedFiles = field(default_factory=FakeSharedFiles)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def ports(self) -> Ports:
        """Give the ports."""
        return Ports(
            findings=self.findings,
            controls=self.controls,
            messenger=self.messenger,
            people=self.people,
            reports=self.reports,
            changes=self.changes,
            suppressions=self.suppressions,
            history=self.history,
            files=self.files,
            ledger=self.ledger,
            now=self.clock,
        )


class SkippingTime:
    """Time for a Pace that passes only when somebody waits, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        """Give the seconds."""
        return self.now

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Let time pass; without an end, wait for the others."""
        if seconds is None:
            condition.wait()
        else:
            self.now += seconds


def skipping_pace(per_second: float, burst: float) -> Pace:
    """Make a Pace that lets nobody wait."""
    time = SkippingTime()
    return Pace(per_second, burst, time.clock, time.wait)
