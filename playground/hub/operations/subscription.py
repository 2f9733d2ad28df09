"""EnableSecurityHub, DisableSecurityHub, DescribeHub."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from playground.hub.errors import HubError, not_found, not_modelled
from playground.hub.findings.times import timestamp
from playground.hub.hub import Hub


def enable_security_hub(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Subscribe; a second time is a conflict (nozaq/terraform-aws-secure-baseline#135 shows the message)."""
    if "Tags" in parameters:
        raise not_modelled("tags of the hub")
    if hub.enabled:
        message = "Account is already subscribed to Security Hub"
        raise HubError("ResourceConflictException", message, HTTPStatus.CONFLICT)
    hub.enable(parameters.get("ControlFindingGenerator", "SECURITY_CONTROL"))
    return {}


def disable_security_hub(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Unsubscribe."""
    hub.disable()
    return {}


def describe_hub(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the hub's ARN and settings."""
    if parameters.get("HubArn", hub.arn) != hub.arn:
        raise not_found(f"Hub {parameters['HubArn']}")
    return {
        "HubArn": hub.arn,
        "SubscribedAt": timestamp(hub.enabled_at),
        "AutoEnableControls": True,
        "ControlFindingGenerator": hub.control_finding_generator,
    }
