"""SharedFiles: what people share in Slack, as the fake and as the local Slack behind the real adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, redirect

from bot.adapters.slack_files import SlackFiles
from bot.domain.slack import SharedFile
from bot.errors import (
    FileError,
    MissingScopeError,
    SlackTokenError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.ports import SharedFiles
from playground.http import HttpServer
from playground.slack import LocalSlack
from tests.contracts.slack.local import CHANNEL, TOKEN, a_slack
from tests.fakes import FakeSharedFiles

ME = "U0SECURITY"
MUCH = 1 << 20

Share = Callable[..., str]


@dataclass
class Pauses:
    """What waits for nobody, and counts."""

    count: int = 0

    def __call__(self, seconds: float) -> None:
        """Count."""
        assert seconds > 0
        self.count += 1


@pytest.fixture
def pauses() -> Pauses:
    """Return the adapter's pauses."""
    return Pauses()


@pytest.fixture
def adapter(slack: LocalSlack, pauses: Pauses) -> SlackFiles:
    """Return the adapter."""
    return SlackFiles(TOKEN, slack.api_url, pauses)


def dropped(slack: LocalSlack, name: str, content: bytes, thread_ts: str | None = None) -> str:
    """Let a person share a file; give its ID."""
    slack.drop(ME, CHANNEL, name, content, thread_ts=thread_ts)
    return [file.id for file in slack.workspace.files][-1]


@pytest.fixture(params=["fake", "slack"])
def port(request: pytest.FixtureRequest) -> tuple[SharedFiles, Share]:
    """Return the port, and what shares a file in the channel, in a thread or not."""
    if request.param == "fake":
        fake = FakeSharedFiles(bots={"U0SECHUB", "U0UNKNOWN"})

        def share_in_fake(name: str, content: bytes, thread: bool = False) -> str:  # noqa: FBT001, FBT002
            fake.share(CHANNEL, name, content, "1.000001" if thread else None)
            return "F1"

        return fake, share_in_fake
    slack: LocalSlack = request.getfixturevalue("slack")

    def share(name: str, content: bytes, thread: bool = False) -> str:  # noqa: FBT001, FBT002
        with slack.workspace.changing():
            parent = slack.workspace.messages.add(CHANNEL, ME, "report").ts
        return dropped(slack, name, content, parent if thread else None)

    return request.getfixturevalue("adapter"), share


def found_in(files: SharedFiles, file_id: str) -> SharedFile:
    """Find a file that must be there."""
    file = files.find(file_id, CHANNEL)
    assert file
    return file


class TestFind:
    """Finding a file."""

    def test_file_has_name_size_and_thread(self, port: tuple[SharedFiles, Share]) -> None:
        """Its name, size and thread."""
        files, share = port
        file = found_in(files, share("違反 一覧.csv", b"a,b", thread=True))

        assert "違反 一覧.csv" == file.name
        assert 3 == file.byte_count
        assert bool(file.thread_ts)

    def test_file_in_the_channel_has_no_thread(self, port: tuple[SharedFiles, Share]) -> None:
        """What stands in the channel itself is in no thread."""
        files, share = port

        assert None is found_in(files, share("a.csv", b"a")).thread_ts

    def test_missing_file_is_not_found(self, port: tuple[SharedFiles, Share]) -> None:
        """A file that is gone, or in another channel, is not there."""
        files, share = port
        file_id = share("a.csv", b"a")

        assert [None, None] == [files.find("F0NONE", CHANNEL), files.find(file_id, "C0PLATFORM")]

    @pytest.mark.parametrize(
        ("name", "is_table"),
        [
            ("a.csv", True),
            ("A.CSV", True),
            ("a.txt", True),
            ("a.xlsx", True),
            ("a.png", False),
            ("csv", False),
        ],
    )
    def test_file_kind_follows_its_name(
        self,
        port: tuple[SharedFiles, Share],
        name: str,
        is_table: bool,  # noqa: FBT001 - a table
    ) -> None:
        """A picture is no CSV; a workbook is a mistake, of which its sender is told."""
        files, share = port

        assert is_table == found_in(files, share(name, b"a")).is_table


class TestPeople:
    """Who shares."""

    def test_bot_is_distinguished_from_person(self, port: tuple[SharedFiles, Share]) -> None:
        """A bot is told from a person."""
        files, _ = port

        assert [True, False] == [files.is_person(ME), files.is_person("U0SECHUB")]

    def test_person_of_another_workspace_is_known(self, port: tuple[SharedFiles, Share]) -> None:
        """Somebody of another workspace, of whom Slack tells nothing, fails no job."""
        files, _ = port

        assert not files.is_person("U0UNKNOWN")

    def test_failed_lookup_of_a_person_is_an_error(self, slack: LocalSlack, adapter: SlackFiles) -> None:
        """Any other answer of Slack's is an error."""
        slack.workspace.faults.add("users.info", "error", value="a_word_of_tomorrow")

        with pytest.raises(UnexpectedResponseError):
            adapter.is_person(ME)


