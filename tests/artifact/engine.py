"""AWS's local engine of durable executions, in a process of its own, for a function in the emulator."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Self

from flask import Flask, Response, request

from playground.cloud.emulator import FunctionError, free_ports
from playground.cloud.environment import Handler
from playground.http import HOST, HttpServer

POLL_SECONDS = 0.05
"""How often to ask the engine, a process that tells nobody when it is up, or an execution done."""

RUNNER = Path(sys.prefix) / "bin" / "dex-local-runner"


def invoke_api(function: Handler) -> Flask:
    """Make Lambda's Invoke for one function, which answers; the emulator's own knows no qualifier."""
    app = Flask("invoke", static_folder=None)

    @app.post("/2015-03-31/functions/<path:name>/invocations")
    def invoke(name: str) -> Response:
        del name
        try:
            answer = function(request.get_json(force=True), None)
        except FunctionError as error:
            failed = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return Response(json.dumps(failed), headers={"X-Amz-Function-Error": "Unhandled"})
        return Response(json.dumps(answer), content_type="application/json")

    return app


class Engine:
    """The engine: a server that stands for Lambda where a durable function keeps its state; nothing waits."""

    def __init__(self) -> None:
        self._port, _ = free_ports()
        self.url = f"http://{HOST}:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._lambda: HttpServer | None = None

    def start(self, function: Handler) -> None:
        """Start it for a function."""
        self._lambda = HttpServer(invoke_api(function), "invoke")
        command = [
            *(str(RUNNER), "start-server", "--host", HOST, "--port", str(self._port)),
            *("--lambda-endpoint", self._lambda.url, "--local-runner-endpoint", self.url),
            *("--skip-time", "--log-level", "ERROR"),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our words
        while not self._is_up():
            assert self._process.poll() is None, "the engine has ended"
            time.sleep(POLL_SECONDS)

    def __enter__(self) -> Self:
        """Do nothing yet: the function has to know the address first."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
        if self._lambda:
            self._lambda.stop()

    def execute(self, document: object, name: str, timeout_seconds: float = 60) -> dict[str, Any]:
        """
        Run an execution to its end; give what GetDurableExecution says of it.

        Raises:
            TimeoutError: it does not end.
        """
        begun = {
            "AccountId": "123456789012",
            "FunctionName": "JobFunction",
            "FunctionQualifier": "live",
            "ExecutionName": name,
            "ExecutionTimeoutSeconds": 300,
            "ExecutionRetentionPeriodDays": 1,
            "InvocationId": name,
            "Input": json.dumps(document),
        }
        arn = self._call("/start-durable-execution", begun)["ExecutionArn"]
        path = f"/2025-12-01/durable-executions/{urllib.parse.quote(arn, safe='')}"
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            execution = self._call(path)
            if execution["Status"] != "RUNNING":
                history = self._call(f"{path}/history")
                return execution | {"Events": history["Events"]}
            time.sleep(POLL_SECONDS)
        raise TimeoutError(arn)

    def _is_up(self) -> bool:
        try:
            self._call("/health")
        except urllib.error.URLError:
            return False
        return True

    def _call(self, path: str, document: object = None) -> dict[str, Any]:
        body = None if document is None else json.dumps(document).encode()
        asked = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})  # noqa: S310 - the loopback
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            content: dict[str, Any] = json.loads(answer.read() or b"{}")
            return content
