"""
Charts.

Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.blocks import limits
from playground.slack.blocks.rules import (
    Report,
    Rule,
    above_zero,
    anything,
    both,
    items,
    number,
    record,
    string,
    typed,
)

_LABEL = string(limits.CHART_LABEL)
_POINT = record({"label": _LABEL, "value": number})
_SERIES = record({"name": _LABEL, "data": items(_POINT, 1, limits.CHART_POINTS)})
_AXES = record(
    {"categories": items(_LABEL, 1, limits.CHART_POINTS)},
    {"x_label": string(limits.AXIS_LABEL), "y_label": string(limits.AXIS_LABEL)},
)
_SEGMENT = record({"label": _LABEL, "value": above_zero})


def _consistent(report: Report, path: str, chart: Mapping[str, Any]) -> None:
    """Names and categories are unique; each series has one point for each category, and no other."""
    try:
        names = [series["name"] for series in chart["series"]]
        categories = sorted(chart["axis_config"]["categories"])
        points = [sorted(point["label"] for point in series["data"]) for series in chart["series"]]
    except (KeyError, TypeError):
        return  # the shape is wrong, which is said elsewhere
    if len(set(names)) < len(names):
        report.add(f"{path}/series", "series names must be unique")
    if len(set(categories)) < len(categories):
        report.add(f"{path}/axis_config/categories", "categories must be unique")
    for index, labels in enumerate(points):
        if labels != categories:
            report.add(f"{path}/series/{index}/data", "must have one data point for each category")


_axis_chart = both(
    record({"type": anything, "series": items(_SERIES, 1, limits.CHART_SERIES), "axis_config": _AXES}),
    _consistent,
)
_pie = record({"type": anything, "segments": items(_SEGMENT, 1, limits.CHART_SERIES)})


def chart(base: Mapping[str, Rule]) -> Rule:
    """Take a data_visualization block."""
    kinds = {"pie": _pie, **dict.fromkeys(("bar", "line", "area"), _axis_chart)}
    return record(
        {"type": anything, "title": string(limits.CHART_TITLE), "chart": typed(kinds)},
        base,
    )
