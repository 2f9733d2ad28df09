"""What each element may hold."""

from __future__ import annotations

import pytest

from playground.slack.blocks import option_problems, problems
from tests.slack import kit
from tests.slack.blocks.broken_elements import IN_ACTIONS, IN_INPUT, MANY, PATTERNS
from tests.slack.kit import Piece, longer, option, plain, shown


class TestElements:
    """One element."""

    @pytest.mark.parametrize(("element", "reason", "pointer"), IN_ACTIONS, ids=shown)
    def test_element_that_breaks_one_rule_has_that_one_problem(
        self, element: Piece, reason: str, pointer: str
    ) -> None:
        """An element that breaks one rule has that one problem, with a pointer to it."""
        assert problems([kit.actions(element)], "message") == [
            f"{reason} [json-pointer:/blocks/0/elements/0{pointer}]"
        ]

    @pytest.mark.parametrize(("element", "reason", "pointer"), IN_INPUT, ids=shown)
    def test_input_element_that_breaks_one_rule_has_one_problem(
        self, element: Piece, reason: str, pointer: str
    ) -> None:
        """So has one that only an input block holds."""
        assert problems([kit.entry(element)], "modal") == [
            f"{reason} [json-pointer:/blocks/0/element{pointer}]"
        ]

    @pytest.mark.parametrize(("element", "pointer"), PATTERNS, ids=shown)
    def test_dates_times_and_addresses_have_their_form(self, element: Piece, pointer: str) -> None:
        """Dates, times and addresses have their form."""
        (problem,) = problems([kit.entry(element)], "modal")

        assert problem.startswith("input must match regex pattern")
        assert problem.endswith(f"[json-pointer:/blocks/0/element{pointer}]")

    def test_image_has_one_source(self) -> None:
        """An image comes from an address or from Slack, and its file has one name."""
        reason = "must define either `image_url` or `slack_file` [json-pointer:/blocks/0/accessory]"
        neither = {"type": "image", "alt_text": "alt"}
        both_names = neither | {"slack_file": {"id": "F1", "url": "https://example.com"}}

        assert problems([kit.section(accessory=neither)], "message") == [reason]
        assert problems([kit.section(accessory=kit.image(slack_file={"id": "F1"}))], "message") == [reason]
        assert problems([kit.section(accessory=both_names)], "message") == [
            "must define either `id` or `url` [json-pointer:/blocks/0/accessory/slack_file]"
        ]

    def test_initial_option_may_be_in_group(self) -> None:
        """An initial option may be in a group; a group has a label of 75 characters."""
        group = {"label": plain("x" * 75), "options": [option()]}
        right = {"type": "static_select", "option_groups": [group], "initial_option": option()}
        wrong = {"type": "static_select", "option_groups": [group | {"label": plain(longer(75))}]}

        assert problems([kit.actions(right)], "message") == []
        assert problems([kit.actions(wrong)], "message") == [
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/option_groups/0/label/text]"
        ]

    def test_icon_button_has_known_icon(self) -> None:
        """The one icon is the bin."""
        icon = {"type": "icon_button", "icon": "star", "text": plain()}

        assert problems([{"type": "context_actions", "elements": [icon]}], "message") == [
            "must be a valid enum value [json-pointer:/blocks/0/elements/0/icon]"
        ]


class TestOptions:
    """What an app offers in an external select."""

    def test_100_options_no_options_or_groups_are_fine(self) -> None:
        """100 options, none, or groups are fine."""
        assert option_problems(MANY[:100], None) == []
        assert option_problems([], None) == []
        assert option_problems(None, [{"label": plain(), "options": [option()]}]) == []

    def test_101_options_are_refused(self) -> None:
        """101 options are too many, and no list is none."""
        assert option_problems(MANY, None) == ["no more than 100 items allowed [json-pointer:/options]"]
        assert option_problems(None, None) == ["must provide an array [json-pointer:/options]"]
