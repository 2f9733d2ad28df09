"""`python -m bot`, as a process of its own."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground.deployment import ROOT
from playground.world import World
from tests.functional.asff import control_findings
from tests.functional.shell import run


class TestScan:
    """`python -m bot scan`."""

    def test_findings_are_exit_code_1(self, world: World) -> None:
        """Findings are exit code 1; the CSV on standard output has each once, and nothing else is there."""
        world.hub.load(control_findings(150))
        ran = run("scan", "s3.8", "--output", "-")

        rows = list(csv.reader(io.StringIO(ran.stdout.decode("utf-8-sig"), newline="")))
        assert 1 == ran.returncode
        assert 151 == len(rows)
        assert {f"arn:aws:s3:::bucket-{n}" for n in range(150)} == {row[0] for row in rows[1:]}
        assert b"150 violations" in ran.stderr

    def test_file_is_in_the_requested_language(self, world: World, tmp_path: Path) -> None:
        """A file gets the same, in the language that is asked for."""
        world.hub.load(control_findings(1))
        run("scan", "S3.8", "--output", str(tmp_path / "報告.csv"), "--locale", "ja")

        text = (tmp_path / "報告.csv").read_text("utf-8-sig")
        assert text.startswith('"リソース名","違反事項","コントロールID","重要度",')

    @pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
    def test_closed_pipe_keeps_the_exit_code(self, world: World, encoding: str) -> None:
        """Behind `| head -1` nothing is told on standard error, and the code is the scan's."""
        world.hub.load(control_findings(3))
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "scan", "S3.8"],
            cwd=ROOT,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as scan:
            assert scan.stdout
            scan.stdout.close()

            assert scan.stderr
            assert b"" == scan.stderr.read()
        assert 1 == scan.returncode

    def test_nothing_found_is_exit_code_0(self, world: World) -> None:
        """Nothing found is exit code 0."""
        world.hub.load(control_findings(3, "EC2.19"))

        assert 0 == run("scan", "S3.8").returncode

    @pytest.mark.parametrize("arguments", [["CR.1"], ["S3"], ["S3.8", "--severity", "huge"], []])
    def test_bad_input_is_exit_code_2(self, world: World, arguments: list[str]) -> None:
        """What cannot be understood is exit code 2, with a sentence and no traceback."""
        del world
        ran = run("scan", *arguments)

        assert 2 == ran.returncode
        assert b"Traceback" not in ran.stderr

    def test_typo_is_answered_with_nearest_control(self, world: World) -> None:
        """CR.1 is answered with ECR.1."""
        del world

        assert b"ECR.1" in run("scan", "CR.1").stderr

    def test_security_hub_that_is_not_enabled_is_exit_code_3(self, world: World) -> None:
        """Security Hub that is not enabled is exit code 3, and the message names the Region."""
        world.hub.disable()
        ran = run("scan", "S3.8")

        assert 3 == ran.returncode
        assert b"ap-northeast-1" in ran.stderr

    def test_absent_credentials_are_exit_code_3(self, world: World) -> None:
        """So are absent credentials."""
        del world
        ran = run("scan", "S3.8", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

        assert 3 == ran.returncode

    def test_refusal_of_aws_is_exit_code_4(self, world: World) -> None:
        """What AWS refuses for a reason of its own is exit code 4."""
        world.hub.fail_next("GetFindings", "InvalidInputException", 400)

        assert 4 == run("scan", "S3.8").returncode

    def test_partial_result_is_exit_code_5(self, world: World) -> None:
        """What breaks off in the middle is exit code 5, with what has been read."""
        world.hub.load(control_findings(150))
        world.hub.fail_next("GetFindings", "InvalidInputException", 400, after=1)
        ran = run("scan", "S3.8", "--output", "-")

        assert 5 == ran.returncode
        assert b"bucket-0" in ran.stdout
