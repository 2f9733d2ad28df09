"""EC2 instances, volumes, launch templates, subnets, and Auto Scaling."""

from __future__ import annotations

from bot.check.predicates import contains, has_at_least, is_false, is_given, is_true, one_of
from bot.check.rule import (
    AllOf,
    AnyOf,
    Each,
    Inherited,
    Property,
    Rule,
    Some,
    Test,
    When,
    of_account,
    row,
)
from bot.check.template import Resource
from bot.check.values import MISSING, Unknown, Value, follow
from bot.check.verdict import PASSED, Verdict, all_of, any_true, opposite, unknown, verdict_of
from bot.domain.check_result import Reason, Status

INSTANCE = "AWS::EC2::Instance"
TEMPLATE = "AWS::EC2::LaunchTemplate"
SUBNET = "AWS::EC2::Subnet"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
SCALING = "AWS::AutoScaling::AutoScalingGroup"

DEVICES = "BlockDeviceMappings"
OVERRIDES = "MixedInstancesPolicy.LaunchTemplate.Overrides"
PUBLIC = "AssociatePublicIpAddress"


def requires_tokens(prefix: str, default: Value) -> Test:
    """Make the test that the metadata service below a path requires tokens, or is switched off."""
    return AnyOf(
        (
            Property(f"{prefix}MetadataOptions.HttpEndpoint", one_of("disabled"), "enabled"),
            Property(f"{prefix}MetadataOptions.HttpTokens", one_of("required"), default),
        )
    )


def instance_requires_tokens(item: Value, resource: Resource) -> Verdict | None:
    """The metadata service requires tokens, by the options of the instance or of its launch template."""
    template = resource.template.links.resource(follow(item, ("LaunchTemplate",)), TEMPLATE)
    if template and follow(item, ("MetadataOptions",)) is MISSING:
        return requires_tokens("LaunchTemplateData.", of_account)(template.properties, template)
    return requires_tokens("", of_account)(item, resource)


def has_no_public_address(item: Value, resource: Resource) -> Verdict | None:
    """The instance has no public address: of its own, of its network interfaces, or of its subnet."""
    links = resource.template.links
    elastic = (
        links.to(resource, kind, "InstanceId") for kind in ("AWS::EC2::EIP", "AWS::EC2::EIPAssociation")
    )
    own = verdict_of(opposite(any_true(each._replace(doubt=None).some() for each in elastic)))
    interfaces = Each("NetworkInterfaces", _interface_is_private)(item, resource)
    return all_of((own, interfaces or _subnet_is_private(item, resource)))


def _interface_is_private(item: Value, resource: Resource) -> Verdict:
    if follow(item, (PUBLIC,)) is MISSING:
        return _subnet_is_private(item, resource)
    return Property(PUBLIC, is_false)(item, resource)


def _subnet_is_private(item: Value, resource: Resource) -> Verdict:
    subnet = resource.template.links.resource(follow(item, ("SubnetId",)), SUBNET)
    if subnet is None:
        return unknown("subnet")
    return Property("MapPublicIpOnLaunch", is_false, "false")(subnet.properties, subnet)


def devices_encrypted(prefix: str, default: Value) -> Test:
    """Make the test that each EBS device below a path is encrypted."""
    device = Inherited(Property("Ebs.Encrypted", is_true, default), ("Ebs.SnapshotId",))
    return Each(f"{prefix}{DEVICES}", When(Property("Ebs", is_given), device))


def has_open_types(item: Value, resource: Resource) -> Verdict:
    """An override demands properties of the instances, and AWS chooses the types at deployment."""
    is_open = Some(OVERRIDES, Property("InstanceRequirements", is_given))(item, resource)
    return is_open if is_open.status is Status.FAILED else unknown("dynamic", "InstanceType")


spans_zones = AnyOf(
    (
        Property("VPCZoneIdentifier", has_at_least(2, commas=True)),
        Property("AvailabilityZones", has_at_least(2)),
    )
)

RULES = (
    row("EC2.3", "AWS::EC2::Volume", "Encrypted", is_true, of_account, inherited=("SnapshotId",)),
    Rule("EC2.3", (INSTANCE,), devices_encrypted("", of_account), stricter="volume"),
    Rule("EC2.8", (INSTANCE,), instance_requires_tokens),
    Rule("EC2.9", (INSTANCE,), has_no_public_address),
    row("EC2.15", SUBNET, "MapPublicIpOnLaunch", is_false, "false"),
    row("EC2.23", "AWS::EC2::TransitGateway", "AutoAcceptSharedAttachments", one_of("disable"), "disable"),
    Rule(
        "EC2.25",
        (TEMPLATE,),
        Each("LaunchTemplateData.NetworkInterfaces", Property(PUBLIC, is_false, "false"), PASSED),
    ),
    row("EC2.51", "AWS::EC2::ClientVpnEndpoint", "ConnectionLogOptions.Enabled", is_true, "false"),
    Rule("EC2.170", (TEMPLATE,), requires_tokens("LaunchTemplateData.", "optional")),
    row("EC2.180", "AWS::EC2::NetworkInterface", "SourceDestCheck", is_true, "true"),
    Rule("EC2.181", (TEMPLATE,), devices_encrypted("LaunchTemplateData.", of_account)),
    Rule(
        "AutoScaling.1",
        (SCALING,),
        When(
            AnyOf((Property("TargetGroupARNs", is_given), Property("LoadBalancerNames", is_given))),
            Property("HealthCheckType", contains("ELB"), "EC2"),
        ),
    ),
    Rule("AutoScaling.2", (SCALING,), spans_zones),
    Rule("AutoScaling.3", (CONFIGURATION,), requires_tokens("", "optional")),
    row("Autoscaling.5", CONFIGURATION, PUBLIC, is_false, Unknown(Reason("check.why.subnet"))),
    Rule(
        "AutoScaling.6",
        (SCALING,),
        AllOf((AnyOf((Property(OVERRIDES, has_at_least(2)), has_open_types)), spans_zones)),
    ),
    Rule(
        "AutoScaling.9",
        (SCALING,),
        AnyOf(
            (Property("MixedInstancesPolicy.LaunchTemplate", is_given), Property("LaunchTemplate", is_given))
        ),
    ),
)
