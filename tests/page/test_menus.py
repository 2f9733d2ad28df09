"""Select menus and the overflow menu: what a choice tells the app."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.elements import CONFIRM, OPTIONS, PLACE, acts, shown
from tests.page.shapes import an_option, plain
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")


class TestMenus:
    """Selects and the overflow menu."""

    def test_option_is_found_by_typing_and_chosen_by_enter(self, page: Page, stub: Stub) -> None:
        """An option is found by typing and chosen by Enter."""
        box = shown(
            page, stub, {"type": "static_select", "action_id": "pick", "options": OPTIONS}
        ).get_by_role("combobox")

        box.click()
        expect(page.get_by_role("option")).to_have_text(["Low", "High"])
        box.fill("hi")
        expect(page.get_by_role("option")).to_have_text(["High"])
        with page.expect_response("**/do/act"):
            box.press("Enter")

        expect(box).to_have_value("High")
        assert [PLACE | {"action_id": "pick", "selected_option": OPTIONS[1]}] == acts(stub)

    def test_options_stand_under_labels_of_their_groups(self, page: Page, stub: Stub) -> None:
        """Options stand under the labels of their groups."""
        groups = [{"label": plain("Severity"), "options": OPTIONS}]
        message = shown(page, stub, {"type": "static_select", "action_id": "pick", "option_groups": groups})

        message.get_by_role("combobox").click()

        expect(page.get_by_role("group", name="Severity").get_by_role("option")).to_have_count(2)

    def test_several_options_become_chips(self, page: Page, stub: Stub) -> None:
        """Several options become chips, which can be taken away again."""
        element = {
            "type": "multi_static_select",
            "action_id": "pick",
            "options": OPTIONS,
            "initial_options": OPTIONS[:1],
        }
        message = shown(page, stub, element)

        message.get_by_role("combobox").click()
        with page.expect_response("**/do/act"):
            page.get_by_role("option", name="High").click()
        with page.expect_response("**/do/act"):
            message.get_by_role("button", name="Remove Low").click()

        assert [OPTIONS, OPTIONS[1:]] == [body["selected_options"] for body in acts(stub)]

    def test_app_is_asked_with_typed_text(self, page: Page, stub: Stub) -> None:
        """The app is asked with what is typed, once there are enough characters."""
        stub.answers["suggest"] = {"options": [an_option("S3.8", "S3.8 Block public access")]}
        element = {"type": "external_select", "action_id": "pick", "min_query_length": 2}
        box = shown(page, stub, element).get_by_role("combobox")

        box.fill("S")
        expect(page.get_by_text("Type to search")).to_be_visible()
        box.fill("S3")
        with page.expect_response("**/do/act"):
            page.get_by_role("option", name="S3.8").click()

        assert [PLACE | {"action_id": "pick", "value": "S3"}] == stub.posted("suggest")
        expect(box).to_have_value("S3.8 Block public access")

    def test_failed_search_is_told(self, page: Page, stub: Stub) -> None:
        """A search that the app does not answer says so."""
        page.route("**/do/suggest", lambda route: route.fulfill(status=500))
        element = {"type": "external_select", "action_id": "pick", "min_query_length": 0}

        shown(page, stub, element).get_by_role("combobox").click()

        expect(page.get_by_text("The app did not answer the search")).to_be_visible()

    def test_people_are_chosen_by_name_and_sent_by_id(self, page: Page, stub: Stub) -> None:
        """People are chosen by name and sent by id."""
        box = shown(page, stub, {"type": "users_select", "action_id": "who"}).get_by_role("combobox")

        box.fill("audit")
        with page.expect_response("**/do/act"):
            page.get_by_role("option", name="Auditor").click()

        assert [PLACE | {"action_id": "who", "selected_user": "U0AUDITOR"}] == acts(stub)

    def test_overflow_menu_opens_moves_and_chooses_by_keyboard(self, page: Page, stub: Stub) -> None:
        """The overflow menu opens, moves and chooses by the keyboard."""
        message = shown(page, stub, {"type": "overflow", "action_id": "more", "options": OPTIONS})

        message.get_by_role("button", name="More actions").press("Enter")
        expect(page.get_by_role("menuitem", name="Low")).to_be_focused()
        page.keyboard.press("ArrowDown")
        with page.expect_response("**/do/act"):
            page.keyboard.press("Enter")

        assert [PLACE | {"action_id": "more", "selected_option": OPTIONS[1]}] == acts(stub)

    def test_choice_that_is_not_confirmed_is_undone(self, page: Page, stub: Stub) -> None:
        """A choice that is not confirmed is undone."""
        element = {"type": "static_select", "action_id": "pick", "options": OPTIONS, "confirm": CONFIRM}
        box = shown(page, stub, element).get_by_role("combobox")

        box.click()
        page.get_by_role("option", name="Low").click()
        page.get_by_role("dialog").get_by_role("button", name="Stop").click()

        expect(box).to_have_value("")
        assert [] == acts(stub)
