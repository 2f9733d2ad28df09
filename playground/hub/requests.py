"""A request's parameters, gathered from path, query and body as the service model says where each one is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.model import OperationModel, Shape

from playground.hub.errors import HubError


def parameters_of(model: OperationModel, *, path: Mapping[str, str], query: str, body: str) -> dict[str, Any]:
    """
    Read the parameters of a restJson request; a member that the model does not know stays in.

    Args:
        model: the operation's.
        path: the parts of the path that the model names, perhaps percent-encoded.
        query: the query string.
        body: JSON text, or nothing.

    Raises:
        HubError: SerializationException, the body is not a JSON object.
    """
    parameters = _body(body)
    asked = parse_qs(query, keep_blank_values=True)
    members = model.input_shape.members if model.input_shape else {}
    for name, member in members.items():
        wire_name = member.serialization.get("name", name)
        location = member.serialization.get("location")
        if location == "uri" and wire_name in path:
            parameters[name] = unquote(path[wire_name])
        elif location == "querystring" and wire_name in asked:
            parameters[name] = _typed(member, asked[wire_name])
    return parameters


def _body(body: str) -> dict[str, Any]:
    try:
        parameters = json.loads(body) if body else {}
    except ValueError as error:
        raise HubError("SerializationException", f"not JSON: {error}") from error
    if not isinstance(parameters, dict):
        raise HubError("SerializationException", "not a JSON object")
    return parameters


def _typed(member: Shape, values: list[str]) -> Any:
    if member.type_name == "list":
        return values
    if member.type_name == "boolean" and values[0] in ("true", "false"):
        return values[0] == "true"
    if member.type_name == "integer" and values[0].lstrip("-").isdecimal():
        return int(values[0])
    return values[0]
