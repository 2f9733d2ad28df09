"""
The ack beside a hello-world of the same libraries, both as packages on Lambda's runtime in AWS's emulator.

Needs the package (ARTIFACT names its folder) and an environment of Lambda's Python: `make bench` makes both.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from werkzeug.wrappers import Request, Response

from benchmarks.figure import Figure
from playground.cloud.emulator import Environment, Program
from playground.http import HttpServer
from playground.world import SIGNING_SECRET, TOKEN
from tests.artifact.functions import PYTHON, deployed, emulator, package, variables
from tests.functional.wire import command, event

STARTS = 21
REQUESTS = 1_000
SECRET = {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
HELLO = Path(__file__).with_name("hello.py")


def figures() -> Iterator[Figure]:
    """Start both many times by turns, then ask both many times by turns."""
    with _programs() as (ack, hello):
        starts = [(_first(ack), _first(hello)) for _ in range(STARTS)]
        ours, theirs = (median(times) for times in zip(*starts, strict=True))
        yield Figure("ack, cold: process to first answer", ours, "Bolt, Mangum, one client", theirs, 1.15)
        ours, theirs = (quantiles(times, n=100)[98] for times in _warm(ack, hello))
        yield Figure("ack, warm: p99 of 1,000", ours, "Bolt, Mangum, one client", theirs, 1.5)


def _first(program: Program) -> float:
    """Time a process from its start to its first answer."""
    begun = time.perf_counter()
    environment = Environment(program)
    try:
        _ask(environment)
        return time.perf_counter() - begun
    finally:
        environment.stop()


def _warm(*programs: Program) -> Iterator[tuple[float, ...]]:
    """Time the answers of running processes by turns, so that other programs slow both down."""
    with ExitStack() as stack:
        environments = []
        for program in programs:
            environments.append(environment := Environment(program))
            stack.callback(environment.stop)
            _ask(environment)
        rounds = [[_timed(environment) for environment in environments] for _ in range(REQUESTS)]
    return zip(*rounds, strict=True)


def _timed(environment: Environment) -> float:
    asked = event(command("S3.8"))
    begun = time.perf_counter()
    _answered(environment.invoke(asked))
    return time.perf_counter() - begun


def _ask(environment: Environment) -> None:
    _answered(environment.invoke(event(command("S3.8"))))


def _answered(answer: Any) -> None:
    """Check that it is no error that is so fast."""
    if answer["statusCode"] != 200 or not answer["body"]:
        raise RuntimeError(str(answer))


@contextmanager
def _programs() -> Iterator[tuple[Program, Program]]:
    """Return the ack and the hello-world, with an AWS that answers at once."""
    binary, properties = emulator(), deployed("SlackFunction")
    if binary is None:
        raise RuntimeError("no Runtime Interface Emulator for this machine")
    if not any(package("SlackFunction").rglob("*.pyc")):
        raise RuntimeError("without bytecode it is compiling that is timed: set LAMBDA_PYTHON, and build")
    aws = HttpServer(_aws, "aws")
    environment = variables("SlackFunction", _world(aws.url))
    timeout, ours = properties["Timeout"], package("SlackFunction")
    with TemporaryDirectory() as folder:
        theirs = _hello(ours, Path(folder) / "hello")
        yield (
            Program(binary, PYTHON, ours, properties["Handler"], environment, timeout),
            Program(binary, PYTHON, theirs, "hello.handler", environment | SECRET, timeout),
        )
    aws.stop()


def _world(url: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "ap-northeast-1",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_ENDPOINT_URL": url,
        "AWS_ENDPOINT_URL_LAMBDA": url,
        "SLACK_API_URL": f"{url}/api/",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "SLACK_SECRET_ID": "slack",
        "JOB_FUNCTION": "JobFunction",
        "REPORT_LOCALE": "en",
    }


def _hello(package: Path, folder: Path) -> Path:
    """Make a package of the bot's dependencies and hello.py, compiled as the bot's is."""
    shutil.copytree(package, folder)
    for name in ("bot", "handlers"):
        shutil.rmtree(folder / name)
    compile_it = [str(PYTHON), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compile_it, shutil.copy(HELLO, folder)], check=True)  # noqa: S603 - our own words
    return folder


@Request.application
def _aws(request: Request) -> Response:
    """Take any job, give the secret."""
    if "GetSecretValue" in request.headers.get("X-Amz-Target", ""):
        secret = json.dumps({"token": TOKEN, "signing_secret": SIGNING_SECRET})
        return Response(json.dumps({"SecretString": secret}), content_type="application/x-amz-json-1.1")
    return Response(status=202)
