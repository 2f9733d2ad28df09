"""The command line, as a process and in this one."""

from __future__ import annotations

import os
import subprocess
import sys

from bot.cli import main
from playground.deployment import ROOT


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line with the environment that the world has set."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )


def run_here(*arguments: str) -> int:
    """Run the command line in this process, which takes a fraction of the time; return its exit code."""
    try:
        return main(arguments)
    except SystemExit as error:  # argparse's
        return int(error.code or 0)
