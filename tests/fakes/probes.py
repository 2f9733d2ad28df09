"""A deployment in which all is right, for the doctor; a test breaks what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.coverage import Aggregator, RegionState
from bot.domain.slack import SCOPES, Channel
from bot.errors import BotError, UnexpectedResponseError
from bot.probes import STATUS, Identity, Probes, Rule, Scheduled, Timer
from bot.settings import Settings
from tests.builders import NOW
from tests.fakes.routing import FakeRoutingFile

SECRET = '{"token": "xoxb-1-a", "signing_secret": "0123456789abcdef0123456789abcdef"}'


@dataclass
class FakeSlack:
    """Slack."""

    scopes: Iterable[str] | None = SCOPES
    found: Channel | None = field(default_factory=lambda: Channel("C0SECURITY", is_member=True))
    refused: list[str] = field(default_factory=list)

    def identity(self) -> Identity:
        """Say whose token it is."""
        return Identity("sechub", "Local workspace", None if self.scopes is None else frozenset(self.scopes))

    def channel(self, channel_id: str) -> Channel | None:
        """Look at a channel."""
        del channel_id
        return self.found

    def problems(self, kind: str, payload: Any) -> list[str]:
        """Judge blocks or a view."""
        del kind, payload
        return self.refused


@dataclass
class FakeHub:
    """Security Hub, and what the role may change in it."""

    region: str = "ap-northeast-1"
    found: Aggregator | None = None
    accounts: int = 1
    states: dict[str, RegionState] = field(default_factory=dict)
    """Of the linked Regions."""
    actions: set[str] = field(default_factory=lambda: {"SendToSlack"})
    may: set[str] = field(default_factory=lambda: {STATUS})
    errors: dict[str, BotError] = field(default_factory=dict)
    """What a method raises, by its name."""

    def describe(self) -> None:
        """Be enabled."""
        self._fail("describe")

    def aggregator(self) -> Aggregator | None:
        """Read the aggregator."""
        return self.found

    def account_count(self) -> int:
        """Count the accounts."""
        return self.accounts

    def linked(self) -> dict[str, RegionState]:
        """Return the states of the linked Regions."""
        self._fail("linked")
        return self.states

    def read(self) -> None:
        """Read one finding."""
        self._fail("read")

    def has_custom_action(self, action_id: str) -> bool:
        """Return whether there is a custom action."""
        return action_id in self.actions

    def may_update(self, field: str) -> bool:
        """Return whether the role may set a field."""
        return field in self.may

    def _fail(self, method: str) -> None:
        if method in self.errors:
            raise self.errors[method]


@dataclass
class FakeStore:
    """A ledger in a bucket with faults."""

    exists: bool = True
    overwrites: bool = False
    loses: bool = False
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """Write an entry unless there is one."""
        if not self.exists:
            raise UnexpectedResponseError(service="AWS", call="s3:PutObject", reason="NoSuchBucket")
        if key in self.entries and not self.overwrites:
            return False
        self.entries[key] = entry
        return True

    def read(self, key: str) -> dict[str, Any] | None:
        """Return an entry."""
        return None if self.loses else self.entries.get(key)

    def delete(self, key: str) -> None:
        """Remove an entry."""
        self.entries.pop(key, None)


@dataclass
class FakeEvents:
    """EventBridge and its Scheduler."""

    schedules: dict[Timer, Scheduled] = field(
        default_factory=lambda: dict.fromkeys(Timer, Scheduled("cron(0 9 ? * * *)", "Asia/Tokyo"))
    )
    rules: dict[Rule, bool] = field(default_factory=lambda: dict.fromkeys(Rule, True))

    def schedule(self, timer: Timer) -> Scheduled | None:
        """Read a schedule."""
        return self.schedules.get(timer)

    def is_rule_enabled(self, rule: Rule) -> bool | None:
        """Return whether a rule is enabled."""
        return self.rules.get(rule)


@dataclass
class FakeProbes:
    """All of it."""

    secret: str = SECRET
    slack: FakeSlack = field(default_factory=FakeSlack)
    hub: FakeHub = field(default_factory=FakeHub)
    store: FakeStore = field(default_factory=FakeStore)
    routing_file: FakeRoutingFile = field(default_factory=FakeRoutingFile)
    events: FakeEvents = field(default_factory=FakeEvents)
    channel: str = "C0SECURITY"
    shared: str = ""
    linked_regions: str = ""
    is_job: bool = False
    has_job: bool = True

    def __call__(self) -> Probes:
        """Make the probes."""
        settings = {
            "SLACK_CHANNEL": self.channel,
            "SHARED_CHANNELS": self.shared,
            "LINKED_REGIONS": self.linked_regions,
            "REPORT_BUCKET": "reports",
        }
        return Probes(
            settings=Settings(settings),
            secret=lambda: self.secret,
            slack=lambda _token: self.slack,
            hub=self.hub,
            may_update=self.hub.may_update,
            ledger=self.store,
            routing_file=self.routing_file,
            events=self.events,
            now=lambda: NOW,
            reaches_job=None if self.is_job else lambda: self.has_job,
        )


HERE = Aggregator("ap-northeast-1", "SPECIFIED_REGIONS", ("us-east-1", "us-west-2"))
