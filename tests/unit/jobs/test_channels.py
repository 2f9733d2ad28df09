"""Channels that another organization can read."""

from __future__ import annotations

import pytest

from bot.domain.slack import Channel
from bot.errors import (
    BotError,
    ChannelSharedError,
    InvalidSettingError,
    MissingScopeError,
    NotLookedUpError,
    UnavailableError,
)
from bot.settings import Settings
from bot.usecases.channels import Discretion, named_channels
from tests.fakes import FakeChannels

SHARED = Channel("C0PARTNER", is_member=True, is_shared_outside=True)


class TestDiscretion:
    """Where findings may be told."""

    @pytest.mark.parametrize("channel", [Channel("C0PARTNER", is_member=True), None])
    def test_channel_of_organizations_own_passes(self, channel: Channel | None) -> None:
        """A channel of the organization's own passes; of one that the bot cannot see, the post will tell."""
        Discretion(FakeChannels({"C0PARTNER": channel}), frozenset()).check("C0PARTNER")

    def test_channel_of_another_organization_is_refused_by_name(self) -> None:
        """One that another organization reads is refused by name."""
        with pytest.raises(ChannelSharedError) as caught:
            Discretion(FakeChannels({"C0PARTNER": SHARED}), frozenset({"C0OTHER"})).check("C0PARTNER")

        assert {"channel": "C0PARTNER"} == caught.value.values

    def test_channel_in_the_setting_needs_no_lookup(self) -> None:
        """A channel that the setting names passes without a call to Slack."""
        broken = FakeChannels(error=UnavailableError(service="Slack", call="conversations.info"))

        Discretion(broken, frozenset({"C0PARTNER"})).check("C0PARTNER")

    def test_missing_scope_passes_and_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        """An app without the scope posts as before, and the log names it each time."""
        Discretion(FakeChannels(error=MissingScopeError(scope="groups:read")), frozenset()).check("C1")

        (record,) = caplog.records
        logged = record.__dict__
        assert "missing-scope" == logged["error_code"]
        assert "C1" == logged["channel"]
        assert "groups:read" == logged["scope"]

    def test_failure_of_slack_fails_closed(self) -> None:
        """While Slack does not tell, nothing is posted."""
        error: BotError = UnavailableError(service="Slack", call="conversations.info")
        with pytest.raises(NotLookedUpError) as caught:
            Discretion(FakeChannels(error=error), frozenset()).check("C1")

        assert not caught.value.may_have_happened  # else the post would never be tried again


class TestNamedChannels:
    """The setting."""

    @pytest.mark.parametrize(
        ("text", "channels"),
        [("", set()), ("C0PARTNER", {"C0PARTNER"}), (" C0PARTNER ,G0PARTNER", {"C0PARTNER", "G0PARTNER"})],
    )
    def test_setting_takes_channel_ids(self, text: str, channels: set[str]) -> None:
        """It is empty, or has channels' IDs."""
        assert channels == named_channels(Settings({"SHARED_CHANNELS": text}))

    @pytest.mark.parametrize("text", ["#partner", "C0PARTNER,U0PERSON", "S0GROUP", "*"])
    def test_setting_refuses_other_ids(self, text: str) -> None:
        """A name, a person or a group in it is an error that names the setting."""
        with pytest.raises(InvalidSettingError) as caught:
            named_channels(Settings({"SHARED_CHANNELS": text}))

        assert "SHARED_CHANNELS" == caught.value.values["setting"]
