"""The check of a deployment: its diagnosis, and its ports, with one call for each question of a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.slack import Channel
from bot.errors import BotError
from bot.settings import Settings

if TYPE_CHECKING:  # these are ports of the job, which refer to the probes
    from bot.domain.coverage import Aggregator, RegionState
    from bot.owner_ports import RoutingFile
    from bot.ports import Ledger

STATUS = "Workflow.Status"
"""The field of BatchUpdateFindings that the job's role may set …"""
GUARDED = (
    "Severity.Label",
    "Severity.Normalized",
    "Severity.Product",
    "Confidence",
    "Criticality",
    "VerificationState",
    "Types",
    "RelatedFindings",
)
"""… and those that it is denied, as the condition keys `securityhub:ASFFSyntaxPath/…` name them."""


class State(StrEnum):
    """The state of a check."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """The check could not be made."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The outcome of a check; either `text` or `error` says it."""

    state: State
    text: str = ""
    """A key of bot/i18n."""
    values: Mapping[str, str | int] = field(default_factory=dict)
    """The values of the text. Never a part of the secret."""
    error: BotError | None = None
    more: tuple[Diagnosis, ...] = ()
    """Further sentences of the same line, without errors."""


def ok(text: str, **values: str | int) -> Diagnosis:
    """Make the diagnosis of a check that passed."""
    return Diagnosis(State.OK, text, values)


def wrong(text: str, **values: str | int) -> Diagnosis:
    """Make the diagnosis of a check that failed; the text says how to put it right."""
    return Diagnosis(State.WRONG, text, values)


def unknown(text: str, **values: str | int) -> Diagnosis:
    """Make the diagnosis of a check that could not be made; the text says why."""
    return Diagnosis(State.UNKNOWN, text, values)


@dataclass(frozen=True, slots=True)
class Identity:
    """The owner of a token."""

    user: str
    team: str
    scopes: frozenset[str] | None
    """None if Slack did not say."""


class SlackProbe(Protocol):
    """Slack with one token. Each method raises the errors of `bot.ports.Messenger.post`."""

    def identity(self) -> Identity:
        """Return the owner of the token (auth.test)."""

    def channel(self, channel_id: str) -> Channel | None:
        """Look at a channel (conversations.info), None if Slack does not show it to the bot."""

    def problems(self, kind: str, payload: Any) -> list[str]:
        """Return Slack's faults of `blocks` or a `view` (blocks.validate, which posts nothing)."""


class HubProbe(Protocol):
    """Security Hub. Each method raises the errors of `bot.ports.Findings.pages`."""

    @property
    def region(self) -> str:
        """The Region of the calls."""

    def describe(self) -> None:
        """Ask whether it is enabled. Raises SecurityHubDisabledError: it is not."""

    def aggregator(self) -> Aggregator | None:
        """Read the finding aggregator of the account, None if there is none."""

    def account_count(self) -> int:
        """Count this account and its members, 12,000 at most."""

    def linked(self) -> Mapping[str, RegionState]:
        """Return the state of each linked Region; empty if this is not the aggregation Region."""

    def read(self) -> None:
        """Read one finding."""

    def has_custom_action(self, action_id: str) -> bool:
        """Return whether a custom action exists."""


class Timer(StrEnum):
    """The schedules of template.yaml, by their names in the group."""

    REPORT = "report"
    EXPIRY = "expiry"


class Rule(StrEnum):
    """The rules of template.yaml, by the settings that name them."""

    ACTION = "CUSTOM_ACTION_RULE"
    CHECK = "CHECK_RULE"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule of EventBridge Scheduler."""

    expression: str
    time_zone: str
    is_enabled: bool = True


class EventsProbe(Protocol):
    """EventBridge and its Scheduler."""

    def schedule(self, timer: Timer) -> Scheduled | None:
        """Read a schedule, None if there is none."""

    def is_rule_enabled(self, rule: Rule) -> bool | None:
        """Return whether a rule is enabled, None if there is none."""


@dataclass(frozen=True, slots=True)
class Probes:
    """All probes of the doctor."""

    settings: Settings
    """Of the job function."""
    secret: Callable[[], str]
    """Read the Slack secret as it is stored."""
    slack: Callable[[str], SlackProbe]
    """Call Slack with a token."""
    hub: HubProbe
    may_update: Callable[[str], bool]
    """Return whether the job's role may set STATUS, or one of GUARDED beside it. Changes nothing."""
    ledger: Ledger
    routing_file: RoutingFile
    events: EventsProbe
    now: Callable[[], datetime]
    reaches_job: Callable[[], bool] | None = None
    """Return whether the job function can be invoked through its alias. None: it runs the check itself."""

    @property
    def is_job(self) -> bool:
        """Whether the job's own role asks: an action that AWS denies is then missing from the role."""
        return self.reaches_job is None
