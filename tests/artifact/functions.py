"""The two functions as `make build` has built them and as template.yaml sets them up, for a local world."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playground.cloud.emulator import EmulatedFunction, Program
from playground.cloud.environment import Handler
from tests.deploy.stack import Stack
from tests.functional.wire import command, event

ROOT = Path(__file__).resolve().parents[2]

PYTHON = ROOT / ".venv-artifact" / "bin" / "python"

SETTINGS = {"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "test"}
"""Those of the bot's settings in which worlds differ."""

FUNCTIONS = {"handlers.slack": "SlackFunction", "handlers.job": "JobFunction"}
"""Module to the function's name in template.yaml."""

PROCESSORS = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}

FROM_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION")
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""

TO_THE_WORLD = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA", "SLACK_API_URL", "NO_PROXY", "no_proxy")
"""What no deployed function has."""

START_SECONDS = 60
"""
What an event's time is longer than in Lambda: the emulator counts a cold start into it, and cold starts take
more than the ack's 10 seconds where many tests share a processor.
"""


def emulator() -> Path | None:
    """Find AWS's emulator for this machine's processor, in aws-sam-cli."""
    name = f"aws-lambda-rie-{PROCESSORS.get(platform.machine().lower(), 'none')}"
    return next(ROOT.glob(f".venv-sam/lib/python3.*/site-packages/samcli/local/rapid/{name}"), None)


def package(name: str) -> Path:
    """Return the folder of a built function; `make test-artifact` says where they are."""
    return ROOT / os.environ["ARTIFACT"] / name


@cache
def deployed(name: str) -> dict[str, Any]:
    """Return a function's properties in template.yaml."""
    return Stack().named(name)


def variables(name: str, world: Mapping[str, str]) -> dict[str, str]:
    """Return a function's environment: Lambda's, the template's with the world's values, and endpoints."""
    function = deployed(name)
    template: dict[str, Any] = function["Environment"]["Variables"]
    return {
        **{key: world[key] for key in (*FROM_AWS, *TO_THE_WORLD)},
        **{key: world.get(key, value) for key, value in template.items()},
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function["Timeout"] + START_SECONDS),
        "AWS_LAMBDA_LOG_FORMAT": function["LoggingConfig"]["LogFormat"],
        "AWS_LAMBDA_LOG_LEVEL": function["LoggingConfig"]["ApplicationLogLevel"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }


def warm_up(function: EmulatedFunction) -> None:
    """Let the ack answer for the first time: somebody whom Slack does not know asks for help."""
    try:
        assert 200 == function(event(command("help", user_id="U0NOBODY")))["statusCode"]
    except Exception:
        function.stop()  # a world that does not start is not stopped either
        raise


class Built:
    """
    A runtime for a local world: the built functions in AWS's emulator.

    Args:
        change: takes a function's name and its environment, and gives the one that it gets.
        warm: whether the ack's runtime is there before the first request, which may be late for Slack
            where many tests share a processor.
    """

    def __init__(
        self, change: Callable[[str, dict[str, str]], dict[str, str]] | None = None, *, warm: bool = False
    ) -> None:
        self._change = change or (lambda _name, environment: environment)
        self._warm = warm
        self.functions: dict[str, EmulatedFunction] = {}

    def start(self, module: str) -> Handler:
        """Set a function up with what the world's environment holds; its processes start with its events."""
        name, binary = FUNCTIONS[module], emulator()
        assert binary is not None
        properties = deployed(name)
        environment = self._change(name, variables(name, os.environ))
        program = Program(
            emulator=binary,
            python=PYTHON,
            package=package(name),
            handler=properties["Handler"],
            variables=environment,
            timeout_seconds=properties["Timeout"] + START_SECONDS,
        )
        self.functions[name] = function = EmulatedFunction(program)
        if self._warm and name == "SlackFunction":
            warm_up(function)
        return function

    def stop(self) -> None:
        """End all processes."""
        for function in self.functions.values():
            function.stop()
