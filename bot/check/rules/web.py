"""
CloudFront, WAF, API Gateway and AppSync.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html and
apigateway-controls.html beside it, read 2026-11.
"""

from __future__ import annotations

from bot.check.predicates import has_at_least, has_none, is_absent, is_given, is_true, none_of, one_of
from bot.check.rule import (
    AllOf,
    AnyOf,
    Each,
    Not,
    OfResource,
    Property,
    Rule,
    Some,
    SomeLinked,
    Test,
    When,
    row,
)
from bot.check.template import Resource
from bot.check.values import MISSING, Text, Unknown, Value, follow
from bot.check.verdict import FAILED, PASSED, Verdict, any_of, unknown
from bot.domain.check_result import Reason, Status

DISTRIBUTION = "AWS::CloudFront::Distribution"
CONFIG = "DistributionConfig."
ORIGINS = f"{CONFIG}Origins"
CERTIFICATE = f"{CONFIG}ViewerCertificate."

STAGE = "AWS::ApiGateway::Stage"
DEPLOYMENT = "AWS::ApiGateway::Deployment"
OF_STAGE = "StageDescription."
"""The properties of a stage that a deployment makes."""
STAGE_V2 = "AWS::ApiGatewayV2::Stage"
ROUTE = "AWS::ApiGatewayV2::Route"
GRAPHQL = "AWS::AppSync::GraphQLApi"
ASSOCIATION = "AWS::WAFv2::WebACLAssociation"

SAM_DEPLOYMENT = "RestApi deployment id:"
"""The beginning of the description that SAM gives to a deployment."""

of_some_methods = Unknown(Reason("check.why.methods"))

of_s3 = Not(Property("S3OriginConfig", is_absent))
of_custom_origin = Not(Property("CustomOriginConfig", is_absent))

viewers_use_https = AllOf(
    (
        Property(f"{CONFIG}DefaultCacheBehavior.ViewerProtocolPolicy", none_of("allow-all")),
        Each(f"{CONFIG}CacheBehaviors", Property("ViewerProtocolPolicy", none_of("allow-all")), PASSED),
    )
)
has_own_certificate = AnyOf(
    (
        Property(f"{CERTIFICATE}IamCertificateId", is_given),
        Property(f"{CERTIFICATE}AcmCertificateArn", is_given),
    )
)
cache_is_encrypted = When(
    Property("CachingEnabled", is_true, "true"), Property("CacheDataEncrypted", is_true, "false")
)
uses_sni = Property(f"{CERTIFICATE}SslSupportMethod", one_of("sni-only"))


def origins(applies: Test, test: Test) -> Test:
    """Make the test of the origins of a kind; the control does not apply if there is none."""
    return Each(ORIGINS, When(applies, test))


def has_web_acl(item: Value, resource: Resource) -> Verdict:
    """A web ACL is associated with the stage, by a reference to it or by the name that it has in its API."""
    links = resource.template.links
    direct = SomeLinked(ASSOCIATION, "ResourceArn")(item, resource)
    api = links.resource(follow(item, ("RestApiId",)), "AWS::ApiGateway::RestApi")
    if api is None:
        others = resource.template.of_type(ASSOCIATION)
        return any_of((direct, *(unknown("stage") for _ in others))) or FAILED
    beside = links.to(api, ASSOCIATION, "ResourceArn").resources
    return any_of((direct, *(_ends_with_stage(one, item) for one in beside))) or FAILED


def _ends_with_stage(association: Resource, stage: Value) -> Verdict:
    """Judge an association that names the API of a stage; another stage's may be named."""
    arn, name = follow(association.properties, ("ResourceArn",)), follow(stage, ("StageName",))
    end = arn.parts[-1] if isinstance(arn, Text) else arn
    if isinstance(end, str) and isinstance(name, str) and not association.doubt:
        return PASSED if end.endswith(f"/stages/{name}") else FAILED
    return unknown("stage")


all_methods = AllOf((Property("HttpMethod", one_of("*")), Property("ResourcePath", one_of("/*"))))


def is_logged(item: Value, resource: Resource) -> Verdict:
    """The settings log errors, or more; those of some methods may inherit it from those of all methods."""
    is_of_all = all_methods(item, resource)
    default = "OFF" if is_of_all and is_of_all.status is Status.PASSED else of_some_methods
    return Property("LoggingLevel", one_of("INFO", "ERROR"), default)(item, resource)


def covers_all_methods(item: Value, resource: Resource) -> Verdict:
    """Some settings are those of all methods, or nobody knows the settings of the others."""
    found = Some("MethodSettings", all_methods)(item, resource)
    return PASSED if found.status is Status.PASSED else unknown("methods")


def makes_stage(item: Value, resource: Resource) -> Verdict:
    """The deployment makes a stage; the one that SAM makes beside its own is left out, as its ID changes."""
    description = follow(item, ("Description",))
    if isinstance(description, str) and description.startswith(SAM_DEPLOYMENT):
        return FAILED
    return Property("StageName", is_given)(item, resource)


