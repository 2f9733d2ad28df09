"""
RDS, Aurora, DocumentDB and Neptune.

An instance of Aurora inherits its storage, logs and port from its cluster ("AWS::RDS::DBInstance" in the
CloudFormation Template Reference).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.check.predicates import (
    at_least,
    has_all,
    is_false,
    is_given,
    is_true,
    none_of,
    one_of,
    starts_with,
)
from bot.check.rule import AllOf, AnyOf, Choice, Inherited, Not, Property, Rule, Test, When, row
from bot.check.rules.network import is_private
from bot.check.template import Resource
from bot.check.values import MISSING, Unknown, Value, follow, items_of
from bot.check.verdict import PASSED, Verdict, all_of, passes, unknown
from bot.domain.check_result import Reason, Status

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
DOCDB = "AWS::DocDB::DBCluster"
NEPTUNE = "AWS::Neptune::DBCluster"

LOGS = "EnableCloudwatchLogsExports"

PORTS = {
    "aurora": "3306",
    "aurora-mysql": "3306",
    "aurora-postgresql": "5432",
    "mariadb": "3306",
    "mysql": "3306",
    "oracle": "1521",
    "postgres": "5432",
    "sqlserver": "1433",
}
"""The default port of each family of engines ("Settings for DB instances", Amazon RDS User Guide)."""

NEEDED_LOGS = {
    "aurora": ("audit", "error", "general", "slowquery"),
    "aurora-mysql": ("audit", "error", "general", "slowquery"),
    "aurora-postgresql": ("postgresql",),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "mysql": ("audit", "error", "general", "slowquery"),
    "oracle": ("alert", "audit", "listener", "trace"),
    "postgres": ("postgresql", "upgrade"),
    "sqlserver": ("agent", "error"),
}
"""Source: https://docs.aws.amazon.com/config/latest/developerguide/rds-logging-enabled.html."""

INSTANCE_SOURCES = (
    "DBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
)
CLUSTER_SOURCES = ("SnapshotIdentifier", "SourceDBClusterIdentifier")
"""The properties that name the database of which this one is made: it inherits its encryption and user."""

of_aurora = AnyOf((Property("Engine", starts_with("aurora")), Property("DBClusterIdentifier", is_given)))
not_aurora = Not(of_aurora)
of_aurora_mysql = Property("Engine", one_of("aurora", "aurora-mysql"))
of_aurora_postgres = Property("Engine", one_of("aurora-postgresql"))
of_rds = Property("Engine", none_of("neptune", "docdb"))
of_serverless = Property("EngineMode", one_of("serverless"), "provisioned")
is_encrypted = Property("StorageEncrypted", is_true, "false")
cluster_encrypted = Inherited(is_encrypted, CLUSTER_SOURCES)


def of_instance_or_cluster(test: Test, of_cluster: Test) -> Test:
    """Make the test of an instance, of which that of the cluster takes the place if it is of Aurora."""

    def judged_on_cluster(item: Value, resource: Resource) -> Verdict | None:
        """The instance passes; one of Aurora if its cluster does."""
        aurora = of_aurora(item, resource)
        if aurora is None or aurora.status is Status.FAILED:
            return test(item, resource)
        if aurora.status is Status.UNKNOWN:
            return aurora
        cluster = resource.template.links.resource(follow(item, ("DBClusterIdentifier",)), CLUSTER)
        return unknown("cluster") if cluster is None else of_cluster(cluster.properties, cluster)

    return judged_on_cluster


def of_engine(item: Value, table: Mapping[str, Value]) -> Value:
    """Return the entry for the engine; MISSING if the table has none, Unknown if the engine is not known."""
    engine = follow(item, ("Engine",))
    if not isinstance(engine, str):
        return engine if isinstance(engine, Unknown) else Unknown(Reason("check.why.engine"))
    name = engine.lower()
    family = name.partition("-")[0] if name.startswith(("oracle", "sqlserver")) else name
    return table.get(family, MISSING)


def is_always_encrypted(_: Value, __: Resource) -> Verdict:
    """Aurora Serverless v1 encrypts its storage always."""
    return PASSED


def publishes_logs(item: Value, _: Resource) -> Verdict | None:
    """All logs of the engine are published to CloudWatch Logs."""
    needed = of_engine(item, NEEDED_LOGS)
    if isinstance(needed, Unknown):
        return Verdict(Status.UNKNOWN, reason=needed.reason)
    if needed is MISSING:
        return None
    return Property(LOGS, has_all(*needed))(item, _)


def has_own_port(item: Value, _: Resource) -> Verdict | None:
    """The port is not the default of the engine."""
    default = of_engine(item, PORTS)
    if isinstance(default, Unknown):
        return Verdict(Status.UNKNOWN, reason=default.reason)
    if default is MISSING:
        return None
    return Property("Port", none_of(default), default)(item, _)


def has_private_subnets(item: Value, resource: Resource) -> Verdict | None:
    """No subnet of the instance, or of its cluster, has a route to an internet gateway."""
    links = resource.template.links
    cluster = follow(item, ("DBClusterIdentifier",))
    if cluster is not MISSING:
        found = links.resource(cluster, CLUSTER)
        if found is None:
            return unknown("cluster")
        item = found.properties
    group = links.resource(follow(item, ("DBSubnetGroupName",)), "AWS::RDS::DBSubnetGroup")
    subnets = items_of(follow(group.properties, ("SubnetIds",))) if group else []
    return all_of(is_private(subnet, resource) for subnet in subnets) or unknown("subnets")


