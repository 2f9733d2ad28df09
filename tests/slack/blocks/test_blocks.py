"""What each block may hold."""

from __future__ import annotations

import pytest

from playground.slack.blocks import Surface, problems
from tests.slack import kit
from tests.slack.blocks.broken_blocks import BROKEN, NEWER, RICH, TABLES
from tests.slack.blocks.broken_charts import CHARTS
from tests.slack.kit import Piece, cell, longer, mrkdwn, plain, section, shown


def at(reason: str, pointer: str) -> str:
    """Write a problem."""
    return f"{reason} [json-pointer:/blocks/0{pointer}]"


class TestBlocks:
    """One block."""

    @pytest.mark.parametrize(
        ("block", "reason", "pointer"), [*BROKEN, *NEWER, *RICH, *TABLES, *CHARTS], ids=shown
    )
    def test_block_that_breaks_one_rule_has_that_one_problem(
        self, block: Piece, reason: str, pointer: str
    ) -> None:
        """A block that breaks one rule has that one problem, with a pointer to it."""
        assert [at(reason, pointer)] == problems([block], "message")

    def test_alert_has_200_characters_and_one_of_five_levels(self) -> None:
        """An alert has 200 characters and one of five levels."""
        block = {"type": "alert", "text": plain(longer(200)), "level": "loud"}

        assert problems([block], "modal") == [
            at("must be less than 201 characters", "/text/text"),
            at("must be a valid enum value", "/level"),
        ]

    def test_block_that_is_no_object_is_refused(self) -> None:
        """A block is an object with a type that is a word."""
        assert problems(["divider", {}, {"type": 5}], "message") == [  # type: ignore[list-item]
            "must provide an object [json-pointer:/blocks/0]",
            "missing required field: type [json-pointer:/blocks/1]",
            "unsupported type: 5 [json-pointer:/blocks/2/type]",
        ]

    def test_blocks_that_are_no_list_are_refused(self) -> None:
        """Blocks are a list."""
        assert problems("blocks", "message") == ["must provide an array [json-pointer:/blocks]"]  # type: ignore[arg-type]

    def test_every_violation_is_listed(self) -> None:
        """Every violation is listed, not only the first."""
        blocks = [section(text=mrkdwn("")), {"type": "header", "text": mrkdwn()}]

        assert len(problems(blocks, "message")) == 2

    def test_greatest_length_is_taken(self) -> None:
        """What has exactly the greatest length is taken."""
        blocks = [
            section(text=mrkdwn("🚨" * 3000), fields=[mrkdwn("🚨" * 2000)] * 10, block_id="b" * 255),
            {"type": "header", "text": plain("🚨" * 150)},
            {"type": "context", "elements": [mrkdwn()] * 10},
            kit.actions(*(kit.button(action_id=str(n)) for n in range(25))),
            kit.table([[cell("x" * 5)] * 20] * 100),
            {"type": "markdown", "text": "x" * 12_000},
        ]

        assert problems(blocks, "message") == []

    def test_column_of_table_may_have_null_for_its_settings(self) -> None:
        """A column of a table may have null for its settings: the default ones."""
        assert problems([kit.table([[cell(), cell()]], column_settings=[None, {}])], "message") == []


class TestTogether:
    """Blocks that are wrong only together."""

    def test_block_id_occurs_once(self) -> None:
        """A block_id occurs once, in containers too."""
        blocks = [section(block_id="a"), kit.container(child_blocks=[section(block_id="a")])]

        assert problems(blocks, "message") == [
            '`block_id` "a" already exists [json-pointer:/blocks/1/child_blocks/0/block_id]'
        ]

    def test_action_ids_differ_in_a_block(self) -> None:
        """An action_id occurs once in a block; another block may have it again."""
        twice = kit.actions(kit.button(), kit.button())

        assert problems([kit.actions(kit.button()), section(accessory=kit.button())], "message") == []
        assert problems([twice], "message") == [
            '`action_id` "press" already exists [json-pointer:/blocks/0/elements/1/action_id]'
        ]

    @pytest.mark.parametrize("second", [kit.table(), kit.data_table()], ids=["table", "data_table"])
    def test_message_has_one_table_of_either_kind(self, second: Piece) -> None:
        """A message has one table of either kind; a Home tab may have more."""
        blocks = [kit.table(), second]

        assert problems(blocks, "message") == ["only_one_table_allowed [json-pointer:/blocks/1]"]
        assert problems(blocks, "home") == []

    def test_message_has_two_charts(self) -> None:
        """A message has two charts."""
        assert problems([kit.bars()] * 2, "message") == []
        assert problems([kit.pie()] * 3, "message") == [
            "no more than 2 charts allowed [json-pointer:/blocks/2]"
        ]

    def test_markdown_of_message_is_bounded_together(self) -> None:
        """All markdown of a message has 12,000 characters."""
        blocks = [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}]

        assert problems(blocks, "message") == [
            "must be less than 12001 characters in all [json-pointer:/blocks/1]"
        ]

    def test_one_element_of_view_gets_focus(self) -> None:
        """One element of a view gets the focus."""
        blocks = [kit.entry(kit.select(focus_on_load=True))] * 2

        assert problems(blocks, "modal") == [
            "only one element can have `focus_on_load` [json-pointer:/blocks/1/element/focus_on_load]"
        ]

    @pytest.mark.parametrize("surface", ["message", "home"])
    def test_response_url_is_for_modals(self, surface: Surface) -> None:
        """Only an input of a modal can ask for a response URL."""
        asking = {"type": "conversations_select", "response_url_enabled": True}

        assert problems([kit.entry(asking)], "modal") == []
        assert problems([kit.actions(asking)], "modal") != []
        assert problems([kit.entry(asking)], surface) != []
