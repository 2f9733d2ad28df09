"""What the messenger sends to Slack again, and never sends again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.slack import SlackMessenger
from bot.domain.slack import Message
from bot.errors import ThrottledError, UnavailableError
from playground.slack import LocalSlack
from tests.contracts.slack.local import CHANNEL, call_count, texts


class TestRetries:
    """What is tried again, and what never is."""

    def test_rate_limited_post_is_retried(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """Too many requests are waited out: Slack has done nothing."""
        slack.workspace.faults.add("chat.postMessage", "ratelimited", count=3, value=1)
        adapter.post(CHANNEL, Message("once"))

        assert ["once"] == texts(slack)
        assert 4 == call_count(slack, "chat.postMessage")

    def test_post_fails_after_four_rate_limits(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """After the fourth time it is an error, and nothing is posted."""
        slack.workspace.faults.add("chat.postMessage", "ratelimited", count=10, value=1)

        with pytest.raises(ThrottledError):
            adapter.post(CHANNEL, Message("never"))
        assert [] == texts(slack)
        assert 4 == call_count(slack, "chat.postMessage")

    @pytest.mark.parametrize(("kind", "count"), [("drop_before", 0), ("drop_after", 1), ("server_error", 0)])
    def test_uncertain_post_is_not_repeated(
        self, slack: LocalSlack, adapter: SlackMessenger, kind: str, count: int
    ) -> None:
        """What may have been posted is not posted again, whether it was or not."""
        slack.workspace.faults.add("chat.postMessage", kind)

        with pytest.raises(UnavailableError):
            adapter.post(CHANNEL, Message("once"))
        assert ["once"] * count == texts(slack)
        assert 1 == call_count(slack, "chat.postMessage")

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "server_error", "ratelimited"])
    def test_uncertain_update_is_repeated(
        self, slack: LocalSlack, adapter: SlackMessenger, kind: str
    ) -> None:
        """Rewriting a message twice is rewriting it once, so it is tried until it is done."""
        ts = adapter.post(CHANNEL, Message("old"))
        slack.workspace.faults.add("chat.update", kind, count=2)
        adapter.update(CHANNEL, ts, Message("new"))

        assert ["new"] == texts(slack)

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "server_error"])
    @pytest.mark.parametrize(
        "method", ["files.getUploadURLExternal", "upload_url", "files.completeUploadExternal"]
    )
    def test_uncertain_upload_is_not_repeated(
        self, slack: LocalSlack, adapter: SlackMessenger, tmp_path: Path, method: str, kind: str
    ) -> None:
        """A file that may have been shared is not shared again, wherever its upload broke off."""
        file = tmp_path / "x.csv"
        file.write_text("x")
        ts = adapter.post(CHANNEL, Message("report"))
        slack.workspace.faults.add(method, kind)

        with pytest.raises(UnavailableError):
            adapter.upload(CHANNEL, ts, "x.csv", file)
        assert len(list(slack.workspace.files)) <= 1
