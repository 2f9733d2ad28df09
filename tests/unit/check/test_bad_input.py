"""Bad input: what people read of each, and the exit code. Nothing of it is clean by mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import cli
from tests.unit.check.templates import manifest

TABLE = "Resources: {T: {Type: AWS::DynamoDB::Table}}\n"

BOMB = "\n".join(
    [
        "AWSTemplateFormatVersion: '2010-09-09'",
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)),
        TABLE,
    ]
)

FIVE_MEGABYTES = f"# {'x' * 98}\n" * 25_000 + TABLE + "Metadata:\n" + f"  - {'x' * 95}\n" * 25_000

FAILED = "DynamoDB.6         FAILED     t.yaml:{line}  {name} DeletionProtectionEnabled"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Check for one control in English; return the exit code, and all that was written."""
    code = cli.main(["check", *arguments, "--control", "DynamoDB.6", "--locale", "en"])
    out, err = capsys.readouterr()
    return code, out + err


MACRO = "the macro Fn::Transform can add and change resources"
SYNTAX = "no valid YAML or JSON: "


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (BOMB, 7, "the file has too many values, those of aliases counted"),
        ("Resources: &r\n  T: {Properties: *r}\n", 2, "the alias r has no anchor before it"),
        ("Resources:\n\tT: {Type: A}\n", 2, "the line is indented by a tab, and YAML takes spaces only"),
        (TABLE + "Resources: {}\n", 2, "the key Resources is there twice"),
        ('{"Resources": {\n "T": {"Type": "AWS::X::Y"},\n "T": {}}}', 3, "the key T is there twice"),
        (TABLE + "Fn::Transform: {Name: AWS::Include}\n", 2, MACRO),
        ("Resources:\n  Fn::Transform: {Name: AWS::Include}\n  T: {Type: AWS::X::Y}\n", 2, MACRO),
        (TABLE + "---\n" + TABLE, 2, "the file has more than one YAML document"),
        ("# 試験\n".encode("cp932") + TABLE.encode(), 1, "the file is neither UTF-8 nor UTF-16"),
        (TABLE.encode("utf-16-le"), 1, f"{SYNTAX}control characters are not allowed"),
        (b" " * 20_000_001, 1, "the file is too large"),
        ("[" * 101 + TABLE, 1, "the values are nested too deeply"),
        ("Resources: {T: {Type: AWS::X::Y}", 2, f"{SYNTAX}did not find expected ',' or '}}'"),
        ("Resources: {[a]: b, T: {Type: AWS::X::Y}}", 1, "a key is not a text"),
        (
            TABLE.replace("Table}", "Table, Properties: [1]}"),
            1,
            "the resource T has no type, or no valid properties",
        ),
    ],
)
def test_input_that_cannot_be_read_is_told_with_its_line(
    capsys: pytest.CaptureFixture[str], content: str | bytes, line: int, reason: str
) -> None:
    """The file, the line and the reason are there, and the exit code is 5, also with --fail-on never."""
    Path("t.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())

    code, text = run(capsys, "t.yaml", "--fail-on", "never")

    assert 5 == code
    assert f"⚠️ Incomplete: t.yaml:{line} — {reason}\n" in text


@pytest.mark.parametrize(
    ("content", "line", "name"),
    [
        (TABLE.encode("utf-8-sig"), 1, "T"),
        (TABLE.encode("utf-16"), 1, "T"),
        (b"Resources: {1: {Type: AWS::DynamoDB::Table}}", 1, "1"),
        (b"Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties: null\n", 2, "T"),
        (b'{"Resources":\t{"T":\t{"Type":\t"AWS::DynamoDB::Table",\t"Properties":\tnull}}}', 1, "T"),
        (FIVE_MEGABYTES.encode(), 25_001, "T"),
    ],
    ids=["BOM", "UTF-16", "named 1", "null", "tabs in JSON", "5 MB"],
)
def test_odd_input_is_checked(
    capsys: pytest.CaptureFixture[str], content: bytes, line: int, name: str
) -> None:
    """What CloudFormation takes is checked, however odd it is."""
    Path("t.yaml").write_bytes(content)

    code, text = run(capsys, "t.yaml")

    assert 1 == code
    assert FAILED.format(line=line, name=name) in text


def test_circle_ends_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """Conditions and resources that lead to one another leave the control unknown."""
    conditions = "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\n"
    properties = "{DeletionProtectionEnabled: !If [A, true, false], TableName: !Ref U}"
    others = "U: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref T}}"
    Path("t.yaml").write_text(
        f"{conditions}Resources: {{T: {{Type: AWS::DynamoDB::Table, Properties: {properties}}}, {others}}}\n"
    )

    code, text = run(capsys, "t.yaml")

    assert 0 == code
    assert "(the condition A cannot be decided)" in text


NO_TEMPLATE = "{name} is no CloudFormation template: it has no Resources."
TERRAFORM = "{name} is of Terraform, which is not checked: name CloudFormation or SAM templates."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("openapi.yaml", "openapi: 3.0.0\npaths: {}\n", NO_TEMPLATE),
        ("arm.json", '{"$schema": "x", "resources": [{"type": "a"}]}', NO_TEMPLATE),
        ("compose.yml", "services: {web: {image: x}}\n", NO_TEMPLATE),
        ("main.tf", 'resource "aws_s3_bucket" "b" {}\n', TERRAFORM),
    ],
)
def test_template_of_another_tool_is_named(
    capsys: pytest.CaptureFixture[str], name: str, content: str, message: str
) -> None:
    """A named file of another tool is refused by its name; in a folder it is passed over."""
    Path(name).write_text(content)

    assert (2, f"{message.format(name=name)}\n") == run(capsys, name)

    Path("t.yaml").write_text(TABLE)
    assert 1 == run(capsys, ".")[0]


