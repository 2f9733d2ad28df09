"""The local Slack and the adapter in front of it, whose retries do not wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.slack import SlackMessenger
from playground.slack import LocalSlack
from tests.contracts.slack.local import TOKEN, a_slack


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSlack]:
    """Return a local Slack; nobody waits for Retry-After."""
    monkeypatch.setattr("slack_sdk.http_retry.handler.time.sleep", lambda seconds: None)
    slack = a_slack()
    yield slack
    slack.stop()


@pytest.fixture
def adapter(slack: LocalSlack) -> SlackMessenger:
    """Return the adapter."""
    return SlackMessenger(TOKEN, slack.api_url)
