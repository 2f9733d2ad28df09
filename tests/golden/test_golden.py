"""
What people and spreadsheets read, whole, as files beside this one.

`make golden` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.domain.action import Action, ActionRequest
from bot.domain.report import sort_key
from bot.domain.triage import Refusal, Skip
from bot.errors import ReportGoneError
from bot.i18n import Locale
from bot.listeners.subcommands import help_text
from bot.render.acts import feedback_text
from bot.render.csv_file import read_rows
from bot.render.errors import explain_in_slack
from bot.render.forms import (
    Preview,
    notice_view,
    preview_view,
    row_form,
    scan_form,
    scanning_view,
    triage_form,
)
from bot.render.terminal import terminal_lines, totals
from playground.slack.blocks import view_problems
from tests.builders import a_csv, a_finding, an_act
from tests.golden.samples import (
    COVERAGE,
    FINDINGS,
    REPORT_ID,
    THROTTLED,
    messages,
    report,
)

FILES = Path(__file__).parent / "files"
NAG = Path(__file__).parents[1] / "unit/check/cdk_nag"
NAG_SAMPLES = {
    "v2/storage": "*-NagReport.csv",
    "v2/tree": "*-NagReport.*",
    "v3/storage": "validation-report.json",
    "v3/tree": "validation-report.json",
}
"""The reports of each application."""


@pytest.fixture
def same(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Return a function that compares with a file, or writes it with --golden."""

    def compare(name: str, content: bytes) -> None:
        file = FILES / name
        if request.config.getoption("--golden"):
            file.write_bytes(content)
        assert file.read_bytes().decode() == content.decode()

    return compare


def pretty(value: Any) -> bytes:
    """Write JSON for people."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


@pytest.mark.parametrize("locale", list(Locale))
class TestGolden:
    """Everything is as it was."""

    @pytest.mark.parametrize("kind", list(messages(Locale.EN)))
    def test_message_is_golden(self, same: Callable[[str, bytes], None], locale: Locale, kind: str) -> None:
        """The message of a report or of a job's progress, of each kind."""
        message = messages(locale)[kind]

        same(f"message-{kind}.{locale}.json", pretty({"text": message.text, "blocks": message.blocks}))

    def test_scan_form_is_golden(self, same: Callable[[str, bytes], None], locale: Locale) -> None:
        """The form, and what stands in its place afterwards."""
        views = [scan_form(locale, "{}"), scanning_view(locale, query="S3.8", channel="C0SECURITY")]

        same(f"modal.{locale}.json", pretty(views))

    def test_triage_forms_are_golden(self, same: Callable[[str, bytes], None], locale: Locale) -> None:
        """The forms with which people act, and what comes after them."""
        request = ActionRequest(Action.SUPPRESS, "Public on purpose, see SEC-12", date(2027, 1, 31))
        by_control = {f"S3.{number}": 20 - number for number in range(10)}
        skipped = {Skip.CHANGED: 2, Skip.GONE: 1}
        counted = Preview(request, 155, by_control, {"123456789012": 155}, skipped, {"platform": 9})
        nothing = Preview(ActionRequest(Action.NOTIFY), 0, {}, {}, {Skip.CHANGED: 1}, {})
        views = [
            row_form(Action.SUPPRESS, "*3*  `S3.8`  `logs`", "{}", locale),
            row_form(Action.RESOLVE, "*3*  `S3.8`  `logs`", "{}", locale),
            triage_form("{}", locale),
            notice_view("triage.counting", locale),
            preview_view(counted, "{}", locale),
            preview_view(nothing, "{}", locale),
            notice_view("triage.started", locale),
            notice_view("triage.failed", locale, reason=explain_in_slack(ReportGoneError(), locale)),
        ]

        assert [[]] * len(views) == [view_problems(view) for view in views]
        same(f"forms.{locale}.json", pretty(views))

    def test_feedback_to_requester_is_golden(
        self, same: Callable[[str, bytes], None], locale: Locale
    ) -> None:
        """What a person is told of what was not done."""
        act = an_act(0, skipped=dict.fromkeys(Skip, 2), refused_count=3)
        act = replace(act, kept_note_count=1, left_note_count=2, unrecorded_count=1, partly_count=2)
        refusals = [Refusal(a_finding(1).identifiers[0], "FindingNotFound", "Finding Not Found")]

        text = feedback_text(act, locale, is_attached=True, refusals=refusals)

        same(f"told.{locale}.txt", (text + "\n").encode())

    def test_help_text_is_golden(self, same: Callable[[str, bytes], None], locale: Locale) -> None:
        """The answer to `/sechub-scan help`."""
        same(f"help.{locale}.txt", help_text(locale).encode() + b"\n")

    def test_csv_file_is_golden(self, same: Callable[[str, bytes], None], locale: Locale) -> None:
        """The file, byte for byte."""
        same(f"report.{locale}.csv", a_csv(sorted(FINDINGS, key=sort_key), locale, REPORT_ID))

    def test_terminal_output_is_golden(self, same: Callable[[str, bytes], None], locale: Locale) -> None:
        """The list on a terminal."""
        some = sorted(FINDINGS[:5], key=sort_key)
        rows = io.StringIO(a_csv(some).decode("utf-8-sig"), newline="")
        text = "".join(terminal_lines(read_rows(rows))) + totals(report(some, THROTTLED), COVERAGE, locale)

        same(f"terminal.{locale}.txt", text.encode())


