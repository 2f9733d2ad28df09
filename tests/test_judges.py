"""The judges over the suite find faults, and see what the tests show in Slack."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from slack_sdk import WebClient

from bot.domain.slack import Message
from playground.slack import LocalSlack
from playground.slack.workspace import content, views
from tests import judges
from tests.slack import kit

LONG = "x" * 3001


def button(**changes: Any) -> dict[str, Any]:
    """Make a button."""
    return {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}} | changes


def section(text: str = "x", **changes: Any) -> dict[str, Any]:
    """Make a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | changes


class TestMessageFaults:
    """What is found in a message."""

    @pytest.mark.parametrize(
        ("judge", "block"),
        [
            ("slack_sdk", section(LONG)),
            ("slackblocks", section(LONG)),
            ("slack_sdk", {"type": "nothing"}),
            ("slackblocks", {"type": "nothing"}),
            ("slack_sdk", {"type": "section"}),
            ("slack_sdk", section(accessory=button(value="x" * 2001))),
            ("slackblocks", section(accessory=button(value="x" * 2001))),
            ("slackblocks", section(accessory=button(action_id="x" * 256))),
            ("slackblocks", section(block_id="x" * 256)),
            ("slack_sdk", {"type": "actions", "elements": [button()] * 26}),
            ("slackblocks", {"type": "actions", "elements": [button()] * 26}),
            ("slackblocks", {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}),
        ],
    )
    def test_faults_of_each_judge_are_found(self, judge: str, block: dict[str, Any]) -> None:
        """Each judge has its say."""
        assert [f for f in judges.message_faults([block]) if f.startswith(judge)]

    def test_too_many_blocks_are_found(self) -> None:
        """So has the number of blocks."""
        assert ["slackblocks: 51 blocks, not 50"] == judges.message_faults([section()] * 51)

    @pytest.mark.parametrize("name", sorted(kit.PIECES))
    def test_correct_message_has_no_fault(self, name: str) -> None:
        """There is none in what is right."""
        assert [] == judges.message_faults([kit.PIECES[name]])


class TestViewFaults:
    """What is found in a view."""

    @pytest.mark.parametrize(
        ("judge", "changes"),
        [
            ("slack_sdk", {"title": {"type": "plain_text", "text": "x" * 25}}),
            ("slackblocks", {"title": {"type": "plain_text", "text": "x" * 25}}),
            ("slack_sdk", {"private_metadata": LONG}),
            ("slackblocks", {"private_metadata": LONG}),
            ("slack_sdk", {"blocks": [section(LONG)]}),
            ("slackblocks", {"blocks": [section()] * 101}),
        ],
    )
    def test_faults_of_each_judge_are_found(self, judge: str, changes: dict[str, Any]) -> None:
        """Each judge has its say."""
        title = {"type": "plain_text", "text": "Scan"}
        view = {"type": "modal", "title": title, "blocks": [section()]} | changes

        assert [f for f in judges.view_faults(view) if f.startswith(judge)]


class TestEverything:
    """What the judges see, if our own rules let it through."""

    @pytest.fixture(autouse=True)
    def _blind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let our rules find nothing."""
        monkeypatch.setattr("playground.slack.blocks.problems", lambda blocks, surface: [])
        monkeypatch.setattr("playground.slack.blocks.view_problems", lambda view: [])

    def test_faulty_message_of_bot_fails_its_test(self, faults_found: list[str]) -> None:
        """A message that the bot makes."""
        Message("x", (section(LONG),))

        assert 2 == len(self.taken(faults_found))

    def test_faulty_posted_message_fails_its_test(self, faults_found: list[str]) -> None:
        """A message that reaches a local Slack."""
        with open("manifest.yml", encoding="utf-8") as manifest:
            slack = LocalSlack(
                yaml.safe_load(manifest),
                app_url="",
                signing_secret="local-signing-secret",
                token="xoxb-local",
            )
        slack.start()
        try:
            client = WebClient("xoxb-local", base_url=slack.api_url, retry_handlers=[])
            client.chat_postMessage(channel="C0SECURITY", text="x", blocks=[section(LONG)])
        finally:
            slack.stop()

        assert 2 == len(self.taken(faults_found))

    def test_faulty_opened_view_fails_its_test(self, faults_found: list[str]) -> None:
        """A view that reaches a local Slack."""
        views.Views(str).open("U0SECURITY", {"type": "modal", "blocks": [section(LONG)]})

        assert self.taken(faults_found)

    def test_message_that_our_rules_refuse_is_not_judged(
        self, faults_found: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What our rules refuse is not judged: tests send it on purpose."""
        monkeypatch.setattr("playground.slack.blocks.problems", lambda blocks, surface: ["wrong"])
        with pytest.raises(content.ContentError):
            content.checked_blocks([section(LONG)], ())

        assert [] == faults_found

    @staticmethod
    def taken(found: list[str]) -> list[str]:
        """Take what was found: here it is meant to be."""
        faults = [*found]
        found.clear()
        return faults
