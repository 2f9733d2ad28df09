"""Markdown, as far as the tests of the documents read it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def text_of(name: str) -> str:
    """Read a document."""
    return (ROOT / name).read_text(encoding="utf-8")


def headings(text: str) -> list[tuple[int, str]]:
    """Return the level and the words of each heading outside of code."""
    prose = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.+)$", prose, re.MULTILINE)]


def tables(text: str) -> list[list[list[str]]]:
    """Return each table's rows of cells, without its head."""
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    return [[_cells(line) for line in block.splitlines()[2:]] for block in blocks]


def table_of(text: str, first_word: str) -> list[list[str]]:
    """Return the table whose first cell of the head begins with some words."""
    (table,) = re.findall(rf"^\| {re.escape(first_word)}.*\|$\n(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    return tables(table)[0]


def codes(text: str) -> list[str]:
    """Return the texts in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
