"""
GetFindings.

There is no snapshot: a page is cut from the findings that match when it is read. A finding that leaves the
query between two pages moves the later ones up, and one of them is missed. AWS promises nothing better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.hub.errors import invalid, not_modelled
from playground.hub.filters import conditions_of
from playground.hub.findings.attributes import DATES, MAPS, NUMBERS, STRINGS, reader
from playground.hub.findings.conditions import Condition
from playground.hub.findings.finding import Asff
from playground.hub.findings.store import Selection
from playground.hub.hub import Hub

PAGE_SIZE = 100
"""MaxResults when none is given. AWS does not document it; this is the greatest allowed."""


def get_findings(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the findings that match, from the hub and those that it aggregates."""
    query = {name: parameters.get(name) for name in ("Filters", "SortCriteria")}
    now = hub.knobs.clock()
    conditions = conditions_of(parameters.get("Filters", {}), now)
    order = parameters.get("SortCriteria", [])
    _check_order(order)
    start = hub.tokens.start(parameters.get("NextToken"), query, now)
    size = parameters.get("MaxResults", PAGE_SIZE)
    findings, is_last = _page(hub, conditions, order, start, size)
    answer: dict[str, Any] = {"Findings": findings}
    if not is_last:
        answer["NextToken"] = hub.tokens.issue(query, start + size, now + hub.knobs.token_seconds)
    return answer


def _page(
    hub: Hub, conditions: Sequence[Condition], order: Sequence[Asff], start: int, size: int
) -> tuple[Sequence[Asff], bool]:
    selections = hub.select(conditions)
    total = sum(len(selection) for selection in selections)
    if order:
        return _sorted(selections, order)[start : start + size], total <= start + size
    return _unsorted(selections, start, size), total <= start + size


def _unsorted(selections: Sequence[Selection], start: int, size: int) -> list[Asff]:
    page: list[Asff] = []
    for selection in selections:
        page += selection.page(start, size - len(page))
        start = max(0, start - len(selection))
    return page


def _sorted(selections: Sequence[Selection], order: Sequence[Asff]) -> list[Asff]:
    findings = [finding for selection in selections for finding in selection.page(0, len(selection))]
    for criterion in reversed(order):
        read = reader(criterion["Field"])
        is_descending = criterion["SortOrder"] == "desc"
        lacking = [finding for finding in findings if not any(True for _ in read(finding))]
        having = [finding for finding in findings if any(True for _ in read(finding))]
        findings = sorted(having, key=lambda finding: next(read(finding)), reverse=is_descending) + lacking
    return findings


def _check_order(order: Sequence[Asff]) -> None:
    for index, criterion in enumerate(order):
        for name in ("Field", "SortOrder"):
            if name not in criterion:
                problem = f"data.SortCriteria[{index}] should have required property '{name}'"
                raise invalid("SortCriteria", problem)
        field = criterion["Field"]
        if field in MAPS or field not in {*STRINGS, *DATES, *NUMBERS}:
            raise not_modelled(f"sorting by {field}")
