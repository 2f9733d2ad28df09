"""The adapters of handlers/slack.py. This module imports neither the scan nor boto3."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from slack_bolt import App
from slack_sdk import WebClient

from bot.adapters.aws import ack_client
from bot.adapters.job_queue import LambdaJobs
from bot.adapters.secret import SecretReader, SlackSecret
from bot.adapters.slack_users import SlackUsers
from bot.domain.control import bundled_catalogue
from bot.i18n import Locale
from bot.listeners.app import build_app
from bot.listeners.context import Context
from bot.settings import Settings

ASK_SECONDS = 1
"""For the call that reads a person's language: the next call, which opens a form, has 2 of Slack's 3 s."""


class Ack:
    """
    The ack function's adapters, made once in the life of a process.

    Raises:
        MissingSettingError: SLACK_SECRET_ID or JOB_FUNCTION.
        InvalidSettingError: REPORT_LOCALE, TIME_ZONE or DURABLE_EXECUTION.
    """

    def __init__(self, settings: Settings) -> None:
        settings.require(["SLACK_SECRET_ID", "JOB_FUNCTION"])
        self._api_url = settings.get("SLACK_API_URL")
        self._locale = Locale(settings.get("REPORT_LOCALE"))
        self._time_zone = settings.time_zone()
        is_durable = settings.get("DURABLE_EXECUTION") == "true"
        self._jobs = LambdaJobs(ack_client("lambda"), settings.get("JOB_FUNCTION"), is_durable)
        self._secrets = SecretReader(ack_client("secretsmanager"), settings.get("SLACK_SECRET_ID"))
        self._app = lru_cache(maxsize=1)(self._build_app)
        bundled_catalogue()

    def secret(self) -> SlackSecret:
        """Return the secret as it is now (see SecretReader)."""
        return self._secrets.read()

    def app(self, secret: SlackSecret) -> App:
        """Return the app for a secret: a rotated secret gets a new app."""
        return self._app(secret)

    def _build_app(self, secret: SlackSecret) -> App:
        asking = WebClient(token=secret.token, base_url=self._api_url, timeout=ASK_SECONDS, retry_handlers=[])
        users = SlackUsers(asking, self._locale)
        context = Context(
            jobs=self._jobs,
            catalogue=bundled_catalogue(),
            default_locale=self._locale,
            known_locale=users.known_locale,
            find_locale=users.locale,
            today=lambda: datetime.now(self._time_zone).date(),
        )
        return build_app(
            context, token=secret.token, signing_secret=secret.signing_secret, api_url=self._api_url
        )
