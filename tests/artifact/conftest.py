"""What the tests of the built functions share: whether they can run here, and a world on such functions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from playground.world import World
from tests.artifact.functions import PYTHON, SETTINGS, Built, emulator


def missing() -> str | None:
    """Say what these tests lack on this machine; None where they can run."""
    if emulator() is None:
        return "aws-sam-cli has no Runtime Interface Emulator for this machine"
    if not PYTHON.exists():
        return "there is no Python 3.13, on which Lambda runs the package"
    return None


def has_lambda_python() -> bool:
    """Return whether Lambda's Python is on this machine."""
    program = [os.environ.get("LAMBDA_PYTHON", "python3.13"), "-c", ""]
    try:
        return subprocess.run(program, stderr=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603 - CI's word
    except OSError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _can_run() -> None:
    """Skip where something is missing; in CI that is a failure if Python 3.13 is there."""
    if "ARTIFACT" not in os.environ:
        pytest.skip("`make test-artifact` builds what these tests run")
    reason = missing()
    if reason and os.environ.get("CI") == "true" and has_lambda_python():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture
def built() -> Built:
    """Return the built functions as they are deployed."""
    return Built()


@pytest.fixture
def world(built: Built) -> Iterator[World]:
    """Start a world on the built functions; Lambda tries a failed job again at once."""
    with World(SETTINGS, pause=lambda _seconds: None, runtime=built) as started:
        yield started
