"""Modals: what is sent, what is wrong beside its input, what stays typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.i18n import Locale
from bot.render.forms import scan_form
from tests.page.shapes import Shape, a_modal, an_input, an_option, mrkdwn, plain
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")

TEXT = {"type": "plain_text_input"}


def opened(page: Page, stub: Stub, *views: Shape) -> Locator:
    """Open views, the last on top; give the dialog."""
    stub.change(views=[{"id": f"V{at}", "view": view} for at, view in enumerate(views)])
    page.goto("/")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


class TestForm:
    """Filling in and submitting."""

    def test_bots_own_form_is_filled_in_by_searching(self, page: Page, stub: Stub) -> None:
        """The bot's own form is filled in by searching, choosing and typing, and sent in Slack's shape."""
        control = an_option("S3.8", "S3.8 Block public access")
        stub.answers["suggest"] = {"options": [control]}
        blocks = scan_form(Locale.EN, "{}")
        dialog = opened(page, stub, blocks)

        dialog.get_by_label("Controls").fill("pub")
        page.get_by_role("option", name="S3.8").click()
        dialog.get_by_label("Severity").click()
        page.get_by_role("option", name="HIGH").click()
        dialog.get_by_label("Accounts").fill("123456789012")
        with page.expect_response("**/do/submit"):
            dialog.get_by_role("button", name="Scan").click()

        [body] = stub.posted("submit")
        state = body["state"]
        assert {"type": "multi_external_select", "selected_options": [control]} == state["controls"][
            "controls"
        ]
        assert ["HIGH"] == [o["value"] for o in state["severities"]["severities"]["selected_options"]]
        assert {"type": "plain_text_input", "value": "123456789012"} == state["accounts"]["accounts"]
        assert {"type": "plain_text_input", "value": None} == state["regions"]["regions"]

    def test_errors_of_app_stand_beside_inputs(self, page: Page, stub: Stub) -> None:
        """What the app says is wrong stands beside its input until that is changed."""
        stub.answers["submit"] = {"errors": {"second": "Not an account ID"}}
        dialog = opened(
            page,
            stub,
            a_modal(an_input("first", TEXT, optional=True), an_input("second", TEXT, optional=True)),
        )

        dialog.get_by_role("button", name="Scan").click()
        field = dialog.get_by_label("second")
        expect(field).to_have_accessible_description("Not an account ID")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        field.fill("1")

        expect(dialog.get_by_text("Not an account ID")).to_be_hidden()
        expect(field).not_to_have_attribute("aria-invalid", "true")

    def test_form_with_empty_required_input_is_not_sent(self, page: Page, stub: Stub) -> None:
        """A form with an empty required input is not sent."""
        dialog = opened(page, stub, a_modal(an_input("name", TEXT)))

        dialog.get_by_role("button", name="Scan").click()

        expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
        assert [] == stub.posted("submit")

    def test_senseless_answer_keeps_what_is_typed(self, page: Page, stub: Stub) -> None:
        """An answer that makes no sense is told above the buttons, and what is typed stays."""
        stub.answers["submit"] = {"errors": {"": "We had some trouble connecting. Try again?"}}
        dialog = opened(page, stub, a_modal(an_input("name", TEXT)))

        dialog.get_by_label("name").fill("typed")
        dialog.get_by_role("button", name="Scan").click()

        expect(dialog.get_by_role("alert").filter(has_text="trouble connecting")).to_be_visible()
        expect(dialog.get_by_label("name")).to_have_value("typed")

    def test_enter_in_line_sends_form(self, page: Page, stub: Stub) -> None:
        """Enter in a line sends the form, and not again while the app has not answered."""
        gate = stub.hold("submit")
        dialog = opened(page, stub, a_modal(an_input("name", TEXT)))

        dialog.get_by_label("name").fill("typed")
        page.keyboard.press("Enter")
        button = dialog.get_by_role("button", name="Scan")
        expect(button).to_have_attribute("aria-busy", "true")
        page.keyboard.press("Enter")
        gate.set()
        expect(button).not_to_have_attribute("aria-busy", "true")

        assert 1 == len(stub.posted("submit"))

    def test_optional_input_is_marked_and_hinted(self, page: Page, stub: Stub) -> None:
        """An optional input is marked as such, and its hint describes it."""
        dialog = opened(page, stub, a_modal(an_input("name", TEXT, optional=True, hint=plain("Any will do"))))

        expect(dialog.get_by_label("name (optional)")).to_have_accessible_description("Any will do")

    def test_input_that_dispatches_its_action_tells_app_of_enter(self, page: Page, stub: Stub) -> None:
        """An input that dispatches its action tells the app of Enter, with the state of the form."""
        dialog = opened(
            page, stub, a_modal(an_input("name", TEXT, dispatch_action=True), an_input("other", TEXT))
        )

        dialog.get_by_label("other").fill("b")
        dialog.get_by_label("name").fill("a")
        with page.expect_response("**/do/act"):
            page.keyboard.press("Enter")

        [body] = stub.posted("act")
        assert ("V0", "a") == (body["view_id"], body["value"])
        assert "b" == body["state"]["other"]["other"]["value"]
        assert [] == stub.posted("submit")


class TestViews:
    """Opening, changing, stacking, closing."""

    @pytest.mark.parametrize("way", ["button", "cross", "Escape"])
    def test_close_button_cross_and_escape_each_tell_local_slack(
        self, page: Page, stub: Stub, way: str
    ) -> None:
        """The close button, the cross and Escape each tell the local Slack."""
        dialog = opened(page, stub, a_modal(an_input("name", TEXT)))
        expect(dialog.get_by_label("name")).to_be_focused()

        with page.expect_response("**/do/close"):
            if way == "Escape":
                page.keyboard.press("Escape")
            else:
                dialog.get_by_role("button", name="Close").nth(int(way == "button")).click()

        assert [{"as": "U0SECURITY", "view_id": "V0"}] == stub.posted("close")

    def test_escape_closes_a_list_first(self, page: Page, stub: Stub) -> None:
        """Escape in an open list closes the list, not the modal."""
        element = {"type": "static_select", "options": [an_option("one")]}
        dialog = opened(page, stub, a_modal(an_input("pick", element)))

        dialog.get_by_label("pick").click()
        expect(page.get_by_role("option")).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.get_by_role("option")).to_be_hidden()
        expect(dialog).to_be_visible()
        assert [] == stub.posted("close")

    def test_view_that_app_changes_keeps_what_is_typed_where_ids_stay(self, page: Page, stub: Stub) -> None:
        """A view that the app changes keeps what is typed where the ids stay, and the focus."""
        dialog = opened(page, stub, a_modal(an_input("name", TEXT)))
        dialog.get_by_label("name").fill("half-typ")

        added = {"type": "section", "block_id": "new", "text": mrkdwn("Something new")}
        stub.change(views=[{"id": "V0", "view": a_modal(added, an_input("name", TEXT))}])

        expect(dialog.get_by_text("Something new")).to_be_visible()
        expect(dialog.get_by_label("name")).to_have_value("half-typ")
        expect(dialog.get_by_label("name")).to_be_focused()

    def test_only_topmost_view_is_shown(self, page: Page, stub: Stub) -> None:
        """One sees the topmost view; the one below is as it was when that closes."""
        lower, upper = a_modal(an_input("name", TEXT), title=plain("Lower")), a_modal(title=plain("Upper"))
        opened(page, stub, lower)
        page.get_by_label("name").fill("kept")

        stub.change(views=[{"id": "V0", "view": lower}, {"id": "V1", "view": upper}])
        expect(page.get_by_role("dialog")).to_have_accessible_name("Upper")
        stub.change(views=[{"id": "V0", "view": lower}])

        expect(page.get_by_role("dialog")).to_have_accessible_name("Lower")
        expect(page.get_by_label("name")).to_have_value("kept")

    def test_tab_does_not_leave_open_modal_for_page_behind_it(self, page: Page, stub: Stub) -> None:
        """Tab does not leave an open modal for the page behind it."""
        opened(page, stub, a_modal(an_input("name", TEXT)))

        for _ in range(6):
            page.keyboard.press("Tab")

            assert page.evaluate("document.activeElement.closest('main, nav') === null")

    def test_view_without_submit_text_only_closes(self, page: Page, stub: Stub) -> None:
        """A view without a submit text only closes."""
        dialog = opened(page, stub, a_modal({"type": "section", "text": mrkdwn("Done")}, submit=None))

        expect(dialog.get_by_text("Done")).to_be_visible()
        expect(dialog.locator("footer button")).to_have_text(["Close"])


class TestInputKinds:
    """What the other inputs send."""

    @pytest.mark.parametrize(
        ("element", "typed", "sent"),
        [
            ({"type": "plain_text_input", "multiline": True}, "two\nlines", {"value": "two\nlines"}),
            ({"type": "number_input", "is_decimal_allowed": True}, "1.5", {"value": "1.5"}),
            ({"type": "email_text_input"}, "a@example.com", {"value": "a@example.com"}),
            ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
            ({"type": "datetimepicker"}, "2026-11-24T00:30", {"selected_date_time": 1795480200}),
        ],
        ids=["multiline", "number", "email", "time", "moment"],
    )
    def test_each_kind_is_sent_in_its_own_field(
        self, page: Page, stub: Stub, element: Shape, typed: str, sent: Shape
    ) -> None:
        """Each kind is sent in its own field."""
        dialog = opened(page, stub, a_modal(an_input("it", element)))

        dialog.get_by_label("it").fill(typed)
        with page.expect_response("**/do/submit"):
            dialog.get_by_role("button", name="Scan").click()

        [body] = stub.posted("submit")
        assert {"type": element["type"], **sent} == body["state"]["it"]["it"]
