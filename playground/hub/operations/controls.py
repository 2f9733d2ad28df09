"""
The control catalogue: ListSecurityControlDefinitions, GetSecurityControlDefinition, BatchGetSecurityControls.

The controls are those that ship with the bot (bot/data/SOURCE.md). That list has no descriptions; the title
stands in for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.control import Control, bundled_catalogue
from playground.hub.errors import invalid, not_found, not_modelled
from playground.hub.hub import Hub
from playground.hub.operations.pages import page

PAGE_SIZE = 25
"""MaxResults when none is given: "the first 25 security controls"."""

MAX_IDS = 100
"""The most that BatchGetSecurityControls takes, by its API reference; the service model does not say."""

_REMEDIATION_URL = "https://docs.aws.amazon.com/console/securityhub/{}/remediation"


def list_security_control_definitions(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the catalogue."""
    if "StandardsArn" in parameters:
        raise not_modelled("which controls are in a standard")
    controls = bundled_catalogue().controls if "AWS" in parameters.get("Providers", ["AWS"]) else ()
    entries = [_definition(control) for control in controls]
    return page(hub, "SecurityControlDefinitions", entries, parameters, PAGE_SIZE)


def get_security_control_definition(
    hub: Hub,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Return one control by its ID, in its own spelling; "this field doesn't accept an ARN"."""
    control_id = parameters["SecurityControlId"]
    if control_id.startswith("arn:"):
        raise invalid("SecurityControlId", "data.SecurityControlId should be an ID, not an ARN")
    control = _known(control_id)
    if control is None:
        raise not_found(f"Security control {control_id}")
    return {"SecurityControlDefinition": _definition(control)}


def batch_get_security_controls(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return controls by ID or ARN, as they are in this account and Region."""
    asked = parameters["SecurityControlIds"]
    if not 1 <= len(asked) <= MAX_IDS:
        raise invalid("SecurityControlIds", f"data.SecurityControlIds should have 1 to {MAX_IDS} items")
    prefix = f"arn:aws:securityhub:{hub.region}:{hub.account_id}:security-control/"
    controls, unknown = [], []
    for name in asked:
        control = _known(name.removeprefix(prefix))
        if control is None:
            unknown.append({"SecurityControlId": name, "ErrorCode": "NOT_FOUND", "ErrorReason": "Not found"})
        else:
            state = {"SecurityControlStatus": "ENABLED", "UpdateStatus": "READY"}
            controls.append({**_facts(control), "SecurityControlArn": prefix + control.id, **state})
    return {"SecurityControls": controls, "UnprocessedIds": unknown}


def _known(control_id: str) -> Control | None:
    control = bundled_catalogue().get(control_id)
    return control if control and control.id == control_id else None


def _definition(control: Control) -> dict[str, Any]:
    more = {"CurrentRegionAvailability": "AVAILABLE", "CustomizableProperties": []}
    return {**_facts(control), **more}


def _facts(control: Control) -> dict[str, Any]:
    return {
        "SecurityControlId": control.id,
        "Title": control.title,
        "Description": control.title,
        "RemediationUrl": _REMEDIATION_URL.format(control.id),
        "SeverityRating": control.severity.name,
        "Provider": "AWS",
    }
