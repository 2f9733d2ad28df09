"""The controls of tags."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from bot import cli
from bot.check.engine import judge_template, rules_by_type
from bot.check.rule import Property, Rule
from bot.check.rules import RULES
from bot.check.rules.tagging import tagging_rules
from bot.check.template import Template
from bot.domain.check_result import Status
from tests.unit.check.cases import PARAMETER, Case, at, document_of

TAGS = [{"Key": "owner", "Value": "data"}]


def status(rule: Rule, properties: object) -> Status:
    """Judge a resource by a rule."""
    (kind,) = rule.types
    template = Template("t", document_of(kind, Case("", properties)), {})
    (found,) = [each for each in judge_template(template, rules_by_type([rule])) if each.logical_id == "R"]
    return found.status


@pytest.mark.parametrize("rule", tagging_rules(), ids=lambda rule: rule.control)
def test_tag_of_the_template_counts(rule: Rule) -> None:
    """A tag passes, none fails, and tags that are only known at deployment are unknown."""
    assert isinstance(rule.test, Property)
    path = rule.test.path

    assert Status.PASSED is status(rule, at(path, TAGS, None))
    assert Status.PASSED is status(rule, at(path, at("owner", "data", None), None))
    assert Status.FAILED is status(rule, at(path, [], None))
    assert Status.FAILED is status(rule, None)
    assert Status.UNKNOWN is status(rule, at(path, PARAMETER, None))


@pytest.mark.parametrize("rule", tagging_rules(), ids=lambda rule: rule.control)
def test_property_is_in_the_schema(rule: Rule) -> None:
    """The type is one of CloudFormation's, and has the property."""
    assert isinstance(rule.test, Property)
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", rule.types[0]).schema

    assert rule.test.path.partition(".")[0] in schema["properties"]


def test_tags_are_judged_if_they_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A check without --control says nothing of tags; one that names the control says what does not count."""
    path = tmp_path / "t.yaml"
    path.write_text("Resources: {S: {Type: AWS::EC2::Subnet}}\n", encoding="utf-8")

    assert 0 == cli.main(["check", str(path), "--locale", "en"])
    assert 1 == cli.main(["check", str(path), "--control", "EC2.44", "--locale", "en"])

    assert "(the tags of the stack, which a deployment may add, do not count here)" in capsys.readouterr().out


def test_no_control_has_two_rules() -> None:
    """A control of tags has no other rule."""
    assert {rule.control for rule in tagging_rules()}.isdisjoint({rule.control for rule in RULES})
