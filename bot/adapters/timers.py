"""The deployment's resources in EventBridge and its Scheduler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors
from bot.adapters.doctor import QUICK
from bot.adapters.sdk import client
from bot.probes import Scheduled, Timer

ABSENT = "ResourceNotFoundException"


def invoked_already() -> bool:
    """Return True: the job function itself is asking."""
    return True


@dataclass(frozen=True)
class Deployed:
    """
    The resources around the functions, read from the services themselves.

    Args:
        group: of the schedules.
        schedules: each schedule's name in the group.
        rule: the name of the custom action's rule.
        reach: returns whether the job function can be invoked.
    """

    group: str
    schedules: Mapping[Timer, str]
    rule: str
    reach: Callable[[], bool] = invoked_already

    def reaches_job(self) -> bool:
        """Return whether the job function can be invoked."""
        return self.reach()

    def schedule(self, timer: Timer) -> Scheduled | None:
        """Read a schedule."""
        name = self.schedules.get(timer)
        if not name:
            return None
        with aws_errors("scheduler", "GetSchedule"):
            try:
                found = self._scheduler.get_schedule(GroupName=self.group, Name=name)
            except ClientError as error:
                if error.response["Error"]["Code"] == ABSENT:
                    return None
                raise
        zone = found.get("ScheduleExpressionTimezone") or "UTC"
        return Scheduled(found["ScheduleExpression"], zone, found["State"] == "ENABLED")

    def is_rule_enabled(self) -> bool | None:
        """Return whether the rule is enabled."""
        if not self.rule:
            return None
        with aws_errors("events", "DescribeRule"):
            try:
                return bool(self._events.describe_rule(Name=self.rule)["State"] != "DISABLED")
            except ClientError as error:
                if error.response["Error"]["Code"] == ABSENT:
                    return None
                raise

    @cached_property
    def _scheduler(self) -> Any:
        return client("scheduler", QUICK)

    @cached_property
    def _events(self) -> Any:
        return client("events", QUICK)
