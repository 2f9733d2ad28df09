"""The command line."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import cli
from bot.adapters.sdk import session
from bot.domain.coverage import Coverage
from bot.domain.finding import Resource, Severity, WorkflowStatus
from bot.errors import (
    AccessDeniedError,
    BotError,
    CredentialsError,
    SecurityHubDisabledError,
    ThrottledError,
    UnavailableError,
)
from tests.builders import a_finding, some_findings
from tests.fakes import FakeControls, FakeRegions
from tests.fakes.findings import FakeFindings

COVERAGE = Coverage("ap-northeast-1", "ap-northeast-1", ("us-east-1", "us-west-2"), 41)

Run = Callable[..., int]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> FakeFindings:
    """Put a fake Security Hub where the command line makes its own."""
    fake = FakeFindings(some_findings(3))
    here = SimpleNamespace(meta=SimpleNamespace(region_name="ap-northeast-1"))
    monkeypatch.setattr(cli, "client", lambda service: here)
    monkeypatch.setattr(cli, "aggregated_regions", lambda settings, region, now: FakeRegions())
    monkeypatch.setattr(cli, "security_hub_findings", lambda settings: fake)
    monkeypatch.setattr(cli, "SecurityHubControls", lambda client: FakeControls())
    return fake


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


class TestExitCode:
    """What a script learns."""

    def test_exit_code_1_means_findings(self, hub: FakeFindings) -> None:
        """1 means that findings were found."""
        assert 1 == cli.main(["scan", "S3.8"])

    def test_exit_code_0_means_no_findings(self, hub: FakeFindings) -> None:
        """0 means that none was."""
        hub.findings = []

        assert 0 == cli.main(["scan", "S3.8"])

    @pytest.mark.parametrize(
        "arguments",
        [
            ["scan", "CR.1"],
            ["scan", "🎉"],
            ["scan", "S3.8", "--severity", "huge"],
            ["scan", "S3.8", "--account", "12"],
            ["scan", "S3.8", "--region", "mars"],
            ["scan", "S3.8", "--status", "resolved"],
            ["scan", ""],
            ["scan", "S3.8", "--account", ""],
            ["scan", "S3.8", "--severity", ","],
            ["scan", "S3.8", "--region", " "],
            ["scan", "S3.8", "--account", "123456789012", "--account", ""],
            ["scan", "S3.8" + " " * 8000],
            ["scan", "S3.8", "--output", "/no/such/folder/x.csv"],
        ],
    )
    def test_exit_code_2_means_bad_input(
        self, hub: FakeFindings, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """2 means bad input, which a line on standard error explains; nothing is on standard output."""
        assert 2 == cli.main([*arguments, "--locale", "en"])

        out, err = capsys.readouterr()
        assert "" == out
        assert 1 == len(err.splitlines())

    @pytest.mark.parametrize("arguments", [[], ["scan"], ["delete"], ["scan", "S3.8", "--locale", "fr"]])
    def test_exit_code_2_means_wrong_command_line(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """2 also means that the command line itself is wrong."""
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)

        assert 2 == caught.value.code
        assert "usage:" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (CredentialsError(problem="x"), 3),
            (AccessDeniedError(action="securityhub:GetFindings"), 3),
            (SecurityHubDisabledError(region="eu-west-1"), 3),
            (ThrottledError(service="AWS", call="securityhub:GetFindings"), 4),
            (UnavailableError(service="AWS", call="securityhub:GetFindings"), 4),
        ],
    )
    def test_exit_code_3_means_configuration(
        self, hub: FakeFindings, error: BotError, code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """3 means that somebody must change something, 4 that AWS failed; 0 is neither."""
        hub.error, hub.fail_at_page = error, 0

        assert code == cli.main(["scan", "S3.8"])
        assert "" == capsys.readouterr().out

    def test_exit_code_70_means_own_fault(
        self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A fault of the bot's own is exit code 70 with a traceback, never the 1 of findings."""
        hub.findings = [None]  # type: ignore[list-item]

        assert 70 == cli.main(["scan", "S3.8"])
        assert "Traceback" in capsys.readouterr().err

    def test_exit_code_5_means_partial_output(
        self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """5 means that what is printed is a part, which it says."""
        hub.error, hub.fail_at_page = ThrottledError(service="AWS", call="securityhub:GetFindings"), 1

        assert 5 == cli.main(["scan", "S3.8", "--locale", "en"])
        out = capsys.readouterr().out
        assert 2 == out.count("bucket-")
        assert "incomplete" in out

    def test_exit_code_3_means_missing_aws_setup(self, capsys: pytest.CaptureFixture[str]) -> None:
        """3 is what somebody gets who has not set up AWS."""
        session.cache_clear()

        assert 3 == cli.main(["scan", "S3.8", "--locale", "en"])
        assert "region" in capsys.readouterr().err
        session.cache_clear()

    def test_with_a_bad_setting(
        self, hub: FakeFindings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """3 is also for a setting that may not be what it is, and no traceback, whose code is 1."""
        monkeypatch.setenv("REPORT_LOCALE", "fr")

        assert 3 == cli.main(["scan", "S3.8"])
        assert "REPORT_LOCALE must be one of en, ja" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("AWS_ENDPOINT_URL", "localhost:5000", "localhost:5000"),
            ("AWS_ENDPOINT_URL", "http://localhost:99999", "Port out of range"),
            ("AWS_DEFAULT_REGION", "tokyo", "AWS has no Region tokyo"),
            ("AWS_DEFAULT_REGION", "ap northeast", "AWS has no Region ap northeast"),
            ("AWS_PROFILE", "nobody", "nobody"),
        ],
    )
    def test_with_a_bad_aws_setting(
        self,
        name: str,
        value: str,
        told: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """3 is for an endpoint, a Region or a profile that is wrong; one line names it."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv(name, value)
        session.cache_clear()

        assert 3 == cli.main(["scan", "S3.8", "--locale", "en"])
        session.cache_clear()
        (line,) = capsys.readouterr().err.splitlines()
        assert told in line

    def test_exit_code_130_means_ctrl_c(self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]) -> None:
        """130 is for Ctrl-C, which a line confirms."""
        hub.error, hub.fail_at_page = KeyboardInterrupt(), 1  # type: ignore[assignment]

        assert 130 == cli.main(["scan", "S3.8", "--locale", "en"])
        assert ("", "Interrupted.\n") == capsys.readouterr()

    @pytest.mark.parametrize(("count", "code"), [(3, 1), (0, 0)])
    @pytest.mark.parametrize("output", [[], ["--output", "-"]])
    def test_closed_standard_output_keeps_exit_code(
        self,
        hub: FakeFindings,
        count: int,
        code: int,
        output: list[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Where nobody reads standard output any more the code is the scan's, and nothing is told."""
        hub.findings = some_findings(count)
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as stdout:
            monkeypatch.setattr(sys, "stdout", stdout)

            assert code == cli.main(["scan", "S3.8", *output])
        assert "" == capsys.readouterr().err

    def test_exit_code_3_means_full_disk(
        self, hub: FakeFindings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """3 is for a machine that has no room, under each name of that error."""
        monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")

        assert 3 == cli.main(["scan", "S3.8"])
        assert "/no/such/folder" in capsys.readouterr().err


class TestQuery:
    """What is scanned."""

    def test_query_is_as_in_slack(self, hub: FakeFindings) -> None:
        """Options may be repeated or hold several values, in any case and width."""
        cli.main(
            [
                "scan",
                "s3.8,Ｓ３．１",
                "EC2.19",
                *("--severity", "high,critical", "--severity", "LOW"),
                *("--account", "1234-5678-9012", "--region", "ap-northeast-1", "--status", "new"),
            ]
        )
        query = hub.queries[0]

        assert ("EC2.19", "S3.1", "S3.8") == query.controls
        assert (Severity.HIGH, Severity.CRITICAL, Severity.LOW) == query.severities
        assert (("123456789012",), ("ap-northeast-1",)) == (query.accounts, query.regions)
        assert (WorkflowStatus.NEW,) == query.statuses


class TestOutput:
    """What is printed and written."""

    def test_total_has_regions_and_accounts(
        self, hub: FakeFindings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The last line says what the scan covered, as far as it is known."""
        monkeypatch.setattr(cli, "aggregated_regions", lambda settings, region, now: FakeRegions(COVERAGE))
        cli.main(["scan", "S3.8", "--locale", "en"])

        assert "3 violations (3 Regions, 41 accounts)" == capsys.readouterr().out.splitlines()[-1]

    def test_without_file_findings_and_their_number_are_printed(
        self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without a file the findings and their number are printed."""
        cli.main(["scan", "S3.8", "--locale", "en"])

        out, err = capsys.readouterr()
        assert 3 == out.count("bucket-")
        assert out.endswith("3 violations\n")
        assert "" == err

    def test_output_option_writes_a_csv_file(
        self, hub: FakeFindings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """With a file the CSV is there, and the number on standard error."""
        cli.main(["scan", "S3.8", "--output", str(tmp_path / "x.csv")])

        assert (tmp_path / "x.csv").read_bytes().startswith('\ufeff"リソース名",'.encode())
        assert ("", "違反 3 件\n") == capsys.readouterr()

    def test_dash_writes_csv_to_standard_output(
        self, hub: FakeFindings, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        """With - the CSV is on standard output, and nothing else."""
        cli.main(["scan", "S3.8", "--output", "-", "--locale", "en"])

        out, err = capsysbinary.readouterr()
        assert out.startswith(b'\xef\xbb\xbf"Resource name",')
        assert 4 == out.count(b"\r\n")
        assert b"3 violations\n" == err

    def test_without_locale_language_is_report_locale(
        self, hub: FakeFindings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without --locale the language is REPORT_LOCALE, and Japanese without that."""
        cli.main(["scan", "S3.8"])
        monkeypatch.setenv("REPORT_LOCALE", "en")
        cli.main(["scan", "S3.8"])

        assert "違反 3 件" in (out := capsys.readouterr().out)
        assert "3 violations" in out

    def test_output_of_errors_is_in_the_language(
        self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Errors are explained in the language that was chosen."""
        cli.main(["scan", "CR.1", "--locale", "ja"])

        assert "ECR.1 ではありませんか" in capsys.readouterr().err


class Narrow(io.TextIOWrapper):
    """A terminal that shows the characters of one encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    @property
    def shown(self) -> str:
        """Return what is on it."""
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined, no-any-return]

    def isatty(self) -> bool:
        """Say yes."""
        return True


def narrow_terminals(encoding: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Narrow, Narrow]:
    """Make standard output and standard error of an encoding."""
    terminals = Narrow(encoding), Narrow(encoding)
    for name, terminal in zip(("stdout", "stderr"), terminals, strict=True):
        monkeypatch.setattr(sys, name, terminal)
    return terminals


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
class TestEncoding:
    """A terminal that cannot show everything."""

    def test_terminal_without_unicode_gets_question_marks(
        self, hub: FakeFindings, encoding: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What it cannot show is a question mark; the rest is as ever, and the texts are English."""
        hub.findings = [a_finding(1, resources=(Resource("arn:aws:s3:::請求書-2026", "AwsS3Bucket"),))]

        terminals = narrow_terminals(encoding, monkeypatch)

        assert 1 == cli.main(["scan", "S3.8"])
        assert "???-2026" in terminals[0].shown
        assert terminals[0].shown.endswith("1 violation\n")
        assert "1 finding read" in terminals[1].shown

    def test_error_without_unicode_gets_question_marks(
        self, hub: FakeFindings, encoding: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was typed comes back likewise."""
        terminals = narrow_terminals(encoding, monkeypatch)

        assert 2 == cli.main(["scan", "請求書"])
        assert "???" in terminals[1].shown
        assert "is neither a control ID nor a service" in terminals[1].shown

    def test_encoding_does_not_narrow_a_file(
        self, hub: FakeFindings, encoding: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A file is UTF-8 and in the language of the setting, at any terminal."""
        terminals = narrow_terminals(encoding, monkeypatch)
        cli.main(["scan", "S3.8", "--output", str(tmp_path / "x.csv")])

        assert (tmp_path / "x.csv").read_bytes().startswith('\ufeff"リソース名",'.encode())
        assert "3 violations\n" in terminals[1].shown


class TestProgress:
    """The line that moves."""

    def test_progress_is_for_a_terminal(self, hub: FakeFindings, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a terminal a line counts what has been read, and is gone at the end."""
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        cli.main(["scan", "S3.8", "--locale", "en"])

        assert ["2 findings read", "3 findings read", ""] == terminal.getvalue().split("\r\x1b[K")[1:]

    def test_progress_is_gone_after_a_failure(
        self, hub: FakeFindings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also when the scan fails the line is wiped out before the error is told."""
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        hub.error, hub.fail_at_page = AccessDeniedError(action="x"), 1
        cli.main(["scan", "S3.8", "--locale", "en"])

        assert terminal.getvalue().split("\r\x1b[K")[-1].startswith("AWS denies")

    def test_progress_is_for_nothing_else(
        self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """In a file or a pipe there is none."""
        cli.main(["scan", "S3.8"])

        assert "" == capsys.readouterr().err


class TestOrder:
    """The order of what is printed."""

    def test_most_severe_comes_first(self, hub: FakeFindings, capsys: pytest.CaptureFixture[str]) -> None:
        """The most severe comes first, however it was read."""
        hub.findings = [a_finding(1, severity=Severity.LOW), a_finding(2, severity=Severity.CRITICAL)]
        cli.main(["scan", "S3.8"])

        assert ["CRITICAL", "LOW"] == [line.split()[0] for line in capsys.readouterr().out.splitlines()[:2]]


class TestModule:
    """`python -m bot`."""

    def test_module_is_the_command_line(self) -> None:
        """It passes its arguments on and gives the exit code."""
        ran = subprocess.run(
            [sys.executable, "-m", "bot", "scan", "🎉", "--locale", "en"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert 2 == ran.returncode
        assert "is neither a control ID nor a service" in ran.stderr
