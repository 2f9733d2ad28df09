"""
IAM's decision about one request, for the policy elements that template.yaml uses.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any


def is_allowed(
    statements: Iterable[Mapping[str, Any]], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """
    Decide about a request: some statement allows it, and none denies it.

    Args:
        statements: of identity policies; Principal is not looked at.
        action: as in a policy, such as s3:GetObject.
        resource: the ARN that is asked for.
        context: the request's condition keys; one that the request lacks is absent.
    """
    effects = {s["Effect"] for s in statements if _applies(s, action, resource, context)}
    return effects == {"Allow"}


def listed(value: Any) -> list[Any]:
    """Give a policy's element as a list: one value may stand alone."""
    return value if isinstance(value, list) else [value]


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Match a statement: its conditions, of whatever operators and keys, must hold all of them."""
    return (
        any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        and all(
            _holds(operator, context.get(key), listed(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(operator: str, actual: str | None, values: list[str]) -> bool:
    if operator == "Null":
        return (actual is None) == (values == ["true"])
    if operator in {"StringEquals", "ForAnyValue:StringEquals"}:
        return actual in values
    raise NotImplementedError(operator)
