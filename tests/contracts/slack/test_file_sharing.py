"""Files that Slack has taken: it shares them later, or never."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.slack import SlackMessenger
from bot.domain.slack import Message
from bot.errors import FileNotSharedError
from playground.slack import LocalSlack
from tests.contracts.slack.local import CHANNEL, TOKEN


@pytest.fixture
def slack(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> LocalSlack:
    """Return the local Slack; nobody waits."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return slack


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a small file."""
    file = tmp_path / "local.csv"
    file.write_text("a\r\n", encoding="utf-8")
    return file


class TestSharing:
    """Whether a file is seen in its thread."""

    def test_file_that_slack_never_shares_is_error(self, slack: LocalSlack, file: Path) -> None:
        """A file that Slack never shares is an error; the next one, which it shares, is not."""
        messenger = SlackMessenger(TOKEN, slack.api_url)
        ts = messenger.post(CHANNEL, Message("report"))
        slack.workspace.faults.add("files.completeUploadExternal", "file_not_shared")

        with pytest.raises(FileNotSharedError):
            messenger.upload(CHANNEL, ts, "report.csv", file)
        messenger.upload(CHANNEL, ts, "report.csv", file)

    @pytest.mark.parametrize(("kind", "value"), [("error", "missing_scope"), ("server_error", None)])
    def test_unclear_share_is_believed(
        self, slack: LocalSlack, file: Path, kind: str, value: str | None
    ) -> None:
        """Where Slack does not say whether a file is shared, it is taken to be."""
        messenger = SlackMessenger(TOKEN, slack.api_url)
        ts = messenger.post(CHANNEL, Message("report"))
        slack.workspace.faults.add("files.completeUploadExternal", "file_not_shared")
        slack.workspace.faults.add("files.info", kind, 100, value)

        messenger.upload(CHANNEL, ts, "report.csv", file)
