"""
Filters of GetFindings, read and held to their rules.

Source of every rule: the shapes AwsSecurityFindingFilters, StringFilter, MapFilter, DateFilter and DateRange
and the operation GetFindings in botocore's service model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from playground.hub.errors import HubError, invalid, not_modelled
from playground.hub.findings.attributes import DATES, MAPS, STRINGS, Value
from playground.hub.findings.conditions import Between, Condition, Prefix, Test
from playground.hub.findings.times import seconds_of

MAX_ATTRIBUTES = 10
MAX_VALUES = 20

FOREVER = Between(float("-inf"), float("inf"))
DAY_SECONDS = 86400

Filter = Mapping[str, Any]

_CLASHES = (
    ("EQUALS", "NOT_EQUALS"),
    ("EQUALS", "PREFIX_NOT_EQUALS"),
    ("CONTAINS", "NOT_CONTAINS"),
)
"""Comparisons that may not stand on one attribute together."""

_LONERS = ("CONTAINS", "NOT_CONTAINS")
"""Comparisons that may stand only beside their like."""

_ELSEWHERE = {
    "CONTAINS": "automation rules",
    "NOT_CONTAINS": "automation rules",
    "CONTAINS_WORD": "the V2 operations",
}
"""Comparisons that GetFindings refuses, to the operations that take them."""


def conditions_of(filters: Mapping[str, list[Filter]], now: float) -> tuple[Condition, ...]:
    """
    Read filters; a DateRange counts back from `now`.

    Raises:
        HubError: InvalidInputException if AWS refuses them, NotModelled if only AWS knows them.
    """
    if len(filters) > MAX_ATTRIBUTES:
        raise invalid("Filters", f"data.Filters should NOT have more than {MAX_ATTRIBUTES} properties")
    return tuple(_condition(attribute, entries, now) for attribute, entries in filters.items())


def _condition(attribute: str, entries: list[Filter], now: float) -> Condition:
    if not 1 <= len(entries) <= MAX_VALUES:
        raise _invalid(attribute, f"should have 1 to {MAX_VALUES} items")
    if attribute in STRINGS:
        return _strings(attribute, entries)
    if attribute in MAPS:
        return _pairs(attribute, entries)
    if attribute in DATES:
        return Condition(attribute, tests=tuple(_between(attribute, entry, now) for entry in entries))
    raise not_modelled(f"the filter attribute {attribute}")


def _strings(attribute: str, entries: list[Filter]) -> Condition:
    _require(attribute, entries, ("Value", "Comparison"))
    _check_mix(attribute, {entry["Comparison"] for entry in entries})
    return Condition(
        attribute,
        equals=frozenset(_texts(entries, "EQUALS")),
        tests=tuple(_prefixes(entries, "PREFIX")),
        not_equals=frozenset(_texts(entries, "NOT_EQUALS")),
        not_tests=tuple(_prefixes(entries, "PREFIX_NOT_EQUALS")),
    )


def _pairs(attribute: str, entries: list[Filter]) -> Condition:
    _require(attribute, entries, ("Key", "Value", "Comparison"))
    _check_mix(attribute, {entry["Comparison"] for entry in entries})
    return Condition(
        attribute,
        equals=frozenset(_keyed(entries, "EQUALS")),
        not_equals=frozenset(_keyed(entries, "NOT_EQUALS")),
    )


def _texts(entries: list[Filter], comparison: str) -> Iterable[str]:
    return (entry["Value"] for entry in entries if entry["Comparison"] == comparison)


def _prefixes(entries: list[Filter], comparison: str) -> Iterable[Test]:
    return (Prefix(text) for text in _texts(entries, comparison))


def _keyed(entries: list[Filter], comparison: str) -> Iterable[Value]:
    return ((entry["Key"], entry["Value"]) for entry in entries if entry["Comparison"] == comparison)


def _check_mix(attribute: str, comparisons: set[str]) -> None:
    for one, other in _CLASHES:
        if one in comparisons and other in comparisons:
            raise _invalid(attribute, f"should NOT have both {one} and {other}")
    for loner in _LONERS:
        if loner in comparisons and len(comparisons) > 1:
            raise _invalid(attribute, f"should have {loner} only with other {loner}")
    for comparison in sorted(comparisons & _ELSEWHERE.keys()):
        raise _invalid(attribute, f"should NOT have {comparison}: it is for {_ELSEWHERE[comparison]}")


def _between(attribute: str, entry: Filter, now: float) -> Test:
    has_ends = "Start" in entry or "End" in entry
    if "DateRange" in entry and not has_ends:
        return _range(attribute, entry["DateRange"], now)
    if "DateRange" in entry or "Start" not in entry or "End" not in entry:
        # One end alone is refused: https://github.com/elastic/integrations/issues/19101
        raise _invalid(attribute, "should have both Start and End, or DateRange")
    try:
        return Between(seconds_of(entry["Start"]), seconds_of(entry["End"]))
    except ValueError as error:
        raise _invalid(attribute, f"should have timestamps: {error}") from error


def _range(attribute: str, given: Filter, now: float) -> Test:
    if "Value" not in given or "Unit" not in given:
        raise _invalid(attribute, "DateRange should have Value and Unit")
    edge = now - given["Value"] * DAY_SECONDS
    if given.get("Comparison", "WITHIN") == "WITHIN":
        return Between(edge, now)
    return Between(FOREVER.start, edge)


def _require(attribute: str, entries: list[Filter], names: tuple[str, ...]) -> None:
    for entry in entries:
        for name in names:
            if name not in entry:
                raise _invalid(attribute, f"should have required property '{name}'")


def _invalid(attribute: str, problem: str) -> HubError:
    return invalid("Filters", f"data.Filters.{attribute} {problem}")
