"""
The job function: runs a Job from Slack's side (an asynchronous invocation) or from EventBridge Scheduler.

What it raises makes Lambda try again, twice, and then put the Job into the dead-letter queue.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import Any

from bot.bootstrap.job import Worker, utc_now
from bot.domain.job import job_id, parse_job
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.run_job import Deployment, run_job
from bot.usecases.steps import LedgerSteps

LOG = logging.getLogger(__name__)

LAST_MILLISECONDS = 90_000
"""What is kept of a function's time for posting what has been read."""


def handler(event: object, context: Any) -> dict[str, str]:
    """
    Run a Job.

    Args:
        event: the document that bot/domain/job.py describes.
        context: Lambda's: the function's ARN names the account, and tells the time left.

    Raises:
        InvalidJobError: the event is no Job.
        BotError, BusyStepError: for Lambda to try again.
    """
    job = parse_job(event)
    settings = Settings(os.environ)
    ports = _worker().ports()
    step = LedgerSteps(ports.ledger, job_id(job), utc_now)
    deployment = Deployment(
        environment=settings.get("ENVIRONMENT_NAME") or context.invoked_function_arn.split(":")[4],
        locale=Locale(settings.get("REPORT_LOCALE")),
        settings=settings,
    )
    LOG.info("job %s begins", job_id(job))
    run_job(job, ports, step, deployment, lambda: context.get_remaining_time_in_millis() > LAST_MILLISECONDS)
    LOG.info("job %s is done", job_id(job))
    return {"job_id": job_id(job)}


@cache
def _worker() -> Worker:
    return Worker(Settings(os.environ))


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _worker()
