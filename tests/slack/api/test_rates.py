"""Slack's rates, once they are enforced."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.workspace.rates import RATES
from tests.slack.receiver import TOKEN, Clock

HOME = "C0SECURITY"


@pytest.fixture(autouse=True)
def enforced(slack: LocalSlack) -> None:
    """Enforce the rates."""
    slack.workspace.rates.are_enforced = True


def answer(slack: LocalSlack, method: str, **arguments: str) -> requests.Response:
    """Call a method."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return requests.post(slack.api_url + method, data=arguments, headers=headers, timeout=5)


class TestRates:
    """Calls that come too fast."""

    def test_call_beyond_tier_is_refused_until_window_has_passed(
        self, slack: LocalSlack, client: WebClient, clock: Clock
    ) -> None:
        """Tier 3 is 50 calls in a minute: the 51st is 429, and is taken when Retry-After has passed."""
        for _ in range(50):
            client.users_lookupByEmail(email="security@example.com")
            clock.now += 0.5

        refused = answer(slack, "users.lookupByEmail", email="security@example.com")
        clock.now += int(refused.headers["Retry-After"])
        taken = answer(slack, "users.lookupByEmail", email="security@example.com")

        assert 429 == refused.status_code
        assert "35" == refused.headers["Retry-After"]
        assert "ratelimited" == refused.json()["error"]
        assert taken.json()["ok"] is True

    def test_methods_do_not_share_their_rates(self, slack: LocalSlack, client: WebClient) -> None:
        """Each method has its own: users.list is refused after 20 calls, users.info is not."""
        for _ in range(20):
            client.users_list()

        assert answer(slack, "users.list").status_code == 429
        assert answer(slack, "users.info", user="U0ANALYST").status_code == 200

    def test_channel_takes_one_message_second_after_burst(
        self, slack: LocalSlack, client: WebClient, refusal: Any, clock: Clock
    ) -> None:
        """A channel takes a burst and then a message a second; another channel is not concerned."""
        for _ in range(5):
            client.chat_postMessage(channel=HOME, text="x")

        assert refusal(client.chat_postMessage, channel=HOME, text="x")["error"] == "ratelimited"
        assert client.chat_postMessage(channel="C0PLATFORM", text="x")["ok"] is True
        clock.now += 5
        assert client.chat_postMessage(channel=HOME, text="x")["ok"] is True

    def test_nothing_is_limited_unless_told(self, slack: LocalSlack, client: WebClient) -> None:
        """A local Slack that was not told to enforce them takes any number."""
        slack.workspace.rates.are_enforced = False

        assert all(client.users_list()["ok"] for _ in range(RATES["users.list"] + 1))
