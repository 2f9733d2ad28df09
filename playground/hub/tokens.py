"""
NextToken: opaque, good for one hub, one query and a while.

That a changed query is refused is seen in https://github.com/demisto/content/issues/11476; that stale tokens
are, in https://github.com/writer/cerebro/issues/932. AWS documents neither, nor how long a token lives.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from playground.hub.errors import invalid_token

_SEAL_BYTES = 16


class Tokens:
    """Makes and reads the tokens of one hub."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes()

    def issue(self, query: Mapping[str, Any], start: int, expires_at: float) -> str:
        """Make the token of the page that begins at `start`, good until `expires_at`."""
        text = json.dumps([_digest(query), start, expires_at]).encode()
        return base64.urlsafe_b64encode(self._seal(text) + text).decode()

    def start(self, token: str | None, query: Mapping[str, Any], now: float) -> int:
        """
        Read where a token's page begins; 0 without a token.

        Raises:
            HubError: InvalidInputException, the token is not this hub's, not this query's, or too old.
        """
        if token is None:
            return 0
        digest, start, expires_at = self._opened(token)
        if now >= expires_at:
            raise invalid_token("Token has expired")
        if digest != _digest(query):
            raise invalid_token("Input Query has changed")
        return start

    def _opened(self, token: str) -> tuple[str, int, float]:
        try:
            sealed = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise invalid_token() from error
        seal, text = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(text)):
            raise invalid_token()
        digest, start, expires_at = json.loads(text)
        return digest, start, expires_at

    def _seal(self, text: bytes) -> bytes:
        return hmac.digest(self._secret, text, "sha256")[:_SEAL_BYTES]


def _digest(query: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(query, sort_keys=True).encode()).hexdigest()