def has_two_instances(_: Value, resource: Resource) -> Verdict | None:
    """At least two instances belong to the cluster."""
    linked = resource.template.links.to(resource, INSTANCE, "DBClusterIdentifier")
    certain = [one for one in linked.resources if not one.doubt]
    if len(certain) >= 2:
        return PASSED
    is_complete = len(certain) == len(linked.resources) and certain and not linked.doubt
    return passes(holds=False) if is_complete else unknown("instances")


RULES = (
    row("RDS.2", INSTANCE, "PubliclyAccessible", is_false, Unknown(Reason("check.why.subnets"))),
    Rule(
        "RDS.3",
        (INSTANCE,),
        of_instance_or_cluster(Inherited(is_encrypted, INSTANCE_SOURCES), cluster_encrypted),
    ),
    row("RDS.5", INSTANCE, "MultiAZ", is_true, "false", when=not_aurora),
    row("RDS.6", INSTANCE, "MonitoringInterval", at_least(1), "0"),
    row("RDS.7", CLUSTER, "DeletionProtection", is_true, "false", when=of_rds),
    row("RDS.8", INSTANCE, "DeletionProtection", is_true, "false", when=not_aurora),
    Rule("RDS.9", (INSTANCE,), of_instance_or_cluster(publishes_logs, publishes_logs)),
    row(
        "RDS.10",
        INSTANCE,
        "EnableIAMDatabaseAuthentication",
        is_true,
        "false",
        when=AllOf((not_aurora, Property("Engine", one_of("mysql", "postgres", "mariadb")))),
    ),
    row(
        "RDS.11",
        INSTANCE,
        "BackupRetentionPeriod",
        at_least(7),
        "1",
        when=AllOf((not_aurora, Not(Property("SourceDBInstanceIdentifier", is_given)))),
    ),
    row("RDS.12", CLUSTER, "EnableIAMDatabaseAuthentication", is_true, "false", when=of_rds),
    row("RDS.13", INSTANCE, "AutoMinorVersionUpgrade", is_true, "true"),
    row("RDS.14", CLUSTER, "BacktrackWindow", at_least(1), "0", when=of_aurora_mysql),
    Rule(
        "RDS.15",
        (CLUSTER,),
        When(
            AllOf((of_rds, Property("EngineMode", none_of("serverless"), "provisioned"))),
            AnyOf((Property("DBClusterInstanceClass", is_given), has_two_instances)),
        ),
    ),
    row(
        "RDS.16",
        CLUSTER,
        "CopyTagsToSnapshot",
        is_true,
        "false",
        when=Property("Engine", starts_with("aurora")),
    ),
    row("RDS.17", INSTANCE, "CopyTagsToSnapshot", is_true, "false", when=not_aurora),
    Rule("RDS.23", (INSTANCE,), of_instance_or_cluster(has_own_port, has_own_port)),
    Rule("RDS.23", (CLUSTER,), has_own_port),
    row(
        "RDS.24",
        CLUSTER,
        "MasterUsername",
        none_of("admin", "postgres"),
        when=of_rds,
        inherited=CLUSTER_SOURCES,
    ),
    row(
        "RDS.25",
        INSTANCE,
        "MasterUsername",
        none_of("admin", "postgres"),
        when=not_aurora,
        inherited=INSTANCE_SOURCES,
    ),
    Rule(
        "RDS.27",
        (CLUSTER,),
        When(of_rds, Choice(of_serverless, is_always_encrypted, cluster_encrypted)),
    ),
    row("RDS.34", CLUSTER, LOGS, has_all("audit"), when=of_aurora_mysql),
    row(
        "RDS.35",
        CLUSTER,
        "AutoMinorVersionUpgrade",
        is_true,
        "true",
        when=Property("Engine", one_of("mysql", "postgres")),
    ),
    row("RDS.36", INSTANCE, LOGS, has_all("postgresql"), when=Property("Engine", one_of("postgres"))),
    row("RDS.37", CLUSTER, LOGS, has_all("postgresql"), when=of_aurora_postgres),
    row(
        "RDS.40", INSTANCE, LOGS, has_all("agent", "error"), when=Property("Engine", starts_with("sqlserver"))
    ),
    row("RDS.42", INSTANCE, LOGS, has_all("audit", "error"), when=Property("Engine", one_of("mariadb"))),
    row("RDS.43", "AWS::RDS::DBProxy", "RequireTLS", is_true, "false"),
    Rule("RDS.46", (INSTANCE,), has_private_subnets),
    row("RDS.50", CLUSTER, "BackupRetentionPeriod", at_least(7), "1", when=of_rds),
    Rule("DocumentDB.1", (DOCDB,), cluster_encrypted),
    row("DocumentDB.2", DOCDB, "BackupRetentionPeriod", at_least(7), "1"),
    row("DocumentDB.4", DOCDB, LOGS, has_all("audit")),
    row("DocumentDB.5", DOCDB, "DeletionProtection", is_true, "false"),
    Rule("Neptune.1", (NEPTUNE,), cluster_encrypted),
    row("Neptune.2", NEPTUNE, LOGS, has_all("audit")),
    row("Neptune.4", NEPTUNE, "DeletionProtection", is_true, "false"),
    row("Neptune.5", NEPTUNE, "BackupRetentionPeriod", at_least(7), "1"),
    row("Neptune.7", NEPTUNE, "IamAuthEnabled", is_true, "false"),
    row("Neptune.8", NEPTUNE, "CopyTagsToSnapshot", is_true, "false"),
)
