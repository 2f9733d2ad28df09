"""The outputs for CI systems, and baselines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cli
from bot.check.baseline import accept_known, read_baseline, write_baseline
from bot.check.outputs import OUTPUTS
from bot.check.outputs.annotations import MOST_SHOWN, github_annotations
from bot.check.outputs.code_quality import code_quality
from bot.check.outputs.junit import junit
from bot.check.outputs.sarif import MOST_RESULTS, sarif
from bot.domain.check_result import CheckReport, Gap, Reason, Result, Status, Suppression
from bot.domain.control import Control
from bot.domain.finding import Severity
from bot.errors import CommandError
from bot.i18n import Locale

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
S3_8 = frozenset({"S3.8"})
GAP = Gap("broken.yaml", 3, Reason("check.broken.syntax"))
HOSTILE = "a%0A::error::b\r\n\x00\x1b[31m,:\ud800<&\"'\u202e"


def a_result(number: int = 1, **changes: object) -> Result:
    """Make a result: S3.8 has failed on a bucket; another number is another bucket."""
    control = Control("S3.8", "S3 general purpose buckets should block public access", Severity.HIGH)
    result = Result(control, Status.FAILED, "app/template.yaml", 7, f"Bucket{number}", "AWS::S3::Bucket")
    return replace(result, **changes)  # type: ignore[arg-type]


def a_report(*results: Result, gaps: tuple[Gap, ...] = ()) -> CheckReport:
    """Make the report of one file."""
    return CheckReport(results, gaps, 1)


EVERY = (
    a_result(1),
    a_result(2, status=Status.UNKNOWN, reason=Reason("check.broken.syntax")),
    a_result(3, status=Status.SUPPRESSED, suppression=Suppression("cdk_nag", "accepted")),
    a_result(4, status=Status.PASSED),
)


class TestEvery:
    """Claims about every output."""

    @pytest.mark.parametrize("name", OUTPUTS)
    @pytest.mark.parametrize("locale", Locale)
    def test_nothing_found_is_an_output_too(self, name: str, locale: Locale) -> None:
        """A pipeline reads an empty document, or no line."""
        assert isinstance(OUTPUTS[name](a_report(), (), locale), str)

    @pytest.mark.parametrize("name", OUTPUTS)
    def test_unread_part_is_in_each_output(self, name: str) -> None:
        """No system takes an incomplete check for a clean one."""
        assert "broken.yaml" in OUTPUTS[name](a_report(gaps=(GAP,)), (), Locale.EN)

    @pytest.mark.parametrize("name", OUTPUTS)
    def test_hostile_names_leave_the_document_well_formed(self, name: str) -> None:
        """Names in a template are written by strangers."""
        result = a_result(logical_id=HOSTILE, file=f"{HOSTILE}.yaml", path=HOSTILE)

        text = OUTPUTS[name](a_report(result), (result,), Locale.EN).encode(errors="replace").decode()

        if name == "junit":
            ET.fromstring(text)  # noqa: S314 - our own text
        elif name == "annotations":
            assert 1 == text.count("\n")
            assert text.startswith("::error file=")
        else:
            json.loads(text)


class TestSarif:
    """SARIF."""

    @pytest.mark.parametrize("locale", Locale)
    def test_document_is_valid(self, locale: Locale) -> None:
        """OASIS's schema accepts every kind of result."""
        document = json.loads(sarif(a_report(*EVERY, gaps=(GAP,)), EVERY, locale))

        jsonschema.Draft4Validator(SCHEMA).validate(document)

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_document_is_valid_for_every_name(self, name: str, path: str) -> None:
        """Any text in a template."""
        result = a_result(logical_id=name, path=path)

        document = json.loads(sarif(a_report(result), (result,), Locale.EN))

        jsonschema.Draft4Validator(SCHEMA).validate(document)

    def test_only_failures_have_a_level(self) -> None:
        """An unknown result is to be reviewed; a suppressed one keeps its level, and is marked."""
        (run,) = json.loads(sarif(a_report(*EVERY), EVERY, Locale.EN))["runs"]

        assert ["error", "none", "error", "none"] == [each["level"] for each in run["results"]]
        assert ["fail", "review", "fail", "pass"] == [each["kind"] for each in run["results"]]
        assert [2] == [number for number, each in enumerate(run["results"]) if "suppressions" in each]

    def test_fingerprint_outlasts_a_move_of_lines(self) -> None:
        """GitHub knows the alert again; another bucket is another alert."""
        results = (a_result(1, line=7), a_result(1, line=70), a_result(2))

        (run,) = json.loads(sarif(a_report(*results), results, Locale.EN))["runs"]
        one, moved, other = (each["partialFingerprints"] for each in run["results"])

        assert one == moved
        assert one != other

    def test_results_above_githubs_limit_are_counted(self) -> None:
        """The first are kept, which are the most severe; a notification tells the number of the others."""
        results = tuple(a_result(number) for number in range(MOST_RESULTS + 7))

        (run,) = json.loads(sarif(a_report(*results), results, Locale.EN))["runs"]

        assert MOST_RESULTS == len(run["results"])
        (note,) = run["invocations"][0]["toolExecutionNotifications"]
        assert "7 more results" in note["message"]["text"]


