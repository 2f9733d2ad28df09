"""
Tables: the plain one, and the one that sorts and turns pages.

Sources: https://docs.slack.dev/reference/block-kit/blocks/table-block and .../data-table-block, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.slack.blocks import limits
from playground.slack.blocks.rich_text import rich_text
from playground.slack.blocks.rules import (
    Report,
    Rule,
    anything,
    boolean,
    both,
    integer,
    items,
    nullable,
    number,
    one_of,
    record,
    string,
    typed,
)

_RAW: dict[str, Rule] = {
    "raw_text": record({"type": anything, "text": string()}),
    "raw_number": record({"type": anything, "value": number}, {"text": string()}),
}
_CELL = typed({**_RAW, "rich_text": rich_text})
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def texts(value: Any) -> Iterator[str]:
    """Find every text in a value, however deep."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == "text" and isinstance(item, str):
                yield item
            else:
                yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def _total(most: int) -> Rule:
    def check(report: Report, path: str, value: Mapping[str, Any]) -> None:
        if sum(map(len, texts(value.get("rows")))) > most:
            report.add(f"{path}/rows", f"must have less than {most + 1} characters in all cells")

    return check


def _rectangle(report: Report, path: str, value: Mapping[str, Any]) -> None:
    """Every row of a data table has the same number of cells; those of the header are not rich text."""
    rows = value.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return
    if len({len(row) for row in rows}) > 1:
        report.add(f"{path}/rows", "all rows must have the same number of columns")
    for column, cell in enumerate(rows[0] if rows else ()):
        if isinstance(cell, Mapping) and cell.get("type") == "rich_text":
            report.add(f"{path}/rows/0/{column}/type", "unsupported type: rich_text")
    header = value.get("row_header_column_index")
    if isinstance(header, int) and rows and header >= len(rows[0]):
        report.add(f"{path}/row_header_column_index", f"must be at most {len(rows[0]) - 1}")


def table(base: Mapping[str, Rule]) -> Rule:
    """Take a table block."""
    rows = items(items(_CELL, 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS)
    columns = items(nullable(_COLUMN), 0, limits.TABLE_COLUMNS)
    rule = record({"type": anything, "rows": rows}, {**base, "column_settings": columns})
    return both(rule, _total(limits.TABLE_TEXT))


def data_table(base: Mapping[str, Rule]) -> Rule:
    """Take a data_table block."""
    rows = items(items(_CELL, 1, limits.TABLE_COLUMNS), 2, limits.DATA_TABLE_ROWS)
    rule = record(
        {"type": anything, "rows": rows, "caption": string()},
        {**base, "page_size": integer(1, limits.PAGE_SIZE), "row_header_column_index": integer(0)},
    )
    return both(rule, _total(limits.DATA_TABLE_TEXT), _rectangle)
