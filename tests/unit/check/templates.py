"""Templates for the tests of the check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from textwrap import dedent

from bot.check.document import parse
from bot.check.engine import judge_template, rules_by_type
from bot.check.rules import RULES
from bot.check.template import Template
from bot.domain.check_result import Result

BY_TYPE = rules_by_type(RULES)


def a_template(text: str, overrides: Mapping[str, str] = {}) -> Template:
    """Read a template."""
    return Template("template.yaml", parse(dedent(text)), overrides)


def results_of(text: str, overrides: Mapping[str, str] = {}) -> list[Result]:
    """Judge the resources of a template by all rules."""
    return list(judge_template(a_template(text, overrides), BY_TYPE))


def statuses_of(text: str, control: str, overrides: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the status of each resource for one control, by logical ID."""
    found = results_of(text, overrides)
    return {each.logical_id: str(each.status) for each in found if each.control.id == control}


def manifest(stacks: list[str], folders: list[str] | None = None) -> str:
    """Write the manifest of a cloud assembly."""
    artifacts: dict[str, object] = {
        name: {"type": "aws:cloudformation:stack", "properties": {"templateFile": f"{name}.template.json"}}
        for name in stacks
    }
    for name in folders or []:
        artifacts[name] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": name}}
    return json.dumps({"version": "55.0.0", "artifacts": artifacts})
