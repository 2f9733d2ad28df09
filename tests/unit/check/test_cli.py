"""`python -m bot check`: output and exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from bot import cli
from bot.i18n import Locale, translate
from bot.render.check_csv import FURTHER_COLUMNS
from bot.render.csv_file import COLUMNS

BUCKET = """\
Parameters: {Block: {Type: String}}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LoggingConfiguration: {DestinationBucketName: logs}
      LifecycleConfiguration: {Rules: [{Status: Enabled}]}
      PublicAccessBlockConfiguration:
        BlockPublicAcls: %s
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a template with a bucket that fails S3.5 and S3.8 into the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "template.yaml"
    path.write_text(BUCKET % "false", encoding="utf-8")
    return path


class LeftPipe(io.TextIOWrapper):
    """A standard output whose reader has left."""

    def __init__(self) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        super().__init__(os.fdopen(writer, "wb", buffering=0), write_through=True)


def check(*arguments: str) -> int:
    """Run the command in English."""
    return cli.main(["check", *arguments, "--locale", "en"])


class TestExitCode:
    """What a pipeline learns."""

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ([], 1),
            (["--fail-on", "HIGH"], 1),
            (["--fail-on", "critical"], 0),
            (["--fail-on", "never"], 0),
            (["--control", "s3.5"], 1),
            (["--control", "S3.9"], 0),
            (["--severity", "CRITICAL"], 0),
        ],
    )
    def test_1_means_failed_controls_of_that_severity(
        self, template: Path, arguments: list[str], code: int
    ) -> None:
        """1 means that a shown control of at least that severity has failed."""
        assert code == check("template.yaml", *arguments)

    def test_unknown_does_not_fail(self, template: Path) -> None:
        """A value that only a deployment can know is UNKNOWN, and not a failure."""
        template.write_text(BUCKET % "!Ref Block", encoding="utf-8")

        assert 0 == check("template.yaml", "--control", "S3.8")
        assert 1 == check("template.yaml", "--control", "S3.8", "--parameter-overrides", "Block=false")

    @pytest.mark.parametrize("arguments", [[], ["--fail-on", "never"]])
    def test_5_means_broken_and_wins(
        self, template: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A broken file beside a good one is 5, with its line, even if nothing may fail."""
        (template.parent / "broken.yaml").write_text("Resources:\n  A: {Type: AWS::S3::Bucket\n", "utf-8")

        assert 5 == check(".", *arguments)
        assert "broken.yaml:3" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["no-such.yaml"],
            ["main.tf"],
            ["other.yaml"],
            ["empty"],
            ["template.yaml", "--control", "S3.999"],
            ["template.yaml", "--control", "Account.1"],
            ["template.yaml", "--severity", "huge"],
            ["template.yaml", "--fail-on", "huge"],
            ["template.yaml", "--parameter-overrides", "no-such.json"],
            ["template.yaml", "--output", "no/such/folder.csv"],
            ["template.yaml", "--json", "-", "--sarif", "-"],
            ["template.yaml", "--output", "-", "--annotations", "-"],
        ],
    )
    def test_2_means_bad_input(
        self, template: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """2 means that nothing was checked; standard error says why in a line."""
        (template.parent / "other.yaml").write_text("openapi: 3.0.0\n", encoding="utf-8")
        (template.parent / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n', encoding="utf-8")
        (template.parent / "empty").mkdir()

        assert 2 == check(*arguments)

        out, err = capsys.readouterr()
        assert "" == out
        assert 1 == len(err.splitlines())


class TestFolder:
    """A search."""

    def test_passes_over_files_that_are_no_templates(self, template: Path) -> None:
        """A folder may hold files of other tools, broken ones as well, and hidden folders."""
        for name, text in {
            "chart.yaml": "{{ if AWS::Region }}",
            "openapi.json": '{"openapi": "3.0.0"}',
            ".git/x.yaml": BUCKET % "false",
            "notes.md": "Type: AWS::S3::Bucket",
        }.items():
            path = template.parent / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        template.write_text(BUCKET % "true", encoding="utf-8")

        assert 0 == check(".", "--control", "S3.8")


class TestOutput:
    """What people and programs read."""

    def test_line_has_place_and_title(self, template: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A line has the severity, the control, the status, the place, the resource and the title."""
        check("template.yaml", "--control", "S3.8")

        first, last = capsys.readouterr().out.splitlines()
        assert (
            "HIGH          S3.8               FAILED     template.yaml:9  "
            "Bucket PublicAccessBlockConfiguration.BlockPublicAcls — "
            "S3 general purpose buckets should block public access"
        ) == first
        assert "1 failed, 0 unknown, 0 suppressed, 0 passed in 1 template" == last

    def test_csv_has_columns_of_a_scan_and_five_more(
        self, template: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        """The CSV has the columns of a scan, and at its end phase, file, line, logical ID and source."""
        check("template.yaml", "--control", "S3.8", "--output", "-")

        out = capsysbinary.readouterr().out.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(out))
        names = [translate(Locale.EN, f"csv.{column}") for column in (*COLUMNS, *FURTHER_COLUMNS)]
        assert names == list(row)
        assert ("S3.8", "HIGH", "FAILED") == (row["Control ID"], row["Severity"], row["Compliance status"])
        assert ["before deployment", "template.yaml", "9", "Bucket", "sechub-bot"] == list(row.values())[-5:]

    def test_csv_runs_no_formula(self, template: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        """A logical ID that is a formula is text."""
        template.write_text((BUCKET % "false").replace("  Bucket:", '  "=cmd()":'), encoding="utf-8")
        check("template.yaml", "--control", "S3.8", "--output", "-")

        assert b'"\'=cmd()"' in capsysbinary.readouterr().out

    def test_terminal_gets_no_control_characters(
        self, template: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A logical ID cannot control the terminal."""
        template.write_text((BUCKET % "false").replace("  Bucket:", '  "\\e[2J":'), encoding="utf-8")
        check("template.yaml", "--control", "S3.8")

        assert "\x1b" not in capsys.readouterr().out

    @pytest.mark.parametrize("options", [(), ("--all",)])
    def test_totals_count_controls_that_passed(
        self, template: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """They are counted whether they are shown or not; --severity chooses among them as well."""
        template.write_text(BUCKET % "true", encoding="utf-8")
        check("template.yaml", "--control", "S3.8,S3.9", "--severity", "MEDIUM", *options)

        last = capsys.readouterr().out.splitlines()[-1]
        assert "0 failed, 0 unknown, 0 suppressed, 1 passed in 1 template" == last

    @pytest.mark.parametrize("words", [("--list-rules",), ("--explain", "S3.8")])
    def test_reader_may_leave_early(
        self, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Behind `| head -3` nothing is told on standard error, and nothing has failed."""
        output = LeftPipe()
        monkeypatch.setattr("sys.stdout", output)
        code = check(*words)
        output.close()

        assert 0 == code
        assert "" == capsys.readouterr().err

    def test_baseline_is_alone_on_standard_output(
        self, template: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A document on standard output has no other lines before or behind it."""
        check("template.yaml", "--control", "S3.8", "--write-baseline", "-")

        out, err = capsys.readouterr()
        assert 1 == json.loads(out)["version"]
        assert "1 failed" in err

    def test_all_shows_what_has_passed(self, template: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With --all the controls that passed are there as well."""
        check("template.yaml", "--control", "S3.9", "--all")

        assert "PASSED" in capsys.readouterr().out


class TestParameters:
    """Values of parameters."""

    @pytest.mark.parametrize(
        "text",
        [
            '[{"ParameterKey": "Block", "ParameterValue": "false"}]',
            '["Block=false"]',
            '{"Parameters": {"Block": "false"}}',
            '{"Block": false}',
        ],
    )
    def test_file_has_a_form_of_the_aws_cli(self, template: Path, text: str) -> None:
        """A JSON file of parameters may have each form that the AWS CLI reads."""
        template.write_text(BUCKET % "!Ref Block", encoding="utf-8")
        (template.parent / "parameters.json").write_text(text, encoding="utf-8")

        assert 1 == check("template.yaml", "--control", "S3.8", "--parameter-overrides", "parameters.json")

    @pytest.mark.parametrize("text", ["", "1", '[{"ParameterKey": "Block"}]', "[1]", "[" * 100_000])
    def test_other_form_is_refused(self, template: Path, text: str) -> None:
        """A file of another form is bad input."""
        (template.parent / "parameters.json").write_text(text, encoding="utf-8")

        assert 2 == check("template.yaml", "--parameter-overrides", "parameters.json")

    def test_value_that_no_template_takes_is_told(
        self, template: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A misspelt parameter is told, and changes no exit code."""
        assert 1 == check("template.yaml", "--parameter-overrides", "Blok=true", "Block=true")

        assert (
            "ℹ️ --parameter-overrides — no template takes a value for the parameter Blok\n"
            == capsys.readouterr().err
        )

    def test_path_may_stand_after_overrides(self, template: Path) -> None:
        """A template after the values of parameters is a path, and no value."""
        template.write_text(BUCKET % "!Ref Block", encoding="utf-8")

        assert 1 == check("--control", "S3.8", "--parameter-overrides", "Block=false", "template.yaml")


class TestExplain:
    """The rules in words."""

    def test_list_has_each_control_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--list-rules has a line for each control, and their number."""
        assert 0 == check("--list-rules")

        *lines, total = capsys.readouterr().out.splitlines()
        assert len(lines) == len({line.split()[1] for line in lines})
        assert total.startswith(f"{len(lines)} ")

    def test_explains_property_and_default(self, capsys: pytest.CaptureFixture[str]) -> None:
        """--explain names the type, the property and its expected value."""
        assert 0 == check("--explain", "s3.9")

        assert "AWS::S3::Bucket\n  LoggingConfiguration: is there" in capsys.readouterr().out
