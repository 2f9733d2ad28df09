"""The roles may do what the bot does, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.aws import session
from bot.probes import GUARDED
from playground.cloud.iam import decide, listed
from tests.deploy.stack import Stack

HUB = "arn:aws:securityhub:ap-northeast-1:123456789012:hub/default"
HUBS = HUB.replace("ap-northeast-1", "*")
AGGREGATOR = "arn:aws:securityhub:*:123456789012:finding-aggregator/*"
SECRET = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:sechub-bot/slack-??????"
REPORTS, THREADS, PARTS, PENDING, SUPPRESSIONS, AUDIT, LEDGER = (
    f"<ReportBucket.Arn>/{folder}/*"
    for folder in ("reports", "threads", "parts", "pending", "suppressions", "audit", "ledger")
)

ALLOWED = {
    "SlackFunctionRole": {
        ("logs:CreateLogStream", "<SlackFunctionLogs.Arn>"),
        ("logs:PutLogEvents", "<SlackFunctionLogs.Arn>"),
        ("secretsmanager:GetSecretValue", SECRET),
        ("lambda:InvokeFunction", "<JobFunctionLive>"),
    },
    "JobFunctionRole": {
        ("logs:CreateLogStream", "<JobFunctionLogs.Arn>"),
        ("logs:PutLogEvents", "<JobFunctionLogs.Arn>"),
        ("secretsmanager:GetSecretValue", SECRET),
        ("securityhub:GetFindings", HUB),
        ("securityhub:GetFindings", HUBS),
        ("securityhub:ListMembers", HUBS),
        ("securityhub:ListSecurityControlDefinitions", "*"),
        ("securityhub:DescribeStandards", HUB),
        ("securityhub:GetEnabledStandards", HUB),
        ("securityhub:BatchUpdateFindings", HUB),
        ("s3:GetObject", REPORTS),
        ("s3:PutObject", REPORTS),
        ("s3:GetObject", THREADS),
        ("s3:PutObject", THREADS),
        ("s3:GetObject", PARTS),
        ("s3:PutObject", PARTS),
        ("s3:GetObject", PENDING),
        ("s3:PutObject", PENDING),
        ("s3:GetObject", "<ReportBucket.Arn>/people/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/people/*"),
        ("s3:GetObject", "<ReportBucket.Arn>/mentions/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/mentions/*"),
        ("s3:GetObject", "<ReportBucket.Arn>/config/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/config/routing.good.toml"),
        ("organizations:ListTagsForResource", "arn:aws:organizations::*:account/o-*/*"),
        ("s3:GetObject", "<ReportBucket.Arn>/accounts/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/accounts/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/config/routing.toml"),
        ("s3:PutObject", "<ReportBucket.Arn>/config/routing.before.toml"),
        ("s3:GetObject", "<ReportBucket.Arn>/checks/*"),
        ("s3:GetObject", "<ReportBucket.Arn>/checked/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/checked/*"),
        ("s3:GetObject", "<ReportBucket.Arn>/stacks/*"),
        ("s3:PutObject", "<ReportBucket.Arn>/stacks/*"),
        ("s3:GetObject", AUDIT),
        ("s3:PutObject", AUDIT),
        ("s3:GetObject", SUPPRESSIONS),
        ("s3:PutObject", SUPPRESSIONS),
        ("s3:DeleteObject", SUPPRESSIONS),
        ("s3:GetObject", LEDGER),
        ("s3:PutObject", LEDGER),
        ("s3:DeleteObject", LEDGER),
        ("s3:ListBucket", "<ReportBucket.Arn>"),
        ("securityhub:DescribeHub", HUB),
        ("securityhub:DescribeActionTargets", HUB),
        ("securityhub:ListFindingAggregators", "*"),
        ("securityhub:GetFindingAggregator", AGGREGATOR),
        ("scheduler:GetSchedule", "<ReportSchedule.Arn>"),
        ("scheduler:GetSchedule", "<ExpirySchedule.Arn>"),
        ("events:DescribeRule", "<CustomActionRule.Arn>"),
        ("events:DescribeRule", "<CheckRule.Arn>"),
        ("sqs:SendMessage", "<JobDeadLetters.Arn>"),
        ("lambda:CheckpointDurableExecution", "<JobFunction.Arn>:*"),
        ("lambda:GetDurableExecutionState", "<JobFunction.Arn>:*"),
    },
    "ScheduleRole": {
        ("lambda:InvokeFunction", "<JobFunctionLive>"),
        ("sqs:SendMessage", "<ScheduleDeadLetters.Arn>"),
    },
}

SET = {"Workflow", "Note", "UserDefinedFields"}
"""What the bot sets with BatchUpdateFindings."""

MARK = {"securityhub:ASFFSyntaxPath/Workflow.Status": ["NOTIFIED"]}


def allowed(stack: Stack, role: str) -> set[tuple[str, str]]:
    """Return each action that a role is allowed, with its resource."""
    statements = [s for s in stack.statements(role) if s["Effect"] == "Allow"]
    return {(a, r) for s in statements for a in listed(s["Action"]) for r in listed(s["Resource"])}


def may_update(stack: Stack, context: dict[str, list[str]]) -> bool:
    """Decide whether the job may call BatchUpdateFindings, were it allowed all of Security Hub besides."""
    everything = {"Sid": "Attached", "Effect": "Allow", "Action": "securityhub:*", "Resource": "*"}
    statements = [everything, *stack.statements("JobFunctionRole")]
    return decide(statements, "securityhub:BatchUpdateFindings", HUB, context).is_allowed


class TestRoles:
    """What each role is allowed."""

    def test_every_role_is_in_the_table(self, stack: Stack) -> None:
        """Every role of the stack is in the table: SAM adds none of its own."""
        assert set(stack.of_type("AWS::IAM::Role")) == set(ALLOWED)

    @pytest.mark.parametrize("role", ALLOWED)
    def test_roles_may_do_what_the_table_says(self, stack: Stack, role: str) -> None:
        """A role's actions and resources are those of the table."""
        assert allowed(stack, role) == ALLOWED[role]

    @pytest.mark.parametrize("role", ALLOWED)
    def test_no_role_has_a_managed_policy(self, stack: Stack, role: str) -> None:
        """Nothing is attached whose text is not in the template."""
        assert "ManagedPolicyArns" not in stack.named(role)

    def test_only_the_stacks_schedules_assume_the_role(self, stack: Stack) -> None:
        """Only the schedules of the stack's own group may borrow the schedule's role."""
        (trust,) = stack.named("ScheduleRole")["AssumeRolePolicyDocument"]["Statement"]

        expected = {"aws:SourceAccount": "123456789012", "aws:SourceArn": "<Schedules.Arn>"}
        assert trust["Condition"] == {"StringEquals": expected}
        assert stack.named("ReportSchedule")["GroupName"] == "<Schedules>"


