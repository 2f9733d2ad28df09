"""
The bytes of a file on their way to the address that Slack has given for them.

Not by slack_sdk, which reads the whole file into memory first. Source: POST of the raw bytes, answered with
200, https://docs.slack.dev/reference/methods/files.getUploadURLExternal, read 2026-11.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from slack_sdk.errors import SlackRequestError

TIMEOUT_SECONDS = 30
"""For each read and write of the connection, and so for Slack's answer after the last byte."""


def send(file: Path, upload_url: str, scheme: str) -> None:
    """
    Send a file in chunks.

    Args:
        scheme: that of Slack's Web API; whatever else the address may begin with is not followed.

    Raises:
        SlackClientError, HTTPException, OSError: it is not there, or nobody knows.
    """
    if urlsplit(upload_url).scheme != scheme:
        raise SlackRequestError("an upload address of another scheme")
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(file.stat().st_size)}
    with file.open("rb") as body:
        request = Request(upload_url, data=body, headers=headers, method="POST")  # noqa: S310 - checked above
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - likewise
            answer.read()
