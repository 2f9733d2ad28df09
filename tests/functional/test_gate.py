"""Who gets past the door: what Slack has signed, and nobody else."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest

from bot.adapters.sdk import client
from bot.listeners.signature import MAX_BODY_BYTES
from playground.world import SECRET_ID, SIGNING_SECRET, World
from tests.functional.jobs import ask, keep_jobs
from tests.functional.wire import command, event, signature


@pytest.fixture
def jobs(world: World) -> list[Any]:
    """Put a function in the job's place that only keeps what it is given."""
    return keep_jobs(world)


BODY = command("S3.8")
NOW = str(int(time.time()))


def stamped(timestamp: str, **headers: str) -> dict[str, Any]:
    """Sign the body at some time."""
    signed = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature(BODY, timestamp)}
    return event(BODY, headers=signed | {k.replace("_", "-"): v for k, v in headers.items()})


REFUSED = {
    "unsigned": lambda: event(BODY, headers={"x-slack-signature": "", "x-slack-request-timestamp": ""}),
    "no signature": lambda: event(BODY, headers={"x-slack-signature": ""}),
    "no timestamp": lambda: event(BODY, headers={"x-slack-request-timestamp": ""}),
    "wrong signature": lambda: event(BODY, headers={"x-slack-signature": "v0=" + "0" * 64}),
    "signed with another secret": lambda: stamped(NOW, x_slack_signature=signature(BODY, NOW, "x")),
    "signature of another body": lambda: stamped(NOW, x_slack_signature=signature(b"", NOW)),
    "signature in Japanese": lambda: event(BODY, headers={"x-slack-signature": "署名"}),
    "timestamp in words": lambda: event(BODY, headers={"x-slack-request-timestamp": "now"}),
    "timestamp in other digits": lambda: event(BODY, headers={"x-slack-request-timestamp": "１７９５"}),
    "five minutes old": lambda: stamped(str(int(time.time()) - 301)),
    "five minutes early": lambda: stamped(str(int(time.time()) + 330)),
    "not base64": lambda: event(BODY) | {"body": "%%%"},
    "no body": lambda: event(BODY) | {"body": None},
    "not UTF-8": lambda: event(BODY) | {"body": base64.b64encode(b"\xff\xfe").decode()},
    "broken JSON": lambda: event(BODY, headers={"content-type": "application/json"}) | {"body": "eyI="},
}


class TestGate:
    """What is turned away."""

    @pytest.mark.parametrize("name", REFUSED)
    def test_unsigned_request_gets_401(
        self, world: World, jobs: list[Any], caplog: pytest.LogCaptureFixture, name: str
    ) -> None:
        """What Slack has not signed just now gets 401: no traceback, nothing dispatched."""
        answer = ask(world, REFUSED[name]())

        assert 401 == answer["statusCode"]
        assert [] == jobs
        assert [] == [record for record in caplog.records if record.exc_info]

    def test_body_above_256_kib_gets_413(self, world: World, jobs: list[Any]) -> None:
        """A body above 256 KiB gets 413, signed or not."""
        answer = ask(world, event(b"x" * (MAX_BODY_BYTES + 1)))

        assert 413 == answer["statusCode"]
        assert [] == jobs

    @pytest.mark.parametrize(("method", "path"), [("GET", "/slack/events"), ("POST", "/"), ("POST", "/x")])
    def test_another_path_or_method_gets_404(self, world: World, method: str, path: str) -> None:
        """Another path or method gets 404."""
        request = event(BODY)
        request["requestContext"]["http"] |= {"method": method, "path": path}

        assert 404 == ask(world, request)["statusCode"]

    def test_log_has_nothing_of_refused_request(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        """Nothing of a refused request, and neither token nor signing secret are logged, at any level."""
        caplog.set_level("DEBUG")
        body = command("S3.8 xoxb-typed-by-mistake")
        ask(world, event(body, headers={"x-slack-signature": "v0=" + "ab" * 32}))

        ask(world, event(command("S3.8")))

        for word in ("xoxb-", "abababab", SIGNING_SECRET):
            assert word not in caplog.text

    @pytest.mark.parametrize("in_base64", [True, False])
    def test_signed_request_is_understood(self, world: World, jobs: list[Any], in_base64: bool) -> None:  # noqa: FBT001 - a case
        """What Slack has signed is understood, in base64 and as text."""
        answer = ask(world, event(command("S3.8"), in_base64=in_base64))

        assert 200 == answer["statusCode"]
        assert [["S3.8"]] == [job["query"]["controls"] for job in jobs]

    def test_headers_in_any_case(self, world: World, jobs: list[Any]) -> None:
        """A header's name may be written in capitals."""
        request = event(BODY)
        request["headers"] = {name.title(): value for name, value in request["headers"].items()}

        assert 200 == ask(world, request)["statusCode"]
        assert 1 == len(jobs)


class TestNotSetUp:
    """A deployment that is not finished."""

    def test_missing_secret_answers_503(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        """Without its secret the bot lets nobody in, and its log says why."""
        client("secretsmanager").delete_secret(SecretId=SECRET_ID, ForceDeleteWithoutRecovery=True)
        answer = ask(world, event(BODY))

        assert 503 == answer["statusCode"]
        assert "secret" in caplog.text
