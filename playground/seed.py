"""
The findings of the local Security Hub when the playground starts: the same every time.

Two accounts have consolidated control findings; the third reports each problem once per standard, as those do
that enabled Security Hub before February 2023.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from bot.domain.control import Control, bundled_catalogue
from bot.domain.finding import LOGICAL_ID_TAG, STACK_TAG
from playground.hub import Hub, hub
from playground.hub.findings.control_finding import Problem, consolidated, per_standard, standards_of
from playground.hub.findings.times import timestamp

HOME_ACCOUNT = "123456789012"
ACCOUNTS = {HOME_ACCOUNT: "prod", "234567890123": "staging", "345678901234": "sandbox"}
PER_STANDARD = "345678901234"
"""The account whose control findings are not consolidated."""

HOME_REGION, LINKED_REGIONS = "ap-northeast-1", ("us-east-1", "eu-west-1")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

STATES = (
    *(("FAILED", "NEW", "ACTIVE"),) * 6,
    *(("FAILED", "NOTIFIED", "ACTIVE"),) * 2,
    ("PASSED", "RESOLVED", "ACTIVE"),
    ("FAILED", "SUPPRESSED", "ACTIVE"),
    ("FAILED", "NEW", "ARCHIVED"),
    ("FAILED", "RESOLVED", "ACTIVE"),
    ("WARNING", "NEW", "ACTIVE"),
)
"""Compliance.Status, Workflow.Status and RecordState, dealt out in turn."""

_REGIONAL = "arn:aws:{service}:{region}:{account}:"
_ACCOUNT = (1, "AwsAccount", "", "AWS::::Account:{account}")

KINDS = {
    "S3.8": (30, "AwsS3Bucket", "s3", "arn:aws:s3:::{owner}-{purpose}-{region}-{number:02}"),
    "EC2.19": (14, "AwsEc2SecurityGroup", "ec2", _REGIONAL + "security-group/sg-{token}"),
    "S3.5": (4, "AwsS3Bucket", "s3", "arn:aws:s3:::{owner}-{purpose}-{region}-{number:02}"),
    "EC2.2": (4, "AwsEc2SecurityGroup", "ec2", _REGIONAL + "security-group/sg-{token}"),
    "EC2.8": (4, "AwsEc2Instance", "ec2", _REGIONAL + "instance/i-{token}"),
    "IAM.1": (3, "AwsIamPolicy", "iam", "arn:aws:iam::{account}:policy/{purpose}-admin-{number}"),
    "IAM.3": (4, "AwsIamUser", "iam", "arn:aws:iam::{account}:user/{purpose}-deploy-{number}"),
    "Autoscaling.5": (
        4,
        "AwsAutoScalingLaunchConfiguration",
        "autoscaling",
        _REGIONAL + "launchConfiguration:{token}:launchConfigurationName/{purpose}-{number}",
    ),
    "AutoScaling.1": (
        3,
        "AwsAutoScalingAutoScalingGroup",
        "autoscaling",
        _REGIONAL + "autoScalingGroup:{token}:autoScalingGroupName/{purpose}-{number}",
    ),
    "Opensearch.1": (3, "AwsOpenSearchServiceDomain", "es", _REGIONAL + "domain/{purpose}-{number}"),
    "RDS.2": (3, "AwsRdsDbInstance", "rds", _REGIONAL + "db:{purpose}-{number}"),
    "RDS.3": (4, "AwsRdsDbInstance", "rds", _REGIONAL + "db:{purpose}-{number}"),
    "Lambda.1": (3, "AwsLambdaFunction", "lambda", _REGIONAL + "function:{purpose}-{number}"),
    "Lambda.2": (4, "AwsLambdaFunction", "lambda", _REGIONAL + "function:{purpose}-{number}"),
    "CloudTrail.2": (2, "AwsCloudTrailTrail", "cloudtrail", _REGIONAL + "trail/{purpose}-{number}"),
    "KMS.4": (4, "AwsKmsKey", "kms", _REGIONAL + "key/{token}"),
    "ECR.1": (4, "AwsEcrRepository", "ecr", _REGIONAL + "repository/{purpose}/{number}"),
    "SQS.1": (4, "AwsSqsQueue", "sqs", _REGIONAL + "{purpose}-{number}"),
    "S3.1": _ACCOUNT,
    "EC2.7": _ACCOUNT,
    "IAM.4": _ACCOUNT,
    "IAM.6": _ACCOUNT,
    "IAM.9": _ACCOUNT,
    "Config.1": _ACCOUNT,
    "GuardDuty.1": _ACCOUNT,
}
"""
Each control's resources in one account and Region: how many, of which type and service, named how.