class TestJunit:
    """JUnit XML."""

    def test_each_status_has_its_element(self) -> None:
        """FAILED is a failure; UNKNOWN and SUPPRESSED are skipped; an unread part is an error."""
        root = ET.fromstring(junit(a_report(*EVERY, gaps=(GAP,)), EVERY, Locale.EN))  # noqa: S314

        outcomes = [[child.tag for child in case] for case in root.iter("testcase")]
        assert [["error"], ["failure"], ["skipped"], ["skipped"], []] == outcomes

    def test_totals_are_those_of_the_cases(self) -> None:
        """Systems show them without counting."""
        root = ET.fromstring(junit(a_report(*EVERY, gaps=(GAP,)), EVERY, Locale.EN))  # noqa: S314

        totals = {name: int(root.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        assert {"tests": 5, "failures": 1, "errors": 1, "skipped": 2} == totals


class TestCodeQuality:
    """GitLab's report."""

    def test_fingerprints_are_unique(self) -> None:
        """GitLab drops the second of two entries with the same one."""
        results = (a_result(1), a_result(1, path="Rules[0]"), a_result(1, path="Rules[1]"), a_result(2))

        entries = json.loads(code_quality(a_report(*results), results, Locale.EN))

        assert 4 == len({entry["fingerprint"] for entry in entries})

    def test_path_is_relative_without_a_dot(self) -> None:
        """GitLab compares it with the paths of the repository."""
        result = a_result(file="./app/template.yaml")

        (entry,) = json.loads(code_quality(a_report(result), (result,), Locale.EN))

        assert "app/template.yaml" == entry["location"]["path"]

    def test_only_failures_are_listed(self) -> None:
        """A suppressed or unknown result is no issue of the code."""
        assert 1 == len(json.loads(code_quality(a_report(*EVERY), EVERY, Locale.EN)))


class TestAnnotations:
    """GitHub's annotations."""

    def test_most_severe_are_annotated_and_the_rest_counted(self) -> None:
        """GitHub shows ten of a step."""
        results = tuple(a_result(number) for number in range(MOST_SHOWN + 3))

        lines = github_annotations(a_report(*results), results, Locale.EN).splitlines()

        assert MOST_SHOWN + 1 == len(lines)
        assert "::notice::3 more results, which are less severe, are left out here." == lines[-1]

    def test_line_names_the_place(self) -> None:
        """File, line and control."""
        result = a_result()

        (line,) = github_annotations(a_report(result), (result,), Locale.EN).splitlines()

        assert line.startswith("::error file=app/template.yaml,line=7,title=S3.8 HIGH::Bucket1: ")


class TestBaseline:
    """Known failures."""

    def test_known_failures_do_not_fail(self, tmp_path: Path) -> None:
        """They are suppressed; a new one still fails."""
        file = tmp_path / "baseline.json"
        file.write_text(write_baseline([a_result(1, line=1)]), encoding="utf-8")

        report, vanished = accept_known(
            a_report(a_result(1, line=99), a_result(2)), read_baseline(str(file)), S3_8
        )

        assert {"Bucket1": Status.SUPPRESSED, "Bucket2": Status.FAILED} == {
            result.logical_id: result.status for result in report.results
        }
        assert () == vanished

    @pytest.mark.parametrize(
        ("results", "vanished_count"),
        [((), 1), ((a_result(status=Status.PASSED),), 1), ((a_result(status=Status.UNKNOWN),), 0)],
        ids=["gone", "passed", "unknown"],
    )
    def test_vanished_failure_is_told(self, results: tuple[Result, ...], vanished_count: int) -> None:
        """One that is not certain any more has not vanished."""
        other = a_result(9, status=Status.PASSED)

        _, vanished = accept_known(a_report(other, *results), frozenset({a_result().key}), S3_8)

        assert vanished_count == len(vanished)

    @pytest.mark.parametrize(
        ("gaps", "controls", "file"),
        [((), frozenset({"S3.9"}), ""), ((), S3_8, "other.yaml"), ((GAP,), S3_8, GAP.file)],
        ids=["another control", "another file", "unread"],
    )
    def test_failure_that_was_not_checked_has_not_vanished(
        self, gaps: tuple[Gap, ...], controls: frozenset[str], file: str
    ) -> None:
        """Only a run that looked for it can say that it is gone."""
        known = a_result(1, file=file or a_result().file)
        other = a_result(9, status=Status.PASSED, file=GAP.file if gaps else a_result().file)

        _, vanished = accept_known(a_report(other, gaps=gaps), frozenset({known.key}), controls)

        assert () == vanished

    def test_only_failures_are_written(self) -> None:
        """What passed or is not known is no known failure."""
        assert ["Bucket1"] == [one["logical_id"] for one in json.loads(write_baseline(EVERY))["known"]]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            '{"version": 2, "known": []}',
            '{"version": 1, "known": [{}]}',
            "[" * 100_000,
        ],
    )
    def test_other_file_is_refused(self, tmp_path: Path, text: str) -> None:
        """The error names the file."""
        file = tmp_path / "baseline.json"
        file.write_text(text, encoding="utf-8")

        with pytest.raises(CommandError):
            read_baseline(str(file))


