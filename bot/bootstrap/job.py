"""The adapters of handlers/job.py."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from bot.adapters.channels import SlackChannels
from bot.adapters.linked.regions import aggregated_regions
from bot.adapters.organizations import OrganizationAccounts
from bot.adapters.sdk import client
from bot.adapters.secret import SecretReader, SlackSecret
from bot.adapters.security_hub import SecurityHubControls, security_hub_findings
from bot.adapters.slack import SlackMessenger, retrying_client
from bot.adapters.slack_files import SlackFiles
from bot.adapters.stores.actions import BucketActions
from bot.adapters.stores.audit import BucketAuditLog
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.checked_stacks import BucketCheckedStacks
from bot.adapters.stores.checks import BucketChecks
from bot.adapters.stores.ledger import BucketLedger
from bot.adapters.stores.owner_memory import BucketAccountTags, BucketOwnerMemory
from bot.adapters.stores.regions import BucketRegions
from bot.adapters.stores.reports import BucketReports
from bot.adapters.stores.routing import BucketRouting
from bot.adapters.stores.suppressions import BucketSuppressions
from bot.bootstrap.doctor import make_probes
from bot.i18n import Locale
from bot.ports import Ports
from bot.settings import Settings
from bot.usecases.channels import Discretion, named_channels


def utc_now() -> datetime:
    """Return the present time, aware UTC."""
    return datetime.now(UTC)


class Worker:
    """
    The job function's adapters, made once in the life of a process.

    Raises:
        MissingSettingError: SLACK_SECRET_ID or REPORT_BUCKET.
        InvalidSettingError: a rate, REPORT_LOCALE, SHARED_CHANNELS or LINKED_REGIONS.
    """

    def __init__(self, settings: Settings) -> None:
        settings.require(["SLACK_SECRET_ID", "REPORT_BUCKET"])
        self._settings = settings
        self._api_url = settings.get("SLACK_API_URL")
        self._locale = Locale(settings.get("REPORT_LOCALE"))
        self._shared = named_channels(settings)
        self._secrets = SecretReader(client("secretsmanager"), settings.get("SLACK_SECRET_ID"))
        self._slack = lru_cache(maxsize=1)(self._build_slack)
        hub = client("securityhub")
        self._bucket = Bucket(client("s3"), settings.get("REPORT_BUCKET"))
        self._routing_file = BucketRouting(self._bucket)
        self._findings = security_hub_findings(settings)
        self._controls = SecurityHubControls(hub)
        kept = BucketRegions(self._bucket)
        self._regions = aggregated_regions(settings, hub.meta.region_name, utc_now, kept)

    def ports(self) -> Ports:
        """Return the ports with the secret as it is now."""
        secret = self._secrets.read()
        messenger, channels = self._slack(secret)
        return Ports(
            findings=self._findings,
            regions=self._regions,
            controls=self._controls,
            messenger=messenger,
            people=messenger.users,
            channels=channels,
            reports=BucketReports(self._bucket),
            actions=BucketActions(self._bucket),
            audit_log=BucketAuditLog(self._bucket),
            files=SlackFiles(secret.token, self._api_url),
            suppressions=BucketSuppressions(self._bucket),
            owner_memory=BucketOwnerMemory(self._bucket),
            ledger=BucketLedger(self._bucket),
            routing_file=self._routing_file,
            accounts=OrganizationAccounts(lambda: client("organizations")),
            account_tags=BucketAccountTags(self._bucket),
            checked_stacks=BucketCheckedStacks(self._bucket),
            checks=BucketChecks(self._bucket),
            probes=lambda: make_probes(self._settings),
            now=utc_now,
        )

    def _build_slack(self, secret: SlackSecret) -> tuple[SlackMessenger, SlackChannels]:
        channels = SlackChannels(retrying_client(secret.token, self._api_url))
        check = Discretion(channels, self._shared).check
        return SlackMessenger(secret.token, self._api_url, self._locale, check), channels
