"""The controls that rules of cdk-nag stand for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from bot.check.rules import RULES

PACK = "AwsSolutions"
"""The pack that has names of its own for rules; other packs have the names of their functions."""


class Meaning(NamedTuple):
    """A control that a rule stands for."""

    control: str
    types: frozenset[str]
    """The types of the resources that the control is about."""
    is_partial: bool
    """The rule asks for more, or for less, than the control."""


def meanings(rule: str) -> tuple[Meaning, ...]:
    """
    Return the controls of a rule, such as `AwsSolutions-S1` or `NIST.800.53.R5-S3BucketLoggingEnabled`.

    It may be none. The rules of other packs have the same functions, and so the same names after the dash.
    """
    pack, _, name = rule.partition("-")
    return _table().get((pack == PACK, name), ())


def has_own_rule(control: str) -> bool:
    """Return whether a rule of ours decides a control."""
    return control in _own_types()


@cache
def _own_types() -> dict[str, frozenset[str]]:
    types: dict[str, frozenset[str]] = {}
    for rule in RULES:
        types[rule.control] = types.get(rule.control, frozenset()).union(rule.types)
    return types


@cache
def _table() -> dict[tuple[bool, str], tuple[Meaning, ...]]:
    """Read the table by whether a name is one of AwsSolutions, and by the name (bot/data/SOURCE.md)."""
    table: dict[tuple[bool, str], tuple[Meaning, ...]] = {}
    for row in _rows():
        control = row["control"]
        types = _own_types().get(control) or frozenset(row["types"].split())
        meaning = Meaning(control, types, is_partial=row["match"] == "partial")
        for key in ((True, row["aws_solutions"]), (False, row["rule"])):
            table[key] = (*table.get(key, ()), meaning)
    return table


def _rows() -> Iterator[dict[str, str]]:
    text = resources.files("bot").joinpath("data/cdk_nag.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
