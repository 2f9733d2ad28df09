"""The operations that the hub models, by their names in the service model; any other is NotModelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.hub.hub import Hub
from playground.hub.operations.action_targets import (
    create_action_target,
    delete_action_target,
    describe_action_targets,
)
from playground.hub.operations.aggregators import get_finding_aggregator, list_finding_aggregators
from playground.hub.operations.batch_import import batch_import_findings
from playground.hub.operations.batch_update import batch_update_findings
from playground.hub.operations.controls import (
    batch_get_security_controls,
    get_security_control_definition,
    list_security_control_definitions,
)
from playground.hub.operations.get_findings import get_findings
from playground.hub.operations.members import list_members
from playground.hub.operations.standards import describe_standards, get_enabled_standards
from playground.hub.operations.subscription import describe_hub, disable_security_hub, enable_security_hub

Operation = Callable[[Hub, Mapping[str, Any]], dict[str, Any]]
"""Takes parameters that fit the model's input shape, gives the output shape, raises HubError."""

OPERATIONS: dict[str, Operation] = {
    "BatchGetSecurityControls": batch_get_security_controls,
    "BatchImportFindings": batch_import_findings,
    "BatchUpdateFindings": batch_update_findings,
    "CreateActionTarget": create_action_target,
    "DeleteActionTarget": delete_action_target,
    "DescribeActionTargets": describe_action_targets,
    "DescribeHub": describe_hub,
    "DescribeStandards": describe_standards,
    "DisableSecurityHub": disable_security_hub,
    "EnableSecurityHub": enable_security_hub,
    "GetEnabledStandards": get_enabled_standards,
    "GetFindingAggregator": get_finding_aggregator,
    "GetFindings": get_findings,
    "GetSecurityControlDefinition": get_security_control_definition,
    "ListFindingAggregators": list_finding_aggregators,
    "ListMembers": list_members,
    "ListSecurityControlDefinitions": list_security_control_definitions,
}
