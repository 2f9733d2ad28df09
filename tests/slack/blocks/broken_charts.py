"""Charts that break one rule each, with the reason and the pointer from the block on."""

from __future__ import annotations

from tests.slack import kit
from tests.slack.kit import Piece, longer

POINT = {"label": "a", "value": 1}


CHARTS: list[tuple[Piece, str, str]] = [
    (kit.pie({"label": "a", "value": 0}), "must provide a number greater than 0", "/chart/segments/0/value"),
    (kit.pie(*[POINT] * 7), "no more than 6 items allowed", "/chart/segments"),
    (
        kit.pie({"label": longer(20), "value": 1}),
        "must be less than 21 characters",
        "/chart/segments/0/label",
    ),
    (
        kit.bars([{"name": str(n), "data": [POINT]} for n in range(7)]),
        "no more than 6 items allowed",
        "/chart/series",
    ),
    (kit.bars([{"name": "n", "data": [POINT]}] * 2), "series names must be unique", "/chart/series"),
    (
        kit.bars([{"name": "n", "data": [{"label": "b", "value": 1}]}]),
        "must have one data point for each category",
        "/chart/series/0/data",
    ),
    (
        kit.bars([{"name": "n", "data": [POINT, POINT]}], ["a", "a"]),
        "categories must be unique",
        "/chart/axis_config/categories",
    ),
    (
        kit.bars([{"name": "n", "data": [{"value": 1}]}]),
        "missing required field: label",
        "/chart/series/0/data/0",
    ),
    (kit.bars(x_label=longer(50)), "must be less than 51 characters", "/chart/axis_config/x_label"),
    (kit.bars() | {"title": longer(50)}, "must be less than 51 characters", "/title"),
    (kit.bars() | {"chart": {"type": "radar"}}, "unsupported type: radar", "/chart/type"),
]
