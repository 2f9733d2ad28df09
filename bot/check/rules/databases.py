"""DynamoDB, DAX, ElastiCache, Redshift and DMS."""

from __future__ import annotations

from bot.check.predicates import at_least, is_false, is_given, is_true, none_of, one_of
from bot.check.rule import AllOf, AnyOf, Choice, Each, Property, Rule, SomeLinked, row

TABLE = "AWS::DynamoDB::Table"
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
DAX = "AWS::DAX::Cluster"
GROUP = "AWS::ElastiCache::ReplicationGroup"
CACHE = "AWS::ElastiCache::CacheCluster"
REDSHIFT = "AWS::Redshift::Cluster"
WORKGROUP = "AWS::RedshiftServerless::Workgroup"
DMS = "AWS::DMS::ReplicationInstance"


def scales(dimension: str) -> SomeLinked:
    """Make the test that Application Auto Scaling scales a dimension of the table."""
    kind = "AWS::ApplicationAutoScaling::ScalableTarget"
    return SomeLinked(
        kind, "ResourceId", Property("ScalableDimension", one_of(f"dynamodb:table:{dimension}"))
    )


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
    row("DMS.1", DMS, "PubliclyAccessible", is_false, "true"),
    row("DMS.6", DMS, "AutoMinorVersionUpgrade", is_true, "true"),
    row("DMS.13", DMS, "MultiAZ", is_true, "false"),
)
