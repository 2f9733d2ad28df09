"""
Build the package that Lambda runs: bot/, handlers/ and the runtime dependencies, the same bytes each time.

    python tools/package.py DIRECTORY

Run it with the Python of an environment that `make venv` made: it has uv and the wheels, so nothing is
downloaded. If Lambda's own Python is found as well (LAMBDA_PYTHON, or python3.13 on PATH), its bytecode is
built in. The reasons are in docs/decisions/0003-package.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

WHEELS = Path(sys.prefix) / "wheels"
"""The runtime dependencies as `make venv` downloaded them, for Lambda's Python and processor."""

CODE = ("bot", "handlers")

SERVICES = frozenset(
    {"events", "lambda", "organizations", "s3", "scheduler", "secretsmanager", "securityhub"}
)
"""The AWS services whose models the package keeps, of the more than 400 that botocore brings."""

TIMESTAMP = 315_532_800
"""1980-01-01 UTC, the oldest time that a zip file can hold."""

_INSTALL = (
    "-m uv pip install --quiet --no-config --offline --no-index --require-hashes --no-deps --link-mode copy "
    "--only-binary :all: --python-version 3.13 --python-platform aarch64-manylinux2014"
)

_COMPILE = "-I -m compileall -q --invalidation-mode unchecked-hash -p /var/task"
"""/var/task is where Lambda unpacks the package; unchecked-hash leaves no time of day in the bytecode."""


def build(target: Path, lambda_python: str) -> bool:
    """
    Write the package to a directory, which is created, or emptied if it exists.

    Returns:
        True if the package holds bytecode, False if `lambda_python` does not run.

    Raises:
        subprocess.CalledProcessError: the wheels are not those of requirements/runtime.txt.
    """
    target = target.resolve()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    source = ("--find-links", WHEELS, "--requirement", ROOT / "requirements" / "runtime.txt")
    _run(sys.executable, _INSTALL, "--target", target, *source)
    for name in CODE:
        shutil.copytree(ROOT / name, target / name, ignore=_left_out)
    for path in list(_superfluous(target)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    compiled = _works(lambda_python)
    if compiled:
        _run(lambda_python, _COMPILE, "-s", target, target)
    _normalise(target)
    return compiled


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Leave out the check of templates: no function runs it, and the package lacks its libraries."""
    return {name for name in names if name == "__pycache__" or Path(folder, name) == ROOT / "bot" / "check"}


def _run(program: str, options: str, *arguments: str | Path) -> None:
    subprocess.run([program, *options.split(), *arguments], check=True)  # noqa: S603 - no outsider's words in it


def _works(python: str) -> bool:
    """Return whether a Python runs. pyenv has a stand-in on PATH for each one that is not switched on."""
    if shutil.which(python) is None:
        return False
    return subprocess.run([python, "-I", "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603


def _superfluous(target: Path) -> Iterator[Path]:
    """Find files that Lambda never reads, or that differ from one machine to the next."""
    yield from (path for path in (target / "bin", target / ".lock") if path.exists())  # the installer's
    for name in ("RECORD", "INSTALLER", "REQUESTED"):
        yield from target.glob(f"*.dist-info/{name}")
    yield target / "boto3" / "data"  # of resources, which the bot does not use
    yield target / "boto3" / "examples"
    data = target / "botocore" / "data"
    yield from (path for path in data.iterdir() if path.is_dir() and path.name not in SERVICES)


def _normalise(target: Path) -> None:
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (TIMESTAMP, TIMESTAMP))


if __name__ == "__main__":
    if not build(Path(sys.argv[1]), os.environ.get("LAMBDA_PYTHON", "python3.13")):
        print("No python3.13 here: without its bytecode a cold start takes 0.5 s longer.", file=sys.stderr)  # noqa: T201
