"""docs/owners.md: its examples are right."""

from __future__ import annotations

import re

import pytest

from bot.domain.owners.owner import SEPARATOR, split_names
from bot.domain.owners.routing_file import MOST_BYTES, check_routing
from tests.docs.markdown import codes, table_of, text_of

PAGES = ("docs/owners.md", "docs/ja/owners.md")

EXAMPLES = [
    (page, example)
    for page in PAGES
    for example in re.findall(r"^```toml\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)
]


class TestExamples:
    """The examples of the routing file."""

    @pytest.mark.parametrize(("page", "example"), EXAMPLES)
    def test_example_has_no_errors(self, page: str, example: str) -> None:
        """Each example is a whole file without errors."""
        assert [] == check_routing(example.encode()).errors, page

    @pytest.mark.parametrize("page", PAGES)
    def test_examples_have_every_table(self, page: str) -> None:
        """Each table of a file is in an example."""
        text = "".join(example for name, example in EXAMPLES if name == page)

        expected = {"owner", "people", "accounts", "resources", "route", "mention", "sla"}
        assert expected == set(re.findall(r"^\[+(\w+)\]+", text, re.MULTILINE))


class TestValues:
    """The table of tags."""

    @pytest.mark.parametrize(("page", "heading"), [("docs/owners.md", "tag"), ("docs/ja/owners.md", "タグ")])
    def test_owners_follow_from_tags(self, page: str, heading: str) -> None:
        """Each value has the owners that the table says."""
        rows = table_of(text_of(page), heading)

        assert len(rows) > 5
        for tag, owner in rows:
            (value,) = codes(tag)
            assert SEPARATOR.join(split_names(value)) == "".join(codes(owner)), value

    @pytest.mark.parametrize("page", PAGES)
    def test_limit_is_that_of_the_code(self, page: str) -> None:
        """The largest file is the code's."""
        assert f"{MOST_BYTES:,}" in text_of(page)
