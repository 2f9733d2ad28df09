"""
Rules for values, as functions to combine. Each adds the faults of a value, with their place, to a report.

The reasons are those of the validator that Slack has published, if it has the rule:
https://github.com/slackhq/hack-json-schema/tree/main/src/Constraints, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Surface: TypeAlias = Literal["message", "modal", "home"]


@dataclass
class Report:
    """The violations found so far in one message or view."""

    surface: Surface
    problems: list[str] = field(default_factory=list)

    def add(self, path: str, reason: str) -> None:
        """Note one violation at a JSON pointer."""
        self.problems.append(f"{reason} [json-pointer:{path}]")


Rule: TypeAlias = Callable[[Report, str, Any], None]


def string(longest: int | None = None, shortest: int = 1, pattern: str = "") -> Rule:
    """Take a string; its length is counted in characters."""

    def rule(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, str):
            report.add(path, "must provide a string")
        elif len(value) < shortest:
            report.add(path, f"must be more than {shortest - 1} characters")
        elif longest is not None and len(value) > longest:
            report.add(path, f"must be less than {longest + 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            report.add(path, f"input must match regex pattern: {pattern}")

    return rule


def integer(least: int | None = None, most: int | None = None) -> Rule:
    """Take a whole number."""

    def rule(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(path, "must provide an integer")
        elif least is not None and value < least:
            report.add(path, f"must be at least {least}")
        elif most is not None and value > most:
            report.add(path, f"must be at most {most}")

    return rule


def number(report: Report, path: str, value: Any) -> None:
    """Take any number."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        report.add(path, "must provide a number")


def above_zero(report: Report, path: str, value: Any) -> None:
    """Take a number greater than 0."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
        report.add(path, "must provide a number greater than 0")


def boolean(report: Report, path: str, value: Any) -> None:
    """Take true or false."""
    if not isinstance(value, bool):
        report.add(path, "must be a boolean")


def one_of(*words: str) -> Rule:
    """Take one of some words."""

    def rule(report: Report, path: str, value: Any) -> None:
        if value not in words:
            report.add(path, "must be a valid enum value")

    return rule


def items(rule: Rule, least: int = 0, most: int | None = None) -> Rule:
    """Take a list of values that keep one rule."""

    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, list | tuple):
            report.add(path, "must provide an array")
            return
        if len(value) < least:
            report.add(path, f"must provide at least {least} items")
        if most is not None and len(value) > most:
            report.add(path, f"no more than {most} items allowed")
        for index, item in enumerate(value):
            rule(report, f"{path}/{index}", item)

    return check


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Take an object with these fields and no other. Null is a value like any other: not a string, …"""
    rules = {**required, **(optional or {})}

    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            report.add(path, "must provide an object")
            return
        for name in required:
            if name not in value:
                report.add(path, f"missing required field: {name}")
        for name, item in value.items():
            if name not in rules:
                report.add(path, f"invalid additional property: {name}")
            else:
                rules[name](report, f"{path}/{name}", item)

    return check


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """Take an object that its `type` tells the rule of."""

    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            report.add(path, "must provide an object")
        elif value.get("type") is None:
            report.add(path, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            report.add(f"{path}/type", f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](report, path, value)

    return check


def both(*rules: Rule) -> Rule:
    """Accept a value that keeps several rules."""

    def check(report: Report, path: str, value: Any) -> None:
        for rule in rules:
            rule(report, path, value)

    return check


def anything(report: Report, path: str, value: Any) -> None:
    """Take any value: one that is judged elsewhere."""


def nullable(rule: Rule) -> Rule:
    """Take null too, where it stands for a default in a list."""

    def check(report: Report, path: str, value: Any) -> None:
        if value is not None:
            rule(report, path, value)

    return check
