"""Large files on their way to Slack and S3: in chunks, and nowhere else."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_sdk.errors import SlackRequestError
from werkzeug.wrappers import Request, Response

from bot.adapters.sdk import client
from bot.adapters.slack_files import send
from bot.adapters.stores.bucket import Bucket
from playground.http import HttpServer
from tests.contracts.places import BUCKET, REGION

CHUNK, MEBIBYTE = 1 << 16, 1 << 20


class Sink:
    """Takes what it is sent, counts it and lets it go."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self._server = HttpServer(Request.application(self._take), "sink")
        self.url = f"{self._server.url}/upload"

    def _take(self, request: Request) -> Response:
        self.sizes.append(sum(len(chunk) for chunk in iter(lambda: request.stream.read(CHUNK), b"")))
        return Response()

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Return a sink."""
    sink = Sink()
    yield sink
    sink.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of 32 MiB that takes no place on the disk."""
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.truncate(32 * MEBIBYTE)
    return file


@contextmanager
def little_memory() -> Iterator[None]:
    """
    Hold less than half of the file while it is sent, sender and receiver together.

    werkzeug alone makes room for ten million bytes, to take what a client sends after a request.
    """
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * MEBIBYTE


class TestToSlack:
    """What is shared in a thread."""

    def test_upload_to_slack_holds_little_in_memory(self, sink: Sink, file: Path) -> None:
        """A file arrives whole, and is never in memory as a whole."""
        with little_memory():
            send(file, sink.url, "http")

        assert [32 * MEBIBYTE] == sink.sizes

    @pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd", "ftp://127.0.0.1:9/", ""])
    def test_upload_goes_to_https_only(self, file: Path, url: str) -> None:
        """An address that is not https, where Slack's Web API is, is not opened."""
        with pytest.raises(SlackRequestError):
            send(file, url, "https")


class TestToS3:
    """A CSV on its way to the bucket."""

    def test_upload_to_s3_holds_little_in_memory(
        self, sink: Sink, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file arrives whole, and is never in memory as a whole."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        monkeypatch.setenv("AWS_ENDPOINT_URL", sink.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        bucket = Bucket(client("s3"), BUCKET)
        with little_memory():
            bucket.put_file("key", file, "text/csv")

        assert [32 * MEBIBYTE] == sink.sizes
