"""
Rules that no block can be judged by alone.

Sources: https://docs.slack.dev/reference/block-kit/blocks (block_id, action_id, focus_on_load) and the
pages of the blocks named below, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from playground.slack.blocks import limits
from playground.slack.blocks.rules import Report

Place = tuple[str, dict[str, Any]]
"""A JSON pointer, and the object there."""


def check_across(report: Report, path: str, blocks: Any) -> None:
    """Judge the blocks together; values that are no list of objects are refused elsewhere."""
    if not isinstance(blocks, list | tuple):
        return
    placed = list(_blocks(path, blocks))
    _unique(report, "block_id", placed)
    for place, block in placed:
        _unique(report, "action_id", list(_elements(place, block)))
    if report.surface == "message":
        _message_rules(report, placed)
    else:
        _view_rules(report, placed)


def _message_rules(report: Report, placed: Sequence[Place]) -> None:
    tables = [place for place, block in placed if block.get("type") in ("table", "data_table")]
    charts = [place for place, block in placed if block.get("type") == "data_visualization"]
    markdown = [(p, b) for p, b in placed if b.get("type") == "markdown" and isinstance(b.get("text"), str)]
    for place in tables[limits.TABLES :]:
        report.add(place, "only_one_table_allowed")
    for place in charts[limits.CHARTS :]:
        report.add(place, f"no more than {limits.CHARTS} charts allowed")
    if len(markdown) > 1 and sum(len(block["text"]) for _, block in markdown) > limits.MARKDOWN_TEXT:
        report.add(markdown[-1][0], f"must be less than {limits.MARKDOWN_TEXT + 1} characters in all")
    _nowhere(report, placed, "response_url_enabled", lambda _: True)


def _view_rules(report: Report, placed: Sequence[Place]) -> None:
    found = [place for block in placed for place, e in _elements(*block) if e.get("focus_on_load") is True]
    for place in found[1:]:
        report.add(f"{place}/focus_on_load", "only one element can have `focus_on_load`")
    wrong = report.surface != "modal"
    _nowhere(report, placed, "response_url_enabled", lambda block: wrong or block.get("type") != "input")


def _nowhere(
    report: Report, placed: Sequence[Place], name: str, is_wrong: Callable[[dict[str, Any]], bool]
) -> None:
    """Refuse a flag that only an input of a modal has."""
    for block_place in placed:
        for place, element in _elements(*block_place):
            if element.get(name) is True and is_wrong(block_place[1]):
                report.add(f"{place}/{name}", f"`{name}` is for inputs in modals")


def _unique(report: Report, name: str, placed: Sequence[Place]) -> None:
    seen: set[str] = set()
    for place, value in placed:
        identifier = value.get(name)
        if not isinstance(identifier, str):
            continue
        if identifier in seen:
            report.add(f"{place}/{name}", f'`{name}` "{identifier}" already exists')
        seen.add(identifier)


def _blocks(path: str, blocks: Sequence[Any]) -> Iterator[Place]:
    """Find the blocks, those in containers and carousels too."""
    for index, block in enumerate(blocks):
        if isinstance(block, dict):
            place = f"{path}/{index}"
            yield place, block
            if isinstance(block.get("child_blocks"), list):
                yield from _blocks(f"{place}/child_blocks", block["child_blocks"])
            if block.get("type") == "carousel" and isinstance(block.get("elements"), list):
                yield from _blocks(f"{place}/elements", block["elements"])


def _elements(path: str, block: dict[str, Any]) -> Iterator[Place]:
    """Find a block's elements."""
    for name in ("elements", "actions"):
        if block.get("type") not in ("rich_text", "carousel") and isinstance(block.get(name), list):
            for index, element in enumerate(block[name]):
                if isinstance(element, dict):
                    yield f"{path}/{name}/{index}", element
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield f"{path}/{name}", block[name]
