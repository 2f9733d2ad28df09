"""Sending a file to Slack: in chunks, to where Slack says, and nowhere else."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.errors import SlackRequestError
from werkzeug.wrappers import Request, Response

from bot.adapters.slack_upload import send
from playground.http import HttpServer

CHUNK, MEBIBYTE = 1 << 16, 1 << 20


class Sink:
    """Takes what it is sent, counts it and lets it go."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self._server = HttpServer(Request.application(self._take), "sink")
        self.url = f"{self._server.url}/upload"

    def _take(self, request: Request) -> Response:
        self.sizes.append(sum(len(chunk) for chunk in iter(lambda: request.stream.read(CHUNK), b"")))
        return Response("OK")

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Give a sink."""
    sink = Sink()
    yield sink
    sink.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file of 32 MiB that takes no place on the disk."""
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.truncate(32 * MEBIBYTE)
    return file


class TestSend:
    """The bytes of a file."""

    def test_holds_little_in_memory(self, sink: Sink, file: Path) -> None:
        """
        A file of 32 MiB arrives whole, and sender and receiver together never hold half of it.

        werkzeug alone makes room for ten million bytes, to take what a client sends after a request.
        """
        tracemalloc.start()
        try:
            send(file, sink.url, "http")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert [32 * MEBIBYTE] == sink.sizes
        assert peak < 16 * MEBIBYTE

    @pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd", "ftp://127.0.0.1:9/", ""])
    def test_goes_nowhere_else(self, file: Path, url: str) -> None:
        """An address that is not https, where Slack's Web API is, is not opened."""
        with pytest.raises(SlackRequestError):
            send(file, url, "https")
