"""Searching in external selects."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.slack.kit import option, plain
from tests.slack.receiver import Receiver
from tests.slack.surfaces.clicks import HOME, MENUS, post


class TestSearch:
    """An external select."""

    def suggest(self, slack: LocalSlack, client: WebClient, value: str = "s3") -> list[dict[str, Any]]:
        """Post the menus, and search."""
        ts = post(client, MENUS)
        return slack.suggest("U0AUDITOR", "", "menus", "search", value, channel=HOME, ts=ts)

    def test_app_is_asked_with_typed_text(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """The app is asked with what is typed, and what it offers is shown."""
        receiver.will_say({"options": [option("S3.1"), option("S3.2")]})

        found = self.suggest(slack, client)

        payload = receiver.last
        assert [option("S3.1"), option("S3.2")] == found
        assert "block_suggestion" == payload["type"]
        assert "s3" == payload["value"]
        assert "search" == payload["action_id"]
        assert "menus" == payload["block_id"]

    def test_options_in_groups_are_shown(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """Options in groups are shown too."""
        receiver.will_say({"option_groups": [{"label": plain(), "options": [option("S3.1")]}]})

        assert self.suggest(slack, client) == [option("S3.1")]

    def test_fewer_characters_than_min_query_length_ask_nothing(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """Fewer characters than min_query_length ask nothing."""
        assert self.suggest(slack, client, "s") == []
        assert receiver.received == []

    @pytest.mark.parametrize(
        "answer",
        ["text", {"options": [option(str(n)) for n in range(101)]}, {"options": [{"value": "1"}]}, {}],
    )
    def test_malformed_options_are_not_shown(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver, answer: Any
    ) -> None:
        """What Slack would not show is not shown: a text, 101 options, an option without its text."""
        receiver.will_say(answer)

        assert self.suggest(slack, client) == []
        assert len(receiver.received) == 1

    def test_late_options_are_not_shown(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """So is what comes too late."""
        slack.workspace.faults.add("block_suggestion", "slow_ack")
        receiver.will_say({"options": [option("S3.1")]})

        assert self.suggest(slack, client) == []

    def test_without_address_for_options_in_manifest_nothing_is_asked(
        self, slack: LocalSlack, client: WebClient, receiver: Receiver
    ) -> None:
        """Without an address for options in the manifest nothing is asked."""
        del slack.workspace.manifest["settings"]["interactivity"]["message_menu_options_url"]

        assert self.suggest(slack, client) == []
        assert receiver.received == []

    def test_menu_with_options_of_its_own_is_not_searched(self, slack: LocalSlack, client: WebClient) -> None:
        """A menu with options of its own is not searched."""
        ts = post(client, MENUS)

        with pytest.raises(LookupError):
            slack.suggest("U0AUDITOR", "", "menus", "pick", "s3", channel=HOME, ts=ts)
