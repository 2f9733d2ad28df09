"""What stands beside the functions: the bucket, the schedule, the dead letters, the alarms."""

from __future__ import annotations

import json

import pytest

from bot.adapters.stores.routing import FILE
from bot.domain.checks.origin import FOLDER
from bot.domain.document import parse_job
from bot.domain.job import ExpireJob, ScanJob
from bot.errors import NotSignedError
from bot.listeners.signature import UNSIGNED
from bot.usecases.owners.routing import NOT_IN_FORCE
from tests.deploy.stack import Stack

ALARMS = {
    ("AWS/Lambda", "Errors", "<SlackFunction>"),
    ("AWS/Lambda", "Throttles", "<SlackFunction>"),
    ("AWS/Lambda", "Errors", "<JobFunction>"),
    ("AWS/Lambda", "Throttles", "<JobFunction>"),
    ("AWS/ApiGateway", "5xx", "<HttpApi>"),
    ("sechub-bot/sechub-bot", "SlackFunctionFaults", ""),
    ("sechub-bot/sechub-bot", "SlackRequestsRefused", ""),
    ("sechub-bot/sechub-bot", "RoutingFileFaults", ""),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "<JobDeadLetters.QueueName>"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "<ScheduleDeadLetters.QueueName>"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "<CustomActionDeadLetters.QueueName>"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "<CheckDeadLetters.QueueName>"),
}


