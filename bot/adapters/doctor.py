"""The probes of Slack, Security Hub and EventBridge; see bot/probes.py."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import ClientError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.adapters.aws import DENIALS, aws_errors, unless_absent
from bot.adapters.channels import SlackChannels
from bot.adapters.linked.calls import read_aggregator, read_members
from bot.adapters.linked.survey import RegionSurvey
from bot.adapters.sdk import client
from bot.adapters.slack_errors import slack_errors
from bot.domain.coverage import Aggregator, RegionState
from bot.domain.slack import Channel
from bot.probes import Identity, Rule, Scheduled, Timer

LOG = logging.getLogger(__name__)

QUICK = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=3, read_timeout=10)
"""A person waits, and a check has a minute."""

SLACK_SECONDS = 10

REFUSALS = frozenset({"invalid_blocks", "invalid_view", "invalid_message"})
"""Of blocks.validate: https://docs.slack.dev/reference/methods/blocks.validate, read 2026-11."""

CHANGES: Mapping[str, dict[str, Any]] = {
    "Severity.Label": {"Severity": {"Label": "LOW"}},
    "Severity.Normalized": {"Severity": {"Normalized": 1}},
    "Severity.Product": {"Severity": {"Product": 1.0}},
    "Confidence": {"Confidence": 1},
    "Criticality": {"Criticality": 1},
    "VerificationState": {"VerificationState": "UNKNOWN"},
    "Types": {"Types": ["Software and Configuration Checks"]},
    "RelatedFindings": {"RelatedFindings": []},
}
"""An update of each field of GUARDED; RelatedFindings and its product are filled in."""


@dataclass(frozen=True)
class SlackDoctor:
    """Slack with one token."""

    client: WebClient

    def identity(self) -> Identity:
        """Call auth.test; the scopes are in a header (https://docs.slack.dev/apis/web-api)."""
        with slack_errors("auth.test", ""):
            answer = self.client.auth_test()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        scopes = headers.get("x-oauth-scopes")
        listed = None if scopes is None else frozenset(filter(None, scopes.replace(" ", "").split(",")))
        return Identity(str(answer.get("user") or ""), str(answer.get("team") or ""), listed)

    def channel(self, channel_id: str) -> Channel | None:
        """Look at a channel, as it is now."""
        return SlackChannels(self.client).find(channel_id)

    def problems(self, kind: str, payload: Any) -> list[str]:
        """Let Slack judge blocks or a view."""
        with slack_errors("blocks.validate", ""):
            try:
                self.client.blocks_validate(**{kind: payload})
            except SlackApiError as error:
                if error.response.get("error") not in REFUSALS:
                    raise
                return [_problem(found) for found in error.response.get("errors") or ["refused"]]
        return []


def _problem(found: Any) -> str:
    if isinstance(found, dict):
        return f"{found.get('message', '')} {found.get('pointer', '')}".strip()
    return str(found)


@dataclass(frozen=True)
class HubDoctor:
    """Security Hub of one account in one Region."""

    client: Any
    survey: RegionSurvey

    @property
    def region(self) -> str:
        """The Region of the client."""
        return str(self.client.meta.region_name)

    @cached_property
    def arn(self) -> str:
        """The hub's ARN, which names partition and account too."""
        with aws_errors("securityhub", "DescribeHub", self.region):
            return str(self.client.describe_hub()["HubArn"])

    @property
    def _prefix(self) -> str:
        return self.arn.rpartition(":")[0]

    @property
    def _account(self) -> str:
        return self.arn.split(":")[4]

    def describe(self) -> None:
        """Ask whether it is enabled."""
        LOG.info("the hub is %s", self.arn)

    def aggregator(self) -> Aggregator | None:
        """Read the finding aggregator."""
        return read_aggregator(self.client)

    def account_count(self) -> int:
        """Count this account and its members."""
        return read_members(self.client).count

    def linked(self) -> Mapping[str, RegionState]:
        """Return the states of the linked Regions."""
        return self.survey.states()

    def read(self) -> None:
        """Read one finding."""
        with aws_errors("securityhub", "GetFindings", self.region):
            self.client.get_findings(MaxResults=1)

    def has_custom_action(self, action_id: str) -> bool:
        """Return whether a custom action exists."""
        arn = f"{self._prefix}:action/custom/{action_id}"
        found = unless_absent(
            "securityhub:DescribeActionTargets",
            lambda: self.client.describe_action_targets(ActionTargetArns=[arn]),
            self.region,
        )
        return bool(found and found["ActionTargets"])

    def may_update(self, field: str) -> bool:
        """
        Try to set a field of a finding that does not exist.

        Security Hub checks the permission first; an allowed call ends with FindingNotFound.
        """
        product_arn = f"{self._prefix}:product/{self._account}/default"
        finding = {"Id": f"sechub-bot/doctor/{uuid4()}", "ProductArn": product_arn}
        change = dict(CHANGES.get(field, {}))
        if "RelatedFindings" in change:
            change["RelatedFindings"] = [finding]
        with aws_errors("securityhub", "BatchUpdateFindings", self.region):
            try:
                self.client.batch_update_findings(
                    FindingIdentifiers=[finding], Workflow={"Status": "NOTIFIED"}, **change
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in DENIALS:
                    return False
                raise
        return True


@dataclass(frozen=True)
class EventsDoctor:
    """
    EventBridge and its Scheduler.

    Args:
        group: of the schedules.
        rules: the name of each rule.
    """

    group: str
    rules: Mapping[Rule, str]

    def schedule(self, timer: Timer) -> Scheduled | None:
        """Read a schedule."""
        scheduler = client("scheduler", QUICK)
        found = unless_absent(
            "scheduler:GetSchedule", lambda: scheduler.get_schedule(GroupName=self.group, Name=timer.value)
        )
        if found is None:
            return None
        zone = found.get("ScheduleExpressionTimezone") or "UTC"
        return Scheduled(found["ScheduleExpression"], zone, found["State"] == "ENABLED")

    def is_rule_enabled(self, rule: Rule) -> bool | None:
        """Return whether a rule is enabled."""
        name = self.rules.get(rule)
        if not name:
            return None
        events = client("events", QUICK)
        found = unless_absent("events:DescribeRule", lambda: events.describe_rule(Name=name))
        return found and found["State"] != "DISABLED"
