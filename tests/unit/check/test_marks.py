"""Suppressions in templates."""

from __future__ import annotations

import base64
import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.check.engine import check
from bot.check.rules import RULES
from bot.domain.check_result import CheckReport, Status, Suppression

Checked = Callable[..., CheckReport]

TODAY = date(2027, 1, 31)

LINE = 5
"""The line of the mark in the template."""


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Return a function that checks a bucket with some metadata for S3.9."""

    def run(
        metadata: str,
        *,
        of_template: str = "",
        foreign_marks: bool = True,
        controls: Sequence[str] = ("S3.9",),
    ) -> CheckReport:
        path = tmp_path / "t.yaml"
        path.write_text(
            f"Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n    Metadata:\n      {metadata}\n"
            f"Metadata: {of_template or '{}'}\n",
            encoding="utf-8",
        )
        rules = [rule for rule in RULES if rule.control in controls]
        return check([path], {}, rules, today=TODAY, foreign_marks=foreign_marks)

    return run


def own(entry: str) -> str:
    """Write a mark of the bot's own."""
    return f"sechub-bot: {{suppress: [{entry}]}}"


class TestOwn:
    """The bot's own marks."""

    @pytest.mark.parametrize("until", ["", ", until: 2027-01-31"])
    def test_mark_suppresses(self, checked: Checked, until: str) -> None:
        """A mark with a reason suppresses the control on its resource, to the end of its last day."""
        report = checked(own(f"{{control: s3.9, reason: only logs{until}}}"))
        (found,) = report.results

        assert (Status.SUPPRESSED, Suppression("sechub-bot", "only logs")) == (
            found.status,
            found.suppression,
        )
        assert () == report.notices

    def test_mark_of_the_template_counts_for_all_resources(self, checked: Checked) -> None:
        """A mark in the Metadata of the template is about each of its resources."""
        report = checked("{}", of_template="{" + own("{control: S3.9, reason: x}") + "}")

        assert [Status.SUPPRESSED] == [each.status for each in report.results]

    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ("{control: S3.9}", "no-reason"),
            ("{control: S3.9, reason: ' '}", "no-reason"),
            ("{control: S3, reason: x}", "no-control"),
            ("{control: S3.9, reason: x, until: tomorrow}", "no-date"),
            ("{control: S3.9, reason: x, until: 2027-01-30}", "ended"),
            ("{control: S3.8, reason: x}", "useless"),
            ("S3.9", "form"),
            ("[S3.9]", "form"),
        ],
    )
    def test_mark_that_does_not_count_is_told(self, checked: Checked, entry: str, reason: str) -> None:
        """An incomplete mark, an ended one and one for nothing are told, with their line."""
        report = checked(own(entry), controls=("S3.8", "S3.9"))

        assert [(f"check.mark.{reason}", LINE)] == [(each.reason.key, each.line) for each in report.notices]
        assert "FAILED" in {each.status for each in report.results}

    @pytest.mark.parametrize(
        "metadata", ["sechub-bot: S3.9", "sechub-bot: [S3.9]", "sechub-bot: {suppress: S3.9}"]
    )
    def test_mark_of_another_form_is_told(self, checked: Checked, metadata: str) -> None:
        """A mark that is no mapping is not passed over, wherever it stands."""
        report = checked(metadata)

        assert ["check.mark.form"] == [each.reason.key for each in report.notices]
        assert [Status.FAILED] == [each.status for each in report.results]

    @pytest.mark.parametrize(("control", "notices"), [("Lambda.2", []), ("Lambda.5", ["check.mark.useless"])])
    def test_mark_of_sam_is_one_mark(self, tmp_path: Path, control: str, notices: list[str]) -> None:
        """A mark on a resource of SAM counts for each that is made of it, and is told once if for none."""
        path = tmp_path / "t.yaml"
        path.write_text(
            f"""\
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Function:
                Type: AWS::Serverless::Function
                Metadata: {{sechub-bot: {{suppress: [{{control: {control}, reason: x}}]}}}}
                Properties: {{InlineCode: x, Handler: a.b, Runtime: python3.8}}
            """
        )

        assert notices == [each.reason.key for each in check([path], {}).notices]

    def test_mark_of_a_control_that_was_not_checked_is_not_told(self, checked: Checked) -> None:
        """If only some controls are checked, the marks of others say nothing."""
        assert () == checked(own("{control: S3.8, reason: x}")).notices


FOREIGN = [
    ("cdk_nag: {rules_to_suppress: [{id: AwsSolutions-S1, reason: only logs here}]}", "cdk_nag"),
    ("cfn_nag: {rules_to_suppress: [{id: W35, reason: only logs here}]}", "cfn_nag"),
    ("checkov: {skip: [{id: CKV_AWS_18, comment: only logs here}]}", "checkov"),
    ("guard: {SuppressedRules: [S3_BUCKET_LOGGING_ENABLED]}", "guard"),
]


class TestForeign:
    """The marks of other tools."""

    @pytest.mark.parametrize(("metadata", "origin"), FOREIGN)
    def test_mark_suppresses_the_control_of_its_rule(
        self, checked: Checked, metadata: str, origin: str
    ) -> None:
        """A mark of another tool suppresses the control that its rule is about, with its reason."""
        (found,) = checked(metadata).results

        assert Status.SUPPRESSED is found.status
        assert Suppression(origin, "" if origin == "guard" else "only logs here") == found.suppression

    @pytest.mark.parametrize(("metadata", "origin"), FOREIGN)
    def test_mark_is_ignored_on_request(self, checked: Checked, metadata: str, origin: str) -> None:
        """They do not count if the requester says so."""
        report = checked(metadata, foreign_marks=False)

        assert [Status.FAILED] == [each.status for each in report.results], origin

    def test_encoded_reason_is_decoded(self, checked: Checked) -> None:
        """A reason that cdk-nag has encoded is shown as it was written."""
        text = base64.b64encode("ログのみ".encode()).decode()
        entry = f"{{id: AwsSolutions-S1, reason: {text}, is_reason_encoded: true}}"
        (found,) = checked(f"cdk_nag: {{rules_to_suppress: [{entry}]}}").results

        assert Suppression("cdk_nag", "ログのみ") == found.suppression

    def test_mark_of_a_rule_without_control_is_not_told(self, checked: Checked) -> None:
        """A mark for a rule that stands for no control is the other tool's own business."""
        assert () == checked("cfn_nag: {rules_to_suppress: [{id: W99, reason: x}]}").notices

    @pytest.mark.parametrize(
        "metadata",
        ["cdk_nag: [1]", "cfn_nag: {rules_to_suppress: x}", "guard: {SuppressedRules: [{a: b}]}", "[]"],
    )
    def test_odd_mark_is_no_fault(self, checked: Checked, metadata: str) -> None:
        """Metadata of any other form is passed over."""
        assert [Status.FAILED] == [each.status for each in checked(metadata).results]


def test_table_names_controls_that_have_rules() -> None:
    """Each control of the table of other tools' rules is one that can be checked."""
    with Path("bot/check/suppressed_rules.csv").open(encoding="utf-8") as file:
        controls = {row["control"] for row in csv.DictReader(file)}

    assert controls <= {rule.control for rule in RULES}
