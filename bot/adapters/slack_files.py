"""
Files in Slack: those that people share, read with the bot's token (scope files:read), and uploads.

The token goes to Slack's own hosts only. Redirects are not followed, since they would take it along; Slack
serves files itself, and redirects only to its page for signing in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler

from bot.adapters.slack_errors import slack_errors
from bot.adapters.slack_users import SlackUsers
from bot.domain.slack import SharedFile
from bot.errors import (
    FileError,
    MissingScopeError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)

TIMEOUT_SECONDS = 10
UPLOAD_SECONDS = 30
"""For each read and write of the connection, and so for Slack's answer after the last byte."""
CHUNK_BYTES = 1 << 20

LOOKS = 4
PAUSE_SECONDS = 1.0
"""Slack sends the event of a file a moment before files.info lists its shares."""

DOWNLOAD = "url_private_download"
"""The name of a download in errors: the attribute with its URL."""

_GONE = ("file_not_found", "file_deleted")


@dataclass(frozen=True)
class SlackFiles:
    """The files of the workspace, as far as the bot sees them."""

    token: str = field(repr=False)
    api_url: str
    pause: Callable[[float], None] = time.sleep

    def find(self, file_id: str, channel: str) -> SharedFile | None:
        """Return a file as it is shared in a channel."""
        for look in range(LOOKS):
            if look:
                self.pause(PAUSE_SECONDS)
            file = self._info(file_id)
            shares = _shares(file, channel)
            if shares or not file:
                break
        if not shares:
            return None
        return SharedFile(
            id=file_id,
            name=str(file.get("name") or ""),
            byte_count=int(file.get("size") or 0),
            thread_ts=shares[-1].get("thread_ts"),
            url=str(file.get("url_private_download") or file.get("url_private") or ""),
        )

    def is_person(self, user_id: str) -> bool:
        """Return whether an ID is of a person."""
        return SlackUsers(self._client).is_person(user_id)

    def fetch(self, file: SharedFile, to: Path, most_bytes: int) -> None:
        """Copy a file's bytes."""
        if file.byte_count > most_bytes:
            raise FileError(hint="file-over-limit", most=str(most_bytes >> 20))
        with to.open("wb") as out, self._opened(file) as answer:
            announced = file.byte_count if answer.length is None else answer.length
            if _copy(answer, out, most_bytes) < announced:  # which http.client does not tell
                raise UnavailableError(service="Slack", call=DOWNLOAD)

    @property
    def _client(self) -> WebClient:
        handlers = [RateLimitErrorRetryHandler(max_retry_count=3), ServerErrorRetryHandler(2)]
        return WebClient(
            token=self.token, base_url=self.api_url, timeout=TIMEOUT_SECONDS, retry_handlers=handlers
        )

    def _info(self, file_id: str) -> dict[str, Any]:
        """Call files.info; return an empty answer for a deleted file."""
        try:
            with slack_errors("files.info", ""):
                file: dict[str, Any] = self._client.files_info(file=file_id)["file"]
                return file
        except UnexpectedResponseError as error:
            if error.values["reason"] in _GONE:
                return {}
            raise

    @contextmanager
    def _opened(self, file: SharedFile) -> Iterator[HTTPResponse]:
        if not self._is_slacks(file.url):
            raise FileError(hint="file-elsewhere")
        request = Request(file.url, headers={"Authorization": f"Bearer {self.token}"})  # noqa: S310 - Slack's
        with slack_errors(DOWNLOAD, ""):
            try:
                answer: HTTPResponse = build_opener(_Stay).open(request, timeout=TIMEOUT_SECONDS)
            except HTTPError as error:
                if error.code >= 500:
                    raise
                error.close()
                if error.code == 429:
                    raise ThrottledError(service="Slack", call=DOWNLOAD) from error
                reason = f"HTTP {error.code}"
                raise UnexpectedResponseError(service="Slack", call=DOWNLOAD, reason=reason) from error
            with answer:
                if answer.headers.get_content_type() == "text/html":  # the page for signing in
                    raise MissingScopeError(scope="files:read")
                yield answer

    def _is_slacks(self, url: str) -> bool:
        """Return whether a URL has the host of the API, or of its files: files.slack.com."""
        api, given = urlsplit(self.api_url), urlsplit(url)
        return given.scheme == api.scheme and given.netloc in {api.netloc, f"files.{api.netloc}"}


class _Stay(HTTPRedirectHandler):
    """Follows no redirect, so that it is an HTTPError."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def _shares(file: dict[str, Any], channel: str) -> list[dict[str, Any]]:
    """Return the messages of a channel with a file, the oldest first."""
    shares: dict[str, dict[str, list[dict[str, Any]]]] = file.get("shares") or {}
    found = [share for kind in shares.values() for share in kind.get(channel, ())]
    return sorted(found, key=lambda share: float(share.get("ts") or 0))


def _copy(source: HTTPResponse, out: BinaryIO, most_bytes: int) -> int:
    """Copy at most `most_bytes` in chunks, despite any announced length; return the number of bytes."""
    count = 0
    while chunk := source.read(CHUNK_BYTES):
        count += len(chunk)
        if count > most_bytes:
            raise FileError(hint="file-over-limit", most=str(most_bytes >> 20))
        out.write(chunk)
    return count


def send(file: Path, upload_url: str, scheme: str) -> None:
    """
    Send a file in chunks to the URL of an upload; slack_sdk would read all of it into memory first.

    Source: POST of the raw bytes, answered with 200,
    https://docs.slack.dev/reference/methods/files.getUploadURLExternal, read 2026-11.

    Args:
        scheme: that of Slack's Web API; a URL with another one is not opened.

    Raises:
        SlackClientError, HTTPException, OSError: it may or may not have arrived.
    """
    if urlsplit(upload_url).scheme != scheme:
        raise SlackRequestError("an upload address of another scheme")
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(file.stat().st_size)}
    with file.open("rb") as body:
        request = Request(upload_url, data=body, headers=headers, method="POST")  # noqa: S310 - checked above
        with urlopen(request, timeout=UPLOAD_SECONDS) as answer:  # noqa: S310 - the same
            answer.read()
