"""AWS's errors: every one that an operation declares is one of the bot's."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions
from botocore.session import Session

from bot import errors
from bot.adapters.aws import aws_errors, translated
from bot.adapters.sdk import client, session
from bot.errors import (
    AccessDeniedError,
    BotError,
    CredentialsError,
    RegionError,
    SecurityHubDisabledError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)

OPERATIONS = {
    "securityhub": ("GetFindings", "BatchUpdateFindings", "ListSecurityControlDefinitions"),
    "s3": ("GetObject", "PutObject", "DeleteObject", "ListObjectsV2"),
    "secretsmanager": ("GetSecretValue",),
    "lambda": ("Invoke",),
}
"""Every operation that the bot calls."""

OF_THE_BOT = "the bot sends what AWS does not take: a fault of the bot's, which the message quotes"
OF_THE_DEPLOYMENT = "what the deployment names is not there or not usable; the message quotes AWS's words"
NOT_FOR_ASYNC = "happens while a function starts or runs, which an asynchronous invocation does not wait for"
NOT_USED = "of a feature that the bot does not use"

UNEXPECTED = {
    "InvalidInputException": OF_THE_BOT,
    "InvalidParameterException": OF_THE_BOT,
    "InvalidRequestException": "the secret is about to be deleted; the message quotes AWS's words",
    "InvalidRequest": OF_THE_BOT,
    "InvalidWriteOffset": NOT_USED,
    "TooManyParts": NOT_USED,
    "EncryptionTypeMismatch": NOT_USED,
    "NoSuchBucket": OF_THE_DEPLOYMENT,
    "NoSuchKey": "bucket.py takes it for a report that is gone, or for an entry that is not there",
    "ResourceNotFoundException": f"secret.py takes it for SecretError; of Lambda: {OF_THE_DEPLOYMENT}",
    "RequestTooLargeException": OF_THE_BOT,
    "UnsupportedMediaTypeException": OF_THE_BOT,
    "SerializedRequestEntityTooLargeException": OF_THE_BOT,
    "InvalidParameterValueException": OF_THE_BOT,
    "InvalidRequestContentException": OF_THE_BOT,
    "NoPublishedVersionException": OF_THE_DEPLOYMENT,
    "ResourceConflictException": OF_THE_DEPLOYMENT,
    "RecursiveInvocationException": "Lambda has stopped a loop, which the bot does not make",
    "ServiceQuotaExceededException": NOT_USED,
    "ModeNotSupportedException": NOT_USED,
    "DurableExecutionAlreadyStartedException": NOT_USED,
    "RuntimeAliasDeletedException": NOT_USED,
    "RuntimeVersionDeletedException": NOT_USED,
    **dict.fromkeys(
        (
            "CodeArtifactUserDeletedException",
            "CodeArtifactUserPendingException",
            "CodeArtifactUserFailedException",
        ),
        NOT_USED,
    ),
    **dict.fromkeys(
        (
            "EFSIOException",
            "EFSMountConnectivityException",
            "EFSMountTimeoutException",
            "S3FilesMountConnectivityException",
            "S3FilesMountTimeoutException",
            "SnapStartException",
            "SnapStartNotReadyException",
            "SnapStartRegenerationFailureException",
            "SnapStartTimeoutException",
        ),
        NOT_FOR_ASYNC,
    ),
}
"""Declared errors that the bot only quotes, each with the reason why it has nothing better to say."""

UNDECLARED = [
    ("TooManyRequestsException", 429, ThrottledError),
    ("ThrottlingException", 400, ThrottledError),
    ("SlowDown", 503, ThrottledError),
    ("ConditionalRequestConflict", 409, UnavailableError),
    ("AccessDeniedException", 403, AccessDeniedError),
    ("AccessDeniedException", 400, AccessDeniedError),
    ("AccessDenied", 403, AccessDeniedError),
    ("ExpiredTokenException", 403, CredentialsError),
    ("ExpiredToken", 400, CredentialsError),
    ("UnrecognizedClientException", 400, CredentialsError),
    ("InvalidSignatureException", 403, CredentialsError),
    ("InvalidAccessException", 401, SecurityHubDisabledError),
    ("ServiceUnavailable", 503, UnavailableError),
    ("502", 502, UnavailableError),
]
"""Errors that no service model has and every service sends."""

STATUSES = {"InternalServiceError": 500}
"""
HTTP statuses that the service models leave out:
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, Errors.
"""


def declared() -> Iterator[tuple[str, str, str, int]]:
    """Walk the models: service, operation, error code and HTTP status of each declared error."""
    for service, operations in OPERATIONS.items():
        model = Session().get_service_model(service)
        for operation in operations:
            shapes: list[Any] = model.operation_model(operation).error_shapes
            for shape in shapes:
                error = shape.metadata.get("error", {})
                status = STATUSES.get(shape.error_code, 400)
                yield service, operation, shape.error_code, error.get("httpStatusCode", status)


DECLARED = list(declared())


def answered(code: str, status: int, message: str = "told to") -> exceptions.ClientError:
    """Make what botocore raises for an answer."""
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return exceptions.ClientError(answer, "X")  # type: ignore[arg-type]


class TestDeclared:
    """Errors in the service models."""

    @pytest.mark.parametrize(("service", "operation", "code", "status"), DECLARED)
    def test_each_declared_error_is_mapped(
        self, service: str, operation: str, code: str, status: int
    ) -> None:
        """Each is an error that says what to do, or stands in the list of those that are only quoted."""
        error = translated(answered(code, status), f"{service}:{operation}", "eu-west-1")

        assert isinstance(error, UnexpectedResponseError) == (code in UNEXPECTED)

    def test_quoted_error_is_declared_by_an_operation(self) -> None:
        """Nothing is in the list that no operation declares."""
        assert set(UNEXPECTED) <= {code for _, _, code, _ in DECLARED}

    def test_other_errors_are_quoted(self) -> None:
        """What the bot has no words for it gives in AWS's, in one line of bearable length."""
        error = translated(answered("InvalidInputException", 400, "too\n many " * 100), "x", "")

        assert error.values["reason"].startswith("InvalidInputException too many too many")
        assert "\n" not in error.values["reason"]
        assert len(error.values["reason"]) < 250


