"""
EventBridge Scheduler: one schedule that fires when it is told to, with the refusals of the real one.

Sources: botocore's service model of Scheduler (Name, ScheduleExpressionTimezone, Input),
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html and
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aws_cron_expression_validator.validator import AWSCronExpressionValidator

from playground.cloud.invocations import Invocations

NAME = re.compile(r"[0-9a-zA-Z-_.]{1,64}")
MAX_INPUT_BYTES = 256 * 1024
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html"""

_RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)")


@dataclass(frozen=True)
class Schedule:
    """
    A schedule whose target is a function.

    Raises:
        ValueError: it is one that the Scheduler would not take.
    """

    name: str
    group: str
    account_id: str
    region: str
    expression: str
    time_zone: str
    function: str
    input: str
    """Target.Input, with the context attributes not yet filled in."""

    def __post_init__(self) -> None:
        for name in (self.name, self.group):
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name: at most 64 of letters, digits, -, _ and .")
        if len(self.input.encode()) > MAX_INPUT_BYTES:
            raise ValueError("Input is longer than 256 KB")
        check_expression(self.expression)
        ZoneInfo(self.time_zone)  # ZoneInfoNotFoundError is a KeyError, a malformed name a ValueError

    @property
    def arn(self) -> str:
        """The schedule's ARN."""
        return f"arn:aws:scheduler:{self.region}:{self.account_id}:schedule/{self.group}/{self.name}"

    def fire(self, invocations: Invocations, scheduled_at: datetime, attempt: int = 1) -> None:
        """
        Deliver the schedule's event once; the Scheduler may do so again for the same scheduled time.

        Args:
            invocations: where the target is.
            scheduled_at: aware UTC, to the second.
            attempt: counted from 1.
        """
        attributes = {
            "<aws.scheduler.schedule-arn>": self.arn,
            "<aws.scheduler.scheduled-time>": f"{scheduled_at:%Y-%m-%dT%H:%M:%SZ}",
            "<aws.scheduler.execution-id>": str(uuid.uuid4()),
            "<aws.scheduler.attempt-number>": str(attempt),
        }
        text = self.input
        for name, value in attributes.items():
            text = text.replace(name, value)
        invocations.invoke(self.function, text.encode())


def check_expression(expression: str) -> None:
    """
    Make sure that an expression is one of the Scheduler's: rate(…), cron(…) or at(…).

    Raises:
        ValueError: it is none.
    """
    kind, _, rest = expression.partition("(")
    if kind == "cron" and rest.endswith(")"):
        AWSCronExpressionValidator.validate(rest[:-1])
    elif kind == "at" and rest.endswith(")"):
        datetime.strptime(rest[:-1], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - in the schedule's time zone
    elif not _is_rate(expression):
        raise ValueError(f"{expression!r} is no schedule expression")


def _is_rate(expression: str) -> bool:
    """Tell a rate: one of a unit is singular, more are plural."""
    match = _RATE.fullmatch(expression)
    return match is not None and (match[1] == "1") == (match[3] == "")
