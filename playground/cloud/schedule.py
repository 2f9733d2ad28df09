"""
EventBridge Scheduler: one schedule that fires when it is told to.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from playground.cloud.invocations import Invocations


@dataclass(frozen=True)
class Schedule:
    """A schedule whose target is a function."""

    arn: str
    function: str
    input: str
    """Target.Input, with the context attributes not yet filled in."""

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
