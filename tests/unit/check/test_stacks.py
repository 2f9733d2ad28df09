"""The stacks of the checked templates, and the lines of their resources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.check.engine import check
from bot.domain.check_result import CheckedStack

TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Conditions:
  Never: !Equals [a, b]
Resources:
  Logs:
    Type: AWS::S3::Bucket
  Absent:
    Type: AWS::S3::Bucket
    Condition: Never
  Queue:
    Type: AWS::SQS::Queue
"""
SERVERLESS = """Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      Handler: index.handler
      Runtime: python3.13
"""
LINES = {"Logs": 5, "Queue": 10}


def stacks_of(folder: Path, name: str = "") -> list[CheckedStack]:
    """Check a folder; return the stacks, with their files below it."""
    report = check([folder], {}, stack_name=name)
    return [
        stack._replace(file=Path(stack.file).relative_to(folder).as_posix(), lines=dict(stack.lines))
        for stack in report.stacks
    ]


def write_assembly(folder: Path, artifact: str, **properties: object) -> None:
    """Write a cloud assembly of one stack."""
    folder.mkdir(parents=True, exist_ok=True)
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "App.template.json", **properties},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {artifact: stack}}))
    (folder / "cdk.out").write_text("{}")
    (folder / "App.template.json").write_text(TEMPLATE)
    (folder / "AppNested.nested.template.json").write_text(TEMPLATE)


class TestNames:
    """The name of a stack."""

    def test_unnamed_template_has_no_stack(self, tmp_path: Path) -> None:
        """Nobody knows as which stack a template is deployed unless it is said."""
        (tmp_path / "network.yaml").write_text(TEMPLATE)

        assert [] == stacks_of(tmp_path)

    def test_given_name_is_of_every_template(self, tmp_path: Path) -> None:
        """Resources have their lines, and one whose condition is false has none."""
        (tmp_path / "network.yaml").write_text(TEMPLATE)

        assert [CheckedStack("net-1", "network.yaml", LINES)] == stacks_of(tmp_path, "net-1")

    @pytest.mark.parametrize("properties", [{}, {"stackName": ""}, {"stackName": None}])
    def test_stack_of_cdk_has_the_name_of_its_artifact(
        self, tmp_path: Path, properties: dict[str, object]
    ) -> None:
        """Without a name of its own; a nested stack is deployed under a name that nobody knows before."""
        write_assembly(tmp_path, "App", **properties)

        expected = CheckedStack("App", "App.template.json", LINES, is_synthesized=True)
        assert [expected] == stacks_of(tmp_path, "given")

    def test_stack_of_a_stage_has_its_own_name(self, tmp_path: Path) -> None:
        """The manifest of the stage has it."""
        write_assembly(tmp_path / "cdk.out", "DevApp1234", stackName="Dev-App")

        assert ["Dev-App"] == [stack.name for stack in stacks_of(tmp_path)]

    @pytest.mark.parametrize("name", ["", "1st", "with space", "x" * 129, "a/b", "名前"])
    def test_name_that_no_stack_can_have_is_none(self, tmp_path: Path, name: str) -> None:
        """What a manifest says is hostile."""
        write_assembly(tmp_path, name, stackName=name)

        assert [] == stacks_of(tmp_path)


class TestSam:
    """SAM's configuration."""

    @pytest.mark.parametrize(
        ("config", "name"),
        [
            (b'[default.deploy.parameters]\nstack_name = "shop"', "shop"),
            (b'[default.global.parameters]\nstack_name = "all"', "all"),
            (
                b'default.global.parameters.stack_name="a"\ndefault.deploy.parameters.stack_name="one"',
                "one",
            ),
            (b'[prod.deploy.parameters]\nstack_name = "prod"', ""),
            (b"[default.deploy.parameters]\nstack_name = 7", ""),
            (b"default = 1", ""),
            (b"no toml", ""),
            (b"\xff\x00", ""),
            (b"a = " + b"[" * 5000, ""),
        ],
    )
    def test_configuration_names_the_stack(self, tmp_path: Path, config: bytes, name: str) -> None:
        """As `sam deploy` reads it for its default environment."""
        (tmp_path / "template.yaml").write_text(TEMPLATE)
        (tmp_path / "samconfig.toml").write_bytes(config)

        assert ([name] if name else []) == [stack.name for stack in stacks_of(tmp_path)]

    def test_given_name_wins(self, tmp_path: Path) -> None:
        """A pipeline may deploy the template under several names."""
        (tmp_path / "template.yaml").write_text(TEMPLATE)
        (tmp_path / "samconfig.toml").write_text("[default.deploy.parameters]\nstack_name = 'shop'")

        assert ["shop-prod"] == [stack.name for stack in stacks_of(tmp_path, "shop-prod")]

    def test_configuration_is_of_the_template_that_sam_deploys(self, tmp_path: Path) -> None:
        """Other templates of the folder are not in that stack."""
        (tmp_path / "template.yml").write_text(TEMPLATE)
        (tmp_path / "network.yaml").write_text(TEMPLATE)
        (tmp_path / "samconfig.toml").write_text("[default.deploy.parameters]\nstack_name = 'shop'")

        assert ["template.yml"] == [stack.file for stack in stacks_of(tmp_path)]

    def test_resource_that_sam_makes_has_the_line_of_its_source(self, tmp_path: Path) -> None:
        """The role that SAM makes for a function."""
        (tmp_path / "template.yaml").write_text(SERVERLESS)

        (stack,) = stacks_of(tmp_path, "shop")
        assert {"Hello": 3, "HelloRole": 3} == stack.lines
