"""
Lambda's Invoke: the API that dispatches a job, and the queue behind an asynchronous invocation.

Lambda runs an event again that its function failed at, after one minute and after two, with the same request
ID; an event that fails a third time goes to the failure destination. Its queue may deliver an event twice.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html and botocore's
service model of Lambda.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from flask import Flask, Response, request

from playground.cloud.environment import Function

LOG = logging.getLogger(__name__)

MAX_ASYNC_BYTES = 1024 * 1024
"""botocore's Lambda model, Invoke: an asynchronous payload."""

NAME = re.compile(r"(?:(?:arn:aws:lambda:[^:]+:\d{12}:)?function:)?([\w-]+)(?::([\w-]+|\$LATEST))?")
"""A function by its name or ARN, perhaps with a qualifier; the same model, NamespacedFunctionName."""

EXECUTION_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""The same model, DurableExecutionName."""

UNQUALIFIED = "You cannot invoke a durable function using an unqualified ARN."
"""In Lambda's words: https://github.com/serverless/serverless/pull/13589."""

RETRY_WAITS = (60.0, 120.0)
"""Seconds before the second and the third attempt."""


class AlreadyStartedError(Exception):
    """There is an execution of that name, with another payload."""


@dataclass
class DeadLetter:
    """An event that its function has failed at for good."""

    function: str
    event: Any
    error: str
    """The exception's class and words."""


class Count:
    """A count, for threads that wait until it is zero."""

    def __init__(self) -> None:
        self._number = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        """One more."""
        self.change(1)

    def __exit__(self, *_: object) -> None:
        """One less."""
        self.change(-1)

    def change(self, by: int) -> None:
        """So many more."""
        with self._changed:
            self._number += by
            self._changed.notify_all()

    def wait(self, timeout_seconds: float) -> None:
        """
        Wait until there are none.

        Raises:
            TimeoutError: there still are.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._number == 0, timeout_seconds):
                raise TimeoutError(f"there are still {self._number}")


@dataclass
class Invocations:
    """The asynchronous invocations of some functions, by name."""

    functions: dict[str, Function] = field(default_factory=dict)
    pause: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    """Waits before another attempt; a test that does not want to wait gives another."""
    deliveries: int = 1
    """How often the next events are delivered: 2 is the duplicate that Lambda's queue may make."""
    dead_letters: list[DeadLetter] = field(default_factory=list)
    _executions: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    """The payload that each named execution began with."""
    _events: Count = field(default_factory=Count, repr=False)
    """Events that are not done with."""
    _attempts: Count = field(default_factory=Count, repr=False)
    """Those of them that a function is at right now."""

    def invoke(self, name: str, payload: bytes, execution: str | None = None) -> None:
        """
        Queue an event, and come back before it is handled.

        Args:
            execution: the name of a durable execution, of which there is one only.

        Raises:
            KeyError: there is no such function.
            ValueError: the payload is not JSON.
            AlreadyStartedError: there is an execution of that name, with another payload.
        """
        function, event = self.functions[name], json.loads(payload)
        if execution:
            known = self._executions.setdefault((name, execution), payload)
            if known is not payload:
                if known != payload:
                    raise AlreadyStartedError(execution)
                return
        for _ in range(self.deliveries):
            self._events.change(1)
            threading.Thread(target=self._deliver, args=(function, event), daemon=True).start()

    def drain(self, timeout_seconds: float = 30) -> None:
        """Wait until every event is done with. Raises TimeoutError: one is not."""
        self._events.wait(timeout_seconds)

    def wait_until_idle(self, timeout_seconds: float = 30) -> None:
        """Wait until no function is at work; events may wait for another attempt. Raises TimeoutError."""
        self._attempts.wait(timeout_seconds)

    def stop(self) -> None:
        """End the functions' environments."""
        for function in self.functions.values():
            function.stop()

    def _deliver(self, function: Function, event: Any) -> None:
        request_id = str(uuid.uuid4())
        try:
            error = self._attempt(function, event, request_id)
            for wait in RETRY_WAITS:
                if error is None:
                    return
                self.pause(wait)
                error = self._attempt(function, event, request_id)
            if error is not None:
                self.dead_letters.append(DeadLetter(function.name, event, error))
        finally:
            self._events.change(-1)

    def _attempt(self, function: Function, event: Any, request_id: str) -> str | None:
        """Let the function handle the event; return its error, if it ends in one."""
        with self._attempts:
            try:
                function.start(event, request_id).result()
            except Exception as error:  # noqa: BLE001 - Lambda tries an event again after any error
                LOG.warning("%s failed: %s: %s", function.name, type(error).__name__, error)
                return f"{type(error).__name__}: {error}"
        return None


