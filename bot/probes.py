"""The ports of the doctor: one call for each question of a check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.slack import Channel
from bot.settings import Settings

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


class Linking(StrEnum):
    """Which Regions a finding aggregator links: RegionLinkingMode of GetFindingAggregator."""

    ALL = "ALL_REGIONS"
    ALL_BUT = "ALL_REGIONS_EXCEPT_SPECIFIED"
    THESE = "SPECIFIED_REGIONS"
    NONE = "NO_REGIONS"


@dataclass(frozen=True, slots=True)
class Aggregator:
    """Security Hub's cross-Region aggregation."""

    home: str
    linking: Linking
    regions: tuple[str, ...]
    """The linked Regions, or the excluded ones."""


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
        """Count this account and its members, 1,000 at most."""

    def read(self) -> None:
        """Read one finding."""

    def has_custom_action(self, action_id: str) -> bool:
        """Return whether a custom action exists."""


class RoleProbe(Protocol):
    """The permissions of the job's role in Security Hub."""

    def may_update(self, field: str) -> bool:
        """Return whether it may set STATUS, or one of GUARDED beside it. Changes nothing."""


class Written(StrEnum):
    """The result of a write on condition that the object does not exist."""

    CREATED = "created"
    EXISTS = "exists"
    NO_BUCKET = "no-bucket"


class StoreProbe(Protocol):
    """The report bucket. Each method raises the errors of `bot.ports.Reports`."""

    @property
    def name(self) -> str:
        """The bucket's name."""

    def write_once(self, text: str) -> Written:
        """Write the doctor's own object unless there is one."""

    def read(self) -> str:
        """Read it, empty if there is none."""

    def remove(self) -> None:
        """Remove it."""


class Timer(StrEnum):
    """The schedules of template.yaml, by their names in the group."""

    REPORT = "report"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule of EventBridge Scheduler."""

    expression: str
    time_zone: str
    is_enabled: bool = True


class DeploymentProbe(Protocol):
    """The resources that the template deploys around the functions."""

    def reaches_job(self) -> bool:
        """Return whether the job function can be invoked through its alias (a dry run)."""

    def schedule(self, timer: Timer) -> Scheduled | None:
        """Read a schedule, None if there is none."""

    def is_rule_enabled(self) -> bool | None:
        """Return whether the rule of the custom action is enabled, None if there is none."""


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
    role: RoleProbe
    store: StoreProbe
    deployment: DeploymentProbe
    now: Callable[[], datetime]
    is_job: bool
    """Whether the job's own role asks: an action that AWS denies is then missing from the role."""