class TestBucket:
    """The bucket for reports and the ledger."""

    def test_bucket_is_private(self, stack: Stack) -> None:
        """All four ways of making it public are shut, and access lists mean nothing."""
        bucket = stack.named("ReportBucket")

        assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    def test_bucket_is_encrypted(self, stack: Stack) -> None:
        """What is stored is encrypted."""
        (rule,) = stack.named("ReportBucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]

        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}

    def test_bucket_refuses_plain_http(self, stack: Stack) -> None:
        """Nobody can do anything with it over a connection without TLS."""
        policy = stack.named("ReportBucketPolicy")
        (statement,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Action"] == "s3:*"]

        assert policy["Bucket"] == "<ReportBucket>"
        assert statement == {
            "Sid": "OnlyEncryptedConnections",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["<ReportBucket.Arn>", "<ReportBucket.Arn>/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }

    def test_history_cannot_be_overwritten(self, stack: Stack) -> None:
        """A write to the history that could replace an object is refused to everybody."""
        statements = stack.named("ReportBucketPolicy")["PolicyDocument"]["Statement"]

        assert {
            "Sid": "HistoryIsOnlyAddedTo",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "<ReportBucket.Arn>/audit/*",
            "Condition": {"Null": {"s3:if-none-match": "true"}},
        } in statements

    def test_routing_file_never_expires(self, stack: Stack) -> None:
        """No rule that deletes objects begins with nothing or with the file's folder."""
        rules = stack.named("ReportBucket")["LifecycleConfiguration"]["Rules"]
        prefixes = [rule.get("Prefix", "") for rule in rules if "ExpirationInDays" in rule]

        assert prefixes
        assert not [prefix for prefix in prefixes if FILE.startswith(prefix)]

    def test_reports_and_ledger_expire(self) -> None:
        """
        Reports and the ledger expire: the ledger later than any repeat, which comes within an hour, and which
        report a message is of later than any report, so that a person is told that it has expired.
        """
        rules = Stack(ReportRetentionDays="7").named("ReportBucket")["LifecycleConfiguration"]["Rules"]
        days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule}

        assert days == {
            "reports/": "7",
            "threads/": 3740,
            "parts/": 2,
            "audit/": 1096,
            "accounts/": 2,
            "pending/": 1,
            "people/": 30,
            "mentions/": 100,
            "checks/": 30,
            "checked/": 400,
            "stacks/": 400,
            "ledger/": 30,
        }

    def test_bucket_outlives_the_stack(self, stack: Stack) -> None:
        """Deleting the stack keeps the reports."""
        bucket = stack.resources["ReportBucket"]

        assert bucket["DeletionPolicy"] == "Retain"
        assert bucket["UpdateReplacePolicy"] == "Retain"


class TestSchedule:
    """The scheduled report."""

    def test_report_schedule_sends_a_job(self, stack: Stack) -> None:
        """Its input, once the Scheduler has filled in its attributes, is a Job that means the settings."""
        text = stack.named("ReportSchedule")["Target"]["Input"]
        arn, time = "arn:aws:scheduler:ap-northeast-1:123456789012:schedule/g/s", "2026-11-24T00:00:00Z"
        text = text.replace("<aws.scheduler.schedule-arn>", arn)
        text = text.replace("<aws.scheduler.scheduled-time>", time)

        expected = ScanJob(key=f"{arn}@{time}", query=None, channel=None, requester=None)
        assert parse_job(json.loads(text)) == expected

    def test_schedule_starts_the_job_function(self, stack: Stack) -> None:
        """It calls the job function in the name of its own role."""
        target = stack.named("ReportSchedule")["Target"]

        assert target["Arn"] == "<JobFunctionLive>"
        assert target["RoleArn"] == "<ScheduleRole.Arn>"

    def test_schedule_gives_up_within_an_hour(self, stack: Stack) -> None:
        """A report that could not be started is tried three times, for an hour, and then kept."""
        target = stack.named("ReportSchedule")["Target"]

        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}
        assert target["DeadLetterConfig"] == {"Arn": "<ScheduleDeadLetters.Arn>"}

    def test_schedule_is_what_was_asked_for(self) -> None:
        """Expression, time zone and state are the parameters."""
        asked = {
            "ScheduleExpression": "rate(1 day)",
            "ScheduleTimezone": "Europe/Paris",
            "ScheduleState": "DISABLED",
        }
        schedule = Stack(**asked).named("ReportSchedule")

        actual = (schedule[name] for name in ("ScheduleExpression", "ScheduleExpressionTimezone", "State"))
        assert list(actual) == list(asked.values())


class TestCustomAction:
    """Findings that somebody sends from Security Hub's console."""

    def test_rule_is_for_one_action(self) -> None:
        """The rule takes the events of the custom action of this account and Region only, by ID or name."""
        rule = Stack(CustomActionId="Elsewhere", CustomActionName="To Slack").named("CustomActionRule")
        findings, insights = "Security Hub Findings - Custom Action", "Security Hub Insight Results"

        assert rule["EventPattern"] == {
            "source": ["aws.securityhub"],
            "$or": [
                {
                    "detail-type": [findings, insights],
                    "resources": ["arn:aws:securityhub:ap-northeast-1:123456789012:action/custom/Elsewhere"],
                },
                {"detail-type": [insights], "detail": {"actionName": ["To Slack"]}},
            ],
        }


class TestChecks:
    """Results of checks that CI puts into the bucket."""

    def test_rule_is_for_one_folder(self, stack: Stack) -> None:
        """The bucket tells EventBridge of its objects, and the rule takes those that CI has made."""
        told = stack.named("ReportBucket")["NotificationConfiguration"]

        assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        assert stack.named("CheckRule")["EventPattern"] == {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": ["<ReportBucket>"]}, "object": {"key": [{"prefix": FOLDER}]}},
        }


@pytest.mark.parametrize("name", ["CustomAction", "Check"])
class TestRules:
    """The rules that lead events to the job function."""

    def test_rule_starts_the_job_function(self, stack: Stack, name: str) -> None:
        """The rule may start the job function, and no other rule may."""
        (target,) = stack.named(f"{name}Rule")["Targets"]

        assert target["Arn"] == "<JobFunctionLive>"
        assert stack.named(f"{name}Permission") == {
            "Action": "lambda:InvokeFunction",
            "FunctionName": "<JobFunctionLive>",
            "Principal": "events.amazonaws.com",
            "SourceArn": f"<{name}Rule.Arn>",
        }

    def test_rule_gives_up_within_an_hour(self, stack: Stack, name: str) -> None:
        """What cannot be handed over is tried for an hour, and then kept, where only this rule may put it."""
        (target,) = stack.named(f"{name}Rule")["Targets"]
        policy = stack.named(f"{name}DeadLettersPolicy")
        (statement,) = policy["PolicyDocument"]["Statement"]

        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}
        assert target["DeadLetterConfig"] == {"Arn": f"<{name}DeadLetters.Arn>"}
        assert policy["Queues"] == [f"<{name}DeadLetters>"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Action"] == "sqs:SendMessage"
        assert statement["Resource"] == f"<{name}DeadLetters.Arn>"
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": f"<{name}Rule.Arn>"}}


class TestExpirySchedule:
    """The daily look at suppressions."""

    def test_expiry_schedule_sends_a_job(self, stack: Stack) -> None:
        """Its input is a Job whose key is the firing's."""
        text = stack.named("ExpirySchedule")["Target"]["Input"]

        key = "<aws.scheduler.schedule-arn>@<aws.scheduler.scheduled-time>"
        assert parse_job(json.loads(text)) == ExpireJob(key)

    def test_expiry_schedule_is_as_safe_as_the_report(self, stack: Stack) -> None:
        """It starts the same function in the same role's name, and what cannot be started is kept."""
        own, report = (stack.named(name) for name in ("ExpirySchedule", "ReportSchedule"))

        names = ("Arn", "RoleArn", "RetryPolicy", "DeadLetterConfig")
        assert [own["Target"][name] for name in names] == [report["Target"][name] for name in names]
        assert own["GroupName"] == report["GroupName"]

    def test_expiry_runs_without_a_scheduled_report(self) -> None:
        """A stack without a scheduled report ends suppressions all the same, in the same time zone."""
        stack = Stack(ScheduleState="DISABLED", ScheduleTimezone="Europe/Paris")
        schedule = stack.named("ExpirySchedule")

        actual = (schedule["State"], schedule["ScheduleExpressionTimezone"])
        assert actual == ("ENABLED", "Europe/Paris")
        assert stack.named("JobFunction")["Environment"]["Variables"]["TIME_ZONE"] == "Europe/Paris"


class TestAlarms:
    """What wakes somebody."""

    def test_every_failure_has_an_alarm(self, stack: Stack) -> None:
        """Errors and throttles of both functions, 5xx answers, and all dead-letter queues have an alarm."""
        alarms = stack.of_type("AWS::CloudWatch::Alarm").values()

        watched = {
            (a["Namespace"], a["MetricName"], "".join(d["Value"] for d in a["Dimensions"])) for a in alarms
        }
        assert watched == ALARMS

    def test_every_logged_fault_has_an_alarm(self, stack: Stack) -> None:
        """What is only logged is counted by filters of the log, and each count has its alarm."""
        filters = stack.of_type("AWS::Logs::MetricFilter").values()
        counted = {
            (f["LogGroupName"], t["MetricNamespace"], t["MetricName"])
            for f in filters
            for t in f["MetricTransformations"]
        }

        logs = {"RoutingFileFaults": "<JobFunctionLogs>"}
        assert counted == {
            (logs.get(name, "<SlackFunctionLogs>"), space, name)
            for space, name, dimension in ALARMS
            if not dimension
        }
        patterns = " ".join(f["FilterPattern"] for f in filters)
        for word in (NotSignedError.code, UNSIGNED, "ERROR", NOT_IN_FORCE):
            assert f'"{word}"' in patterns

    def test_every_alarm_notifies_the_topic(self) -> None:
        """With a topic every alarm tells it; without one, none tells anybody."""
        topic = "arn:aws:sns:ap-northeast-1:123456789012:oncall"
        told = Stack(AlarmTopicArn=topic).of_type("AWS::CloudWatch::Alarm").values()
        quiet = Stack().of_type("AWS::CloudWatch::Alarm").values()

        assert {tuple(alarm["AlarmActions"]) for alarm in told} == {(topic,)}
        assert not [alarm for alarm in quiet if "AlarmActions" in alarm]


class TestDeadLetters:
    """The queues of what failed."""

    @pytest.mark.parametrize(
        "name", ["JobDeadLetters", "ScheduleDeadLetters", "CustomActionDeadLetters", "CheckDeadLetters"]
    )
    def test_dead_letters_are_encrypted_and_last(self, stack: Stack, name: str) -> None:
        """They are encrypted, and keep their messages for SQS's longest, 14 days."""
        assert stack.named(name) == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600}
