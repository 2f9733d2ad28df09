"""
The job function: runs a Job from Slack's side (an asynchronous invocation) or from EventBridge Scheduler.

It is a durable function: if a job does not fit into one invocation, Lambda's engine invokes it again. If it
raises an error, the engine tries it twice more before the Job goes to the dead-letter queue. An event that
does not come from the engine, as in the local world, has one invocation: when its time is up, the report is
of the findings read so far.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from bot.adapters.durable import in_slices, is_durable
from bot.adapters.sdk import client
from bot.bootstrap.job import Worker, utc_now
from bot.domain.document import parse_job
from bot.domain.job import Progress, job_id
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.context import Deployment, JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import Deadline, Steps, UnfinishedError

LOG = logging.getLogger(__name__)

LAST_MILLISECONDS = 90_000
"""Time at the end of an invocation, reserved for posting a report or keeping a checkpoint."""


def handler(event: object, context: Any) -> Any:
    """
    Run a job.

    Args:
        event: the document that bot/domain/document.py describes, by itself or in the engine's envelope.
        context: Lambda's, with the function's ARN, which contains the account, and the time left.

    Raises:
        InvalidJobError: the event is not a job.
        BotError, BusyStepError: Lambda retries.
    """
    if is_durable(event):
        return _durable()(event, context)
    _run(event, context, resumable=False)
    return {"job_id": job_id(parse_job(event))}


def _slice(event: object, context: Any, *, resumable: bool) -> Progress | None:
    """Run a Job until its time is up. Return the number of findings that are done then, None if all are."""
    try:
        _run(event, context, resumable=resumable)
    except UnfinishedError as error:
        LOG.info("to be continued: %s", error.progress)
        return error.progress
    return None


def _run(event: object, context: Any, *, resumable: bool) -> None:
    job = parse_job(event)
    settings = Settings(os.environ)
    ports = _worker().ports()
    steps = Steps(ports.ledger, job_id(job), utc_now)
    deployment = Deployment(
        environment=settings.get("ENVIRONMENT_NAME") or context.invoked_function_arn.split(":")[4],
        locale=Locale(settings.get("REPORT_LOCALE")),
        settings=settings,
    )
    deadline = Deadline(lambda: context.get_remaining_time_in_millis() > LAST_MILLISECONDS, resumable)
    LOG.info("job %s begins", job_id(job))
    run_job(JobContext(job, ports, steps, deployment, deadline))
    LOG.info("job %s is done", job_id(job))


@cache
def _worker() -> Worker:
    return Worker(Settings(os.environ))


@cache
def _durable() -> Callable[[Any, Any], Any]:
    return in_slices(_slice, client("lambda"))


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _worker()
    _durable()
