"""files.*: uploads, shares, downloads."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.slack.receiver import TOKEN

HOME = "C0SECURITY"
BYTES = "\ufeffリソース名,重要度\r\n\x00=1+1\r\n".encode()
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def upload(client: WebClient, content: bytes = BYTES) -> str:
    """Do the first two steps of an upload; give the file's ID."""
    url = client.files_getUploadURLExternal(filename="report.csv", length=len(content))
    requests.post(url["upload_url"], data=content, timeout=5).raise_for_status()
    return str(url["file_id"])


class TestUpload:
    """The three steps."""

    def test_slack_sdks_own_upload_shares_file_in_thread(self, slack: LocalSlack, client: WebClient) -> None:
        """slack_sdk's own upload shares a file in a thread, its bytes as they were."""
        parent = client.chat_postMessage(channel=HOME, text="report")["ts"]

        client.files_upload_v2(
            channel=HOME, thread_ts=parent, filename="report.csv", title="Report", content=BYTES
        )

        (message,) = slack.workspace.messages.replies(HOME, parent)
        (file,) = slack.workspace.files
        assert [file.id] == message.files
        assert BYTES == file.content
        assert "Report" == file.title
        assert "text/csv" == file.mimetype
        assert "csv" == file.filetype

    def test_answer_does_not_tell_message_of_file(self, client: WebClient) -> None:
        """The answer does not tell the message of the file; files.info does."""
        answer = client.files_upload_v2(channel=HOME, filename="a.csv", content="a", initial_comment="here")

        info = client.files_info(file=answer["file"]["id"])["file"]
        (message,) = client.conversations_history(channel=HOME)["messages"]

        assert answer["file"]["shares"] == {}
        assert info["shares"] == {"public": {HOME: [{"ts": message["ts"]}]}}
        assert "here" == message["text"]
        assert "file_share" == message["subtype"]

    def test_several_files_are_one_message(self, slack: LocalSlack, client: WebClient) -> None:
        """Several files are one message."""
        uploads = [{"filename": f"{n}.txt", "content": n} for n in "12"]

        client.files_upload_v2(channel=HOME, file_uploads=uploads)

        (message,) = slack.workspace.messages.history(HOME)
        assert len(message.files) == 2

    def test_without_channel_file_is_complete_and_nowhere(self, slack: LocalSlack, client: WebClient) -> None:
        """Without a channel a file is complete and nowhere."""
        client.files_upload_v2(filename="a.txt", content="a")

        assert [] == list(slack.workspace.messages)
        assert 1 == len(list(slack.workspace.files))

    def test_upload_may_be_form_with_file(self, slack: LocalSlack, client: WebClient) -> None:
        """An upload may be a form with a file."""
        url = client.files_getUploadURLExternal(filename="a.txt", length=3)

        requests.post(url["upload_url"], files={"file": b"abc"}, timeout=5)

        file = slack.workspace.files.find(url["file_id"])
        assert file is not None
        assert file.content == b"abc"

    def test_blocks_stand_on_files_message_unless_is_comment(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """Blocks stand on the file's message unless there is a comment; markdown breaks Slack."""
        divider, markdown = '[{"type": "divider"}]', '[{"type": "markdown", "text": "x"}]'

        def complete(**arguments: Any) -> Any:
            files = [{"id": upload(client)}]
            return client.files_completeUploadExternal(files=files, channel_id=HOME, **arguments)  # type: ignore[arg-type]

        complete(blocks=divider)
        complete(blocks=divider, initial_comment="x")
        broken = refusal(complete, blocks=markdown)

        assert [1, 0] == [len(m.blocks) for m in slack.workspace.messages.history(HOME)]
        assert broken["error"] == "internal_error"


class TestRefusals:
    """What is no upload."""

    def test_empty_file_is_refused_at_first_step(self, client: WebClient, refusal: Any) -> None:
        """An empty file is refused at the first step."""
        answer = refusal(client.files_upload_v2, channel=HOME, filename="a.csv", content="")

        assert answer["errors"] == ["must be greater than 0 [json-pointer:/length]"]

    def test_file_above_1_gb_is_refused(self, client: WebClient, refusal: Any) -> None:
        """So is one above 1 GB."""
        answer = refusal(client.files_getUploadURLExternal, filename="a", length=(1 << 30) + 1)

        assert answer["error"] == "file_upload_size_restricted"

    def test_upload_of_other_length_is_refused(self, client: WebClient) -> None:
        """The bytes must be as many as was said."""
        url = client.files_getUploadURLExternal(filename="a", length=4)["upload_url"]

        assert requests.post(url, data=b"abc", timeout=5).status_code == 400

    def test_upload_url_takes_bytes_once(self, client: WebClient) -> None:
        """An upload URL takes bytes once, and there is none that was not given."""
        url = client.files_getUploadURLExternal(filename="a", length=3)["upload_url"]

        statuses = [requests.post(u, data=b"abc", timeout=5).status_code for u in (url, url, url + "x")]

        assert [200, 404, 404] == statuses

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"channel_id": "U0AUDITOR"}, "channel_not_found"),
            ({"channel_id": "#security"}, "channel_not_found"),
            ({"channel_id": "C0RANDOM"}, "not_in_channel"),
            ({"channel_id": HOME, "thread_ts": "1.0"}, "thread_not_found"),
            ({"channels": [HOME, "C0PLATFORM"], "thread_ts": "1.0"}, "invalid_arguments"),
        ],
    )
    def test_file_goes_to_channel_by_its_id(
        self, slack: LocalSlack, client: WebClient, refusal: Any, arguments: dict[str, Any], error: str
    ) -> None:
        """A file goes to a channel by its ID, where the bot is, or into a thread that is there."""
        files = [{"id": upload(client)}]

        answer = refusal(client.files_completeUploadExternal, files=files, **arguments)

        assert answer["error"] == error
        assert list(slack.workspace.messages) == []

    def test_unknown_file_is_refused(self, client: WebClient, refusal: Any) -> None:
        """A file that is unknown, not uploaded, or complete already cannot be completed."""
        announced = client.files_getUploadURLExternal(filename="a", length=1)["file_id"]
        done = upload(client)
        client.files_completeUploadExternal(files=[{"id": done}])

        for file_id in ("F0", announced, done):
            answer = refusal(client.files_completeUploadExternal, files=[{"id": file_id}])
            assert answer["error"] == "file_not_found"
        assert refusal(client.files_info, file=announced)["error"] == "file_not_found"
        assert refusal(client.files_completeUploadExternal, files=[])["error"] == "invalid_arguments"


class TestDownload:
    """The way back."""

    def test_token_with_files_read_gets_bytes(self, slack: LocalSlack, client: WebClient) -> None:
        """A token with files:read gets the bytes, as a download; another gets a page to sign in on."""
        answer = client.files_upload_v2(channel=HOME, filename="report.csv", content=BYTES)
        slack.workspace.tokens.add("xoxb-poor", ["files:write"])
        url = answer["file"]["url_private_download"]

        rich = requests.get(url, headers=AUTH, timeout=5)
        poor = requests.get(url, headers={"Authorization": "Bearer xoxb-poor"}, timeout=5)

        assert BYTES == rich.content
        assert rich.headers["Content-Disposition"] == "attachment; filename=report.csv"
        assert 200 == poor.status_code
        assert "text/html; charset=utf-8" == poor.headers["Content-Type"]
