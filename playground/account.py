"""
The API calls of an operator's tools: the stack, IAM's simulator, Lambda, schedules and rules.

CloudFormation (ListStackResources) and IAM (SimulatePrincipalPolicy) are ours: for them moto would have to
make the stack.
EventBridge and its Scheduler are moto's, and get what the template has of them when they are first asked.
Source: botocore's service models, and https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/
CommonErrors.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends
from werkzeug.wrappers import Request, Response

from playground.cloud.calls import signer_of
from playground.cloud.iam import decide
from playground.cloud.roles import Role
from playground.deployment import ACCOUNT, REGION, STACK, local_stack

App = Callable[..., Iterable[bytes]]


class Account:
    """
    A WSGI application in front of moto's.

    Args:
        app: answers every other request.
        roles: of the functions.
        functions: Lambda's API.
        organizations: Organizations' API.
    """

    def __init__(self, app: App, roles: Iterable[Role], functions: App, organizations: App) -> None:
        self._app, self._functions, self._organizations = app, functions, organizations
        self._roles = {f"arn:aws:iam::{role.account_id}:role/{role.name}": role for role in roles}
        self._is_furnished = False
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        signer = signer_of(Request(environ, populate_request=False))
        service = signer.service if signer else ""
        if service == "lambda":
            return self._functions(environ, start_response)
        if service == "organizations":
            return self._organizations(environ, start_response)
        if service in ("cloudformation", "iam"):
            parameters = Request(environ).form.to_dict()
            parameters["Region"] = signer.region if signer else ""
            answer = _resources if service == "cloudformation" else self._simulated
            return answer(parameters)(environ, start_response)
        if service in ("events", "scheduler"):
            self._furnish()
        return self._app(environ, start_response)

    def _simulated(self, parameters: Mapping[str, str]) -> Response:
        """SimulatePrincipalPolicy: one action on one resource, by the role's own policies."""
        if parameters.get("Action") != "SimulatePrincipalPolicy":
            return _refusal("InvalidAction", f"{parameters.get('Action')} is not modelled here")
        role = self._roles.get(parameters.get("PolicySourceArn", ""))
        if role is None:
            return _refusal("NoSuchEntity", "The role cannot be found", HTTPStatus.NOT_FOUND)
        action = parameters["ActionNames.member.1"]
        resource = parameters.get("ResourceArns.member.1", "*")
        decision = decide(role.statements, action, resource, _context_of(parameters))
        denied = "explicitDeny" if decision.denied_by is not None else "implicitDeny"
        result = (
            _element("EvalActionName", escape(action))
            + _element("EvalResourceName", escape(resource))
            + _element("EvalDecision", "allowed" if decision.is_allowed else denied)
        )
        results = _element("EvaluationResults", _element("member", result))
        return _answer("SimulatePrincipalPolicy", results + _element("IsTruncated", "false"))

    def _furnish(self) -> None:
        """Make the schedules and the rule of the template, once."""
        with self._lock:
            if not self._is_furnished:
                self._is_furnished = True
                furnish()


def _resources(parameters: Mapping[str, str]) -> Response:
    """ListStackResources: all on one page."""
    if parameters.get("Action") != "ListStackResources":
        return _refusal("InvalidAction", f"{parameters.get('Action')} is not modelled here")
    if (parameters.get("StackName"), parameters["Region"]) != (STACK, REGION):
        return _refusal("ValidationError", f"Stack with id {parameters.get('StackName')} does not exist")
    members = "".join(
        _element(
            "member",
            _element("LogicalResourceId", escape(name))
            + _element("PhysicalResourceId", escape(local_stack().reference(name)))
            + _element("ResourceType", escape(resource["Type"]))
            + _element("ResourceStatus", "CREATE_COMPLETE"),
        )
        for name, resource in local_stack().resources.items()
    )
    return _answer("ListStackResources", _element("StackResourceSummaries", members))


def furnish() -> None:
    """Make the schedules and the rules of the template in moto."""
    stack = local_stack()
    absent: Any = None  # what moto hands over itself, although it says str
    scheduler, events = scheduler_backends[ACCOUNT][REGION], events_backends[ACCOUNT][REGION]
    for schedule in stack.of_type("AWS::Scheduler::Schedule").values():
        if schedule["GroupName"] not in scheduler.schedule_groups:
            scheduler.create_schedule_group(name=schedule["GroupName"], tags=[])
        scheduler.create_schedule(
            action_after_completion="NONE",
            description=schedule["Description"],
            end_date=absent,
            flexible_time_window=schedule["FlexibleTimeWindow"],
            group_name=schedule["GroupName"],
            kms_key_arn=absent,
            name=schedule["Name"],
            schedule_expression=schedule["ScheduleExpression"],
            schedule_expression_timezone=schedule["ScheduleExpressionTimezone"],
            start_date=absent,
            state=schedule["State"],
            target=schedule["Target"],
        )
    for rule in stack.of_type("AWS::Events::Rule").values():
        events.put_rule(
            rule["Name"], description=rule["Description"], event_pattern=json.dumps(rule["EventPattern"])
        )


def _context_of(parameters: Mapping[str, str]) -> dict[str, list[str]]:
    """Read the condition keys of a simulation."""
    context: dict[str, list[str]] = {}
    for name, key in parameters.items():
        if match := re.fullmatch(r"(ContextEntries\.member\.\d+)\.ContextKeyName", name):
            values = f"{match[1]}.ContextKeyValues.member."
            context[key] = [text for other, text in parameters.items() if other.startswith(values)]
    return context


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _answer(operation: str, content: str) -> Response:
    result = _element(f"{operation}Result", content)
    metadata = _element("ResponseMetadata", _element("RequestId", "local"))
    return Response(_element(f"{operation}Response", result + metadata), mimetype="text/xml")


def _refusal(code: str, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Response:
    error = _element("Type", "Sender") + _element("Code", code) + _element("Message", escape(message))
    body = _element("ErrorResponse", _element("Error", error) + _element("RequestId", "local"))
    return Response(body, status, mimetype="text/xml")
