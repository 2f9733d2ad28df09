"""Processes that die in the middle of a call."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.client import BaseClient

from tests.scenarios.scenario import Crash


class CrashError(BaseException):
    """The process is gone: nothing of the bot's may catch this."""


class Crashes:
    """The crashes that are still to come, a list of all calls, and who is told after each."""

    def __init__(self, planned: list[Crash], after: Callable[[str], None] = lambda _call: None) -> None:
        self.left = list(planned)
        self._after = after
        self.calls: list[str] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch every call to AWS and to Slack that this process makes."""
        client_class: Any = BaseClient
        call_aws, open_url = client_class._make_api_call, urllib.request.OpenerDirector.open

        def watched_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            written = "" if operation == "GetObject" else parameters.get("Key", "")
            with self.around(f"{operation} {written}".strip()):
                return call_aws(client, operation, parameters)

        def watched_open(opener: Any, request: Any, *arguments: Any, **options: Any) -> Any:
            path = urlsplit(request if isinstance(request, str) else request.full_url).path
            with self.around(path.rpartition("/api/")[2]):
                return open_url(opener, request, *arguments, **options)

        monkeypatch.setattr(BaseClient, "_make_api_call", watched_call)
        monkeypatch.setattr(urllib.request.OpenerDirector, "open", watched_open)

    @contextmanager
    def around(self, call: str) -> Iterator[None]:
        """Note a call, and die before or after it if that is what is planned."""
        self.calls.append(call)
        crash = next((crash for crash in self.left if call.endswith(crash.call)), None)
        if crash:
            self.left.remove(crash)
        if crash and not crash.late:
            raise CrashError(call)
        yield
        if crash:
            raise CrashError(call)
        self._after(call)
