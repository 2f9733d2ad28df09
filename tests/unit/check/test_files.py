"""The files of a check: folders, and cloud assemblies of CDK."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path

import pytest

from bot.check.engine import check
from bot.check.files import find_sources
from tests.unit.check.templates import manifest

TEMPLATE = json.dumps({"Resources": {"T": {"Type": "AWS::DynamoDB::Table"}}})

NESTED = {
    "Type": "AWS::CloudFormation::Stack",
    "Metadata": {"aws:asset:path": "AppNested.nested.template.json"},
}


def write(folder: Path, **files: str) -> None:
    """Write files; two underscores in a name stand for a slash."""
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def names(folder: Path, others: Container[str] = ()) -> list[str]:
    """Return the names of the files of a folder that may be templates, below it, without some others."""
    found = (Path(source.name).relative_to(folder).as_posix() for source in find_sources([folder]))
    return [name for name in found if name not in others]


class TestAssembly:
    """`cdk.out`."""

    def test_manifest_names_the_templates(self, tmp_path: Path) -> None:
        """Stacks, nested stacks and stages are checked; former stacks and assets are not."""
        files = {
            "manifest.json": manifest(["App"], ["assembly-Prod"]),
            "cdk.out": "{}",
            "App.template.json": json.dumps({"Resources": {"S": NESTED}}),
            "AppNested.nested.template.json": TEMPLATE,
            "Former.template.json": TEMPLATE,
            "Former.nested.template.json": TEMPLATE,
            "asset.1__theirs.yaml": TEMPLATE,
            "assembly-Old__manifest.json": manifest(["Old"]),
            "assembly-Old__Old.template.json": TEMPLATE,
            "assembly-Prod__manifest.json": manifest(["Prod"]),
            "assembly-Prod__Prod.template.json": TEMPLATE,
        }
        write(tmp_path, **files)

        expected = ["App.template.json", "AppNested.nested.template.json", "assembly-Prod/Prod.template.json"]
        assert expected == names(tmp_path, {"Former.nested.template.json"})
        assert len(expected) == check([tmp_path], {}).file_count

    def test_missing_template_is_partial(self, tmp_path: Path) -> None:
        """A template that the manifest names and that is not there makes the check partial."""
        write(tmp_path, **{"manifest.json": manifest(["A", "B"]), "A.template.json": TEMPLATE})
        report = check([tmp_path], {})

        assert [("B.template.json", "check.broken.absent")] == [
            (Path(gap.file).name, gap.reason.key) for gap in report.gaps
        ]
        assert report.results

    def test_broken_manifest_is_partial(self, tmp_path: Path) -> None:
        """A cloud assembly whose manifest cannot be read is not clean."""
        write(tmp_path, **{"manifest.json": "{", "cdk.out": "{}", "A.template.json": TEMPLATE})

        assert ["check.broken.manifest"] == [gap.reason.key for gap in check([tmp_path], {}).gaps]

    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            ("cdk:cloud-assembly", {"directoryName": "assembly-Absent"}),
            ("cdk:cloud-assembly", {"directoryName": "../elsewhere"}),
            ("cdk:cloud-assembly", {}),
            ("aws:cloudformation:stack", {"templateFile": "sub/B.template.json"}),
            ("aws:cloudformation:stack", {"templateFile": "B.txt"}),
            ("aws:cloudformation:stack", {}),
        ],
    )
    def test_unusable_artifact_is_partial(
        self, tmp_path: Path, kind: str, properties: dict[str, str]
    ) -> None:
        """A stack or a stage that the manifest does not lead to makes the check partial."""
        document = json.loads(manifest(["A"]))
        document["artifacts"]["B"] = {"type": kind, "properties": properties}
        write(tmp_path, **{"manifest.json": json.dumps(document), "A.template.json": TEMPLATE})
        write(tmp_path, **{"sub__B.template.json": TEMPLATE, "B.txt": TEMPLATE})
        report = check([tmp_path], {})

        assert ["check.broken.artifact"] == [gap.reason.key for gap in report.gaps]
        assert report.results

    @pytest.mark.parametrize(
        ("name", "count"), [("N.nested.template.json", 0), ("M.nested.template.json", 1)]
    )
    def test_missing_nested_template_is_partial(self, tmp_path: Path, name: str, count: int) -> None:
        """A nested stack whose template is not in the assembly makes the check partial."""
        stack = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": name}}
        files = {
            "A.template.json": json.dumps({"Resources": {"S": stack}}),
            "N.nested.template.json": TEMPLATE,
        }
        write(tmp_path, **{"manifest.json": manifest(["A"]), **files})

        assert ["check.broken.artifact"] * count == [gap.reason.key for gap in check([tmp_path], {}).gaps]

    @pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "..", "a/b"])
    def test_manifest_names_no_file_elsewhere(self, tmp_path: Path, name: str) -> None:
        """A name that leads out of the assembly is told, and its file is not read."""
        text = manifest(["A"]).replace("A.template.json", name)
        write(tmp_path, **{"out__manifest.json": text, "secret": TEMPLATE, "out__x.yaml": TEMPLATE})

        assert ["manifest.json", "x.yaml"] == names(tmp_path / "out")
        assert b"" == next(find_sources([tmp_path / "out"])).content

    def test_manifest_of_another_tool_is_nothing(self, tmp_path: Path) -> None:
        """A manifest.json of a web application changes nothing."""
        write(tmp_path, **{"manifest.json": '{"name": "x"}', "A.template.json": TEMPLATE})

        assert ["A.template.json"] == names(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "AWSTemplateFormatVersion: '2010-09-09'\nResource: {T: {Type: AWS::DynamoDB::Table}}\n",
        "AWSTemplateFormatVersion: '2010-09-09'\nResources: [{Type: AWS::DynamoDB::Table}]\n",
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n",
        "Transform:\n  - AWS::LanguageExtensions\n",
    ],
)
def test_template_without_resources_is_partial(tmp_path: Path, text: str) -> None:
    """A file that says that it is a template is not passed over if its resources cannot be read."""
    write(tmp_path, **{"a.yaml": text, "b.json": TEMPLATE})

    assert ["check.broken.resources"] == [gap.reason.key for gap in check([tmp_path], {}).gaps]


def test_large_folder_is_searched_once(tmp_path: Path) -> None:
    """A folder of many files has the results of its templates, and no more."""
    for number in range(2_000):
        (tmp_path / f"{number}.json").write_text('{"a": 1}', encoding="utf-8")
    write(tmp_path, **{"a.yaml": TEMPLATE, "b__c.yml": TEMPLATE})

    assert 2 == check([tmp_path, tmp_path], {}).file_count
