"""A local Slack with an app that may do everything, and a client with its token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack import LocalSlack
from playground.slack.workspace.views import View
from tests.slack.forms import FORM, top, trigger
from tests.slack.receiver import SECRET, TOKEN, Clock, Receiver

SCOPES = [
    *("commands", "chat:write", "files:write", "files:read", "users:read", "users:read.email", "im:write"),
    *("channels:read", "groups:read", "channels:history", "usergroups:read"),
]


def manifest(*scopes: str) -> dict[str, Any]:
    """Write a manifest with everything switched on."""
    return {
        "display_information": {"name": "SecHub"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "sechub"},
            "slash_commands": [
                {"command": "/sechub-scan", "description": "Scan", "usage_hint": "S3.1", "url": "https://x"}
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes or SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened"]},
            "interactivity": {"is_enabled": True, "message_menu_options_url": "https://x"},
        },
    }


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return the app."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the local Slack."""
    return Clock()


@pytest.fixture
def slack(receiver: Receiver, clock: Clock) -> Iterator[LocalSlack]:
    """Return the local Slack."""
    slack = LocalSlack(
        manifest(), app_url=lambda: receiver.url, signing_secret=SECRET, token=TOKEN, clock=clock
    )
    slack.start()
    yield slack
    slack.stop()


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    """Return a client that does not repeat what fails."""
    return WebClient(TOKEN, base_url=slack.api_url, timeout=5, retry_handlers=[])


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """Return a function that makes a call that must fail, and returns the answer."""

    def call(method: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        with pytest.raises(SlackApiError) as caught:
            method(**arguments)
        answer: dict[str, Any] = caught.value.response.data
        return answer

    return call


@pytest.fixture
def form(slack: LocalSlack, receiver: Receiver, client: WebClient) -> View:
    """Open the form."""
    client.views_open(trigger_id=trigger(slack, receiver), view=FORM)
    return top(slack)