class TestUndeclared:
    """Errors that are in no model."""

    @pytest.mark.parametrize(("code", "status", "error"), UNDECLARED)
    def test_undeclared_errors_are_mapped(self, code: str, status: int, error: type[BotError]) -> None:
        """They are known all the same."""
        assert type(translated(answered(code, status), "x", "")) is error

    def test_empty_error_answer_is_an_error(self) -> None:
        """An answer without anything in it is an error too."""
        assert isinstance(translated(exceptions.ClientError({}, "X"), "x", ""), UnexpectedResponseError)


class TestOthers:
    """What botocore raises without an answer."""

    @pytest.mark.parametrize(
        ("raised", "error"),
        [
            (exceptions.NoCredentialsError(), CredentialsError),
            (exceptions.NoRegionError(), CredentialsError),
            (exceptions.PartialCredentialsError(provider="env", cred_var="key"), CredentialsError),
            (exceptions.ProfileNotFound(profile="x"), CredentialsError),
            (exceptions.SSOTokenLoadError(error_msg="x"), CredentialsError),
            (exceptions.CredentialRetrievalError(provider="x", error_msg="x"), CredentialsError),
            (exceptions.ParamValidationError(report="Invalid length"), UnexpectedResponseError),
            (exceptions.EndpointConnectionError(endpoint_url="https://x", error="x"), UnavailableError),
            (exceptions.ConnectTimeoutError(endpoint_url="https://x"), UnavailableError),
            (exceptions.ReadTimeoutError(endpoint_url="https://x"), UnavailableError),
            (exceptions.ConnectionClosedError(endpoint_url="https://x"), UnavailableError),
            (exceptions.ResponseStreamingError(error="x"), UnavailableError),
            (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), UnavailableError),
            (exceptions.ConfigParseError(path="x"), CredentialsError),
            (exceptions.InvalidConfigError(error_msg="x"), CredentialsError),
            (exceptions.InvalidDefaultsMode(mode="x", valid_modes="y"), CredentialsError),
            (exceptions.MissingDependencyException(msg="x"), CredentialsError),
            (exceptions.InvalidRegionError(region_name="to kyo"), RegionError),
        ],
    )
    def test_client_errors_are_mapped(self, raised: exceptions.BotoCoreError, error: type[BotError]) -> None:
        """No credentials, no network and half an answer are three different things."""
        with pytest.raises(error) as caught, aws_errors("securityhub", "GetFindings"):
            raise raised

        assert raised is caught.value.__cause__

    @pytest.mark.parametrize("operation", ["AssumeRole", "GetRoleCredentials"])
    def test_denied_profile_role_is_not_a_denied_call(self, operation: str) -> None:
        """Where a profile's role may not be assumed it is not Security Hub that denies."""
        denied = exceptions.ClientError(
            {"Error": {"Code": "AccessDenied", "Message": "not you"}},
            operation,
        )
        error = translated(denied, "securityhub:GetFindings", "eu-west-1")

        assert isinstance(error, CredentialsError)
        assert f"{operation}: AccessDenied not you" == error.values["problem"]

    def test_own_error_is_unchanged(self) -> None:
        """An error that is one of the bot's already stays it."""
        with pytest.raises(errors.ReportGoneError), aws_errors("s3", "GetObject"):
            raise errors.ReportGoneError