def test_folder_of_ten_thousand_files_is_searched(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of many files that are no templates has the results of the one that is."""
    for number in range(10_000):
        Path(f"{number}.json").write_bytes(b'{"AWS::": 1}')
    Path("t.yaml").write_text(TABLE)

    code, text = run(capsys, ".")

    assert 1 == code
    assert text.endswith("1 failed, 0 unknown, 0 suppressed, 0 passed in 1 template\n")


def test_report_with_formulas_and_newlines_is_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Cells of a report of cdk-nag, however written, begin no line and no formula."""
    cells = [
        '"AwsSolutions-S1"',
        '"=cmd()\n::error::x"',
        '"Suppressed"',
        '"=1+1\n\x1b[2J"',
        '"Error"',
        '"Info"',
    ]
    header = "Rule ID,Resource ID,Compliance,Exception Reason,Rule Level,Rule Info"
    Path("AwsSolutions--App-NagReport.csv").write_text(f"{header}\n{','.join(cells)}\n")

    cli.main(["check", "AwsSolutions--App-NagReport.csv", "--locale", "en"])
    first, *rest = capsys.readouterr().out.splitlines()

    assert "S3.9               SUPPRESSED AwsSolutions--App-NagReport.csv:4" in first
    assert 1 == len(rest)
    assert "\x1b" not in first


def test_assembly_without_a_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A cloud assembly whose template, nested template or stage is missing is incomplete."""
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "N.nested.template.json"}}
    folder = Path("cdk.out")
    folder.mkdir()
    (folder / "manifest.json").write_text(manifest(["App", "Gone"], ["assembly-Prod"]))
    (folder / "App.template.json").write_text(json.dumps({"Resources": {"Nested": nested}}))

    code, text = run(capsys, "cdk.out")

    assert 5 == code
    absent = "the template or folder of {}, which the cloud assembly names, is not there or cannot be read"
    assert [
        absent.format("Nested"),
        "the file is not there, or cannot be read",
        absent.format("assembly-Prod"),
    ] == [line.partition("— ")[2] for line in text.splitlines() if "Incomplete" in line]
