"""A deployment in which all is right, for the doctor; a test breaks what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.slack import SCOPES, Channel
from bot.errors import BotError
from bot.probes import STATUS, Aggregator, Identity, Linking, Probes, Scheduled, Timer, Written
from bot.settings import Settings
from tests.builders import NOW

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
    """A bucket."""

    name: str = "reports"
    exists: bool = True
    overwrites: bool = False
    loses: bool = False
    text: str = ""

    def write_once(self, text: str) -> Written:
        """Write unless there is one."""
        if not self.exists:
            return Written.NO_BUCKET
        if self.text and not self.overwrites:
            return Written.EXISTS
        self.text = text
        return Written.CREATED

    def read(self) -> str:
        """Read it."""
        return "" if self.loses else self.text

    def remove(self) -> None:
        """Remove it."""
        self.text = ""


@dataclass
class FakeDeployment:
    """What stands around the functions."""

    schedules: dict[Timer, Scheduled] = field(
        default_factory=lambda: dict.fromkeys(Timer, Scheduled("cron(0 9 ? * * *)", "Asia/Tokyo"))
    )
    rule: bool | None = True
    has_job: bool = True

    def reaches_job(self) -> bool:
        """Return whether the job can be invoked."""
        return self.has_job

    def schedule(self, timer: Timer) -> Scheduled | None:
        """Read a schedule."""
        return self.schedules.get(timer)

    def is_rule_enabled(self) -> bool | None:
        """Return whether the rule is enabled."""
        return self.rule


@dataclass
class FakeProbes:
    """All of it."""

    secret: str = SECRET
    slack: FakeSlack = field(default_factory=FakeSlack)
    hub: FakeHub = field(default_factory=FakeHub)
    store: FakeStore = field(default_factory=FakeStore)
    deployment: FakeDeployment = field(default_factory=FakeDeployment)
    channel: str = "C0SECURITY"
    shared: str = ""
    is_job: bool = False

    def __call__(self) -> Probes:
        """Make the probes."""
        return Probes(
            settings=Settings({"SLACK_CHANNEL": self.channel, "SHARED_CHANNELS": self.shared}),
            secret=lambda: self.secret,
            slack=lambda _token: self.slack,
            hub=self.hub,
            role=self.hub,
            store=self.store,
            deployment=self.deployment,
            now=lambda: NOW,
            is_job=self.is_job,
        )


HERE = Aggregator("ap-northeast-1", Linking.THESE, ("us-east-1", "us-west-2"))
