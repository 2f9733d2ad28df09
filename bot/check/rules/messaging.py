"""SQS, SNS, Kinesis, Data Firehose, EventBridge, Step Functions and SES."""

from __future__ import annotations

from bot.check.policy import Statement, linked_policies, no_statement
from bot.check.predicates import at_least, is_given, is_true, one_of
from bot.check.rule import AllOf, AnyOf, Property, Rule, SomeLinked, Test, row
from bot.check.template import Resource
from bot.check.values import Value
from bot.check.verdict import Verdict

QUEUE = "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"
STREAM = "AWS::Kinesis::Stream"
BUS = "AWS::Events::EventBus"


def no_public_policy(*places: tuple[str, str]) -> Test:
    """Make the test that no policy allows everyone something; a place is a type of policies and a path."""

    def no_policy_is_public(_: Value, resource: Resource) -> Verdict:
        """No policy allows everyone something without a condition on the source or the caller."""
        return no_statement(linked_policies(resource, *places), Statement.is_public)

    return no_policy_is_public


RULES = (
    # Since October 2022 SQS encrypts a new queue by itself:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
    Rule(
        "SQS.1",
        (QUEUE,),
        AnyOf((Property("KmsMasterKeyId", is_given), Property("SqsManagedSseEnabled", is_true, "true"))),
    ),
    Rule(
        "SQS.3",
        (QUEUE,),
        no_public_policy(("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SQS::QueueInlinePolicy", "Queue")),
    ),
    row("SNS.1", TOPIC, "KmsMasterKeyId", is_given),
    Rule(
        "SNS.4",
        (TOPIC,),
        no_public_policy(("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SNS::TopicInlinePolicy", "TopicArn")),
    ),
    Rule(
        "Kinesis.1",
        (STREAM,),
        AllOf(
            (
                Property("StreamEncryption.EncryptionType", one_of("KMS"), "NONE"),
                Property("StreamEncryption.KeyId", is_given),
            )
        ),
    ),
    row("Kinesis.3", STREAM, "RetentionPeriodHours", at_least(168), "24"),
    row(
        "DataFirehose.1",
        "AWS::KinesisFirehose::DeliveryStream",
        "DeliveryStreamEncryptionConfigurationInput",
        is_given,
        when=Property("DeliveryStreamType", one_of("DirectPut"), "DirectPut"),
    ),
    Rule(
        "EventBridge.3",
        (BUS,),
        AnyOf((Property("Policy", is_given), SomeLinked("AWS::Events::EventBusPolicy", "EventBusName"))),
    ),
    row(
        "StepFunctions.1",
        "AWS::StepFunctions::StateMachine",
        "LoggingConfiguration.Level",
        one_of("ALL", "ERROR", "FATAL"),
        "OFF",
    ),
    row("SES.3", "AWS::SES::ConfigurationSet", "DeliveryOptions.TlsPolicy", one_of("Require"), "Optional"),
)
