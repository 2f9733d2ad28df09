"""`python -m bot`: some tests in a process of its own, for what only a process has."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.sdk import client
from bot.adapters.stores.routing import BEFORE, FILE
from playground.deployment import BUCKET, ROOT
from playground.world import World
from tests.functional.asff import control_findings
from tests.functional.shell import run, run_here


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """Enter the world, and leave its Security Hub as it was."""
    yield shared_world
    shared_world.hub.clear()
    shared_world.hub.enable()


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
        run_here("scan", "S3.8", "--output", str(tmp_path / "報告.csv"), "--locale", "ja")

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

        assert 0 == run_here("scan", "S3.8")

    @pytest.mark.parametrize("arguments", [["S3.x"], ["S3.8", "--severity", "huge"], []])
    def test_bad_input_is_exit_code_2(
        self, world: World, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """If the input cannot be understood, the exit code is 2, with a sentence and no traceback."""
        del world
        code = run_here("scan", *arguments)
        error = capsys.readouterr().err

        assert 2 == code
        assert error
        assert "Traceback" not in error

    def test_typo_is_answered_with_nearest_control(self, world: World) -> None:
        """CR.1 is answered with ECR.1, and with exit code 2."""
        del world
        ran = run("scan", "CR.1")

        assert 2 == ran.returncode
        assert b"ECR.1" in ran.stderr
        assert b"Traceback" not in ran.stderr

    def test_words_of_slack_are_understood(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        """The words narrow as in Slack, owners among them; an option with a name takes spaces."""
        tagged = [
            one | {"Resources": [one["Resources"][0] | {"Tags": {"Owner": "Data Platform"}}]}
            for one in control_findings(2)
        ]
        world.hub.load([*tagged, *control_findings(9)[2:]])

        assert 1 == run_here("scan", "Ｓ３.*", 'owner:"Data Platform"', "since:365d", "--output", "-")
        assert 3 == len(capsys.readouterr().out.splitlines())
        assert 1 == run_here("scan", "all", "--owner", "data platform", "--output", "-")
        assert 3 == len(capsys.readouterr().out.splitlines())

    def test_word_with_two_meanings_names_both(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nobody can press a button in a shell: exit code 2, and the words that have one meaning."""
        first, second = control_findings(2)
        world.hub.load([first, second | {"AwsAccountId": "222222222222"}])

        assert 2 == run_here("scan", "S3.8", "account:prod")
        error = capsys.readouterr().err
        assert "account:123456789012, account:222222222222, account:123456789012,222222222222" in error

    def test_security_hub_that_is_not_enabled_is_exit_code_3(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Security Hub that is not enabled is exit code 3, and the message names the Region."""
        world.hub.disable()

        assert 3 == run_here("scan", "S3.8")
        assert "ap-northeast-1" in capsys.readouterr().err

    def test_absent_credentials_are_exit_code_3(self, world: World) -> None:
        """So are absent credentials."""
        del world
        ran = run("scan", "S3.8", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

        assert 3 == ran.returncode

    def test_refusal_of_aws_is_exit_code_4(self, world: World) -> None:
        """What AWS refuses for a reason of its own is exit code 4."""
        world.hub.fail_next("GetFindings", "InvalidInputException", 400)

        assert 4 == run_here("scan", "S3.8")

    def test_partial_result_is_exit_code_5(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        """A scan that breaks off in the middle is exit code 5, with the findings that have been read."""
        world.hub.load(control_findings(150))
        world.hub.fail_next("GetFindings", "InvalidInputException", 400, after=1)

        assert 5 == run_here("scan", "S3.8", "--output", "-")
        assert "bucket-0" in capsys.readouterr().out


@pytest.fixture
def without_file() -> Iterator[None]:
    """Leave no routing file in the world's bucket."""
    yield
    for key in (FILE, BEFORE):
        client("s3").delete_object(Bucket=BUCKET, Key=key)


@pytest.mark.usefixtures("without_file")
class TestRouting:
    """`python -m bot routing`."""

    FILE = 'version = 1\n[owner]\ntags = ["CostCenter"]\n[accounts]\n123456789012 = "finance"\n'

    def explained(self, capsys: pytest.CaptureFixture[str], what: str) -> list[str]:
        """Explain something by the file of the deployment."""
        capsys.readouterr()
        assert 0 == run_here("routing", "--locale", "en", "explain", what)
        return capsys.readouterr().out.splitlines()

    def test_file_is_put_and_explains(
        self, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The bucket of the stack gets the file; owners follow from it and from the tags in Security Hub."""
        first, second = control_findings(2)
        second["Resources"][0]["Tags"] = {"costcenter": "web", "Owner": "other"}
        world.hub.load([first, second])
        file = tmp_path / "routing.toml"
        file.write_text(self.FILE, encoding="utf-8")

        assert 0 == run_here("routing", "put", str(file))
        assert ["owner: finance", "rule: account 123456789012"] == self.explained(capsys, "123456789012")[:2]
        assert "rule: account 123456789012" in self.explained(capsys, first["Resources"][0]["Id"])
        assert "rule: tag costcenter" in self.explained(capsys, second["Resources"][0]["Id"])

        file.write_text(self.FILE.replace("finance", "sales"), encoding="utf-8")
        assert 0 == run_here("routing", "put", str(file))
        assert "owner: sales" in self.explained(capsys, "123456789012")
