"""
Steps: parts of a job that run once, however often the job is delivered.

A job may be delivered twice, and may die between any two steps. The ledger keeps the result of each finished
step under the job's ID, so that the next delivery continues after it.

* A step that may be repeated without harm (a scan, an update of a message) runs until its result is stored.
* A step that must not (posting a message) is announced in the ledger before it begins. If a delivery finds
  the announcement without a result, Slack may or may not have the message: another delivery may be running
  the step right now. After PATIENCE the step counts as uncertain, and a person has to look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple
from uuid import uuid4

from bot.domain.job import Progress
from bot.errors import BotError, UpstreamError
from bot.ports import Clock, Ledger

Result = dict[str, Any]

Arguments = TypeVarTuple("Arguments")

PATIENCE = timedelta(seconds=45)
"""
The longest time that another delivery may take for a step. Lambda retries a failed event after a minute
at the earliest (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html), so that a
second delivery within this time is a duplicate; a Slack call ends within 30 s.
"""


class UncertainStepError(Exception):
    """A step began, and it is unknown whether it took effect."""


TimeLeft = Callable[[], bool]
"""Returns whether there is time for another page."""


def always() -> bool:
    """Return True."""
    return True


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time of one delivery of a job."""

    left: TimeLeft = always
    resumable: bool = False
    """Whether another delivery continues when the time is up; if not, the result is partial."""


NO_DEADLINE = Deadline()


class UnfinishedError(Exception):
    """
    The time is up, and another delivery continues.

    Args:
        progress: the part of the job that need not be repeated.
    """

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress)
        self.progress = progress


class PausedError(Exception):
    """
    A scan pauses, and a person is asked how it goes on.

    Args:
        count: the number of findings that were read.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class BusyStepError(Exception):
    """Another delivery of the same job is running this step; retry later."""


def done_key(job_id: str, name: str) -> str:
    """Return the ledger's key for the result of a finished step."""
    return f"{job_id}/{name}.done"


@dataclass(frozen=True)
class Steps:
    """The steps of one job, which may be delivered twice."""

    ledger: Ledger
    job_id: str
    now: Clock
    prefix: str = ""
    """Comes before each name."""

    def within(self, name: str) -> Steps:
        """Return steps of the same job whose names begin with `name`."""
        return replace(self, prefix=f"{self.prefix}{name}-")

    def run(
        self,
        name: str,
        part: Callable[[*Arguments], Result | None],
        *arguments: *Arguments,
        at_most_once: bool = False,
    ) -> Result:
        """
        Call `part` and return its result, or return the result of an earlier call.

        Args:
            name: unique within the job.
            part: returns a small JSON object; None counts as an empty one.
            arguments: the arguments of `part`.
            at_most_once: `part` must not be repeated, not even a piece of it.

        Raises:
            UncertainStepError: `at_most_once`, and an earlier attempt broke off.
            BusyStepError: `at_most_once`, and another delivery runs the step.
        """
        name = f"{self.prefix}{name}"
        key = done_key(self.job_id, name)
        known = self.ledger.read(key)
        if known is not None:
            return known

        def call() -> Result:
            return part(*arguments) or {}

        result = self._announced(f"{self.job_id}/{name}.begun", call) if at_most_once else call()
        if self.ledger.create(key, result):
            return result
        return self.ledger.read(key) or result

    def _announced(self, key: str, part: Callable[[], Result]) -> Result:
        announcement = {"begun_at": self.now().isoformat(), "by": uuid4().hex}
        if not self.ledger.create(key, announcement):
            self._judge(self.ledger.read(key), announcement)
        try:
            return part()
        except BotError as error:
            if not (isinstance(error, UpstreamError) and error.may_have_happened):
                self.ledger.delete(key)
                raise
            raise UncertainStepError(key) from error

    def _judge(self, begun: Result | None, own: Result) -> None:
        """Return if this delivery itself began the step, because the ledger's first response was lost."""
        if begun == own:
            return
        if begun is None:
            raise BusyStepError
        if self.now() - datetime.fromisoformat(begun["begun_at"]) < PATIENCE:
            raise BusyStepError
        raise UncertainStepError
