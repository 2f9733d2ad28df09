"""The configuration of AWS clients, and the translation of AWS's errors into the bot's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from botocore import exceptions
from botocore.config import Config
from botocore.session import Session

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

T = TypeVar("T")

JOB_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 8},
    connect_timeout=5,
    read_timeout=30,
    signature_version="v4",
    s3={"addressing_style": "virtual"},
)
"""
For jobs: 8 attempts, with waits of a minute in all at most, outlast a burst of other consumers.

Without `virtual`, botocore signs links to buckets for the host of us-east-1, which redirects to the Region of
a bucket made within the last hours, and the redirected link's signature is wrong
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html).
"""

PACED_CONFIG = JOB_CONFIG.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 3}, max_pool_connections=48)
)
"""For the calls that a TokenBucket retries: botocore outlasts short failures only. A connection a thread."""

ACK_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=0.5, read_timeout=0.8
)
"""For the ack: Slack waits 3 s (https://docs.slack.dev/interactivity/handling-user-interaction)."""

THROTTLES = frozenset(
    {
        "TooManyRequestsException",  # what Security Hub's gateway sends, though its model does not say so
        "LimitExceededException",
        "ThrottlingException",
        "Throttling",
        "RequestLimitExceeded",
        "EC2ThrottledException",
        "SlowDown",
    }
)
CONFLICTS = frozenset({"ConditionalRequestConflict"})
"""
S3's answers if another writer is at the same object: retry
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
"""
DENIALS = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "DecryptionFailure"})
BAD_CREDENTIALS = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "InvalidAccessKeyId",
        "IncompleteSignature",
        "MissingAuthenticationTokenException",
    }
)

GETTING_CREDENTIALS = frozenset(
    {"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetRoleCredentials", "CreateToken"}
)
"""Operations that botocore calls by itself, for the credentials of a profile."""

_NO_ANSWER = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    exceptions.FlexibleChecksumError,
)
"""botocore's errors of connections; its other errors without an answer are about settings."""


@cache
def session() -> Session:
    """Return the one botocore session of the ack, which holds the parsed service models."""
    quiet()
    return Session()


def ack_client(service: str) -> Any:
    """
    Make a client of the ack, with the credentials, Region and endpoint of the environment.

    Raises:
        CredentialsError: no Region is set, or an AWS setting is wrong.
    """
    with aws_settings():
        return session().create_client(service, config=ACK_CONFIG)


def quiet() -> None:
    """Keep botocore from logging answers, as it does at DEBUG: one of them is the Slack secret."""
    logging.getLogger("botocore").setLevel(logging.WARNING)


@contextmanager
def aws_settings() -> Iterator[None]:
    """
    Translate the errors of making a client into the bot's.

    Besides its own errors botocore raises ValueError (an endpoint without a scheme, a credential process that
    writes no JSON) and OSError (a credential process that does not exist).
    """
    try:
        with aws_errors("sts", "GetCallerIdentity"):
            yield
    except (ValueError, OSError) as error:
        raise CredentialsError(problem=str(error)) from error


@contextmanager
def aws_errors(service: str, operation: str, region: str = "") -> Iterator[None]:
    """Translate botocore's errors into the bot's."""
    call = f"{service}:{operation}"
    try:
        yield
    except exceptions.ClientError as error:
        raise translated(error, call, region) from error
    except exceptions.InvalidRegionError as error:
        raise RegionError(region=str(error.kwargs["region_name"])) from error
    except _NO_ANSWER as error:
        raise UnavailableError(service="AWS", call=call) from error
    except exceptions.ParamValidationError as error:  # botocore's own judgement, which no retry changes
        reason = f"ParamValidation {' '.join(str(error).split())[:200]}"
        raise UnexpectedResponseError(service="AWS", call=call, reason=reason) from error
    except exceptions.BotoCoreError as error:
        raise CredentialsError(problem=str(error)) from error


def unless_absent(
    call: str, make: Callable[[], T], region: str = "", *, code: str = "ResourceNotFoundException"
) -> T | None:
    """
    Make a call such as `lambda:InvokeFunction`.

    Returns:
        The answer; None if AWS answers with `code`: the thing that the call is about does not exist.

    Raises:
        BotError: the errors of `aws_errors`.
    """
    service, _, operation = call.partition(":")
    with aws_errors(service, operation, region):
        try:
            return make()
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] == code:
                return None
            raise


def translated(error: exceptions.ClientError, call: str, region: str) -> BotError:
    """Return the bot's error for an answer of AWS; codes as in botocore's models, and the above."""
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if error.operation_name in GETTING_CREDENTIALS and error.operation_name not in call:
        return CredentialsError(problem=f"{error.operation_name}: {code} {_message(error)}".strip())
    if code == "InvalidAccessException":
        return SecurityHubDisabledError(region=region)
    if code in THROTTLES:
        return ThrottledError(service="AWS", call=call)
    if code in BAD_CREDENTIALS:
        return CredentialsError(problem=code)
    if code in DENIALS or status == 403:
        return AccessDeniedError(action=call)
    if status >= 500 or code in CONFLICTS:
        return UnavailableError(service="AWS", call=call)
    return UnexpectedResponseError(service="AWS", call=call, reason=f"{code} {_message(error)}".strip())


def _message(error: exceptions.ClientError) -> str:
    return " ".join(error.response.get("Error", {}).get("Message", "").split())[:200]
