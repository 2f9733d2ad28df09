"""Elements in messages: what a press or a choice tells the app."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.elements import CONFIRM, OPTIONS, PLACE, a_button, acts, shown
from tests.page.shapes import plain
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")


class TestButton:
    """Buttons and their confirm dialogs."""

    def test_press_sends_buttons_ids_and_value(self, page: Page, stub: Stub) -> None:
        """A press sends the button's ids and value."""
        message = shown(page, stub, a_button())

        with page.expect_response("**/do/act"):
            message.get_by_role("button", name="Mark").click()

        assert [PLACE | {"action_id": "mark", "value": "r:1"}] == acts(stub)

    def test_button_with_confirm_object_sends_nothing_until_it_is_confirmed(
        self, page: Page, stub: Stub
    ) -> None:
        """A button with a confirm object sends nothing until it is confirmed."""
        message = shown(page, stub, a_button(confirm=CONFIRM))

        message.get_by_role("button", name="Mark").click()
        dialog = page.get_by_role("dialog", name="Sure?")
        expect(dialog.get_by_text("It changes 3 findings.")).to_be_visible()
        assert [] == acts(stub)
        with page.expect_response("**/do/act"):
            dialog.get_by_role("button", name="Do it").click()
        expect(dialog).to_have_count(0)

        assert 1 == len(acts(stub))

    @pytest.mark.parametrize("way", ["Stop", "Close", "Escape"])
    def test_refusing_closing_and_escape_send_nothing_and_give_focus_back(
        self, page: Page, stub: Stub, way: str
    ) -> None:
        """Refusing, closing and Escape send nothing and give the focus back."""
        button = shown(page, stub, a_button(confirm=CONFIRM)).get_by_role("button", name="Mark")

        button.click()
        if way == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("dialog").get_by_role("button", name=way).click()
        expect(page.get_by_role("dialog")).to_have_count(0)

        expect(button).to_be_focused()
        assert [] == acts(stub)

    def test_pending_button_takes_no_second_press(self, page: Page, stub: Stub) -> None:
        """A button that waits for the app's answer is busy and takes no second press."""
        button = shown(page, stub, a_button()).get_by_role("button", name="Mark")
        gate = stub.hold("act")

        button.click()
        expect(button).to_have_attribute("aria-busy", "true")
        button.click()
        gate.set()
        expect(button).not_to_have_attribute("aria-busy", "true")

        assert 1 == len(acts(stub))

    def test_button_with_address_is_link(self, page: Page, stub: Stub) -> None:
        """A button with an address is a link; one with an unsafe address is not."""
        message = shown(
            page, stub, a_button(url="https://example.com/"), a_button(action_id="b", url="javascript:x")
        )

        expect(message.get_by_role("link")).to_have_attribute("href", "https://example.com/")
        expect(message.get_by_role("button", name="Mark")).to_have_count(1)

    def test_refused_press_is_told(self, page: Page, stub: Stub) -> None:
        """A press that the local Slack refuses is told to the person."""
        page.route("**/do/act", lambda route: route.fulfill(status=400, json={"error": "no such button"}))

        shown(page, stub, a_button()).get_by_role("button", name="Mark").click()

        expect(page.get_by_role("alert")).to_contain_text("no such button")


class TestInputs:
    """Elements that are ticked, picked or typed into."""

    def test_date_is_sent_as_slack_writes_it(self, page: Page, stub: Stub) -> None:
        """A date is sent as Slack writes it."""
        message = shown(page, stub, {"type": "datepicker", "action_id": "day", "placeholder": plain("Day")})

        with page.expect_response("**/do/act"):
            message.get_by_label("Day").fill("2026-11-24")

        assert [PLACE | {"action_id": "day", "selected_date": "2026-11-24"}] == acts(stub)

    def test_check_boxes_send_all_that_is_ticked(self, page: Page, stub: Stub) -> None:
        """Check boxes send all that is ticked, radio buttons the one."""
        kinds = ("checkboxes", "radio_buttons")
        message = shown(
            page, stub, *({"type": kind, "action_id": kind, "options": OPTIONS} for kind in kinds)
        )

        for role, name in (("checkbox", "Low"), ("checkbox", "High"), ("radio", "High")):
            with page.expect_response("**/do/act"):
                message.get_by_role(role, name=name).check()  # type: ignore[arg-type]  # a role, as a string

        low, both, one = acts(stub)
        assert OPTIONS[:1] == low["selected_options"]
        assert OPTIONS == both["selected_options"]
        assert OPTIONS[1] == one["selected_option"]

    def test_press_sends_what_other_elements_of_message_hold(self, page: Page, stub: Stub) -> None:
        """A press sends what the other elements of the message hold."""
        element = {
            "type": "static_select",
            "action_id": "pick",
            "options": OPTIONS,
            "initial_option": OPTIONS[0],
        }
        message = shown(page, stub, element, a_button())

        with page.expect_response("**/do/act"):
            message.get_by_role("button", name="Mark").click()

        [body] = stub.posted("act")
        assert {"row": {"pick": {"type": "static_select", "selected_option": OPTIONS[0]}}} == body["state"]

    def test_unknown_element_is_a_box(self, page: Page, stub: Stub) -> None:
        """An element that the page does not know says so."""
        message = shown(page, stub, {"type": "dial", "action_id": "x"}, a_button())

        expect(message.get_by_role("note")).to_have_text("Unsupported block: dial")
        expect(message.get_by_role("button", name="Mark")).to_be_visible()