class TestCommand:
    """The options of the command."""

    TEMPLATE = "Resources: {Bucket: {Type: AWS::S3::Bucket}}\n"

    @pytest.fixture(autouse=True)
    def _template(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("template.yaml").write_text(self.TEMPLATE, encoding="utf-8")

    def check(self, *arguments: str) -> int:
        """Run the command in English."""
        return cli.main(["check", "template.yaml", *arguments, "--locale", "en"])

    def test_baseline_makes_the_next_run_pass(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Written by one run, read by the next; then its rows vanish."""
        assert 1 == self.check("--write-baseline", "known.json")
        assert 0 == self.check("--baseline", "known.json")
        Path("template.yaml").write_text("Resources: {Logs: {Type: AWS::S3::Bucket}}\n", encoding="utf-8")
        capfd.readouterr()

        self.check("--baseline", "known.json", "--control", "S3.9")

        assert "S3.9 is gone" in capfd.readouterr().err

    @pytest.mark.parametrize("name", [name for name in OUTPUTS if name != "annotations"])
    def test_document_on_standard_output_is_alone(self, name: str, capfd: pytest.CaptureFixture[str]) -> None:
        """A pipe gets nothing but the document; the totals are on standard error."""
        assert 1 == self.check(f"--{name}", "-")

        captured = capfd.readouterr()
        ET.fromstring(captured.out) if name == "junit" else json.loads(captured.out)  # noqa: S314
        assert "failed" in captured.err

    @pytest.mark.parametrize("name", OUTPUTS)
    def test_output_goes_to_a_file(self, name: str) -> None:
        """Beside the lines for people."""
        self.check(f"--{name}", "output")

        assert "S3.9" in Path("output").read_text(encoding="utf-8")
