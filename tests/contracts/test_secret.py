"""The Slack secret: read, kept for a while, and shown to nobody."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import pytest

from bot.adapters.sdk import client
from bot.adapters.secret import KEEP_SECONDS, SecretReader, SlackSecret, parse_secret
from bot.adapters.slack import SlackMessenger
from bot.errors import AccessDeniedError, BotError, SecretError, ThrottledError
from tests.contracts.answers import answer

TOKEN = "xoxb-1234-SECRETVALUE"
SIGNING = "5ec7e7" + "0" * 26
DOCUMENT = json.dumps({"token": TOKEN, "signing_secret": SIGNING})


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Vault:
    """Secrets Manager with one secret, which counts how often it is read and fails when it is told to."""

    def __init__(self) -> None:
        self.client: Any = client("secretsmanager")
        self.client.create_secret(Name="slack", SecretString=DOCUMENT)
        self.reads = 0
        self.error: tuple[str, int] | None = None
        self.client.meta.events.register("before-send.secretsmanager.GetSecretValue", self._read)

    def rotate(self, **changes: str) -> None:
        """Put another value into the secret."""
        document = {"token": TOKEN, "signing_secret": SIGNING} | changes
        self.client.put_secret_value(SecretId="slack", SecretString=json.dumps(document))

    def _read(self, **_event: object) -> Any:
        self.reads += 1
        if self.error is None:
            return None
        code, status = self.error
        return answer(status, json.dumps({"__type": code, "message": "told to"}))


@pytest.fixture
def vault(aws: None) -> Vault:
    """Return the vault."""
    return Vault()


@pytest.fixture
def clock() -> Clock:
    """Return the clock."""
    return Clock()


@pytest.fixture
def reader(vault: Vault, clock: Clock) -> SecretReader:
    """Return the reader."""
    return SecretReader(vault.client, "slack", clock)


class TestReading:
    """When it is read."""

    def test_many_requests_in_five_minutes_are_one_call(self, vault: Vault, reader: SecretReader) -> None:
        """Many requests in five minutes are one call."""
        assert {(TOKEN, SIGNING)} == {(s.token, s.signing_secret) for s in (reader.read() for _ in range(5))}
        assert 1 == vault.reads

    def test_after_five_minutes_at_latest_new_value_is_used(
        self, vault: Vault, reader: SecretReader, clock: Clock
    ) -> None:
        """After five minutes at the latest the new value is used."""
        reader.read()
        vault.rotate(token="xoxb-new")
        clock.now = KEEP_SECONDS - 1.0
        before = reader.read().token
        clock.now = float(KEEP_SECONDS)

        assert TOKEN == before
        assert "xoxb-new" == reader.read().token
        assert 2 == vault.reads

    def test_failure_keeps_last_secret(
        self, vault: Vault, reader: SecretReader, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        """While Secrets Manager fails the last value is good enough, and is tried again later."""
        reader.read()
        vault.error = ("InternalServiceError", 500)
        clock.now = float(KEEP_SECONDS)

        assert TOKEN == reader.read().token
        assert "could not be read again" in caplog.text
        vault.error = None
        vault.rotate(token="xoxb-new")
        clock.now = 2.0 * KEEP_SECONDS
        assert "xoxb-new" == reader.read().token

    @pytest.mark.parametrize(
        ("code", "status", "error"),
        [
            ("AccessDeniedException", 400, AccessDeniedError),
            ("ThrottlingException", 400, ThrottledError),
            ("DecryptionFailure", 400, AccessDeniedError),
        ],
    )
    def test_failed_first_read_names_its_cause(
        self, vault: Vault, reader: SecretReader, code: str, status: int, error: type[BotError]
    ) -> None:
        """The first time there is nothing to fall back on."""
        vault.error = (code, status)

        with pytest.raises(error):
            reader.read()

    def test_deleted_secret_is_not_used_from_cache(
        self, vault: Vault, reader: SecretReader, clock: Clock
    ) -> None:
        """A secret that is gone was taken away on purpose."""
        reader.read()
        vault.client.delete_secret(SecretId="slack", ForceDeleteWithoutRecovery=True)
        clock.now = float(KEEP_SECONDS)

        with pytest.raises(SecretError, match="not found"):
            reader.read()


class TestShape:
    """What stands in it."""

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "not JSON"),
            (TOKEN, "not JSON"),
            ("{" + TOKEN, "not JSON"),
            (json.dumps(TOKEN), "no token, signing_secret"),
            (json.dumps([TOKEN]), "no token, signing_secret"),
            (json.dumps({"token": TOKEN}), "no signing_secret"),
            (json.dumps({"token": "", "signing_secret": SIGNING}), "no token"),
            (json.dumps({"token": 5, "signing_secret": SIGNING}), "no token"),
        ],
    )
    def test_malformed_secret_is_not_quoted(self, text: str, problem: str) -> None:
        """What is wrong is said without a word of it, not even in the chained error's traceback."""
        with pytest.raises(SecretError) as caught:
            parse_secret(text)

        assert {"problem": problem} == caught.value.values
        assert "SECRETVALUE" not in "".join(traceback.format_exception(caught.value))

    def test_white_space_around_values_is_removed(self) -> None:
        """A line break that was copied with a value belongs to neither."""
        document = {"token": f" {TOKEN}\r\n", "signing_secret": f"{SIGNING}\n"}

        assert SlackSecret(TOKEN, SIGNING) == parse_secret(json.dumps(document))

    @pytest.mark.parametrize(
        ("changes", "word"),
        [
            ({"token": "xoxp-1234-SECRETVALUE"}, "token"),
            ({"token": SIGNING}, "token"),
            ({"signing_secret": "SECRETVALUE"}, "signing_secret"),
            ({"signing_secret": SIGNING.upper()}, "signing_secret"),
            ({"signing_secret": TOKEN}, "signing_secret"),
        ],
    )
    def test_value_of_unknown_form_is_logged_without_itself(
        self,
        vault: Vault,
        reader: SecretReader,
        caplog: pytest.LogCaptureFixture,
        changes: dict[str, str],
        word: str,
    ) -> None:
        """What Slack will not know is used, and named at ERROR with the error's code, never shown."""
        vault.rotate(**changes)
        reader.read()

        (record,) = caplog.records
        assert "secret" == record.__dict__["error_code"]
        assert "ERROR" == record.levelname
        assert f"problem={word} is" in record.getMessage()
        for value in (TOKEN, SIGNING, *changes.values()):
            assert value not in caplog.text

    def test_values_of_slacks_form_are_not_logged(
        self, vault: Vault, reader: SecretReader, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The secret as Slack gives it, with a rotated token too, is not in the log."""
        reader.read()
        vault.rotate(token="xoxe.xoxb-1-abc")
        SecretReader(vault.client, "slack").read()

        assert [] == caplog.records

    def test_other_keys_are_left_alone(self) -> None:
        """Other keys are left alone."""
        document = json.loads(DOCUMENT) | {"client_id": "1.2"}

        assert SlackSecret(TOKEN, SIGNING) == parse_secret(json.dumps(document))


class TestSilence:
    """Where it must not be seen."""

    def test_no_repr_shows_the_secret(self, reader: SecretReader) -> None:
        """No object that holds the secret shows it."""
        secret = reader.read()
        holders = [
            secret,
            reader,
            SlackMessenger(secret.token, "https://slack.com/api/"),
            [secret],
            {"s": secret},
        ]

        assert not [holder for holder in holders if "SECRETVALUE" in f"{holder!r} {holder}"]

    def test_no_log_shows_the_secret(
        self, vault: Vault, reader: SecretReader, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The functions log at INFO: nothing of it appears, not even when reading it fails."""
        with caplog.at_level(logging.INFO):
            reader.read()
            vault.error = ("InternalServiceError", 500)
            clock.now = float(KEEP_SECONDS)
            reader.read()

        assert caplog.records
        assert "SECRETVALUE" not in caplog.text

    def test_no_traceback_shows_the_secret(self, vault: Vault, reader: SecretReader, clock: Clock) -> None:
        """A traceback of a failure has nothing of it."""
        vault.rotate(token="")
        with pytest.raises(SecretError) as caught:
            reader.read()

        assert "SECRETVALUE" not in "".join(traceback.format_exception(caught.value))
