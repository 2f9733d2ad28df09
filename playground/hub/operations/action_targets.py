"""
CreateActionTarget, DescribeActionTargets, DeleteActionTarget: the custom actions of the console.

Source: botocore's service model, and https://docs.aws.amazon.com/securityhub/latest/userguide/
securityhub-cwe-custom-actions.html (the lengths of names and IDs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from playground.hub.errors import HubError, invalid, invalid_token, not_found
from playground.hub.hub import Hub

ID = re.compile(r"[0-9a-zA-Z]{1,20}")
MAX_NAME = 20


def create_action_target(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make a custom action; a second of the same ID is a conflict."""
    if not ID.fullmatch(parameters["Id"]):
        raise invalid("Id", f"data.Id should match pattern {ID.pattern}")
    if len(parameters["Name"]) > MAX_NAME:
        raise invalid("Name", f"data.Name should NOT be longer than {MAX_NAME} characters")
    arn = f"arn:aws:securityhub:{hub.region}:{hub.account_id}:action/custom/{parameters['Id']}"
    if arn in hub.action_targets:
        raise HubError("ResourceConflictException", f"{arn} exists", HTTPStatus.CONFLICT)
    kept = {name: parameters[name] for name in ("Name", "Description")}
    hub.action_targets[arn] = {"ActionTargetArn": arn, **kept}
    return {"ActionTargetArn": arn}


def describe_action_targets(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Tell of the custom actions that are asked for, or of all."""
    if "NextToken" in parameters:
        raise invalid_token()
    arns = parameters.get("ActionTargetArns") or list(hub.action_targets)
    return {"ActionTargets": [_found(hub, arn) for arn in arns]}


def delete_action_target(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a custom action."""
    found = _found(hub, parameters["ActionTargetArn"])
    del hub.action_targets[found["ActionTargetArn"]]
    return {"ActionTargetArn": found["ActionTargetArn"]}


def _found(hub: Hub, arn: str) -> dict[str, str]:
    if arn not in hub.action_targets:
        raise not_found(f"Action target {arn}")
    return hub.action_targets[arn]
