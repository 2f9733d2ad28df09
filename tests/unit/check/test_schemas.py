"""The paths of the rules are those of CloudFormation's schemas, which cfn-lint brings along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from bot.check.rule import (
    AllOf,
    AnyOf,
    Choice,
    Each,
    EachLinked,
    Entry,
    Inherited,
    Not,
    OfResource,
    Property,
    Some,
    SomeLinked,
    When,
)
from bot.check.rules import RULES

PARTS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    AllOf: lambda test: test.tests,
    AnyOf: lambda test: test.tests,
    Choice: lambda test: (test.condition, test.then, test.otherwise),
    Not: lambda test: (test.test,),
    When: lambda test: (test.condition, test.test),
}
"""The tests of which another one consists, about the same item."""


def named(kind: str, test: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the types and the paths of properties that a test reads."""
    for part in PARTS[type(test)](test) if type(test) in PARTS else ():
        yield from named(kind, part, prefix)
    match test:
        case Property():
            yield kind, prefix + test.path
        case Inherited():
            yield from named(kind, test.property, prefix)
            yield from ((kind, prefix + source) for source in test.sources)
        case OfResource():
            yield from named(kind, test.test)
        case Entry():
            yield from ((kind, f"{prefix}{test.path}.{name}") for name, _ in test.names)
            yield from named(kind, test.property, f"{prefix}{test.path}.")
        case Each() | Some():
            yield kind, prefix + test.path
            yield from named(kind, test.test, f"{prefix}{test.path}.")
        case EachLinked() | SomeLinked():
            yield test.type, test.path
            yield from named(test.type, test.test)


def exists(schema: Any, root: Any, keys: list[str]) -> bool:
    """Return whether a path of keys leads through a schema."""
    while "$ref" in schema:
        place = root
        for key in schema["$ref"].lstrip("#/").split("/"):
            place = place[key]
        schema = place
    if "items" in schema:
        return exists(schema["items"], root, keys)
    if not keys:
        return True
    for option in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        if exists({**option}, root, keys) and "properties" in option:
            return True
    properties = schema.get("properties", {})
    if keys[0] in properties:
        return exists(properties[keys[0]], root, keys[1:])
    patterns = schema.get("patternProperties", {})
    return any(exists(inner, root, keys[1:]) for inner in patterns.values())


PLACES = sorted({place for rule in RULES for kind in rule.types for place in named(kind, rule.test)})


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in PLACES}))
def test_paths_are_in_the_schema(kind: str) -> None:
    """Each type is one of CloudFormation's, and has the properties that the rules read."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema

    assert not [path for of, path in PLACES if of == kind and not exists(schema, schema, path.split("."))]


def test_reads_hundreds_of_paths() -> None:
    """The tests of the rules are looked into: a rule of one property shows it."""
    assert len(PLACES) > 200
