"""Regular expressions: none takes time that grows with the square of what it reads."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

SOURCES = sorted(path for folder in ("bot", "handlers", "playground") for path in Path(folder).rglob("*.py"))

METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}

ELSEWHERE = {
    "bot/usecases/csv_edit/conversion.py": "times and dates, in texts of at most LONGEST (64) characters",
    "playground/cloud/calls.py": "an address of botocore's models, whose parts end at a slash",
    "playground/hub/shapes.py": "patterns of botocore's models; the local world alone reads with them",
    "playground/slack/blocks/rules.py": "patterns of the local Slack's own tables, of short texts",
}
"""Where an expression is no literal, and why that is all right."""

LENGTH = 5_000
SECONDS = 0.05
"""
Of CPU. A linear expression reads 5,000 characters in less than a millisecond, the quadratic one that was in
`words` in a second: the limit is far from both.
"""


class Use(NamedTuple):
    """An expression, and the method that reads with it."""

    pattern: str | bytes
    method: str


def literal(node: ast.expr) -> str | bytes | None:
    """Return a literal's value, None for any other expression."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, str | bytes) else None


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Parse a file once; return its calls, attributes and assignments."""
    kinds = (ast.Assign, ast.Call, ast.Attribute)
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


@cache
def compiled() -> dict[str, set[str | bytes]]:
    """Find the expressions that have a name, by it."""
    found: dict[str, set[str | bytes]] = {}
    for path in (path for path in SOURCES if str(path) not in ELSEWHERE):
        for node in nodes(path):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id="re"), attr="compile"), args=[first, *_]
                    ),
                ):
                    pattern = literal(first)
                    assert pattern is not None, f"{path}: {name} is not a literal"
                    found.setdefault(name, set()).add(pattern)
    return found


@cache
def uses() -> tuple[Use, ...]:
    """Find each expression with each method that reads with it: by its name, or of the module `re`."""
    found = set()
    for path in SOURCES:
        for node in nodes(path):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[first, *_]) if (
                    method in METHODS and str(path) not in ELSEWHERE
                ):
                    pattern = literal(first)
                    assert pattern is not None, f"{path}: an expression is not a literal"
                    found.add(Use(pattern, method))
                case ast.Attribute(value=ast.Name(id=name), attr=method) if method in METHODS:
                    found |= {Use(pattern, method) for pattern in compiled().get(name, ())}
    return tuple(sorted(found, key=str))


def pieces(pattern: str | bytes) -> list[str]:
    """Return texts that an expression tells apart: literal runs, one of each class, one that it lacks."""
    runs = re.findall(r"[\w/:.=$ -]{1,12}", pattern if isinstance(pattern, str) else pattern.decode())
    marks = [chr(c) if isinstance(c, int) else c for c in pattern]
    return list(dict.fromkeys([*" \na0\x00", *(mark for mark in marks if not mark.isalnum()), *runs[:6]]))


def hostile(use: Use) -> Iterator[Any]:
    """Return texts that make a careless expression slow: a piece repeated after each, and two by turns."""
    for one, other in product(pieces(use.pattern), repeat=2):
        for unit, first in ((other, one), (one + other, "")):
            text = first + unit * (LENGTH // len(unit))
            yield text if isinstance(use.pattern, str) else text.encode()


def seconds(use: Use, text: Any) -> float:
    """Measure the CPU that a text takes, at best of three."""
    read = getattr(re.compile(use.pattern), use.method)
    arguments = (text,) if use.method not in {"sub", "subn"} else ("" if isinstance(text, str) else b"", text)
    least = float("inf")
    for _ in range(3):
        begun = time.thread_time()
        for _ in read(*arguments) or () if use.method == "finditer" else [read(*arguments)]:
            pass
        least = min(least, time.thread_time() - begun)
        if least < SECONDS:
            break
    return least


class TestExpressions:
    """Every expression that bot, handlers and playground read with."""

    @pytest.mark.parametrize("use", uses(), ids=str)
    def test_no_expression_is_quadratic(self, use: Use) -> None:
        """The time grows with a text's length at most, for any repetition."""
        assert None is next((text[:40] for text in hostile(use) if seconds(use, text) >= SECONDS), None)

    def test_each_expression_is_judged(self) -> None:
        """No expression has a name under which nothing reads, so that none escapes the judge."""
        judged = {use.pattern for use in uses()}

        assert set() == {name for name, patterns in compiled().items() if not patterns <= judged}

    def test_judge_finds_a_quadratic_expression(self) -> None:
        """The expression that took 5.6 s of the ack does not pass."""
        use = Use(r"\s*([:,])\s*", "sub")

        assert any(seconds(use, text) >= SECONDS for text in hostile(use))
