"""The Slack secret in Secrets Manager."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.aws import unless_absent
from bot.domain.slack import SIGNING_SECRET, TOKEN
from bot.errors import SecretError, UpstreamError

LOG = logging.getLogger(__name__)

KEEP_SECONDS = 300
"""The time after which a rotated secret is noticed; a read every five minutes costs next to nothing."""


@dataclass(frozen=True, slots=True)
class SlackSecret:
    """The credentials between the bot and Slack. The repr shows neither."""

    token: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass
class SecretReader:
    """The secret, read at most once in KEEP_SECONDS."""

    client: Any
    secret_id: str
    clock: Callable[[], float] = time.monotonic
    _kept: tuple[float, SlackSecret] | None = field(default=None, init=False, repr=False)

    def read(self) -> SlackSecret:
        """
        Return the secret. While Secrets Manager fails, the one last read is used.

        Raises:
            SecretError: it does not exist, or is not JSON with `token` and `signing_secret`.
            AccessDeniedError, CredentialsError, UpstreamError: it could not be read, and never was.
        """
        if self._kept and self.clock() - self._kept[0] < KEEP_SECONDS:
            return self._kept[1]
        try:
            secret = self._fetch()
        except UpstreamError:
            if self._kept is None:
                raise
            LOG.warning("the secret could not be read again; the last one is used")
            secret = self._kept[1]
        self._kept = (self.clock(), secret)
        return secret

    def _fetch(self) -> SlackSecret:
        secret = parse_secret(secret_text(self.client, self.secret_id))
        for problem in odd_forms(secret):
            odd = SecretError(problem=problem)
            LOG.error("Slack will not know this: %s", odd, extra={"error_code": odd.code})
        return secret


def secret_text(client: Any, secret_id: str) -> str:
    """
    Read the secret as it is stored; empty if it is binary.

    Raises:
        SecretError: it does not exist.
        AccessDeniedError, CredentialsError, UpstreamError: it could not be read.
    """
    answer = unless_absent(
        "secretsmanager:GetSecretValue", lambda: client.get_secret_value(SecretId=secret_id)
    )
    if answer is None:
        raise SecretError(problem="not found")
    return answer.get("SecretString") or ""


def parse_secret(text: str) -> SlackSecret:
    """
    Read the secret's JSON. White space around a value, which copying adds, is removed.

    Raises:
        SecretError: names the fault. No part of the secret is in it, not even in the chained error.
    """
    try:
        document = json.loads(text)
    except ValueError:
        raise SecretError(problem="not JSON") from None
    names = ("token", "signing_secret")
    given = document if isinstance(document, dict) else {}
    texts = {name: value.strip() for name in names if isinstance(value := given.get(name), str)}
    absent = [name for name in names if not texts.get(name)]
    if absent:
        raise SecretError(problem=f"no {', '.join(absent)}")
    return SlackSecret(**texts)


def odd_forms(secret: SlackSecret) -> list[str]:
    """Name the values that do not have Slack's form, without any part of them."""
    problems = []
    if not TOKEN.fullmatch(secret.token):
        problems.append("token is no bot token, which begins with xoxb-")
    if not SIGNING_SECRET.fullmatch(secret.signing_secret):
        problems.append("signing_secret is not 32 hexadecimal digits")
    return problems
