"""docs/glossary.md: each noun has its class."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.markdown import ROOT, text_of

GLOSSARY = text_of("docs/glossary.md")
NOUNS = dict(re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\* (.+?)(?=\n\n|\Z)", GLOSSARY, re.MULTILINE | re.DOTALL))


def pointers(text: str) -> list[tuple[str, str]]:
    """Return the (class, file) pairs of a paragraph."""
    return re.findall(r"`(\w+)`\s+in\s+`(bot/[\w/]+\.py)`", text)


def test_each_noun_is_defined() -> None:
    """The glossary has the nouns that the code is made of, each once."""
    expected = {
        "Finding",
        "Control",
        "Problem",
        "Query",
        "Report",
        "Row",
        "Owner",
        "Job",
        "Step",
        "Plan",
        "Target",
    }
    expected |= {"Action", "Suppression", "Audit log", "Partition", "Checkpoint"}

    assert expected <= {*NOUNS}


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_class_of_noun_exists(noun: str) -> None:
    """Each class that stands for a noun is in the file that its paragraph names."""
    assert pointers(NOUNS[noun])

    for name, file in pointers(NOUNS[noun]):
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