class TestSecret:
    """Which secret may be read."""

    ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:bot-a1B2c3"
    KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd"

    def test_secret_named_by_arn_is_allowed(self) -> None:
        """A secret that is named by its ARN is that one, and no other."""
        stack = Stack(SlackSecretId=self.ARN)

        for role in ("SlackFunctionRole", "JobFunctionRole"):
            assert ("secretsmanager:GetSecretValue", self.ARN) in allowed(stack, role)
            assert not [r for a, r in allowed(stack, role) if "secret" in a and r != self.ARN]

    def test_key_decrypts_through_secrets_manager_only(self) -> None:
        """A key may be used to decrypt, through Secrets Manager only."""
        stack = Stack(SlackSecretKmsKeyArn=self.KEY)

        for role in ("SlackFunctionRole", "JobFunctionRole"):
            (statement,) = [s for s in stack.statements(role) if s["Action"] == "kms:Decrypt"]
            via = {"kms:ViaService": "secretsmanager.ap-northeast-1.amazonaws.com"}
            assert statement["Resource"] == self.KEY
            assert statement["Condition"] == {"StringEquals": via}


class TestLinkedRegions:
    """The Regions in which findings may be read."""

    @pytest.mark.parametrize(
        ("setting", "allowed"),
        [
            ("", {"ap-northeast-1", "us-east-1", "us-west-2"}),
            ("us-west-2", {"ap-northeast-1", "us-west-2"}),
            ("off", {"ap-northeast-1"}),
        ],
    )
    def test_findings_are_read_in_regions_of_the_parameter(self, setting: str, allowed: set[str]) -> None:
        """By default in every Region, or in those that are named; here always."""
        statements = Stack(LinkedRegions=setting).statements("JobFunctionRole")
        regions = {"ap-northeast-1", "us-east-1", "us-west-2"}

        assert allowed == {
            region
            for region in regions
            if decide(
                statements,
                "securityhub:GetFindings",
                HUB.replace("ap-northeast-1", region),
                {"aws:RequestedRegion": [region]},
            ).is_allowed
        }

    def test_findings_are_updated_here_only(self, stack: Stack) -> None:
        """An update in another Region is not allowed: Security Hub carries it there."""
        there = HUB.replace("ap-northeast-1", "us-east-1")

        assert not decide(
            stack.statements("JobFunctionRole"), "securityhub:BatchUpdateFindings", there, MARK
        ).is_allowed


class TestGuard:
    """The fields of Security Hub that the role may never change."""

    def test_every_updatable_field_is_set_or_denied(self) -> None:
        """Each field of BatchUpdateFindings, and each part of a severity, is set by the bot or denied."""
        shapes: Any = session().get_service_model("securityhub")
        fields = {*shapes.operation_model("BatchUpdateFindings").input_shape.members} - {"FindingIdentifiers"}
        severities = {f"Severity.{part}" for part in shapes.shape_for("SeverityUpdate").members}

        assert {*GUARDED} == fields - SET - {"Severity"} | severities

    def test_job_may_set_workflow_status_notified(self, stack: Stack) -> None:
        """The job may set the workflow status NOTIFIED, with a note."""
        note = {
            "securityhub:ASFFSyntaxPath/Note.Text": ["marked"],
            "securityhub:ASFFSyntaxPath/Note.UpdatedBy": ["bot"],
        }

        assert may_update(stack, MARK | note)

    def test_roles_own_statements_allow_to_mark(self, stack: Stack) -> None:
        """The role's own statements allow to set a status, and no update without one."""
        statements = stack.statements("JobFunctionRole")
        update = "securityhub:BatchUpdateFindings"

        assert decide(statements, update, HUB, MARK).is_allowed
        assert not decide(statements, update, HUB, {}).is_allowed

    @pytest.mark.parametrize("status", ["NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"])
    def test_each_status_is_allowed(self, stack: Stack, status: str) -> None:
        """Every action of the report's menus is possible."""
        assert may_update(stack, {"securityhub:ASFFSyntaxPath/Workflow.Status": [status]})

    @pytest.mark.parametrize("field", GUARDED)
    def test_each_field_alone_is_denied(self, stack: Stack, field: str) -> None:
        """One of the guarded fields suffices for a refusal, also beside an allowed change."""
        assert not may_update(stack, MARK | {f"securityhub:ASFFSyntaxPath/{field}": ["x"]})
