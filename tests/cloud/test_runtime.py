"""Handlers in this process have credentials of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.sdk import client
from playground.cloud.runtime import InProcess

HANDLER = """
from bot.adapters.sdk import client

def key_of(a_client):
    return a_client._request_signer._credentials.access_key

early = client("s3")

def handler(event, context):
    return [key_of(early), key_of(client("s3"))]
"""


class TestInProcess:
    """Whose credentials a client has."""

    def test_credentials_are_those_of_the_start(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A function's clients have the credentials of its start, whenever they are made."""
        (tmp_path / "a_handler.py").write_text(HANDLER, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAFUNCTION")
        handler = InProcess().start("a_handler")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")

        assert handler({}, None) == ["ASIAFUNCTION", "ASIAFUNCTION"]
        assert client("s3")._request_signer._credentials.access_key != "ASIAFUNCTION"
