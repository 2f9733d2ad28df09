"""The other fakes, and the world of all of them."""

from __future__ import annotations

import json
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.token_bucket import TokenBucket
from bot.domain.control import Catalogue, Standard
from bot.domain.job import Job
from bot.domain.owners.account_tag import KnownAccountTags
from bot.domain.owners.contact import CachedContacts
from bot.domain.owners.tally import Mentioned
from bot.errors import BotError
from bot.ports import Ports
from tests.builders import CATALOGUE, NOW, some_standards
from tests.fakes.actions import FakeActions, FakeAuditLog
from tests.fakes.checked_stacks import FakeCheckedStacks
from tests.fakes.checks import FakeChecks
from tests.fakes.findings import FakeFindings
from tests.fakes.probes import FakeProbes
from tests.fakes.regions import FakeRegions
from tests.fakes.reports import FakeReports
from tests.fakes.routing import FakeRoutingFile
from tests.fakes.slack import FakeChannels, FakeMessenger, FakePeople, FakeSharedFiles
from tests.fakes.suppressions import FakeSuppressions


@dataclass
class FakeControls:
    """A catalogue of five controls."""

    error: BotError | None = None

    def catalogue(self) -> Catalogue:
        """Return the catalogue."""
        if self.error:
            raise self.error
        return CATALOGUE

    def standards(self) -> tuple[Standard, ...]:
        """Return the standards."""
        if self.error:
            raise self.error
        return some_standards()


@dataclass
class FakeOwnerMemory:
    """A memory in memory."""

    contacts: CachedContacts = field(default_factory=CachedContacts)
    mentioned: dict[str, Mentioned] = field(default_factory=dict)
    error: BotError | None = None
    saves: int = 0

    def load_contacts(self) -> CachedContacts:
        """Return a copy of the contacts."""
        if self.error:
            raise self.error
        return deepcopy(self.contacts)

    def save_contacts(self, contacts: CachedContacts) -> None:
        """Replace the contacts."""
        if self.error:
            raise self.error
        self.contacts = deepcopy(contacts)
        self.saves += 1

    def load_mentioned(self, schedule: str) -> Mentioned:
        """Return the rows that a schedule has mentioned."""
        if self.error:
            raise self.error
        return self.mentioned.get(schedule, Mentioned())

    def save_mentioned(self, schedule: str, mentioned: Mentioned) -> None:
        """Replace the rows that a schedule has mentioned."""
        if self.error:
            raise self.error
        self.mentioned[schedule] = mentioned


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
class FakeLedger:
    """A ledger in memory."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, key: str) -> dict[str, Any] | None:
        """Return an entry."""
        return self.entries.get(key)

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """Write an entry, as JSON has it, unless there is one."""
        written = json.loads(json.dumps(entry))
        return self.entries.setdefault(key, written) is written

    def delete(self, key: str) -> None:
        """Remove an entry."""
        self.entries.pop(key, None)


@dataclass
class FakeAccounts:
    """An organization in memory."""

    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    error: BotError | None = None
    asked: list[str] = field(default_factory=list)

    def tag(self, account_id: str, key: str) -> str:
        """Return the value of a tag."""
        self.asked.append(account_id)
        if self.error:
            raise self.error
        tags = sorted(self.tags.get(account_id, {}).items())
        return next((value for name, value in tags if name.lower() == key.lower()), "")


@dataclass
class FakeAccountTags:
    """The known tags of accounts, in memory."""

    known: KnownAccountTags = field(default_factory=KnownAccountTags)
    error: BotError | None = None
    """The error of each call."""

    def load(self) -> KnownAccountTags:
        """Return a copy of the tags."""
        if self.error:
            raise self.error
        return deepcopy(self.known)

    def save(self, known: KnownAccountTags) -> None:
        """Replace the tags."""
        if self.error:
            raise self.error
        self.known = known


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeWorld:
    """All fakes, and the ports made of them."""

    findings: FakeFindings = field(default_factory=FakeFindings)
    regions: FakeRegions = field(default_factory=FakeRegions)
    controls: FakeControls = field(default_factory=FakeControls)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    people: FakePeople = field(default_factory=FakePeople)
    channels: FakeChannels = field(default_factory=FakeChannels)
    reports: FakeReports = field(default_factory=FakeReports)
    actions: FakeActions = field(default_factory=FakeActions)
    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)
    audit_log: FakeAuditLog = field(default_factory=FakeAuditLog)
    files: FakeSharedFiles = field(default_factory=FakeSharedFiles)
    owner_memory: FakeOwnerMemory = field(default_factory=FakeOwnerMemory)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    routing_file: FakeRoutingFile = field(default_factory=FakeRoutingFile)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    account_tags: FakeAccountTags = field(default_factory=FakeAccountTags)
    checked_stacks: FakeCheckedStacks = field(default_factory=FakeCheckedStacks)
    checks: FakeChecks = field(default_factory=FakeChecks)
    probes: FakeProbes = field(default_factory=FakeProbes)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def ports(self) -> Ports:
        """Return the ports."""
        return Ports(
            findings=self.findings,
            regions=self.regions,
            controls=self.controls,
            messenger=self.messenger,
            people=self.people,
            channels=self.channels,
            reports=self.reports,
            actions=self.actions,
            suppressions=self.suppressions,
            audit_log=self.audit_log,
            files=self.files,
            owner_memory=self.owner_memory,
            ledger=self.ledger,
            routing_file=self.routing_file,
            accounts=self.accounts,
            account_tags=self.account_tags,
            checked_stacks=self.checked_stacks,
            checks=self.checks,
            probes=self.probes,
            now=self.clock,
        )


class SkippingTime:
    """Time for a TokenBucket that passes only when somebody waits, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        """Return the seconds."""
        return self.now

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Let time pass; without an end, wait for the others."""
        if seconds is None:
            condition.wait()
        else:
            self.now += seconds


def skipping_pace(per_second: float, burst: float) -> TokenBucket:
    """Make a TokenBucket that never waits."""
    time = SkippingTime()
    return TokenBucket(per_second, burst, time.clock, time.wait)
