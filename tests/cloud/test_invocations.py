"""
Lambda's asynchronous invocations.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from playground.cloud.environment import Context, Function
from playground.cloud.invocations import MAX_ASYNC_BYTES, Invocations, lambda_api
from playground.http import HttpServer


class Handler:
    """A function that fails as often as it is told to, and keeps what it got."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []
        self.seen: list[tuple[Any, Context]] = []

    def __call__(self, event: Any, context: Context) -> None:
        """Handle an event."""
        self.seen.append((event, context))
        if self.failures:
            raise self.failures.pop(0)


@pytest.fixture
def handler() -> Handler:
    """Make a handler that does not fail."""
    return Handler()


@pytest.fixture
def invocations(handler: Handler) -> Iterator[Invocations]:
    """Make the invocations of a function called work, in which nothing waits."""
    function = Function("work", "123456789012", "ap-northeast-1", handler, timeout_seconds=900)
    made = Invocations({function.name: function})
    made.waits = []  # type: ignore[attr-defined]
    made.pause = made.waits.append  # type: ignore[attr-defined]
    yield made
    made.stop()


@pytest.fixture
def client(invocations: Invocations) -> Iterator[Any]:
    """Make a client of Lambda's API."""
    server = HttpServer(lambda_api(invocations), "lambda")
    yield Session().create_client(
        "lambda",
        region_name="ap-northeast-1",
        endpoint_url=server.url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    server.stop()


class TestInvoke:
    """The operation Invoke."""

    @pytest.mark.parametrize(
        "name",
        [
            "work",
            "work:live",
            "arn:aws:lambda:ap-northeast-1:123456789012:function:work",
            "arn:aws:lambda:ap-northeast-1:123456789012:function:work:live",
        ],
    )
    def test_event_is_queued_with_status_202(
        self, client: Any, invocations: Invocations, handler: Handler, name: str
    ) -> None:
        """An event is taken with 202, by the function's name or ARN, and handled afterwards."""
        answer = client.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 1}')
        invocations.drain()

        assert 202 == answer["StatusCode"]
        assert [{"n": 1}] == [event for event, _ in handler.seen]

    @pytest.mark.parametrize(
        ("name", "kind", "payload", "code"),
        [
            ("none", "Event", b"{}", "ResourceNotFoundException"),
            ("work", "Event", b"{", "InvalidRequestContentException"),
            ("work", "Event", b'"' + b"x" * MAX_ASYNC_BYTES + b'"', "RequestTooLargeException"),
            ("work", "RequestResponse", b"{}", "InvalidParameterValueException"),
        ],
    )
    def test_malformed_invocation_is_refused(
        self, client: Any, handler: Handler, name: str, kind: str, payload: bytes, code: str
    ) -> None:
        """An unknown function, a payload that is no JSON or too long, and another kind of call are errors."""
        with pytest.raises(ClientError) as caught:
            client.invoke(FunctionName=name, InvocationType=kind, Payload=payload)

        assert code == caught.value.response["Error"]["Code"]
        assert [] == handler.seen


class TestExecutions:
    """Events that name the durable execution that they begin."""

    @staticmethod
    def send(client: Any, name: str = "a-1_B", payload: bytes = b"{}", function: str = "work:live") -> None:
        """Send one."""
        client.invoke(
            FunctionName=function, InvocationType="Event", Payload=payload, DurableExecutionName=name
        )

    def test_same_name_and_payload_is_one_execution(
        self, client: Any, invocations: Invocations, handler: Handler
    ) -> None:
        """The same name with the same payload is the execution that there is; another name is another."""
        for name in ("a", "a", "b"):
            self.send(client, name)
        invocations.drain()

        assert 2 == len(handler.seen)

    def test_same_name_with_another_payload_is_error(self, client: Any) -> None:
        """The same name with another payload is an error, as botocore's model has it."""
        self.send(client)
        with pytest.raises(client.exceptions.DurableExecutionAlreadyStartedException):
            self.send(client, payload=b"[]")

    @pytest.mark.parametrize(("name", "function"), [("a.b", "work:live"), ("a", "work")])
    def test_name_that_may_not_be_one_is_refused(
        self, client: Any, handler: Handler, name: str, function: str
    ) -> None:
        """A name that may not be one is refused, and a function without a qualifier."""
        with pytest.raises(client.exceptions.InvalidParameterValueException):
            self.send(client, name, function=function)

        assert [] == handler.seen


class TestRetries:
    """An event that its function fails at."""

    def test_failed_event_is_tried_three_times(self, invocations: Invocations, handler: Handler) -> None:
        """It is tried after one minute and after two, with the same request ID, and then is a dead letter."""
        handler.failures = [ValueError("one"), ValueError("two"), ValueError("three")]
        invocations.invoke("work", b"{}")
        invocations.drain()

        assert [60.0, 120.0] == invocations.waits  # type: ignore[attr-defined]
        assert 1 == len({context.aws_request_id for _, context in handler.seen})
        assert ["ValueError: three"] == [letter.error for letter in invocations.dead_letters]

    def test_retry_may_succeed(self, invocations: Invocations, handler: Handler) -> None:
        """One that succeeds the second time is done."""
        handler.failures = [ValueError("one")]
        invocations.invoke("work", b"{}")
        invocations.drain()

        assert 2 == len(handler.seen)
        assert [] == invocations.dead_letters

    def test_event_of_an_ended_process_is_tried_again(
        self, invocations: Invocations, handler: Handler
    ) -> None:
        """A function whose process ends is tried again too."""
        handler.failures = [SystemExit(1)]
        invocations.invoke("work", b"{}")
        invocations.drain()

        assert 2 == len(handler.seen)

    def test_queue_may_deliver_event_twice(self, invocations: Invocations, handler: Handler) -> None:
        """The queue may deliver an event twice, each time with a request ID of its own."""
        invocations.deliveries = 2
        invocations.invoke("work", b"{}")
        invocations.drain()

        assert 2 == len({context.aws_request_id for _, context in handler.seen})


class TestContext:
    """What a function is told of itself."""

    def test_context_names_function(self, invocations: Invocations, handler: Handler) -> None:
        """Its ARN and the time left are those of the function."""
        invocations.invoke("work", b"{}")
        invocations.drain()
        context = handler.seen[0][1]

        assert "arn:aws:lambda:ap-northeast-1:123456789012:function:work" == context.invoked_function_arn
        assert 0 < context.get_remaining_time_in_millis() <= 900_000


class TestWaiting:
    """Waiting for events."""

    def test_waiting_too_long_is_an_error(self) -> None:
        """What is not done in time is an error, not a silence."""
        release = threading.Event()
        function = Function("work", "1", "r", lambda _event, _context: release.wait(), timeout_seconds=1)
        invocations = Invocations({"work": function})
        invocations.invoke("work", b"{}")

        with pytest.raises(TimeoutError):
            invocations.drain(0)
        release.set()
        invocations.drain()
        invocations.wait_until_idle()
        invocations.stop()