class TestCheck:
    """The check before deployment."""

    @pytest.mark.parametrize("name", NAG_SAMPLES)
    def test_csv_of_cdk_nag_reports_is_golden(
        self,
        same: Callable[[str, bytes], None],
        monkeypatch: pytest.MonkeyPatch,
        capsysbinary: pytest.CaptureFixture[bytes],
        name: str,
    ) -> None:
        """All rows of real reports of cdk-nag, each in the cdk.out of its application."""
        monkeypatch.chdir(NAG)
        paths = [str(path) for path in sorted(Path(name).glob(NAG_SAMPLES[name]))]

        cli.main(["check", *paths, "--all", "--output", "-", "--locale", "en"])

        out, err = capsysbinary.readouterr()
        same(f"check-cdk-nag-{name.replace('/', '-')}.csv", out)
        same(f"check-cdk-nag-{name.replace('/', '-')}.txt", err)


class TestUsage:
    """How the command line explains itself."""

    @pytest.mark.parametrize(
        ("name", "arguments"), [("usage", ["--help"]), ("usage-scan", ["scan", "--help"])]
    )
    def test_usage_is_as_it_was(
        self,
        same: Callable[[str, bytes], None],
        name: str,
        arguments: list[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The words of `--help`, whose lines argparse breaks differently from version to version."""
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setenv("NO_COLOR", "1")
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)

        assert 0 == caught.value.code
        same(f"{name}.txt", (" ".join(capsys.readouterr().out.split()) + "\n").encode())


class TestFiles:
    """The files themselves."""

    def test_every_golden_file_is_used(self) -> None:
        """No file is left over from a test that is gone."""
        used = {f"message-{kind}.{locale}.json" for kind in messages(Locale.EN) for locale in Locale}
        used |= {f"{name}.{locale}.{end}" for name, end in NAMES for locale in Locale}

        used |= {
            f"check-cdk-nag-{name.replace('/', '-')}.{end}" for name in NAG_SAMPLES for end in ("csv", "txt")
        }

        assert used | {"usage.txt", "usage-scan.txt"} == {file.name for file in FILES.iterdir()}


NAMES = (
    ("modal", "json"),
    ("forms", "json"),
    ("told", "txt"),
    ("help", "txt"),
    ("report", "csv"),
    ("terminal", "txt"),
)
