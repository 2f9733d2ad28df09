"""Where the adapters are made: from settings and a secret to what the functions work with."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.adapters import secret
from bot.adapters.sdk import client
from bot.adapters.secret import SlackSecret
from bot.bootstrap.ack import Ack
from bot.bootstrap.job import Worker, utc_now
from bot.domain.control import Catalogue
from bot.errors import InvalidSettingError, MissingSettingError
from bot.listeners.context import Context
from bot.settings import Settings
from playground.hub import Hub
from tests.contracts.places import BUCKET

ENVIRONMENT = {"SLACK_SECRET_ID": "slack", "REPORT_BUCKET": BUCKET, "JOB_FUNCTION": "job"}


@pytest.fixture
def vault(aws: None) -> Any:
    """Return a client of Secrets Manager that has the secret."""
    vault = client("secretsmanager")
    secret = {"token": "xoxb-local", "signing_secret": "local-signing-secret"}
    vault.create_secret(Name="slack", SecretString=json.dumps(secret))
    return vault


def rotate(vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another token into the secret, and let the time pass until it is read."""
    vault.put_secret_value(
        SecretId="slack",
        SecretString=json.dumps({"token": "xoxb-new", "signing_secret": "local-signing-secret"}),
    )
    monkeypatch.setattr(secret, "KEEP_SECONDS", -1)


class TestWorker:
    """The job function's adapters."""

    def test_every_port_leads_to_its_own_service(self, vault: Any, hub: Hub, bucket: Any) -> None:
        """Every port leads to its own service."""
        ports = Worker(Settings(ENVIRONMENT)).ports()

        assert isinstance(ports.controls.catalogue(), Catalogue)
        assert ports.ledger.create("job/step", {})
        assert [] == ports.actions.acts("none")
        assert None is not ports.now().tzinfo

    def test_rotation_makes_new_messenger(self, vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """A rotated token gets a new messenger; without a rotation there is one in a process's life."""
        worker = Worker(Settings(ENVIRONMENT))
        first, second = worker.ports().messenger, worker.ports().messenger
        rotate(vault, monkeypatch)

        assert first is second
        assert first is not worker.ports().messenger

    def test_all_missing_settings_are_named_at_once(self) -> None:
        """All missing settings are named at once, before anything is called."""
        with pytest.raises(MissingSettingError) as caught:
            Worker(Settings({}))

        assert "SLACK_SECRET_ID, REPORT_BUCKET" == caught.value.values["settings"]

    @pytest.mark.parametrize("setting", ["GET_FINDINGS_RATE", "BATCH_UPDATE_FINDINGS_RATE"])
    def test_bad_rate_fails_at_the_start(self, aws: None, setting: str) -> None:
        """A rate that is none shows when the function starts, not in the middle of a scan."""
        with pytest.raises(InvalidSettingError):
            Worker(Settings(ENVIRONMENT | {setting: "fast"}))

    def test_clock_is_in_utc(self) -> None:
        """The clock is aware, in UTC."""
        assert "UTC" == utc_now().tzname()


class TestAck:
    """The ack function's adapters."""

    def test_same_secret_has_same_app(self, vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same secret has the same app, a rotated one its own."""
        ack = Ack(Settings(ENVIRONMENT))
        before = ack.app(ack.secret()), ack.app(ack.secret())
        rotate(vault, monkeypatch)

        assert before[0] is before[1]
        assert before[0] is not ack.app(ack.secret())

    def test_future_days_follow_the_configured_time_zone(
        self, aws: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Which days are in the future is decided by the clock by which a suppression's last day ends."""
        contexts: list[Context] = []
        monkeypatch.setattr("bot.bootstrap.ack.build_app", lambda context, **_: contexts.append(context))
        for zone in ("Etc/GMT-14", "Etc/GMT+12"):  # 26 hours apart
            Ack(Settings(ENVIRONMENT | {"TIME_ZONE": zone})).app(SlackSecret("xoxb", "secret"))

        later, earlier = (context.today() for context in contexts)
        assert later > earlier

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"SLACK_SECRET_ID": ""}, MissingSettingError),
            ({"JOB_FUNCTION": ""}, MissingSettingError),
            ({"REPORT_LOCALE": "fr"}, InvalidSettingError),
            ({"TIME_ZONE": "Mars"}, InvalidSettingError),
        ],
    )
    def test_bad_settings_fail_before_the_first_request(
        self, changes: dict[str, str], error: type[Exception]
    ) -> None:
        """What is wrong shows at once, not with the first request."""
        with pytest.raises(error):
            Ack(Settings(ENVIRONMENT | changes))

    def test_timeouts_of_two_calls_fit_into_slacks_limit(
        self, vault: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A form takes two calls, the person's language and the form; both together end within 3 seconds."""
        waits: list[int] = []

        def urlopen(_request: object, *, timeout: int, **_: object) -> None:
            waits.append(timeout)
            raise TimeoutError

        monkeypatch.setattr("slack_sdk.web.base_client.urlopen", urlopen)
        ack, now = Ack(Settings(ENVIRONMENT)), str(int(time.time()))
        form = {"command": "/sechub-scan", "text": "", "trigger_id": "1.2.a", "team_id": "T0LOCAL"}
        body = urlencode(form | {"user_id": "U0PERSON", "channel_id": "C0SECURITY"})
        signature = SignatureVerifier("local-signing-secret").generate_signature(timestamp=now, body=body)
        headers = {
            "content-type": ["application/x-www-form-urlencoded"],
            "x-slack-request-timestamp": [now],
            "x-slack-signature": [str(signature)],
        }
        answer = ack.app(ack.secret()).dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type]

        assert 200 == answer.status
        assert [1, 2] == waits
