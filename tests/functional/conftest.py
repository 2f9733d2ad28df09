"""What the functional tests share: a local world, in which nothing waits, and a count of what it calls."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session

from playground.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """Start a world; Lambda tries a failed job again at once."""
    with World({"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "test"}, pause=lambda _seconds: None) as started:
        yield started


@pytest.fixture(scope="module")
def one_world() -> Iterator[tuple[World, dict[str, str]]]:
    """Start one world for all tests of a module, each of which puts back what it changes; its environment."""
    with World({"REPORT_LOCALE": "en"}, pause=lambda _seconds: None) as started:
        yield started, dict(os.environ)


@pytest.fixture
def shared_world(one_world: tuple[World, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> World:
    """Enter the module's world."""
    world, environment = one_world
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return world


@pytest.fixture
def network(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List what is called from now on: an AWS service, or a method of Slack's."""
    del world
    calls: list[str] = []
    aws, slack = URLLib3Session.send, urllib.request.OpenerDirector.open

    def send(self: URLLib3Session, request: Any) -> Any:
        target = request.headers.get("X-Amz-Target", b"").decode()
        calls.append(target.partition(".")[0] or request.url.split("/")[3].partition("?")[0])
        return aws(self, request)

    def open_(self: urllib.request.OpenerDirector, fullurl: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(fullurl.full_url.rpartition("/")[2])
        return slack(self, fullurl, *arguments, **options)

    monkeypatch.setattr(URLLib3Session, "send", send)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", open_)
    return calls
