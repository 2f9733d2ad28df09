"""
The pipeline of the sample application: it checks templates and puts the result into the bucket, as CI does.

Every run is of a branch of its own: the bot posts only what is new since the last report of a branch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count

from bot.domain.check_result import fingerprint
from playground.cloud.roles import Role
from playground.deployment import BUCKET, ROOT
from playground.slack import PanelAction

SAMPLE = ROOT / "playground/sample"
REPOSITORY = "example/shop"
PATHS = ("infrastructure/cdk.out", "orders/template.yaml")

REPORTED = frozenset({0, 1, 5})
"""The exit codes of a check whose result is in the bucket: clean, failed or incomplete."""


class Pipeline:
    """
    The pipeline. Its process has the environment of this one, and that of a run of GitHub Actions.

    Args:
        role: has the only permission of the process.
    """

    def __init__(self, role: Role) -> None:
        self.role = role
        self._numbers = count(1)

    def run(self) -> None:
        """
        Check the sample application, and report to the bucket.

        Raises:
            RuntimeError: the result is not in the bucket; with the output of the check.
        """
        number = next(self._numbers)
        branch = f"change-{number}"
        environ = os.environ | {
            "AWS_ACCESS_KEY_ID": self.role.access_key,
            "GITHUB_ACTIONS": "true",
            "GITHUB_HEAD_REF": branch,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(number),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": fingerprint(branch)[:40],
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-P", "-m", "bot", "check", *PATHS, "--report", f"s3://{BUCKET}"]
        ran = subprocess.run(  # noqa: S603 - nothing of it comes from outside
            command, cwd=SAMPLE, env=environ, capture_output=True, text=True, check=False
        )
        if ran.returncode not in REPORTED:
            raise RuntimeError(ran.stderr)


def check_sample_action(pipeline: Pipeline) -> PanelAction:
    """Make the page's button that runs the pipeline."""
    return PanelAction(
        "check_sample",
        "Check the sample application",
        "サンプルアプリを検査",
        lambda _channel: pipeline.run(),
    )
