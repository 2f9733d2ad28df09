"""DynamoDB, DAX, ElastiCache, Redshift and DMS."""

from __future__ import annotations

from bot.check.predicates import at_least, is_false, is_given, is_true, none_of, one_of
from bot.check.rule import AllOf, AnyOf, Choice, Each, Property, Rule, SomeLinked, row
from bot.check.rules.network import no_ingress, opens_tcp
from bot.check.template import Resource
from bot.check.values import MISSING, Unknown, Value, follow, items_of
from bot.check.verdict import Verdict, all_of, unknown
from bot.domain.check_result import Reason, Status

TABLE = "AWS::DynamoDB::Table"
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
DAX = "AWS::DAX::Cluster"
GROUP = "AWS::ElastiCache::ReplicationGroup"
CACHE = "AWS::ElastiCache::CacheCluster"
REDSHIFT = "AWS::Redshift::Cluster"
WORKGROUP = "AWS::RedshiftServerless::Workgroup"
DMS = "AWS::DMS::ReplicationInstance"
GROUP_OF_EC2 = "AWS::EC2::SecurityGroup"

REDSHIFT_PORT = "5439"
"""The default of `Port` ("AWS::Redshift::Cluster", CloudFormation Template Reference)."""


def scales(dimension: str) -> SomeLinked:
    """Make the test that Application Auto Scaling scales a dimension of the table."""
    kind = "AWS::ApplicationAutoScaling::ScalableTarget"
    return SomeLinked(
        kind, "ResourceId", Property("ScalableDimension", one_of(f"dynamodb:table:{dimension}"))
    )


def port_is_restricted(item: Value, resource: Resource) -> Verdict | None:
    """No security group of the cluster opens its port to every address."""
    port = follow(item, ("Port",))
    port = REDSHIFT_PORT if port is MISSING else port
    if not (isinstance(port, str) and port.isdecimal() and len(port) < 6):
        return unknown("port")
    test = no_ingress(opens_tcp(int(port)))
    verdicts = []
    for value in items_of(follow(item, ("VpcSecurityGroupIds",))):
        group = resource.template.links.resource(value, GROUP_OF_EC2)
        verdict = test(group.properties, group) if group else unknown("security-group")
        is_in_doubt = group and group.doubt and verdict and verdict.status is Status.FAILED
        verdicts.append(Verdict(Status.UNKNOWN, reason=group.doubt) if group and is_in_doubt else verdict)
    return all_of(verdicts) or unknown("security-group")


def scaled(path: str) -> Property:
    """Make the test that a global table scales a kind of throughput."""
    return Property(f"{path}AutoScalingSettings", is_given)


RULES = (
    Rule(
        "DynamoDB.1",
        (TABLE,),
        AnyOf(
            (
                Property("BillingMode", one_of("PAY_PER_REQUEST"), "PROVISIONED"),
                AllOf((scales("ReadCapacityUnits"), scales("WriteCapacityUnits"))),
            )
        ),
    ),
    Rule(
        "DynamoDB.1",
        (GLOBAL_TABLE,),
        AnyOf(
            (
                Property("BillingMode", one_of("PAY_PER_REQUEST"), "PROVISIONED"),
                AllOf(
                    (
                        scaled("WriteProvisionedThroughputSettings.WriteCapacity"),
                        Each("Replicas", scaled("ReadProvisionedThroughputSettings.ReadCapacity")),
                    )
                ),
            )
        ),
    ),
    row("DynamoDB.2", TABLE, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", is_true, "false"),
    Rule(
        "DynamoDB.2",
        (GLOBAL_TABLE,),
        Each(
            "Replicas",
            Property("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", is_true, "false"),
        ),
    ),
    row("DynamoDB.3", DAX, "SSESpecification.SSEEnabled", is_true, "false"),
    row("DynamoDB.6", TABLE, "DeletionProtectionEnabled", is_true, "false"),
    Rule(
        "DynamoDB.6",
        (GLOBAL_TABLE,),
        Each("Replicas", Property("DeletionProtectionEnabled", is_true, "false")),
    ),
    row("DynamoDB.7", DAX, "ClusterEndpointEncryptionType", one_of("TLS"), "NONE"),
    row("ElastiCache.1", GROUP, "SnapshotRetentionLimit", at_least(1), "0"),
    row(
        "ElastiCache.1",
        CACHE,
        "SnapshotRetentionLimit",
        at_least(1),
        "0",
        when=Property("Engine", one_of("redis", "valkey")),
    ),
    row("ElastiCache.2", CACHE, "AutoMinorVersionUpgrade", is_true, "true"),
    row("ElastiCache.3", GROUP, "AutomaticFailoverEnabled", is_true, "false"),
    # Valkey encrypts data at rest unless the template says otherwise:
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
    Rule(
        "ElastiCache.4",
        (GROUP,),
        Choice(
            Property("Engine", one_of("valkey"), "redis"),
            Property("AtRestEncryptionEnabled", is_true, "true"),
            Property("AtRestEncryptionEnabled", is_true, "false"),
        ),
    ),
    row("ElastiCache.5", GROUP, "TransitEncryptionEnabled", is_true, "false"),
    row("ElastiCache.7", CACHE, "CacheSubnetGroupName", none_of("default"), "default"),
    row("Redshift.1", REDSHIFT, "PubliclyAccessible", is_false, "false"),
    row("Redshift.3", REDSHIFT, "AutomatedSnapshotRetentionPeriod", at_least(7), "1"),
    row("Redshift.4", REDSHIFT, "LoggingProperties", is_given),
    row("Redshift.6", REDSHIFT, "AllowVersionUpgrade", is_true, "true"),
    row("Redshift.7", REDSHIFT, "EnhancedVpcRouting", is_true, "false"),
    row("Redshift.8", REDSHIFT, "MasterUsername", none_of("awsuser")),
    row("Redshift.10", REDSHIFT, "Encrypted", is_true, "false", inherited=("SnapshotIdentifier",)),
    Rule("Redshift.15", (REDSHIFT,), port_is_restricted),
    row("RedshiftServerless.1", WORKGROUP, "EnhancedVpcRouting", is_true, "false"),
    row("RedshiftServerless.3", WORKGROUP, "PubliclyAccessible", is_false, "false"),
    row(
        "RedshiftServerless.5",
        "AWS::RedshiftServerless::Namespace",
        "AdminUsername",
        none_of("admin"),
        Unknown(Reason("check.why.admin")),
    ),
    row("DMS.1", DMS, "PubliclyAccessible", is_false, "true"),
    row("DMS.6", DMS, "AutoMinorVersionUpgrade", is_true, "true"),
    row("DMS.13", DMS, "MultiAZ", is_true, "false"),
)