In the last Region there are a third of them.
"""

PURPOSES = ("logs", "assets", "exports", "uploads", "batch", "search")

TAGS: tuple[dict[str, str], ...] = (
    {"Owner": "platform@example.com", "Environment": "prod"},
    {"owner": "Platform@Example.com", "CostCenter": "4711"},
    {"Owner": " PLATFORM@example.com"},
    {"team": "data-team"},
    {"ManagedBy": "Terraform", "Owner": "Terraform"},
    {},
    {"Owner": "analyst@example.com; security@example.com"},
    {"Contact": "データ基盤チーム"},
    {"Owner": "former@example.com"},
    {"Name": "no owner in sight"},
    {"Owner": "n/a", "Team": "security-team"},
    {"Owner": "contractor@example.com"},
    {"Owner": "migration-2024@example.com"},
)
"""
The tags of resources, dealt out in turn.

They name an owner in three spellings, teams, tools, nobody, several owners, a person who has left the
workspace, a guest, and an address that Slack does not know.
"""

UNTAGGED = frozenset({"AwsAccount", "AwsAutoScalingLaunchConfiguration", "AwsIamUser"})
"""
Types whose findings have no tags: an account's ID is no ARN, and the Tagging API does not cover the others.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources-attributes.html
"""

ACCOUNT_TAGS = {
    HOME_ACCOUNT: {"Owner": "security-team", "Stage": "prod"},
    "234567890123": {"owner": "platform@example.com"},
    PER_STANDARD: {},
}
"""Account to its tags in Organizations."""

STACKS = {
    "EC2.19": ("ComputeStack", "OpenSsh9E5EE8F7"),
    "Lambda.2": ("ComputeStack", "OldFn"),
    "S3.8": ("orders", "Receipts"),
}
"""
Control to the stack and the logical ID in the tags of its first resource in the home account and Region.

