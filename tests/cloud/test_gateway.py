"""
API Gateway's HTTP API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from playground.cloud.environment import Function
from playground.cloud.gateway import MAX_BODY_BYTES, gateway
from playground.http import HttpServer


class Api:
    """An API whose function answers what it is told to, and keeps the events."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.answer: Any = {"statusCode": 200, "body": "ok"}
        self.url = ""

    def handle(self, event: dict[str, Any], _context: object) -> Any:
        """Be the function."""
        self.events.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, bytes]:
        """Ask."""
        headers = {"Content-Type": content_type, "X-Custom": "value"}
        request = urllib.request.Request(self.url + path, body, headers)  # noqa: S310 - the loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture
def api() -> Iterator[Api]:
    """Start an API."""
    made = Api()
    function = Function("slack", "123456789012", "ap-northeast-1", made.handle, timeout_seconds=10)
    server = HttpServer(gateway(function), "gateway")
    made.url = server.url
    yield made
    server.stop()
    function.stop()


class TestEvents:
    """What the function gets."""

    def test_event_has_payload_format_2(self, api: Api) -> None:
        """Method, path and headers in lower case are where payload format 2.0 has them."""
        api.post("/slack/events", b'{"a": 1}')
        (event,) = api.events

        assert "2.0" == event["version"]
        assert "POST /slack/events" == event["routeKey"]
        assert "$default" == event["requestContext"]["stage"]
        assert "value" == event["headers"]["x-custom"]
        assert '{"a": 1}' == event["body"]
        assert event["isBase64Encoded"] is False

    @pytest.mark.parametrize("kind", ["x-www-form-urlencoded", "octet-stream"])
    def test_form_is_encoded_in_base64(self, api: Api, kind: str) -> None:
        """A form comes in base64, as Slack's commands do."""
        api.post("/slack/events", b"a=1", f"application/{kind}")
        (event,) = api.events

        assert b"a=1" == base64.b64decode(event["body"])
        assert event["isBase64Encoded"] is True


class TestAnswers:
    """What the client gets."""

    @pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/x"])
    def test_another_path_is_404_and_does_not_reach_function(self, api: Api, path: str) -> None:
        """Another path is 404 and does not reach the function."""
        assert 404 == api.post(path, b"")[0]
        assert [] == api.events

    def test_client_gets_functions_status_headers_and_body(self, api: Api) -> None:
        """Status, headers and body are the function's, out of base64 where they are in it."""
        api.answer = {"statusCode": 201, "body": base64.b64encode(b"\x00").decode(), "isBase64Encoded": True}

        assert (201, b"\x00") == api.post("/slack/events", b"{}")

    def test_raising_function_is_status_500(self, api: Api) -> None:
        """A function that raises is 500, without a word of what it raised."""
        api.answer = ValueError("secret")
        status, body = api.post("/slack/events", b"{}")

        assert 500 == status
        assert {"message": "Internal Server Error"} == json.loads(body)

    def test_body_above_10_mb_is_413_and_does_not_reach_function(self, api: Api) -> None:
        """A body above 10 MB is 413 and does not reach the function."""
        assert 413 == api.post("/slack/events", b"x" * (MAX_BODY_BYTES + 1))[0]
        assert [] == api.events
