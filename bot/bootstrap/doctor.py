"""The probes of the doctor, in the job and in a shell for a stack; and that stack's bucket and Slack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from slack_sdk import WebClient

from bot.adapters.channels import SlackChannels
from bot.adapters.doctor import QUICK, SLACK_SECONDS, EventsDoctor, HubDoctor, SlackDoctor
from bot.adapters.linked.calls import region_calls
from bot.adapters.linked.survey import RegionSurvey
from bot.adapters.sdk import client
from bot.adapters.secret import SecretReader, secret_text
from bot.adapters.slack import retrying_client
from bot.adapters.slack_users import SlackUsers
from bot.adapters.stack import JobFunction, read_job_function
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.ledger import BucketLedger
from bot.adapters.stores.regions import BucketRegions
from bot.adapters.stores.routing import BucketRouting
from bot.domain.coverage import SETTING
from bot.errors import AccessDeniedError, BotError, UpstreamError
from bot.probes import Diagnosis, Probes, Rule, State, ok
from bot.settings import Settings
from bot.usecases.doctor.exam import examine

REGION_SECONDS = 12.0
"""For the calls of one kind to all Regions; three kinds follow one another within a check's 40 seconds."""


def make_probes(settings: Settings, job: JobFunction | None = None) -> Probes:
    """Make the probes, with the job's own role; or for the `job` function of a stack, with the shell's."""
    secrets = client("secretsmanager", QUICK)
    bucket = Bucket(client("s3", QUICK), settings.get("REPORT_BUCKET"))
    security_hub = client("securityhub", QUICK)
    calls = region_calls(security_hub.meta.region_name, REGION_SECONDS)
    hub = HubDoctor(security_hub, RegionSurvey(calls, settings.get(SETTING), BucketRegions(bucket), _now))

    def slack(token: str) -> SlackDoctor:
        api_url = settings.get("SLACK_API_URL")
        return SlackDoctor(WebClient(token=token, base_url=api_url, timeout=SLACK_SECONDS, retry_handlers=[]))

    return Probes(
        settings=settings,
        secret=lambda: secret_text(secrets, settings.get("SLACK_SECRET_ID")),
        slack=slack,
        hub=hub,
        may_update=partial(job.may_update, hub) if job else hub.may_update,
        ledger=BucketLedger(bucket),
        routing_file=BucketRouting(bucket),
        events=EventsDoctor(settings.get("SCHEDULE_GROUP"), {rule: settings.get(rule) for rule in Rule}),
        now=_now,
        reaches_job=job.is_reachable if job else None,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def stack_bucket(stack: str) -> Bucket:
    """Return the bucket of a stack, with the credentials at hand. Raises as read_job_function."""
    settings = Settings(read_job_function(stack).variables)
    return Bucket(client("s3"), settings.get("REPORT_BUCKET"))


def stack_slack(stack: str) -> tuple[SlackUsers, SlackChannels]:
    """
    Return the people and the channels of a stack's Slack, with the token in its secret.

    Raises:
        SecretError: the secret does not have the form.
        BotError: as read_job_function, and the errors of Secrets Manager.
    """
    settings = Settings(read_job_function(stack).variables)
    secret = SecretReader(client("secretsmanager"), settings.get("SLACK_SECRET_ID")).read()
    slack = retrying_client(secret.token, settings.get("SLACK_API_URL"))
    return SlackUsers(slack), SlackChannels(slack)


def check_stack(stack: str) -> Iterator[tuple[str, Diagnosis]]:
    """
    Check a stack of this account and Region, with the credentials at hand. Never raises a BotError.

    The settings are those of its job function.
    """
    try:
        job = read_job_function(stack)
        probes = make_probes(Settings(job.variables), job)
    except BotError as error:
        state = State.UNKNOWN if isinstance(error, AccessDeniedError | UpstreamError) else State.WRONG
        yield "stack", Diagnosis(state, error=error)
        return
    yield "stack", ok("doctor.stack.ok", stack=stack, region=probes.hub.region)
    yield from examine(probes)
