"""
Elastic Load Balancing.

Source of the policies and protocols: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html,
read 2026-11.
"""

from __future__ import annotations

from bot.check.predicates import Predicate, contains, has_at_least, is_true, none_of, one_of
from bot.check.rule import AllOf, AnyOf, Each, EachLinked, Entry, Property, Rule, Some, When, row
from bot.check.template import Resource
from bot.check.values import MISSING, Value, follow
from bot.check.verdict import PASSED, Verdict

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"

RECOMMENDED = (
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
)
"""The policies of ELB.17."""

ATTRIBUTES = "LoadBalancerAttributes"

of_application = Property("Type", one_of("application"), "application")
is_secure = Property("Protocol", one_of("HTTPS", "SSL"))

redirects = Some(
    "DefaultActions",
    AllOf(
        (
            Property("Type", one_of("redirect")),
            Property("RedirectConfig.Protocol", one_of("HTTPS"), "#{protocol}"),
        )
    ),
)


def attribute(key: str, expected: Predicate, default: Value = MISSING) -> Entry:
    """Make the test of an attribute of a load balancer."""
    return Entry(ATTRIBUTES, (("Key", key),), Property("Value", expected, default))


def from_acm(item: Value, resource: Resource) -> Verdict:
    """The certificate is one of ACM."""
    path = "SSLCertificateId"
    if resource.template.links.resource(follow(item, (path,)), "AWS::CertificateManager::Certificate"):
        return PASSED
    return Property(path, contains(":acm:"))(item, resource)


RULES = (
    Rule(
        "ELB.1",
        (BALANCER,),
        When(
            of_application,
            EachLinked(LISTENER, "LoadBalancerArn", When(Property("Protocol", one_of("HTTP")), redirects)),
        ),
    ),
    Rule(
        "ELB.2",
        (CLASSIC,),
        Each("Listeners", When(is_secure, from_acm)),
    ),
    Rule("ELB.3", (CLASSIC,), Each("Listeners", is_secure)),
    Rule(
        "ELB.4",
        (BALANCER,),
        When(of_application, attribute("routing.http.drop_invalid_header_fields.enabled", is_true)),
    ),
    Rule("ELB.5", (BALANCER,), When(of_application, attribute("access_logs.s3.enabled", is_true))),
    row("ELB.5", CLASSIC, "AccessLoggingPolicy.Enabled", is_true, "false"),
    Rule("ELB.6", (BALANCER,), attribute("deletion_protection.enabled", is_true)),
    row("ELB.7", CLASSIC, "ConnectionDrainingPolicy.Enabled", is_true, "false"),
    row("ELB.9", CLASSIC, "CrossZone", is_true, "false"),
    Rule(
        "ELB.10",
        (CLASSIC,),
        AnyOf((Property("Subnets", has_at_least(2)), Property("AvailabilityZones", has_at_least(2)))),
    ),
    Rule(
        "ELB.12",
        (BALANCER,),
        When(
            of_application,
            attribute("routing.http.desync_mitigation_mode", one_of("defensive", "strictest"), "defensive"),
        ),
    ),
    Rule(
        "ELB.13",
        (BALANCER,),
        AnyOf((Property("SubnetMappings", has_at_least(2)), Property("Subnets", has_at_least(2)))),
    ),
    row(
        "ELB.17",
        LISTENER,
        "SslPolicy",
        one_of(*RECOMMENDED),
        "ELBSecurityPolicy-2016-08",
        when=Property("Protocol", one_of("HTTPS", "TLS")),
    ),
    row(
        "ELB.18",
        LISTENER,
        "Protocol",
        one_of("HTTPS", "TLS"),
        when=Property("Protocol", none_of("GENEVE")),
    ),
    row(
        "ELB.21",
        TARGETS,
        "HealthCheckProtocol",
        one_of("HTTPS"),
        "HTTP",
        when=Property("TargetType", none_of("lambda"), "instance"),
    ),
    row(
        "ELB.22",
        TARGETS,
        "Protocol",
        one_of("HTTPS", "TLS", "QUIC"),
        when=AllOf(
            (
                Property("TargetType", none_of("lambda", "alb"), "instance"),
                Property("Protocol", none_of("GENEVE")),
            )
        ),
    ),
)
