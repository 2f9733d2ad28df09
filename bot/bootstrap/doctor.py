"""The probes of the doctor in the job."""

from __future__ import annotations

from datetime import UTC, datetime

from slack_sdk import WebClient

from bot.adapters.doctor import QUICK, SLACK_SECONDS, BucketDoctor, HubDoctor, SlackDoctor
from bot.adapters.sdk import client
from bot.adapters.secret import secret_text
from bot.adapters.stores.bucket import Bucket
from bot.adapters.timers import Deployed
from bot.probes import Probes, Timer
from bot.settings import Settings


def job_probes(settings: Settings) -> Probes:
    """Make the probes, with the job's own role."""
    hub = HubDoctor(client("securityhub", QUICK))
    secrets = client("secretsmanager", QUICK)

    def slack(token: str) -> SlackDoctor:
        api_url = settings.get("SLACK_API_URL")
        return SlackDoctor(WebClient(token=token, base_url=api_url, timeout=SLACK_SECONDS, retry_handlers=[]))

    return Probes(
        settings=settings,
        secret=lambda: secret_text(secrets, settings.get("SLACK_SECRET_ID")),
        slack=slack,
        hub=hub,
        role=hub,
        store=BucketDoctor(Bucket(client("s3", QUICK), settings.get("REPORT_BUCKET"))),
        deployment=Deployed(
            group=settings.get("SCHEDULE_GROUP"),
            schedules={timer: timer.value for timer in Timer},
            rule=settings.get("CUSTOM_ACTION_RULE"),
        ),
        now=lambda: datetime.now(UTC),
        is_job=True,
    )
