"""Elasticsearch and OpenSearch Service, which name the same things differently."""

from __future__ import annotations

from bot.check.predicates import Predicate, at_least, is_given, is_true, one_of
from bot.check.rule import AllOf, Property, Rule, row

ES = "AWS::Elasticsearch::Domain"
OPENSEARCH = "AWS::OpenSearchService::Domain"

OLD_POLICY = "Policy-Min-TLS-1-0-2019-07"
"""The TLS policy of a domain that names none ("DomainEndpointOptions", CloudFormation Template Reference)."""


def tls(*policies: str) -> AllOf:
    """Make the test that a domain enforces HTTPS with one of these policies."""
    return AllOf(
        (
            Property("DomainEndpointOptions.EnforceHTTPS", is_true, "false"),
            Property("DomainEndpointOptions.TLSSecurityPolicy", one_of(*policies), OLD_POLICY),
        )
    )


def log(name: str) -> tuple[str, Predicate, str]:
    """Return the path, the expected value and AWS's default of a kind of log."""
    return f"LogPublishingOptions.{name}.Enabled", is_true, "false"


RULES = (
    row("ES.1", ES, "EncryptionAtRestOptions.Enabled", is_true, "false"),
    row("ES.2", ES, "VPCOptions.SubnetIds", is_given),
    row("ES.3", ES, "NodeToNodeEncryptionOptions.Enabled", is_true, "false"),
    row("ES.4", ES, *log("ES_APPLICATION_LOGS")),
    row("ES.5", ES, *log("AUDIT_LOGS")),
    Rule(
        "ES.6",
        (ES,),
        AllOf(
            (
                Property("ElasticsearchClusterConfig.InstanceCount", at_least(3), "1"),
                Property("ElasticsearchClusterConfig.ZoneAwarenessEnabled", is_true, "false"),
            )
        ),
    ),
    Rule(
        "ES.7",
        (ES,),
        AllOf(
            (
                Property("ElasticsearchClusterConfig.DedicatedMasterEnabled", is_true, "false"),
                Property("ElasticsearchClusterConfig.DedicatedMasterCount", at_least(3), "3"),
            )
        ),
    ),
    Rule("ES.8", (ES,), tls("Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10")),
    row("Opensearch.1", OPENSEARCH, "EncryptionAtRestOptions.Enabled", is_true, "false"),
    row("Opensearch.2", OPENSEARCH, "VPCOptions.SubnetIds", is_given),
    row("Opensearch.3", OPENSEARCH, "NodeToNodeEncryptionOptions.Enabled", is_true, "false"),
    row("Opensearch.4", OPENSEARCH, *log("ES_APPLICATION_LOGS")),
    row("Opensearch.5", OPENSEARCH, *log("AUDIT_LOGS")),
    Rule(
        "Opensearch.6",
        (OPENSEARCH,),
        AllOf(
            (
                Property("ClusterConfig.InstanceCount", at_least(3), "1"),
                Property("ClusterConfig.ZoneAwarenessEnabled", is_true, "false"),
            )
        ),
    ),
    row("Opensearch.7", OPENSEARCH, "AdvancedSecurityOptions.Enabled", is_true, "false"),
    Rule("Opensearch.8", (OPENSEARCH,), tls("Policy-Min-TLS-1-2-PFS-2023-10")),
)
