"""The rules in words: `--list-rules` and `--explain`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

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
    Rule,
    Some,
    SomeLinked,
    Test,
    When,
)
from bot.check.values import MISSING, Unknown
from bot.domain.control import bundled_catalogue
from bot.i18n import Locale, translate

NAMED = {
    name: name.replace("_", "-")
    for name in ("covers_all_methods", "is_logged", "makes_stage", "of_fargate", "of_websocket", "of_windows")
}
"""The functions that have a text of their own, as their controls have several functions."""


def listing(rules: Iterable[Rule], locale: Locale) -> Iterator[str]:
    """Yield a line for each control that has a rule, in the order of the catalogue's IDs."""
    names = {rule.control for rule in rules}
    found = [control for name in names if (control := bundled_catalogue().get(name))]
    for control in sorted(found, key=lambda control: control.order):
        yield f"{control.severity:13} {control.id:18} {control.title}\n"
    yield translate(locale, "check.rules", count=len(found)) + "\n"


def explanation(rules: Sequence[Rule], locale: Locale) -> Iterator[str]:
    """Explain the rules of one control: the properties of each type and their expected values."""
    control = bundled_catalogue().get(rules[0].control)
    if control is None:
        raise LookupError(rules[0].control)
    yield f"{control.id} {control.severity} {control.title}\n"
    for rule in rules:
        yield "\n" + ", ".join(rule.types) + "\n"
        for depth, text in _described(rule.test, control.id, locale, 1):
            yield f"{'  ' * depth}{text}\n"
        if rule.stricter:
            yield f"  {translate(locale, f'check.stricter.{rule.stricter}')}\n"


def _described(test: Test, control: str, locale: Locale, depth: int) -> Iterator[tuple[int, str]]:
    """Yield the lines of a test, each with its indentation; a function or its control has a text."""
    if isinstance(test, Property):
        yield depth, _property(test, locale)
    elif isinstance(test, OfResource):
        yield from _described(test.test, control, locale, depth)
    elif type(test) in _HEADINGS:
        for key, values, parts in _HEADINGS[type(test)](test):
            yield depth, translate(locale, key, **values)
            for part in parts:
                yield from _described(part, control, locale, depth + 1)
    else:
        name = getattr(test, "__name__", "")
        yield depth, translate(locale, f"check.rule.{NAMED.get(name, control)}")


_Heading = tuple[str, dict[str, str], tuple[Test, ...]]
"""The key of a text, its values, and the tests below it."""

_HEADINGS: dict[type, Callable[[Any], tuple[_Heading, ...]]] = {
    AllOf: lambda test: (("check.explain.all", {}, test.tests),),
    AnyOf: lambda test: (("check.explain.any", {}, test.tests),),
    Choice: lambda test: (
        ("check.explain.choice", {}, (test.condition,)),
        ("check.explain.then", {}, (test.then,)),
        ("check.explain.otherwise", {}, (test.otherwise,)),
    ),
    Each: lambda test: (("check.explain.each", {"path": test.path}, (test.test,)),),
    EachLinked: lambda test: (("check.explain.each-linked", _link(test), (test.test,)),),
    Entry: lambda test: (("check.explain.entry", _entry(test), (test.property,)),),
    Inherited: lambda test: (
        ("check.explain.inherited", {"names": ", ".join(test.sources)}, (test.property,)),
    ),
    Not: lambda test: (("check.explain.not", {}, (test.test,)),),
    Some: lambda test: (("check.explain.some", {"path": test.path}, (test.test,)),),
    SomeLinked: lambda test: (("check.explain.some-linked", _link(test), (test.test,) if test.test else ()),),
    When: lambda test: (
        ("check.explain.when", {}, (test.condition,)),
        ("check.explain.then", {}, (test.test,)),
    ),
}


def _link(test: EachLinked | SomeLinked) -> dict[str, str]:
    return {"type": test.type, "path": test.path}


def _entry(test: Entry) -> dict[str, str]:
    return {"path": test.path, "names": ", ".join(f"{name} {value}" for name, value in test.names)}


def _property(test: Property, locale: Locale) -> str:
    expected = translate(
        locale, f"check.expected.{test.expected.name}", values=", ".join(test.expected.words)
    )
    if test.default is MISSING:
        return f"{test.path}: {expected}"
    if isinstance(test.default, Unknown):
        default = translate(locale, test.default.reason.key, name=test.default.reason.name)
    else:
        default = str(test.default)
    return f"{test.path}: {expected}; {translate(locale, 'check.explain.default', default=default)}"
