"""
A function as Lambda runs it: AWS's Runtime Interface Emulator around AWS's Python runtime and a package.

It knows the package and the variables that it is given, and nothing else of this machine. The emulator's
context names an account and a Region of its own (012345678912, us-east-1) in any case.
Source: https://github.com/aws/aws-lambda-runtime-interface-emulator and the binary's --help.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Lock
from typing import Any

from playground.cloud.environment import RuntimeExitError
from playground.http import HOST

INVOKE = "/2015-03-31/functions/function/invocations"

POLL_SECONDS = 0.01
"""How often to look whether the emulator listens."""

STOP_SECONDS = 5
"""How long the emulator may take to end itself and its runtime."""

TRIES = 3
"""Another process may take a port between its choice and its use."""


class FunctionError(Exception):
    """The error of a function; the subclass bears the name of the error's type."""


@dataclass(frozen=True)
class Program:
    """The program of an environment, and its settings."""

    emulator: Path
    python: Path
    """Has AWS's runtime, awslambdaric, and nothing of ours."""
    package: Path
    handler: str
    variables: Mapping[str, str]
    """The environment variables, without the path of the package."""
    timeout_seconds: int


class Environment:
    """
    One execution environment: a process that handles one event at a time, and makes its runtime at the first.

    Raises:
        OSError: the emulator does not listen.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - `stop` closes it
        try:
            self._process = self._launched()
        except OSError:
            self._log.close()
            raise

    def invoke(self, event: Any) -> Any:
        """
        Handle an event and give the answer.

        Raises:
            RuntimeExitError: the runtime's process has ended.
            FunctionError: the function has raised an error, at its start or later.
        """
        connection = HTTPConnection(HOST, self._port, timeout=self._program.timeout_seconds + STOP_SECONDS)
        try:
            connection.request("POST", INVOKE, json.dumps(event).encode())
            response = connection.getresponse()
            return answer(response.status, response.read())
        finally:
            connection.close()

    def kill_runtime(self) -> None:
        """End the runtime's process unasked."""
        for children in Path(f"/proc/{self._process.pid}/task").glob("*/children"):
            for pid in children.read_text(encoding="ascii").split():
                os.kill(int(pid), signal.SIGKILL)

    def log(self) -> str:
        """Return the output of the emulator and the function."""
        return os.pread(self._log.fileno(), 1_000_000, 0).decode(errors="replace")

    def stop(self) -> None:
        """End the emulator, which ends its runtime."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_runtime()
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _launched(self) -> subprocess.Popen[bytes]:
        for _ in range(TRIES):
            self._port, runtime_port = free_ports()
            process = self._launch(runtime_port)
            if self._listens(process):
                return process
        raise OSError(f"the emulator does not listen: {self.log()}")

    def _launch(self, runtime_port: int) -> subprocess.Popen[bytes]:
        program = self._program
        command = [
            str(program.emulator),
            "--runtime-interface-emulator-address",
            f"{HOST}:{self._port}",
            "--runtime-api-address",
            f"{HOST}:{runtime_port}",
            str(program.python),
            "-B",  # Lambda's /var/task is read-only
            "-m",
            "awslambdaric",
            program.handler,
        ]
        task = str(program.package)
        variables = {**program.variables, "LAMBDA_TASK_ROOT": task, "PYTHONPATH": task}
        return subprocess.Popen(command, cwd=task, env=variables, stdout=self._log, stderr=self._log)  # noqa: S603 - our words

    def _listens(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the emulator takes connections, or has ended."""
        while True:
            try:
                socket.create_connection((HOST, self._port)).close()
            except OSError:
                try:
                    process.wait(POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
                return False
            return True


@dataclass
class EmulatedFunction:
    """A handler for playground.cloud.environment.Function: environments are made as events need them."""

    program: Program
    environments: list[Environment] = field(default_factory=list)
    _idle: list[Environment] = field(default_factory=list, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __call__(self, event: Any, context: object = None) -> Any:
        """Handle an event in an idle environment, or in a new one; for the errors see Environment.invoke."""
        del context  # the emulator makes its own
        with self._lock:
            environment = self._idle.pop() if self._idle else None
        if environment is None:
            environment = Environment(self.program)
            self.environments.append(environment)
        try:
            return environment.invoke(event)
        finally:
            self._idle.append(environment)

    def kill(self) -> None:
        """End the runtimes of all environments, as a lack of memory does: by SIGKILL."""
        for environment in self.environments:
            environment.kill_runtime()

    def log(self) -> str:
        """Return the output of all environments."""
        return "".join(environment.log() for environment in self.environments)

    def stop(self) -> None:
        """End all environments."""
        while self.environments:
            self.environments.pop().stop()
        self._idle.clear()


def answer(status: int, body: bytes) -> Any:
    """
    Read the emulator's answer: errors of a function come with status 200 as well.

    Raises:
        RuntimeExitError, FunctionError: see Environment.invoke.
    """
    try:
        document = json.loads(body)
    except ValueError:
        raise FunctionError(body.decode(errors="replace")) from None  # it ran out of time
    is_error = isinstance(document, dict) and "errorType" in document
    if status == 200 and not is_error:
        return document
    name, message = document.get("errorType", "Unhandled"), document.get("errorMessage", body.decode())
    if name == "Runtime.ExitError":
        raise RuntimeExitError(message)
    raise type(name, (FunctionError,), {})(message)


def free_ports() -> tuple[int, int]:
    """Find two ports of the loopback that nobody listens at."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(2)]
        for each in sockets:
            each.bind((HOST, 0))
        first, second = (int(each.getsockname()[1]) for each in sockets)
    return first, second
