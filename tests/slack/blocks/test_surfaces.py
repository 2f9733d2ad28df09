"""Which block and element may stand where."""

from __future__ import annotations

import pytest

from playground.slack.blocks import Surface, problems
from tests.slack import kit

SURFACES: tuple[Surface, ...] = ("message", "modal", "home")

BLOCKS = {
    "actions": "message modal home",
    "alert": "modal",
    "card": "message home",
    "carousel": "message home",
    "container": "message",
    "context": "message modal home",
    "context_actions": "message",
    "data_table": "message home",
    "data_visualization": "message",
    "divider": "message modal home",
    "header": "message modal home",
    "image": "message modal home",
    "input": "message modal home",
    "markdown": "message",
    "plan": "message",
    "rich_text": "message modal home",
    "section": "message modal home",
    "table": "message home",
    "task_card": "message",
    "video": "message modal home",
}

ELEMENTS = {
    "button": "section actions",
    "workflow_button": "section actions",
    "overflow": "section actions",
    "checkboxes": "section actions input",
    "radio_buttons": "section actions input",
    "datepicker": "section actions input",
    "timepicker": "section actions input",
    "datetimepicker": "actions input",
    "static_select": "section actions input",
    "multi_static_select": "section actions input",
    "external_select": "section actions input",
    "multi_external_select": "section actions input",
    "users_select": "section actions input",
    "multi_users_select": "section actions input",
    "conversations_select": "section actions input",
    "multi_conversations_select": "section actions input",
    "channels_select": "section actions input",
    "multi_channels_select": "section actions input",
    "plain_text_input": "input",
    "email_text_input": "input",
    "url_text_input": "input",
    "number_input": "input",
    "rich_text_input": "actions input",
    "file_input": "input",
    "image": "section",
}

NARROW_ELEMENTS = {
    "workflow_button": "message",
    "datetimepicker": "message modal",
    "email_text_input": "modal",
    "url_text_input": "modal",
    "number_input": "modal",
    "rich_text_input": "modal home",
    "file_input": "modal",
}


def holder(block: str, element: kit.Piece) -> kit.Piece:
    """Put an element into a block."""
    if block == "section":
        return kit.section(accessory=element)
    return kit.actions(element) if block == "actions" else kit.entry(element)


class TestBlocks:
    """Blocks on surfaces."""

    def test_all_modelled_blocks_are_tried(self) -> None:
        """The table here, the pieces of the kit and what is modelled are the same blocks."""
        assert set(BLOCKS) == set(kit.PIECES)

    @pytest.mark.parametrize("surface", SURFACES)
    @pytest.mark.parametrize("name", kit.PIECES)
    def test_block_stands_where_slack_says(self, name: str, surface: Surface) -> None:
        """A block is taken on its surfaces, and has an unsupported type on the others."""
        refusal = (
            []
            if surface in BLOCKS[name].split()
            else [f"unsupported type: {name} [json-pointer:/blocks/0/type]"]
        )

        assert problems([kit.PIECES[name]], surface) == refusal

    def test_file_is_slacks_own(self) -> None:
        """An app cannot send a file block."""
        block = {"type": "file", "external_id": "1", "source": "remote"}

        assert problems([block], "message") == ["unsupported type: file [json-pointer:/blocks/0/type]"]

    def test_type_that_nobody_knows_is_unsupported(self) -> None:
        """A type that nobody knows is unsupported."""
        assert problems([{"type": "bogus"}], "modal") == [
            "unsupported type: bogus [json-pointer:/blocks/0/type]"
        ]


class TestElements:
    """Elements in blocks and on surfaces."""

    def test_all_modelled_elements_are_tried(self) -> None:
        """The table here and the pieces of the kit are the same elements."""
        assert set(ELEMENTS) == set(kit.ELEMENTS)

    @pytest.mark.parametrize("block", ["section", "actions", "input"])
    @pytest.mark.parametrize("name", kit.ELEMENTS)
    def test_element_stands_where_slack_says(self, name: str, block: str) -> None:
        """An element is taken in its blocks, and has an unsupported type in the others."""
        surface: Surface = "message" if name == "workflow_button" else "modal"
        found = problems([holder(block, kit.ELEMENTS[name])], surface)

        assert (not found) == (block in ELEMENTS[name].split())
        assert all(f"unsupported type: {name}" in problem for problem in found)

    @pytest.mark.parametrize("surface", SURFACES)
    @pytest.mark.parametrize("name", kit.ELEMENTS)
    def test_element_keeps_to_its_surfaces(self, name: str, surface: Surface) -> None:
        """Some elements are not for every surface, wherever their block may stand."""
        block = holder(ELEMENTS[name].split()[0], kit.ELEMENTS[name])
        allowed = NARROW_ELEMENTS.get(name, "message modal home").split()

        assert (not problems([block], surface)) == (surface in allowed)


class TestCount:
    """How many blocks a surface takes."""

    @pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
    def test_message_takes_50_blocks(self, surface: Surface, most: int) -> None:
        """A message takes 50 blocks, a view 100."""
        divider = {"type": "divider"}

        assert problems([divider] * most, surface) == []
        assert problems([divider] * (most + 1), surface) == [
            f"no more than {most} items allowed [json-pointer:/blocks]"
        ]

    def test_empty_list_of_blocks_is_refused(self) -> None:
        """No blocks at all is not a list of blocks."""
        assert problems([], "message") == ["must provide at least 1 items [json-pointer:/blocks]"]