They are of the sample application: after the page's button has checked it, a report names their lines.
"""

ODD_NAMES = ("*bold*", "<!channel>", "`whoami`", "=cmd()", "監査ログ_東京", "a&b<https://example.com|x>")
"""Names that Slack or a spreadsheet would run or format, were they not escaped."""


def seed(home: Hub) -> None:
    """
    Enable Security Hub in every account and Region, fill it, and let `home` cover them all.

    Raises:
        ValueError: `home` is not the hub of HOME_ACCOUNT in HOME_REGION.
    """
    if (home.account_id, home.region) != (HOME_ACCOUNT, HOME_REGION):
        raise ValueError(f"{home.account_id} in {home.region} is not the home of these findings")
    by_place = defaultdict(list)
    for finding in findings():
        by_place[finding["AwsAccountId"], finding["Region"]].append(finding)
    others = []
    for place, found in by_place.items():
        holder = hub(*place)
        holder.enable("STANDARD_CONTROL" if place[0] == PER_STANDARD else "SECURITY_CONTROL")
        holder.load(found)
        if holder is not home:
            others.append(holder)
    home.aggregate(*others)


def findings() -> Iterator[dict[str, Any]]:
    """Make every finding, in the order in which the hubs will give them."""
    for number, problem in enumerate(chain(_odd_problems(), _problems())):
        for finding in _written(problem, number):
            yield _noted(finding)
    yield from _threats()


def _problems() -> Iterator[Problem]:
    *larger, small = (HOME_REGION, *LINKED_REGIONS)
    places = [*((account_id, region, 1) for account_id in ACCOUNTS for region in larger)]
    places += [(account_id, small, 3) for account_id in ACCOUNTS]
    number = 0
    for account_id, region, share in places:
        for control_id, (count, *_) in KINDS.items():
            for index in range(-(-count // share)):
                number += 1
                yield _problem(_control(control_id), account_id, region, index, number)


def _problem(control: Control, account_id: str, region: str, index: int, number: int) -> Problem:
    compliance, workflow, record_state = STATES[number % len(STATES)]
    return Problem(
        control=control,
        account_id=account_id,
        account_name=ACCOUNTS[account_id],
        region=region,
        resources=(_resource(control.id, account_id, region, index),),
        compliance=compliance,
        workflow=workflow,
        record_state=record_state,
        updated_at=NOON - timedelta(minutes=37 * number % 8640),
        standards=standards_of(control.id),
    )


def _resource(control_id: str, account_id: str, region: str, index: int) -> dict[str, Any]:
    _, kind, service, template = KINDS[control_id]
    purpose = PURPOSES[index % len(PURPOSES)]
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"{control_id}/{account_id}/{region}/{index}").hex[:17]
    name = template.format(
        account=account_id,
        number=index + 1,
        owner=ACCOUNTS[account_id],
        purpose=purpose,
        region=region,
        service=service,
        token=token,
    )
    resource: dict[str, Any] = {"Type": kind, "Id": name, "Partition": "aws", "Region": region}
    tags = TAGS[index % len(TAGS)]
    if tags and kind not in UNTAGGED:
        resource["Tags"] = dict(tags)
    if (account_id, region, index) == (HOME_ACCOUNT, HOME_REGION, 0) and control_id in STACKS:
        resource["Tags"] |= dict(zip((STACK_TAG, LOGICAL_ID_TAG), STACKS[control_id], strict=True))
    return resource


def _odd_problems() -> Iterator[Problem]:
    """Findings that a renderer is most likely to get wrong; they come first, so that they are seen first."""
    bucket = _odd_problem("S3.8", 90)
    for name in ODD_NAMES:
        resource = {**bucket.resources[0], "Id": f"arn:aws:s3:::{name}"}
        yield replace(bucket, resources=(resource,))
    yield replace(_odd_problem("S3.8", 91), title="=cmd() | *bold* <!channel> `x`")
    groups = tuple(_resource("EC2.19", HOME_ACCOUNT, HOME_REGION, index) for index in range(100, 130))
    yield replace(_odd_problem("EC2.19", 100), resources=groups)


def _odd_problem(control_id: str, index: int) -> Problem:
    return _problem(_control(control_id), HOME_ACCOUNT, HOME_REGION, index, number=0)


def _written(problem: Problem, number: int) -> Iterator[dict[str, Any]]:
    if problem.account_id != PER_STANDARD:
        yield consolidated(problem)
        return
    for standard in problem.standards:
        # The old CIS and a few others are from before SecurityControlId came.
        has_control_id = not standard.has_rules and number % 40 != 0
        yield per_standard(problem, standard, has_control_id=has_control_id)


def _noted(finding: dict[str, Any]) -> dict[str, Any]:
    if finding["Workflow"]["Status"] != "SUPPRESSED":
        return finding
    note = {"Text": "移行が終わるまで許容", "UpdatedBy": "security", "UpdatedAt": finding["UpdatedAt"]}
    return {**finding, "Note": note}


def _threats() -> Iterator[dict[str, Any]]:
    """Findings of other products: no Compliance, none of the fields that a control has."""
    for number, (product, name) in enumerate((("guardduty", "GuardDuty"), ("inspector", "Inspector")) * 6):
        region = (HOME_REGION, *LINKED_REGIONS)[number % 4 // 2]
        account_id = tuple(ACCOUNTS)[number % 3]
        at = timestamp((NOON - timedelta(hours=number)).timestamp())
        yield {
            "SchemaVersion": "2018-10-08",
            "Id": f"arn:aws:{product}:{region}:{account_id}:finding/{number:032x}",
            "ProductArn": f"arn:aws:securityhub:{region}::product/aws/{product}",
            "ProductName": name,
            "CompanyName": "Amazon",
            "Region": region,
            "GeneratorId": f"arn:aws:{product}:{region}:{account_id}",
            "AwsAccountId": account_id,
            "CreatedAt": at,
            "UpdatedAt": at,
            "Types": [
                "TTPs/Discovery" if product == "guardduty" else "Software and Configuration Checks/CVE"
            ],
            "Severity": {"Normalized": 70, "Label": "HIGH"},
            "Title": f"{name} has found something on an instance",
            "Description": "A finding of another product.",
            "Resources": [_resource("EC2.8", account_id, region, number)],
            "WorkflowState": "NEW",
            "Workflow": {"Status": "NEW"},
            "RecordState": "ACTIVE",
        }


def _control(control_id: str) -> Control:
    control = bundled_catalogue().get(control_id)
    if control is None:
        raise LookupError(control_id)
    return control
