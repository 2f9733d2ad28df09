"""The deployment of manifest.yml and template.yaml in the local world."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse

from playground.cloud.custom_action import CustomAction, Rule
from playground.cloud.roles import Role
from playground.cloud.schedule import Schedule
from playground.stack import Stack

ROOT = Path(__file__).resolve().parent.parent

ACCOUNT = "123456789012"
"""The account whose credentials moto takes any credentials for."""
REGION = "ap-northeast-1"
BUCKET = "sechub-bot-reports"
CHANNEL = "C0SECURITY"
"""Where the scheduled report goes."""
CONTROLS = "S3.1,S3.8,IAM.1,EC2.19"
"""Its controls."""

GROUP = "sechub-bot-Schedules"
"""Of the schedules."""

ARNS = {
    "AWS::Events::Rule": "arn:aws:events:{region}:{account}:rule/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::Scheduler::Schedule": f"arn:aws:scheduler:{{region}}:{{account}}:schedule/{GROUP}/{{name}}",
    "AWS::Serverless::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
}
"""Resource type to the form of its GetAtt Arn. Source: AWS's service authorization reference."""

ALIAS = "arn:aws:lambda:{region}:{account}:function:{name}:live"

STACK = "sechub-bot"
"""The stack's name, as in samconfig.toml."""

NAMES = {
    "CheckRule": f"{STACK}-check",
    "CustomActionRule": f"{STACK}-custom-action",
    "ExpirySchedule": "expiry",
    "ReportBucket": BUCKET,
    "ReportSchedule": "report",
    "Schedules": GROUP,
}
"""Resources whose names here are not their logical names."""


# Each is read once in a process: a test's world would otherwise be half YAML.
@cache
def manifest() -> Mapping[str, Any]:
    """Read the Slack app's manifest."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return document


@cache
def local_stack(**parameters: str) -> Stack:
    """Read template.yaml with some parameters, and with the names that its resources have here."""
    document = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    values = {
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::StackName": STACK,
        "AWS::URLSuffix": "amazonaws.com",
        "SlackChannel": CHANNEL,
        "TargetControlIds": CONTROLS,
        **parameters,
    }
    resources = document["Resources"]

    def reference(name: str, attribute: str) -> str:
        kind, own = resources[name]["Type"], NAMES.get(name, name)
        place = {"region": REGION, "account": ACCOUNT, "name": own}
        if kind == "AWS::Lambda::Alias":
            return ALIAS.format_map({**place, "name": resources[name]["Properties"]["FunctionName"]["Ref"]})
        return ARNS[kind].format_map(place) if attribute == "Arn" and kind in ARNS else own

    return Stack(document, values, reference)


def roles() -> dict[str, Role]:
    """Make each function's role, by the function's name: its policies and those of the resources."""
    stack = local_stack()
    made = {}
    for function, properties in stack.of_type("AWS::Serverless::Function").items():
        name = properties["Role"].rpartition("/")[2]
        made[function] = Role(name, ACCOUNT, stack.statements(name), _of_buckets())
    return made


def ci_role(repository: str) -> Role:
    """Make the role of docs/ci-role.yaml, with which the CI of a repository reports checks."""
    document = yaml_parse((ROOT / "docs/ci-role.yaml").read_text(encoding="utf-8"))
    values = {"AWS::Partition": "aws", "Repository": repository, "ReportBucket": BUCKET}
    policy = Stack(document, values).named("PutChecks")["PolicyDocument"]
    return Role("GitHubRole", ACCOUNT, policy["Statement"], _of_buckets())


def _of_buckets() -> list[dict[str, Any]]:
    """Return the statements of the buckets' policies."""
    policies = local_stack().of_type("AWS::S3::BucketPolicy").values()
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def send_to_slack() -> tuple[CustomAction, Rule]:
    """Make the custom action as the README does, and read its rule of template.yaml."""
    rule = local_stack().named("CustomActionRule")
    of_findings, of_insights = rule["EventPattern"]["$or"]
    (arn,), (name,) = of_findings["resources"], of_insights["detail"]["actionName"]
    action = CustomAction(arn.rpartition("/")[2], name, ACCOUNT, REGION)
    return action, rule_named("CustomActionRule")


def rule_named(name: str) -> Rule:
    """Read a rule of template.yaml."""
    rule = local_stack().named(name)
    return Rule(rule["EventPattern"], _function_of(rule["Targets"][0]))


def tells_of_objects(bucket: str) -> bool:
    """Return whether a bucket of template.yaml sends the events of its objects to EventBridge."""
    buckets = local_stack().of_type("AWS::S3::Bucket")
    told = {
        NAMES[name]: properties.get("NotificationConfiguration", {}) for name, properties in buckets.items()
    }
    configured: Mapping[str, Any] = told.get(bucket, {}).get("EventBridgeConfiguration", {})
    return bool(configured.get("EventBridgeEnabled"))


def schedule_named(name: str) -> Schedule:
    """Read the schedule of template.yaml, with the defaults of its parameters."""
    schedule = local_stack().named(name)
    return Schedule(
        name=schedule["Name"],
        group=schedule["GroupName"],
        account_id=ACCOUNT,
        region=REGION,
        expression=schedule["ScheduleExpression"],
        time_zone=schedule["ScheduleExpressionTimezone"],
        function=_function_of(schedule["Target"]),
        input=schedule["Target"]["Input"],
    )


def _function_of(target: Mapping[str, Any]) -> str:
    """Name the function that a target's alias is of."""
    return str(target["Arn"].split(":")[6])