class TestClient:
    """Making clients."""

    @pytest.fixture(autouse=True)
    def new_session(self) -> Iterator[None]:
        """Let each test have a session of its own environment."""
        session.cache_clear()
        yield
        session.cache_clear()

    @pytest.fixture
    def offline(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """Resolve no names, and return those that are looked up."""
        asked: list[object] = []

        def fail(host: object, *_: object) -> None:
            asked.append(host)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        return asked

    def test_missing_region_is_an_error(self) -> None:
        """Without a Region there is nothing to call."""
        with pytest.raises(CredentialsError):
            client("securityhub")

    @pytest.mark.parametrize(
        ("region", "asked"),
        [("ap-northeast-11", ["securityhub.ap-northeast-11.amazonaws.com"]), ("tokyo", [])],
    )
    def test_unknown_region_is_named_before_any_call(
        self, region: str, asked: list[str], offline: list[object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A Region that nobody knows is named before anything is asked of it."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)

        with pytest.raises(RegionError) as caught:
            client("securityhub")
        assert {"region": region} == caught.value.values
        assert asked == offline

    @pytest.mark.parametrize("region", ["ap-northeast-1", "us-gov-west-1", "cn-north-1"])
    def test_known_region_needs_no_lookup(
        self, region: str, offline: list[object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Regions of each partition are known without a look-up."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)

        assert region == client("securityhub").meta.region_name
        assert [] == offline

    def test_endpoint_setting_allows_any_region(
        self, offline: list[object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where somebody has set an endpoint the Region is what they call it."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", "local")
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

        assert "local" == client("securityhub").meta.region_name
        assert [] == offline

    @pytest.mark.parametrize(
        ("config", "problem"),
        [
            ("[default]\ncredential_process = /no/such", "/no/such"),
            ("[default]\ncredential_process = echo x", "Expecting value"),
            ("[default", "Unable to parse config file"),
            ("[default]\nrole_arn = x\nsource_profile = default", "Infinite loop"),
        ],
    )
    def test_broken_profile_is_a_settings_error(
        self, config: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each error of a configuration file is about the settings."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name, raising=False)
        (tmp_path / "config").write_text(config)

        with pytest.raises(CredentialsError, match=re.escape(problem)):
            client("securityhub").get_findings()

    def test_profiles_keys_and_region_are_taken(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A profile's keys and Region are taken, as with every AWS tool."""
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "keys"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_PROFILE", "audit")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
            monkeypatch.delenv(name, raising=False)
        (tmp_path / "keys").write_text("[audit]\naws_access_key_id = KEY\naws_secret_access_key = x\n")
        (tmp_path / "config").write_text("[profile audit]\nregion = eu-west-3\n")
        made = client("securityhub")

        assert "eu-west-3" == made.meta.region_name
        assert "KEY" == made._request_signer._credentials.access_key
