"""
DescribeStandards and GetEnabledStandards.

Source: the shapes Standard and StandardsSubscription in botocore's service model, and the ARNs of
https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.hub.findings.control_finding import FSBP, STANDARDS, Standard
from playground.hub.hub import Hub
from playground.hub.operations.pages import page

OTHERS = (
    Standard("standards/cis-aws-foundations-benchmark/v/3.0.0", {}),
    Standard("standards/pci-dss/v/4.0.1", {}),
    Standard("standards/nist-800-171/v/2.0.0", {}),
    Standard("standards/aws-resource-tagging-standard/v/1.0.0", {}),
)
"""Standards that exist and of which the local world has no findings."""

PAGE_SIZE = 100
"""MaxResults when none is given. AWS does not document it; this is the greatest allowed."""


def describe_standards(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of all standards."""
    entries = [
        {"StandardsArn": one.arn(hub.region), "Name": one.path, "EnabledByDefault": one is FSBP}
        for one in (FSBP, *STANDARDS, *OTHERS)
    ]
    return page(hub, "Standards", entries, parameters, PAGE_SIZE)


def get_enabled_standards(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the enabled standards, or of the named ones among them."""
    prefix = f"arn:aws:securityhub:{hub.region}:{hub.account_id}:subscription/"
    asked = parameters.get("StandardsSubscriptionArns")
    entries = [
        {
            "StandardsSubscriptionArn": prefix + one.path,
            "StandardsArn": one.arn(hub.region),
            "StandardsInput": {},
            "StandardsStatus": "READY",
        }
        for one in (FSBP, *STANDARDS, *OTHERS)
        if one.id in hub.enabled_standards and (asked is None or prefix + one.path in asked)
    ]
    return page(hub, "StandardsSubscriptions", entries, parameters, PAGE_SIZE)
