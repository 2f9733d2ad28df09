"""Security groups, network ACLs and VPCs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_network

from bot.check.predicates import answer, is_false, one_of
from bot.check.rule import AllOf, Each, EachLinked, Property, Rule, SomeLinked, Test
from bot.check.template import Resource
from bot.check.values import MISSING, Reference, Text, Unknown, Value, follow
from bot.check.verdict import (
    PASSED,
    Answer,
    Verdict,
    all_of,
    all_true,
    any_true,
    opposite,
    passes,
    unknown,
    verdict_of,
)
from bot.domain.check_result import Reason, Status

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "SecurityGroupIngress"
ROUTE = "AWS::EC2::Route"
SUBNET = "AWS::EC2::Subnet"

HIGH_RISK = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500),
    *(5601, 8080, 8088, 8888, 9200, 9300),
)
"""Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html, EC2.19."""

AUTHORIZED = (80, 443)
"""The TCP ports that may be open to everyone, of the same page, EC2.18. No UDP port may."""

EVERY_PROTOCOL = frozenset({"-1", "all"})
TCP = frozenset({"tcp", "6"})
UDP = frozenset({"udp", "17"})

Bad = Callable[[Value], Answer]


def is_open(item: Value) -> Answer:
    """Return whether a rule is for every address: a network of all addresses, in any spelling."""
    return any_true(
        _is_everything(follow(item, (name,))) for name in ("CidrIp", "CidrIpv6", "CidrBlock", "Ipv6CidrBlock")
    )


def _is_everything(value: Value) -> Answer:
    if isinstance(value, Unknown):
        return _options(value, _is_everything)
    if isinstance(value, Reference):
        return Unknown(Reason("check.why.reference", value.name))
    if isinstance(value, Text):
        end = value.parts[-1]
        is_narrow = isinstance(end, str) and re.search(r"/0*[1-9][0-9]*\s*$", end)
        return False if is_narrow else Unknown(Reason("check.why.form"))
    if value is MISSING:
        return False
    try:
        return ip_network(value.strip(), strict=False).prefixlen == 0
    except (AttributeError, ValueError):
        return Unknown(Reason("check.why.form"))


def _options(value: Unknown, test: Callable[[Value], Answer]) -> Answer:
    """Answer for a value of which only the possible ones are known, if they agree."""
    answers = {test(option) for option in value.options}
    decided = answers.pop() if len(answers) == 1 else value
    return decided if isinstance(decided, bool) else value


def protocol_is(item: Value, names: Iterable[str]) -> Answer:
    """Return whether the protocol is one of these; a silent one is every protocol."""
    return answer(one_of(*names), _or(follow(item, ("IpProtocol",)), "-1"))


def covers(first: Value, last: Value, ports: Iterable[int]) -> Answer:
    """Return whether a range has one of the ports; an end that is not there is that of all ports."""
    low, high = _port(_or(first, "0")), _port(_or(last, "65535"))
    if isinstance(low, Unknown):
        return low
    if isinstance(high, Unknown):
        return high
    if low == -1 or high == -1:
        return True
    return any(low <= port <= high for port in ports)


def _port(value: Value) -> int | Unknown:
    if isinstance(value, Unknown):
        return value
    try:
        return int(value)
    except (TypeError, ValueError):
        return Unknown(Reason("check.why.form"))


def _or(value: Value, default: str) -> Value:
    return default if value is MISSING else value


def opens_tcp(*ports: int) -> Bad:
    """Make the test whether a rule opens one of these TCP ports to everyone."""

    def is_bad(item: Value) -> Answer:
        every = protocol_is(item, EVERY_PROTOCOL)
        reached = covers(follow(item, ("FromPort",)), follow(item, ("ToPort",)), ports)
        tcp = all_true((protocol_is(item, TCP), reached))
        return all_true((is_open(item), any_true((every, tcp))))

    return is_bad


def opens_unauthorized(item: Value) -> Answer:
    """Return whether a rule opens more than one of the authorized ports to everyone."""
    tcp = all_true((protocol_is(item, TCP), opposite(_is_authorized(item))))
    return all_true((is_open(item), any_true((protocol_is(item, (*EVERY_PROTOCOL, *UDP)), tcp))))


def _is_authorized(item: Value) -> Answer:
    ends = [_port(_or(follow(item, (name,)), "-1")) for name in ("FromPort", "ToPort")]
    for end in ends:
        if isinstance(end, Unknown):
            return end
    return ends[0] == ends[1] and ends[0] in AUTHORIZED


def closed(is_bad: Bad) -> Test:
    """Make the test that a rule of a security group or an entry of a network ACL is not bad."""

    def is_closed(item: Value, _: Resource) -> Verdict:
        """It does not open such a port to every address."""
        return verdict_of(opposite(is_bad(item)))

    return is_closed


def no_ingress(is_bad: Bad) -> Test:
    """Make the test that no rule of a security group, inside or beside it, is bad."""
    test = closed(is_bad)
    return AllOf((Each(INGRESS, test, PASSED), EachLinked(f"AWS::EC2::{INGRESS}", "GroupId", test, PASSED)))


def is_private(subnet: Value, resource: Resource) -> Verdict:
    """Judge whether a subnet, which a resource names, has no route to an internet gateway."""
    links = resource.template.links
    found = links.resource(subnet, SUBNET)
    if found is None:
        return unknown("subnets")
    places = links.to(found, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId").resources
    tables = [
        links.resource(follow(one.properties, ("RouteTableId",)), "AWS::EC2::RouteTable") for one in places
    ]
    if not tables or None in tables:
        return unknown("routes")
    routes = (
        route for table in tables if table for route in links.to(table, ROUTE, "RouteTableId").resources
    )
    return all_of(_is_inside(route) for route in routes) or PASSED


def _is_inside(route: Resource) -> Verdict:
    """Judge whether a route leads to no internet gateway."""
    gateway = follow(route.properties, ("GatewayId",))
    is_outside = (isinstance(gateway, str) and gateway.startswith("igw-")) or (
        route.template.links.resource(gateway, "AWS::EC2::InternetGateway") is not None
    )
    if is_outside and route.doubt:
        return Verdict(Status.UNKNOWN, reason=route.doubt)
    if isinstance(gateway, Unknown):
        return Verdict(Status.UNKNOWN, reason=gateway.reason)
    return passes(holds=not is_outside)


def _entry_is_bad(item: Value) -> Answer:
    """Return whether an entry of a network ACL allows everyone the ports 22 or 3389."""
    protocol, ports = follow(item, ("Protocol",)), follow(item, ("PortRange",))
    reached = covers(follow(ports, ("From",)), follow(ports, ("To",)), (22, 3389))
    return all_true(
        (
            answer(one_of("allow"), follow(item, ("RuleAction",))),
            answer(is_false, follow(item, ("Egress",))),
            is_open(item),
            any_true((answer(one_of("-1"), protocol), all_true((answer(one_of("6"), protocol), reached)))),
        )
    )


RULES = (
    Rule(
        "EC2.6",
        ("AWS::EC2::VPC",),
        SomeLinked(
            "AWS::EC2::FlowLog", "ResourceId", Property("TrafficType", one_of("ALL", "REJECT"), "ALL")
        ),
    ),
    Rule("EC2.13", (GROUP,), no_ingress(opens_tcp(22))),
    Rule("EC2.14", (GROUP,), no_ingress(opens_tcp(3389))),
    Rule("EC2.18", (GROUP,), no_ingress(opens_unauthorized)),
    Rule("EC2.19", (GROUP,), no_ingress(opens_tcp(*HIGH_RISK))),
    Rule(
        "EC2.21",
        ("AWS::EC2::NetworkAcl",),
        EachLinked("AWS::EC2::NetworkAclEntry", "NetworkAclId", closed(_entry_is_bad), PASSED),
    ),
)
