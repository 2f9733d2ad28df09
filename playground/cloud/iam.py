"""
IAM's decision about one request, for the policy elements that template.yaml uses.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
…/reference_policies_elements_condition_operators.html and
…/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

Statement = Mapping[str, Any]
Context = Mapping[str, Sequence[str]]
"""The request's condition keys with their values; a key that the request lacks is absent."""

UNKNOWN = frozenset({"NotAction", "NotResource", "NotPrincipal"})
"""Elements that the template does not use: they would change the meaning of a statement."""


@dataclass(frozen=True)
class Grant:
    """A permission of a statement: one action on one resource, as they are written."""

    sid: str
    action: str
    resource: str


@dataclass(frozen=True)
class Decision:
    """IAM's decision about a request."""

    is_allowed: bool
    denied_by: Statement | None = None
    """The statement that denies it, if one does: a Deny wins over every Allow."""
    grants: frozenset[Grant] = frozenset()
    """The permission that allows it, also if a Deny wins."""


def decide(statements: Iterable[Statement], action: str, resource: str, context: Context) -> Decision:
    """
    Decide about a request: some statement allows it, and none denies it.

    Args:
        statements: of the caller's policies and of the resource's, in one account.
        action: as in a policy, such as s3:GetObject.
        resource: the ARN that the request is for; "*" of an action that knows no resource.
        context: the condition keys.

    Raises:
        NotImplementedError: a statement has an element or an operator that is not modelled.
    """
    grants: set[Grant] = set()
    denied_by = None
    for statement in statements:
        matched = _matched(statement, action, resource, context)
        if matched and statement["Effect"] == "Allow":
            grants |= matched
        elif matched:
            denied_by = statement
    return Decision(bool(grants) and denied_by is None, denied_by, frozenset(grants))


def listed(value: Any) -> list[Any]:
    """Return a policy's element as a list: one value may stand alone."""
    return value if isinstance(value, list) else [value]


def _matched(statement: Statement, action: str, resource: str, context: Context) -> set[Grant]:
    """Find the permission of a statement that covers a request, if all conditions hold."""
    if UNKNOWN & statement.keys():
        raise NotImplementedError(statement)
    matched = {
        Grant(statement.get("Sid", ""), a, r)
        for a in listed(statement["Action"])
        for r in listed(statement["Resource"])
        if matches(a.lower(), action.lower()) and matches(r, resource)
    }
    return matched if matched and _conditions_hold(statement.get("Condition", {}), context) else set()


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    names = {name.lower(): values for name, values in context.items()}  # keys are not case-sensitive
    return all(
        _holds(operator, names.get(key.lower()), [*map(str, listed(expected))])
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def _holds(operator: str, actual: Sequence[str] | None, expected: list[str]) -> bool:
    if operator == "Null":
        return (actual is None) == (expected == ["true"])
    if operator == "StringNotEquals":  # true of a request without the key
        return not _holds("StringEquals", actual, expected)
    quantifier, _, name = operator.rpartition(":")
    if name not in _OPERATORS or quantifier not in {"", "ForAnyValue", "ForAllValues"}:
        raise NotImplementedError(operator)
    compare = _OPERATORS[name]
    met = [any(compare(pattern, value) for pattern in expected) for value in actual or ()]
    return all(met) if quantifier == "ForAllValues" else any(met)


@cache
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Compare with a pattern of IAM's: * is any text, ? any character, and nothing else is special."""
    return _form(pattern).fullmatch(text) is not None


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda expected, actual: expected.lower() == actual.lower(),
    "StringEquals": lambda expected, actual: expected == actual,
    "StringLike": matches,
}
