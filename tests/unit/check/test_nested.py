"""Nested stacks: templates that other templates deploy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.check.engine import check
from bot.domain.check_result import CheckReport
from tests.unit.check.templates import manifest

CHILD = """\
Parameters: {Protect: {Type: String, Default: "true"}}
Resources:
  Table: {Type: AWS::DynamoDB::Table, Properties: {DeletionProtectionEnabled: !Ref Protect}}
"""

HASH = "a" * 64


def parent(*parameters: str, url: str = "child.yaml", kind: str = "AWS::CloudFormation::Stack") -> str:
    """Write a template with a nested stack for each value of Parameters."""
    place = "Location" if "Serverless" in kind else "TemplateURL"
    stacks = "".join(
        f"  Stack{at}: {{Type: '{kind}', Properties: {{{place}: {url}, Parameters: {given}}}}}\n"
        for at, given in enumerate(parameters)
    )
    sections = (
        "Parameters: {P: {Type: String}, D: {Type: String, Default: 'false'}}\n"
        "Transform: AWS::Serverless-2016-10-31\n"
        "Conditions: {Maybe: !Equals [!Ref P, a], No: !Equals [a, b]}\n"
    )
    return f"{sections}Resources:\n{stacks}"


def write(folder: Path, **files: str) -> None:
    """Write files; `child` and `main` are templates in YAML."""
    for name, text in files.items():
        path = folder / (f"{name}.yaml" if "." not in name else name)
        path.write_text(text, encoding="utf-8")


def verdict(report: CheckReport) -> tuple[str, tuple[str, str] | None] | None:
    """Return the status of DynamoDB.6, and its reason."""
    found = [each for each in report.results if each.control.id == "DynamoDB.6"]
    return (str(found[0].status), found[0].reason) if found else None


@pytest.mark.parametrize("kind", ["AWS::CloudFormation::Stack", "AWS::Serverless::Application"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{}", ("PASSED", None)),
        ("{Protect: true}", ("PASSED", None)),
        ("{Protect: false}", ("FAILED", None)),
        ("{Protect: !Ref D}", ("FAILED", ("check.why.default", "D"))),
        ("{Protect: !Ref P}", ("UNKNOWN", ("check.why.parameter", "P"))),
        ("{Protect: !Ref AWS::StackName}", ("UNKNOWN", ("check.why.parameter", "Protect"))),
    ],
)
def test_parent_gives_the_values(
    tmp_path: Path, kind: str, given: str, expected: tuple[str, tuple[str, str] | None]
) -> None:
    """The value that the parent gives counts, and not the default of the nested template."""
    write(tmp_path, child=CHILD, main=parent(given, kind=kind))
    report = check([tmp_path], {})

    assert expected == verdict(report)
    assert () == report.gaps + report.notices


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["{Protect: false}", "{Protect: false}"], "FAILED"),
        (["{Protect: false}", "{Protect: true}"], "UNKNOWN"),
        (["{Protect: false}", "{}"], "UNKNOWN"),
        (["!If [Maybe, {Protect: false}, {}]"], "UNKNOWN"),
        (["!If [Maybe, {Protect: false}, {Protect: 'false'}]"], "FAILED"),
        (["{Fn::Transform: {Name: x}}"], "UNKNOWN"),
    ],
)
def test_stacks_that_differ_leave_it_unknown(tmp_path: Path, given: list[str], expected: str) -> None:
    """A template that is deployed several times fails if it fails each time."""
    write(tmp_path, child=CHILD, main=parent(*given))

    found = verdict(check([tmp_path], {}))

    assert found
    assert expected == found[0]


@pytest.mark.parametrize(("condition", "expected"), [("No", None), ("Maybe", "UNKNOWN")])
def test_stack_that_may_not_exist_fails_nothing(tmp_path: Path, condition: str, expected: str | None) -> None:
    """The template of a stack whose condition is false is not deployed, and one in doubt does not fail."""
    text = parent("{Protect: false}").replace("Properties:", f"Condition: {condition}, Properties:")
    write(tmp_path, child=CHILD, main=text)

    found = verdict(check([tmp_path], {}))

    assert expected == (found[0] if found else None)


def test_values_go_through_two_levels(tmp_path: Path) -> None:
    """A value that the outermost template gives reaches the innermost one."""
    middle = """\
Parameters: {D: {Type: String, Default: "true"}}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./child.yaml, Parameters: {Protect: !Ref D}}
"""
    write(tmp_path, child=CHILD, middle=middle, zmain=parent("{D: false}", url="middle.yaml"))

    assert ("FAILED", None) == verdict(check([tmp_path], {}))


def test_circle_of_stacks_ends(tmp_path: Path) -> None:
    """Templates that deploy one another are read once each."""
    write(
        tmp_path, a=parent("{}", url="b.yaml") + CHILD[CHILD.index("  Table") :], b=parent("{}", url="a.yaml")
    )

    assert 2 == check([tmp_path], {}).file_count


@pytest.mark.parametrize("url", ["https://s3.amazonaws.com/b/x.yaml", "other.yaml", "!Ref P", "../../x.yaml"])
def test_stack_of_another_file_is_told(tmp_path: Path, url: str) -> None:
    """A nested stack whose template is not among the files is told as not checked."""
    write(tmp_path, main=parent("{}", url=url))

    assert [("check.nested", "Stack0", 5)] == [
        (*notice.reason, notice.line) for notice in check([tmp_path], {}).notices
    ]


class TestAssembly:
    """`cdk.out`."""

    @pytest.mark.parametrize(
        "place",
        [
            {"Metadata": {"aws:asset:path": "N.nested.template.json"}},
            {"Properties": {"TemplateURL": {"Fn::Sub": f"https://s3.${{AWS::URLSuffix}}/b/{HASH}.json"}}},
        ],
    )
    def test_metadata_or_hash_leads_to_the_template(self, tmp_path: Path, place: dict[str, object]) -> None:
        """The CDK CLI names the file in the metadata; without it, the manifest of the assets has its hash."""
        properties = {"Parameters": {"Protect": "false"}, **place.get("Properties", {})}  # type: ignore[dict-item]
        stack = {"Type": "AWS::CloudFormation::Stack", **place, "Properties": properties}
        assets = {"files": {HASH: {"source": {"path": "N.nested.template.json"}}}}
        write(
            tmp_path,
            **{
                "manifest.json": manifest(["A"]),
                "A.template.json": json.dumps({"Resources": {"S": stack}}),
                "A.assets.json": json.dumps(assets),
                "N.nested.template.json": CHILD,
                "Former.nested.template.json": CHILD.replace('"true"', "false"),
            },
        )
        report = check([tmp_path], {})

        assert ("FAILED", None) == verdict(report)
        assert 2 == report.file_count

    def test_nested_template_is_checked_if_nothing_leads_to_it(self, tmp_path: Path) -> None:
        """A nested template is not left out as a former one where a stack's template is not known."""
        write(
            tmp_path,
            **{
                "manifest.json": manifest(["A"]),
                "A.template.json": parent("{}", url="!Ref P"),
                "N.nested.template.json": CHILD,
            },
        )

        assert ("PASSED", None) == verdict(check([tmp_path], {}))
