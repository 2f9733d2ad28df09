"""Block Kit's rules, before judges that we did not write: slackblocks and slack_sdk's models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks import _limits, _surfaces

from playground.slack.blocks import limits, problems, surfaces, view_problems
from tests.slack import kit
from tests.slack.blocks.broken_blocks import BROKEN, NEWER, RICH, TABLES
from tests.slack.blocks.broken_elements import IN_ACTIONS
from tests.slack.blocks.broken_views import VIEWS

NUMBERS = {
    "MESSAGE_BLOCKS_MAX_ITEMS": limits.BLOCKS["message"],
    "VIEW_BLOCKS_MAX_ITEMS": limits.BLOCKS["modal"],
    "BLOCK_ID_MAX_LENGTH": limits.IDENTIFIER,
    "ACTION_ID_MAX_LENGTH": limits.IDENTIFIER,
    "VIEW_CALLBACK_ID_MAX_LENGTH": limits.IDENTIFIER,
    "SELECT_PLACEHOLDER_MAX_LENGTH": limits.PLACEHOLDER,
    "SECTION_TEXT_MAX_LENGTH": limits.SECTION_TEXT,
    "SECTION_FIELDS_MAX_ITEMS": limits.SECTION_FIELDS,
    "SECTION_FIELDS_ITEM_MAX_LENGTH": limits.FIELD_TEXT,
    "HEADER_TEXT_MAX_LENGTH": limits.HEADER_TEXT,
    "CONTEXT_ELEMENTS_MAX_ITEMS": limits.CONTEXT_ELEMENTS,
    "TEXT_MAX_LENGTH": limits.TEXT,
    "ACTIONS_ELEMENTS_MAX_ITEMS": limits.ACTIONS_ELEMENTS,
    "CONTEXT_ACTIONS_ELEMENTS_MAX_ITEMS": limits.CONTEXT_ACTIONS,
    "INPUT_LABEL_MAX_LENGTH": limits.LABEL,
    "INPUT_HINT_MAX_LENGTH": limits.LABEL,
    "MARKDOWN_TOTAL_TEXT_MAX_LENGTH": limits.MARKDOWN_TEXT,
    "ALERT_TEXT_MAX_LENGTH": limits.ALERT_TEXT,
    "IMAGE_IMAGE_URL_MAX_LENGTH": limits.IMAGE_URL,
    "IMAGE_ALT_TEXT_MAX_LENGTH": limits.IMAGE_TEXT,
    "VIDEO_DESCRIPTION_MAX_LENGTH": limits.VIDEO_DESCRIPTION,
    "BUTTON_TEXT_MAX_LENGTH": limits.BUTTON_TEXT,
    "BUTTON_VALUE_MAX_LENGTH": limits.BUTTON_VALUE,
    "BUTTON_URL_MAX_LENGTH": limits.BUTTON_URL,
    "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH": limits.BUTTON_LABEL,
    "BUTTON_AGENT_PROMPT_MAX_LENGTH": limits.AGENT_PROMPT,
    "ICON_BUTTON_VISIBLE_TO_USER_IDS_MAX_ITEMS": limits.VISIBLE_TO,
    "SELECT_OPTIONS_MAX_ITEMS": limits.OPTIONS,
    "SELECT_OPTION_GROUPS_MAX_ITEMS": limits.OPTION_GROUPS,
    "OPTION_TEXT_MAX_LENGTH": limits.OPTION_TEXT,
    "OPTION_VALUE_MAX_LENGTH": limits.OPTION_VALUE,
    "OVERFLOW_OPTIONS_MAX_ITEMS": limits.OVERFLOW_OPTIONS,
    "CHECKBOXES_OPTIONS_MAX_ITEMS": limits.BOX_OPTIONS,
    "RADIO_BUTTONS_OPTIONS_MAX_ITEMS": limits.BOX_OPTIONS,
    "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX": limits.INPUT_TEXT,
    "FILE_INPUT_MAX_FILES_MAX": limits.FILES,
    "RICH_TEXT_INPUT_MAX_LINES_MAX": limits.RICH_TEXT_LINES,
    "CONFIRMATION_TITLE_MAX_LENGTH": limits.CONFIRM_TITLE,
    "CONFIRMATION_TEXT_MAX_LENGTH": limits.CONFIRM_TEXT,
    "CONFIRMATION_CONFIRM_MAX_LENGTH": limits.CONFIRM_BUTTON,
    "TABLE_ROWS_MAX_ITEMS": limits.TABLE_ROWS,
    "TABLE_COLUMNS_MAX_ITEMS": limits.TABLE_COLUMNS,
    "DATA_TABLE_CONTENT_MAX_LENGTH": limits.DATA_TABLE_TEXT,
    "DATA_TABLE_PAGE_SIZE_MAX": limits.PAGE_SIZE,
    "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS": limits.CHARTS,
    "DATA_VISUALIZATION_TITLE_MAX_LENGTH": limits.CHART_TITLE,
    "DATA_VISUALIZATION_SEGMENT_LABEL_MAX_LENGTH": limits.CHART_LABEL,
    "DATA_VISUALIZATION_CATEGORIES_MAX_ITEMS": limits.CHART_POINTS,
    "DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH": limits.AXIS_LABEL,
    "CARD_TITLE_MAX_LENGTH": limits.CARD_TITLE,
    "CARD_BODY_MAX_LENGTH": limits.CARD_TEXT,
    "CARD_ACTIONS_MAX_ITEMS": limits.CARD_ACTIONS,
    "CAROUSEL_ELEMENTS_MAX_ITEMS": limits.CARDS,
    "CONTAINER_TITLE_MAX_LENGTH": limits.CONTAINER_TITLE,
    "CONTAINER_CHILD_BLOCKS_MAX_ITEMS": limits.CONTAINER_BLOCKS,
    "PLAN_TASKS_MAX_ITEMS": limits.PLAN_TASKS,
    "VIEW_TITLE_MAX_LENGTH": limits.VIEW_TITLE,
    "VIEW_PRIVATE_METADATA_MAX_LENGTH": limits.PRIVATE_METADATA,
}
LOWER = {
    "DATA_TABLE_ROWS_MAX_ITEMS": limits.DATA_TABLE_ROWS,
    "DATA_VISUALIZATION_SERIES_MAX_ITEMS": limits.CHART_SERIES,
    "VIDEO_TITLE_MAX_LENGTH": limits.VIDEO_TITLE,
    "VIDEO_AUTHOR_NAME_MAX_LENGTH": limits.VIDEO_AUTHOR,
}
"""Where sources differ, ours is the lower number."""


def refuses(judge: Callable[[], Any]) -> bool:
    """Return whether slack_sdk refuses something, by an error or by not knowing what it is."""
    try:
        return judge() is None
    except (SlackObjectFormationError, TypeError, KeyError, AttributeError, ValueError):
        return True


def sdk_refuses(block: kit.Piece) -> bool:
    """Ask slack_sdk about a block."""

    def judge() -> Any:
        parsed = Block.parse(block)
        return parsed.to_dict() if parsed else None

    return refuses(judge)


class TestSlackblocks:
    """The numbers and tables of slackblocks."""

    @pytest.mark.parametrize("name", NUMBERS)
    def test_our_limit_is_one_of_slackblocks(self, name: str) -> None:
        """Our limit is the one of slackblocks."""
        assert getattr(_limits, name) == NUMBERS[name]

    @pytest.mark.parametrize("name", LOWER)
    def test_our_limit_is_stricter(self, name: str) -> None:
        """Our limit is stricter."""
        assert getattr(_limits, name) > LOWER[name]

    @pytest.mark.parametrize("surface", ["message", "modal", "home"])
    def test_no_block_stands_with_us_where_slackblocks_refuses_it(self, surface: Any) -> None:
        """No block stands with us where slackblocks refuses it."""
        ours = {name for name, places in surfaces.BLOCKS.items() if surface in places}

        assert ours <= _surfaces._BLOCK_TYPES_BY_SURFACE[surface]


class TestSlackSdk:
    """The models of slack_sdk."""

    @pytest.mark.parametrize("name", sorted(set(kit.PIECES) - {"data_table", "data_visualization"}))
    def test_slack_sdk_takes_our_pieces(self, name: str) -> None:
        """Each piece of the kit is right for slack_sdk too, where it has a model of it."""
        assert not sdk_refuses(kit.PIECES[name])

    def test_slack_sdk_refuses_our_broken_blocks(self) -> None:
        """What slack_sdk refuses of our broken blocks, we refuse; it does refuse a good part of them."""
        blocks = [block for block, _, _ in [*BROKEN, *NEWER, *RICH, *TABLES]]
        blocks += [kit.actions(element) for element, _, _ in IN_ACTIONS]
        refused = [block for block in blocks if sdk_refuses(block)]

        assert len(refused) > 40
        assert all(problems([block], "message") for block in refused)

    def test_slack_sdk_refuses_our_broken_views(self) -> None:
        """So with views."""
        views = [view for view, _, _ in VIEWS]
        refused = [view for view in views if refuses(lambda view=view: View(**view).to_dict())]  # type: ignore[misc]

        assert len(refused) > 5
        assert all(view_problems(view) for view in refused)


NAMES = [
    *("type", "text", "elements", "element", "options", "option_groups", "rows", "chart", "series"),
    *("block_id", "action_id", "initial_option", "initial_options", "fields", "child_blocks"),
    *("accessory", "blocks", "axis_config", "data", "categories"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner | st.sampled_from([*kit.PIECES, *kit.ELEMENTS, "mrkdwn", "plain_text"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


class TestAnything:
    """Values of any shape."""

    @given(st.sampled_from([*kit.PIECES.values()]), st.data())
    def test_block_with_any_field_replaced_by_anything_is_judged(
        self, piece: kit.Piece, data: st.DataObject
    ) -> None:
        """A block with any field replaced by anything is judged, and nothing raises."""
        name = data.draw(st.sampled_from(sorted(piece)))
        broken = {**piece, name: data.draw(JSON)}

        assert all(problem.endswith("]") for problem in problems([broken], "message"))
        assert isinstance(view_problems({"type": "modal", "blocks": [broken]}), list)

    @given(JSON)
    def test_value_of_any_shape_is_judged(self, value: Any) -> None:
        """So is what is no block at all."""
        assert isinstance(problems(value, "home"), list)