def of_websocket(item: Value, resource: Resource) -> Verdict:
    """The API of the stage is a WebSocket API. One that is imported from a Body is an HTTP API."""
    api = resource.template.links.resource(follow(item, ("ApiId",)), "AWS::ApiGatewayV2::Api")
    if api is None:
        return unknown("api")
    is_imported = any(follow(api.properties, (name,)) is not MISSING for name in ("Body", "BodyS3Location"))
    default = "HTTP" if is_imported else Unknown(Reason("check.why.api"))
    return Property("ProtocolType", one_of("WEBSOCKET"), default)(api.properties, api)


RULES = (
    row("CloudFront.1", DISTRIBUTION, f"{CONFIG}DefaultRootObject", is_given, when=Some(ORIGINS, of_s3)),
    Rule("CloudFront.3", (DISTRIBUTION,), viewers_use_https),
    row("CloudFront.4", DISTRIBUTION, f"{CONFIG}OriginGroups.Items", has_at_least(1)),
    row("CloudFront.5", DISTRIBUTION, f"{CONFIG}Logging.Bucket", is_given),
    row("CloudFront.6", DISTRIBUTION, f"{CONFIG}WebACLId", is_given),
    Rule("CloudFront.7", (DISTRIBUTION,), has_own_certificate),
    Rule("CloudFront.8", (DISTRIBUTION,), When(has_own_certificate, uses_sni)),
    Rule(
        "CloudFront.9",
        (DISTRIBUTION,),
        origins(
            of_custom_origin,
            AnyOf(
                (
                    AllOf(
                        (
                            Property("CustomOriginConfig.OriginProtocolPolicy", one_of("match-viewer")),
                            OfResource(viewers_use_https),
                        )
                    ),
                    Property("CustomOriginConfig.OriginProtocolPolicy", one_of("https-only")),
                )
            ),
        ),
    ),
    Rule(
        "CloudFront.10",
        (DISTRIBUTION,),
        origins(
            of_custom_origin,
            Property("CustomOriginConfig.OriginSSLProtocols", has_none("SSLv3"), ["SSLv3", "TLSv1"]),
        ),
    ),
    Rule("CloudFront.13", (DISTRIBUTION,), origins(of_s3, Property("OriginAccessControlId", is_given))),
    row(
        "CloudFront.15",
        DISTRIBUTION,
        f"{CERTIFICATE}MinimumProtocolVersion",
        one_of("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"),
        "TLSv1",
        when=AllOf((has_own_certificate, uses_sni)),
    ),
    row("WAF.10", "AWS::WAFv2::WebACL", "Rules", has_at_least(1)),
    Rule(
        "APIGateway.1",
        (STAGE,),
        AllOf((Each("MethodSettings", is_logged, FAILED), covers_all_methods)),
    ),
    row(
        "APIGateway.1",
        STAGE_V2,
        "DefaultRouteSettings.LoggingLevel",
        one_of("INFO", "ERROR"),
        "OFF",
        when=of_websocket,
    ),
    Rule(
        "APIGateway.1",
        (DEPLOYMENT,),
        When(
            makes_stage,
            AllOf(
                (
                    Each(f"{OF_STAGE}MethodSettings", is_logged, PASSED),
                    AnyOf(
                        (
                            Some(f"{OF_STAGE}MethodSettings", all_methods),
                            Property(f"{OF_STAGE}LoggingLevel", one_of("INFO", "ERROR"), "OFF"),
                        )
                    ),
                )
            ),
        ),
    ),
    row("APIGateway.3", DEPLOYMENT, f"{OF_STAGE}TracingEnabled", is_true, "false", when=makes_stage),
    Rule(
        "APIGateway.5",
        (DEPLOYMENT,),
        When(
            AllOf((makes_stage, Property(f"{OF_STAGE}CacheClusterEnabled", is_true, "false"))),
            AllOf(
                (
                    Property(f"{OF_STAGE}CacheDataEncrypted", is_true, "false"),
                    Each(f"{OF_STAGE}MethodSettings", cache_is_encrypted, PASSED),
                )
            ),
        ),
    ),
    row("APIGateway.3", STAGE, "TracingEnabled", is_true, "false"),
    Rule("APIGateway.4", (STAGE,), has_web_acl),
    Rule(
        "APIGateway.5",
        (STAGE,),
        When(
            Property("CacheClusterEnabled", is_true, "false"),
            Each("MethodSettings", cache_is_encrypted, FAILED),
        ),
    ),
    row("APIGateway.8", ROUTE, "AuthorizationType", none_of("NONE"), "NONE"),
    row("APIGateway.9", STAGE_V2, "AccessLogSettings.DestinationArn", is_given),
    row("AppSync.2", GRAPHQL, "LogConfig.FieldLogLevel", one_of("ALL", "DEBUG", "ERROR", "INFO"), "NONE"),
    row("AppSync.5", GRAPHQL, "AuthenticationType", none_of("API_KEY")),
)
