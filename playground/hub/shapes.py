"""
Botocore's service model, and whether a request keeps to it.

A botocore client checks required members, types and least lengths before it sends; the greatest lengths,
enumerations and patterns are left to the service, which is this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)
from botocore.session import Session

OPAQUE = frozenset({"AwsSecurityFinding"})
"""Shapes that are not looked into: a finding that breaks a rule fails alone, not the whole import."""


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of Security Hub."""
    return Session().get_service_model("securityhub")


def operation_model(operation: str) -> OperationModel:
    """Return the model of one operation."""
    return service_model().operation_model(operation)


def input_shape(operation: str) -> StructureShape:
    """Return the shape of an operation's parameters."""
    shape: StructureShape = operation_model(operation).input_shape or StructureShape(
        "Nothing", {"members": {}}
    )
    return shape


def problems(shape: Shape, value: Any, path: str = "data", opaque: frozenset[str] = OPAQUE) -> Iterator[str]:
    """Return the faults of a value in Security Hub's words; empty if it fits its shape."""
    kind, is_kind = _KINDS[shape.type_name]
    if not is_kind(value):
        yield f"{path} should be {kind}"
    elif isinstance(shape, StructureShape):
        yield from _structure(shape, value, path, opaque)
    elif isinstance(shape, ListShape):
        yield from _length(shape, value, path, "items")
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{index}]", opaque)
    elif isinstance(shape, MapShape):
        yield from _length(shape, value, path, "properties")
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path} key", opaque)
            yield from problems(shape.value, item, f"{path}['{key}']", opaque)
    else:
        yield from _scalar(shape, value, path)


def _structure(shape: StructureShape, value: Any, path: str, opaque: frozenset[str]) -> Iterator[str]:
    if shape.name in opaque:
        return
    yield from (
        f"{path} should have required property '{name}'"
        for name in shape.required_members
        if name not in value
    )
    for name, item in value.items():
        if name not in shape.members:
            yield f"{path} should NOT have additional property '{name}'"
        else:
            yield from problems(shape.members[name], item, f"{path}.{name}", opaque)


def _scalar(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{path} should be equal to one of the allowed values: {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.search(pattern, value, re.DOTALL):
        yield f'{path} should match pattern "{pattern}"'
    if shape.type_name == "string":
        yield from _length(shape, value, path, "characters")
    elif "min" in shape.metadata and value < shape.metadata["min"]:
        yield f"{path} should be >= {shape.metadata['min']}"
    elif "max" in shape.metadata and value > shape.metadata["max"]:
        yield f"{path} should be <= {shape.metadata['max']}"


def _length(shape: Shape, value: Any, path: str, things: str) -> Iterator[str]:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < least:
        yield f"{path} should NOT have fewer than {least} {things}"
    if most is not None and len(value) > most:
        yield f"{path} should NOT have more than {most} {things}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "structure": ("an object", lambda value: isinstance(value, dict)),
    "map": ("an object", lambda value: isinstance(value, dict)),
    "list": ("an array", lambda value: isinstance(value, list)),
    "string": ("a string", lambda value: isinstance(value, str)),
    "timestamp": ("a string", lambda value: isinstance(value, str)),
    "boolean": ("a boolean", lambda value: isinstance(value, bool)),
    "integer": ("an integer", _is_integer),
    "long": ("an integer", _is_integer),
    "double": ("a number", _is_number),
    "float": ("a number", _is_number),
}
"""Type of the model to its name in an error, and its check."""