def lambda_api(invocations: Invocations) -> Flask:
    """Make the WSGI application of Lambda's API, as far as the bot and its operator call it."""
    app = Flask("lambda", static_folder=None)

    @app.post("/2015-03-31/functions/<path:name>/invocations")
    def invoke(name: str) -> Response:
        function, qualifier = named(unquote(name))
        kind = request.headers.get("X-Amz-Invocation-Type")
        if not _is_known(invocations, function, qualifier):
            return _error(404, "ResourceNotFoundException", f"Function not found: {name}")
        if kind == "DryRun":
            return Response(status=204)
        if kind != "Event":
            return _error(400, "InvalidParameterValueException", "only Event and DryRun are known here")
        return _queued(invocations, function, qualifier)

    @app.get("/2015-03-31/functions/<path:name>/configuration")
    def configuration(name: str) -> Response:
        function = invocations.functions.get(named(unquote(name))[0])
        if function is None:
            return _error(404, "ResourceNotFoundException", f"Function not found: {name}")
        told = {
            "FunctionName": function.name,
            "FunctionArn": function.arn,
            "Role": function.role,
            "Timeout": function.timeout_seconds,
            "Environment": {"Variables": dict(function.variables)},
        }
        return Response(json.dumps(told), content_type="application/json")

    @app.delete("/2015-03-31/functions/<path:name>/aliases/<alias>")
    def delete_alias(name: str, alias: str) -> Response:
        function = invocations.functions.get(named(unquote(name))[0])
        if function:
            function.aliases.discard(alias)
        return Response(status=204)

    return app


def _is_known(invocations: Invocations, name: str, qualifier: str | None) -> bool:
    function = invocations.functions.get(name)
    return function is not None and qualifier in (None, "$LATEST", *function.aliases)


def _queued(invocations: Invocations, function: str, qualifier: str | None) -> Response:
    payload, execution = request.get_data(), request.headers.get("X-Amz-Durable-Execution-Name")
    if len(payload) > MAX_ASYNC_BYTES:
        return _error(413, "RequestTooLargeException", f"{len(payload)} byte payload is too large")
    if execution and not EXECUTION_NAME.fullmatch(execution):
        return _error(400, "InvalidParameterValueException", f"{execution} is no name of an execution")
    if execution and not qualifier:
        return _error(400, "InvalidParameterValueException", UNQUALIFIED)
    try:
        invocations.invoke(function, payload, execution)
    except ValueError:
        return _error(400, "InvalidRequestContentException", "Could not parse request body into json")
    except AlreadyStartedError:
        return _error(409, "DurableExecutionAlreadyStartedException", f"{execution} has been started")
    return Response(status=202)


def named(text: str) -> tuple[str, str | None]:
    """Read a function's name and qualifier; other texts name no function."""
    match = NAME.fullmatch(text)
    return (match[1], match[2]) if match else (text, None)


def _error(status: int, code: str, message: str) -> Response:
    body = json.dumps({"Type": "User", "Message": message})
    headers = {"x-amzn-ErrorType": code}
    return Response(body, status=status, headers=headers, content_type="application/json")
