"""Putting the result of a check into the bot's bucket, with the credentials of the CI."""

from __future__ import annotations

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import JSON, Bucket
from bot.errors import (
    AccessDeniedError,
    BotError,
    CheckNotPutError,
    CredentialsError,
    RegionError,
    UnexpectedResponseError,
)


def put_check(bucket: str, key: str, body: bytes) -> None:
    """
    Put an object.

    Raises:
        CheckNotPutError: AWS has refused, or did not answer.
    """
    place = f"s3://{bucket}/{key}"
    try:
        Bucket(client("s3"), bucket).put(key, body, JSON)
    except BotError as error:
        raise _not_put(error, place, str(error)[:300]) from error


def _not_put(error: BotError, place: str, problem: str) -> CheckNotPutError:
    """Choose the remedy."""
    if isinstance(error, AccessDeniedError):
        return CheckNotPutError(hint="put-denied", place=place, problem=problem)
    if isinstance(error, CredentialsError | RegionError):
        return CheckNotPutError(hint="put-credentials", place=place, problem=problem)
    if isinstance(error, UnexpectedResponseError):
        return CheckNotPutError(hint="put-refused", place=place, problem=problem)
    return CheckNotPutError(hint="put-failed", place=place, problem=problem)