class TestFetch:
    """Reading a file."""

    def test_file_is_fetched_byte_for_byte(self, port: tuple[SharedFiles, Share], tmp_path: Path) -> None:
        """Byte for byte."""
        files, share = port
        content = "\ufeff違反\r\n".encode() * 100_000
        files.fetch(found_in(files, share("違反 一覧.csv", content)), tmp_path / "to", MUCH * 10)

        assert content == (tmp_path / "to").read_bytes()

    def test_fetch_of_a_large_file_names_the_bound(
        self, port: tuple[SharedFiles, Share], tmp_path: Path
    ) -> None:
        """A file above the bound is an error that names the bound."""
        files, share = port
        file = found_in(files, share("a.csv", b"x" * (MUCH + 1)))

        with pytest.raises(FileError, match="file-over-limit, most=1"):
            files.fetch(file, tmp_path / "to", MUCH)


def half(headers: dict[str, str]) -> Response:
    """Answer with half of a file."""
    return Response(iter([b"half"]), headers=headers, mimetype="text/csv")


class TestSlack:
    """Slack itself, which may be late, broken, or somebody else."""

    def test_late_share_is_awaited(self, slack: LocalSlack, adapter: SlackFiles, pauses: Pauses) -> None:
        """Where a file is shared is asked for again, for a while."""
        file_id = dropped(slack, "a.csv", b"a")
        file = slack.workspace.files.find(file_id)
        assert file
        shares, file.shares = file.shares, {}

        def share(seconds: float) -> None:
            pauses(seconds)
            if pauses.count == 2:
                file.shares = shares

        assert replace(adapter, pause=share).find(file_id, CHANNEL)
        file.shares = {}
        assert None is adapter.find(file_id, CHANNEL)
        assert 2 + 3 == pauses.count

    def test_fetch_stops_at_the_bound_despite_announced_size(
        self, slack: LocalSlack, adapter: SlackFiles, tmp_path: Path
    ) -> None:
        """A file that is longer than it is said to be is not read to its end."""
        file = found_in(adapter, dropped(slack, "a.csv", b"x" * (3 * MUCH)))

        with pytest.raises(FileError, match="file-over-limit"):
            adapter.fetch(replace(file, byte_count=1), tmp_path / "to", MUCH)
        assert (tmp_path / "to").stat().st_size <= MUCH

    @pytest.mark.parametrize(
        "url",
        [
            "http://169.254.169.254/latest",
            "https://files.slack.com.example.com/x",
            "https://files.slack.com/x",
            "file:///etc/passwd",
            "",
        ],
    )
    def test_token_goes_only_to_api_host(
        self, slack: LocalSlack, adapter: SlackFiles, tmp_path: Path, url: str
    ) -> None:
        """The token goes to the host of the API, or the one for its files; a file may be in another cloud."""
        file = replace(found_in(adapter, dropped(slack, "a.csv", b"a")), url=url)

        with pytest.raises(FileError, match="file-elsewhere"):
            adapter.fetch(file, tmp_path / "to", MUCH)

    def test_slacks_files_have_a_host_of_their_own(self) -> None:
        """Slack's own API goes with Slack's own files, over TLS only."""
        files = SlackFiles("xoxb", "https://slack.com/api/")
        urls = ["https://files.slack.com/files-pri/x", "https://slack.com/x", "http://files.slack.com/x"]

        assert [True, True, False] == [files._is_slacks(url) for url in urls]

    def test_missing_scope_is_an_error(self, tmp_path: Path) -> None:
        """Without files:read the file is not found, and the page for signing in is not taken for it."""
        slack = a_slack(scopes=["commands", "users:read"])
        try:
            adapter = SlackFiles(TOKEN, slack.api_url)
            file_id = dropped(slack, "a.csv", b"a")
            with pytest.raises(MissingScopeError):
                adapter.find(file_id, CHANNEL)
            url = f"{slack.url}/files-pri/T0LOCAL-{file_id}/download/a.csv"
            with pytest.raises(MissingScopeError, match="files:read"):
                adapter.fetch(SharedFile(file_id, "a.csv", 1, None, url), tmp_path / "to", MUCH)
        finally:
            slack.stop()

    def test_unknown_token_is_an_error(self, slack: LocalSlack) -> None:
        """A token that Slack does not know is a matter for the bot's operator."""
        with pytest.raises(SlackTokenError):
            SlackFiles("xoxb-another", slack.api_url).find("F1", CHANNEL)

    def test_no_log_shows_the_token(self) -> None:
        """No log shows the token."""
        assert "xoxb" not in repr(SlackFiles("xoxb-secret", "https://slack.com/api/"))

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (lambda: redirect("https://example.com/"), UnexpectedResponseError),
            (lambda: Response("gone", 404), UnexpectedResponseError),
            (lambda: Response("later", 503), UnavailableError),
            (lambda: Response("later", 429), ThrottledError),
            (lambda: half({"Content-Length": "8"}), UnavailableError),
            (lambda: half({}), UnavailableError),
        ],
        ids=[
            "redirect",
            "gone",
            "broken",
            "throttled",
            "broken off",
            "broken off, of a length that it does not tell",
        ],
    )
    def test_redirect_is_not_followed(
        self, tmp_path: Path, answer: Callable[[], Any], error: type[Exception]
    ) -> None:
        """A redirect is not followed, and with it the token not given away; other answers are errors too."""
        app = Flask(__name__)
        app.add_url_rule("/x", view_func=answer, endpoint="x")
        server = HttpServer(app, "files")
        try:
            adapter = SlackFiles(TOKEN, f"{server.url}/api/")
            with pytest.raises(error):
                adapter.fetch(SharedFile("F1", "a.csv", 8, None, f"{server.url}/x"), tmp_path / "to", MUCH)
        finally:
            server.stop()
