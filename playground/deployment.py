"""What manifest.yml and template.yaml deploy, as the local world has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

from playground.cloud.custom_action import CustomAction, Rule
from playground.cloud.schedule import Schedule

ROOT = Path(__file__).resolve().parent.parent

ACCOUNT = "123456789012"
"""The account whose credentials moto takes any credentials for."""
REGION = "ap-northeast-1"


# Each is read once in a process: a test's world would otherwise be half YAML.
@cache
def manifest() -> Mapping[str, Any]:
    """Read the Slack app's manifest."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return document


@cache
def template() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Read the resources of template.yaml, and the defaults of its parameters."""
    document = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    defaults = {name: parameter.get("Default") for name, parameter in document["Parameters"].items()}
    return document["Resources"], defaults


def send_to_slack() -> tuple[CustomAction, Rule]:
    """Make the custom action as the README does, and read its rule of template.yaml."""
    resources, default = template()
    rule = resources["CustomActionRule"]["Properties"]
    values = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, **default}
    pattern = dict(rule["EventPattern"])
    pattern["resources"] = [_substituted(arn["Fn::Sub"], values) for arn in pattern["resources"]]
    action = CustomAction(default["CustomActionId"], "Send to Slack", ACCOUNT, REGION)
    return action, Rule(pattern, _function_of(resources, rule["Targets"][0]))


def _function_of(resources: Mapping[str, Any], target: Mapping[str, Any]) -> str:
    """Name the function that a target's alias is of."""
    return str(resources[target["Arn"]["Ref"]]["Properties"]["FunctionName"]["Ref"])


def _substituted(text: str, values: Mapping[str, Any]) -> str:
    return re.sub(r"\$\{([\w:]+)\}", lambda match: str(values[match[1]]), text)


def schedule_named(name: str) -> Schedule:
    """Read the schedule of template.yaml, with the defaults of its parameters."""
    resources, default = template()
    schedule = resources[name]["Properties"]
    return Schedule(
        name=name,
        group="sechub-bot-Schedules",
        account_id=ACCOUNT,
        region=REGION,
        expression=default[schedule["ScheduleExpression"]["Ref"]],
        time_zone=default[schedule["ScheduleExpressionTimezone"]["Ref"]],
        function=_function_of(resources, schedule["Target"]),
        input=schedule["Target"]["Input"],
    )
