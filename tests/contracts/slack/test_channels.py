"""Channels: as the fake and as the local Slack behind the real adapter."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.channels import KEEP_SECONDS, SlackChannels
from bot.adapters.slack import retrying_client
from bot.domain.slack import Channel
from bot.errors import BotError, MissingScopeError, SlackTokenError, ThrottledError, UnavailableError
from bot.ports import Channels
from playground.slack import LocalSlack
from playground.slack.workspace.people import BOT
from playground.slack.workspace.people import Channel as LocalChannel
from tests.contracts.slack.local import TOKEN
from tests.fakes import FakeChannels, FakeClock

LOCAL = (
    LocalChannel("C0PRIVATE", "private", {BOT}, is_private=True),
    LocalChannel("C0HIDDEN", "hidden", set(), is_private=True),
    LocalChannel("C0OLD", "old", {BOT}, is_archived=True),
    LocalChannel("C0PARTNER", "partner", {BOT}, shared="external"),
    LocalChannel("C0INVITED", "invited", {BOT}, shared="pending"),
    LocalChannel("C0ORGANIZATION", "organization", {BOT}, shared="organization"),
)
CHANNELS = {
    "C0SECURITY": Channel("C0SECURITY", is_member=True),
    "C0RANDOM": Channel("C0RANDOM", is_member=False),
    "C0PRIVATE": Channel("C0PRIVATE", is_member=True, is_private=True),
    "C0HIDDEN": None,
    "C0NOWHERE": None,
    "C0OLD": Channel("C0OLD", is_member=True, is_archived=True),
    "C0PARTNER": Channel("C0PARTNER", is_member=True, is_shared_outside=True),
    "C0INVITED": Channel("C0INVITED", is_member=True, is_shared_outside=True),
    "C0ORGANIZATION": Channel("C0ORGANIZATION", is_member=True),
    "D0SECURITY": Channel("D0SECURITY", is_member=True, is_private=True),
}


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    """Return the local Slack with channels of all kinds."""
    slack.workspace.channels |= {channel.id: channel for channel in LOCAL}
    return slack


@pytest.fixture
def clock() -> FakeClock:
    """Return the adapter's clock."""
    return FakeClock()


@pytest.fixture
def adapter(slack: LocalSlack, clock: FakeClock) -> SlackChannels:
    """Return the adapter."""
    return SlackChannels(retrying_client(TOKEN, slack.api_url), lambda: clock().timestamp())


@pytest.fixture(params=["fake", "slack"])
def port(request: pytest.FixtureRequest) -> Channels:
    """Return the port."""
    if request.param == "fake":
        return FakeChannels(dict(CHANNELS))
    channels: Channels = request.getfixturevalue("adapter")
    return channels


class TestFind:
    """What a channel is."""

    def test_private_archived_and_shared_channels_are_told_apart(self, port: Channels) -> None:
        """Private, archived and shared channels are told apart; one that the bot cannot see is none."""
        assert {channel_id: port.find(channel_id) for channel_id in CHANNELS} == CHANNELS

    @pytest.mark.parametrize(
        ("fields", "is_shared_outside"),
        [
            ({"is_shared": True}, True),
            ({"is_shared": True, "is_org_shared": True}, False),
            ({"is_shared": True, "is_org_shared": True, "is_ext_shared": True}, True),
            ({"is_org_shared": True, "is_pending_ext_shared": True}, True),
            ({}, False),
        ],
    )
    def test_other_workspace_of_organization_is_not_external(
        self,
        adapter: SlackChannels,
        monkeypatch: pytest.MonkeyPatch,
        fields: dict[str, Any],
        *,
        is_shared_outside: bool,
    ) -> None:
        """Workspaces of one organization share channels among themselves; with others it is outside."""
        answer = {"channel": {"id": "C1", "is_member": True} | fields}
        monkeypatch.setattr(adapter.client, "conversations_info", lambda **_: answer)
        channel = adapter.find("C1")

        assert channel is not None
        assert is_shared_outside == channel.is_shared_outside

    def test_channel_is_cached_for_a_minute(
        self, slack: LocalSlack, adapter: SlackChannels, clock: FakeClock
    ) -> None:
        """Several posts are one call, a minute later another; a direct message is none."""
        for seconds in (0, KEEP_SECONDS, 1):
            clock.move(seconds)
            adapter.find("C0SECURITY")
        adapter.find("D0SECURITY")

        assert ["conversations.info"] * 2 == [entry.name for entry in slack.workspace.traffic]


class TestErrors:
    """What goes wrong."""

    @pytest.mark.parametrize(
        ("kind", "value", "error"),
        [
            ("server_error", None, UnavailableError),
            ("ratelimited", 1, ThrottledError),
            ("error", "token_revoked", SlackTokenError),
        ],
    )
    def test_each_failure_is_mapped(
        self, slack: LocalSlack, adapter: SlackChannels, kind: str, value: Any, error: type[BotError]
    ) -> None:
        """A failure is one of the bot's errors."""
        slack.workspace.faults.add("conversations.info", kind, 9, value)
        with pytest.raises(error):
            adapter.find("C0SECURITY")

    @pytest.mark.parametrize(
        ("channel_id", "scope"), [("C0SECURITY", "channels:read"), ("C0PRIVATE", "groups:read")]
    )
    def test_missing_scope_is_named(
        self, slack: LocalSlack, adapter: SlackChannels, channel_id: str, scope: str
    ) -> None:
        """An app installed before the bot knew channels lacks a scope, and the error names it."""
        slack.workspace.tokens.add(TOKEN, {"channels:read", "groups:read"} - {scope})
        with pytest.raises(MissingScopeError) as caught:
            adapter.find(channel_id)

        assert {"scope": scope} == caught.value.values
