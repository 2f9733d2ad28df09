"""ECS, ECR and EKS."""

from __future__ import annotations

from bot.check.predicates import (
    has_all,
    is_absent,
    is_false,
    is_given,
    is_true,
    none_of,
    one_of,
    starts_with,
    version_at_least,
)
from bot.check.rule import (
    AllOf,
    AnyOf,
    Each,
    Entry,
    Not,
    OfResource,
    Property,
    Rule,
    Some,
    When,
    of_account,
    row,
)
from bot.check.template import Resource
from bot.check.values import MISSING, Unknown, Value, follow
from bot.check.verdict import PASSED, Verdict, unknown
from bot.domain.check_result import Reason

TASK = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"
REPOSITORY = "AWS::ECR::Repository"
KUBERNETES = "AWS::EKS::Cluster"

CONTAINERS = "ContainerDefinitions"

SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA")
"""Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html, ECS.8."""

OLDEST_KUBERNETES = "1.34"
"""Source: https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html, EKS.2, read 2026-11."""

on_windows = Property("RuntimePlatform.OperatingSystemFamily", starts_with("WINDOWS"), "LINUX")
on_linux = OfResource(Not(on_windows))


def is_scanned(item: Value, resource: Resource) -> Verdict:
    """ImageScanningConfiguration.ScanOnPush is true; if it is absent, the registry may decide."""
    is_set = any(resource.template.of_type("AWS::ECR::RegistryScanningConfiguration"))
    default = of_account if is_set else "false"
    return Property("ImageScanningConfiguration.ScanOnPush", is_true, default)(item, resource)


def of_fargate(item: Value, resource: Resource) -> Verdict | None:
    """The service runs on Fargate, by its launch type, its capacity providers, or those of its cluster."""
    if follow(item, ("LaunchType",)) is not MISSING:
        return Property("LaunchType", one_of("FARGATE"))(item, resource)
    if follow(item, ("CapacityProviderStrategy",)) is not MISSING:
        return Some("CapacityProviderStrategy", is_fargate)(item, resource)
    cluster = resource.template.links.resource(follow(item, ("Cluster",)), "AWS::ECS::Cluster")
    if cluster is None:
        return unknown("cluster")
    return Some("DefaultCapacityProviderStrategy", is_fargate)(cluster.properties, cluster)


def of_windows(item: Value, resource: Resource) -> Verdict:
    """The tasks of the service run on Windows."""
    task = resource.template.links.resource(follow(item, ("TaskDefinition",)), TASK)
    return on_windows(task.properties, task) if task else unknown("task")


is_fargate = Property("CapacityProvider", one_of("FARGATE", "FARGATE_SPOT"))
is_latest = AnyOf(
    (
        AllOf((Property("PlatformVersion", one_of("1.0.0")), of_windows)),
        Property("PlatformVersion", one_of("LATEST", "1.4.0"), "LATEST"),
    )
)
"""The latest versions: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html, ECS.10."""

RULES = (
    row(
        "ECS.2",
        SERVICE,
        "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
        none_of("ENABLED"),
        "DISABLED",
    ),
    row("ECS.3", TASK, "PidMode", none_of("host")),
    Rule("ECS.4", (TASK,), Each(CONTAINERS, Property("Privileged", is_false, "false"), PASSED)),
    Rule(
        "ECS.5",
        (TASK,),
        Each(CONTAINERS, When(on_linux, Property("ReadonlyRootFilesystem", is_true, "false"))),
    ),
    Rule(
        "ECS.8",
        (TASK,),
        Each(CONTAINERS, Each("Environment", Property("Name", none_of(*SECRETS)), PASSED), PASSED),
    ),
    Rule("ECS.9", (TASK,), Each(CONTAINERS, Property("LogConfiguration.LogDriver", is_given))),
    Rule("ECS.10", (SERVICE,), When(of_fargate, is_latest)),
    Rule(
        "ECS.12",
        ("AWS::ECS::Cluster",),
        Entry(
            "ClusterSettings",
            (("Name", "containerInsights"),),
            Property("Value", one_of("enabled", "enhanced"), of_account),
        ),
    ),
    row(
        "ECS.16",
        "AWS::ECS::TaskSet",
        "NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp",
        none_of("ENABLED"),
        "DISABLED",
    ),
    row("ECS.17", TASK, "NetworkMode", none_of("host"), "bridge"),
    Rule(
        "ECS.18",
        (TASK,),
        Each(
            "Volumes",
            When(
                Not(Property("EFSVolumeConfiguration", is_absent)),
                Property("EFSVolumeConfiguration.TransitEncryption", one_of("ENABLED"), "DISABLED"),
            ),
            PASSED,
        ),
    ),
    Rule(
        "ECS.20",
        (TASK,),
        Each(
            CONTAINERS,
            When(
                on_linux,
                AllOf(
                    (Property("User", is_given), Property("User", none_of("root", "0", "0:0", "root:root")))
                ),
            ),
        ),
    ),
    Rule("ECR.1", (REPOSITORY,), is_scanned),
    row(
        "ECR.2", REPOSITORY, "ImageTagMutability", one_of("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"), "MUTABLE"
    ),
    row("ECR.3", REPOSITORY, "LifecyclePolicy", is_given),
    row("EKS.1", KUBERNETES, "ResourcesVpcConfig.EndpointPublicAccess", is_false, "true"),
    row(
        "EKS.2",
        KUBERNETES,
        "Version",
        version_at_least(OLDEST_KUBERNETES),
        Unknown(Reason("check.why.version")),
    ),
    Rule(
        "EKS.3",
        (KUBERNETES,),
        Some(
            "EncryptionConfig",
            AllOf((Property("Resources", has_all("secrets")), Property("Provider.KeyArn", is_given))),
        ),
    ),
    Rule(
        "EKS.8", (KUBERNETES,), Some("Logging.ClusterLogging.EnabledTypes", Property("Type", one_of("audit")))
    ),
)
