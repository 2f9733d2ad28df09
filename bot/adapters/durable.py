"""
Lambda's durable execution: a job that takes longer than one invocation of its function.

A job runs in slices, each of which is a step of the execution: the engine saves its result, retries it if it
fails, and invokes the function again for the next. The work of a slice is in the bucket: the engine continues
a job, but correctness does not depend on it.

Source: https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html and the SDK of the pinned version.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision

from bot.domain.job import Progress

LOG = logging.getLogger(__name__)

MOST_SLICES = 24
"""Of one job: about five hours, enough to read four million findings."""

PAUSE = Duration.from_seconds(1)
"""Between two slices, so that the next has a whole invocation's time; the engine knows no shorter one."""

RETRY_WAITS = (Duration.from_minutes(1), Duration.from_minutes(2))
"""Before the second and the third attempt at a slice, as Lambda retries asynchronous events."""


class Slice(Protocol):
    """A part of a job that fits into one invocation."""

    def __call__(self, event: Any, context: Any, *, resumable: bool) -> Progress | None:
        """
        Work until the job is done or the time is up.

        Args:
            event: the job's document.
            context: Lambda's.
            resumable: whether there may be another slice.

        Returns:
            None if the job is done, or else its progress.
        """


def is_durable(event: object) -> bool:
    """Tell an event of the engine's from one that comes as it was sent."""
    return isinstance(event, dict) and "DurableExecutionArn" in event


def in_slices(do: Slice, client: Any) -> Callable[[Any, Any], Any]:
    """
    Make the handler of the engine's events.

    After a slice without progress, the next has to be the last.

    Args:
        client: of Lambda, to save the results of steps.
    """

    def execution(event: Any, context: DurableContext) -> dict[str, int]:
        furthest = Progress(0, -1)
        resumable = True
        for number in range(1, MOST_SLICES + 1):
            resumable = resumable and number < MOST_SLICES
            step = _step(do, event, context.lambda_context, resumable=resumable)
            done = context.step(step, f"slice-{number}", SLICE)
            if done is None:
                break
            resumable = Progress(*done) > furthest
            furthest = max(furthest, Progress(*done))
            context.wait(PAUSE, f"pause-{number}")
        return {"slices": number}

    handler: Callable[[Any, Any], Any] = durable_execution(execution, boto3_client=client)
    return handler


def _step(
    do: Slice, event: Any, context: Any, *, resumable: bool
) -> Callable[[StepContext], Progress | None]:
    def step(_: StepContext) -> Progress | None:
        try:
            return do(event, context, resumable=resumable)
        except Exception:
            LOG.exception("a slice has failed")  # the engine keeps the error, and logs less of it
            raise

    return step


def _retry(error: Exception, attempts_made: int) -> RetryDecision:
    del error
    if attempts_made > len(RETRY_WAITS):
        return RetryDecision.no_retry()
    return RetryDecision.retry(RETRY_WAITS[attempts_made - 1])


SLICE = StepConfig(retry_strategy=_retry)
