"""The page around Slack: the playground's own controls, the app's place, small screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.page.shapes import a_message, a_ts, plain
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")


class TestPlayground:
    """The controls that Slack does not have."""

    def test_extra_button_runs_its_action_for_channel_that_is_open(self, page: Page, stub: Stub) -> None:
        """An extra button runs its action for the channel that is open."""
        page.goto("/")

        with page.expect_response("**/do/panel"):
            page.get_by_role("region", name="Playground controls").get_by_role(
                "button", name="Run the schedule"
            ).click()

        assert [{"id": "run_schedule", "channel": "C0SECURITY"}] == stub.posted("panel")

    def test_switch_takes_bot_out_of_channel(self, page: Page, stub: Stub) -> None:
        """A switch takes the bot out of the channel."""
        page.goto("/")

        with page.expect_response("**/do/membership"):
            page.get_by_role("switch", name="SecHub in #security").click()

        assert [{"channel": "C0SECURITY", "member": False}] == stub.posted("membership")

    def test_fault_is_added_with_its_value(self, page: Page, stub: Stub) -> None:
        """A fault is added with its value, listed and cleared."""
        stub.change(faults=[{"method": "*", "kind": "drop_after", "count": 2, "value": None}])
        page.goto("/")
        page.get_by_role("button", name="Faults").click()
        drawer = page.get_by_role("region", name="Faults")

        expect(drawer.get_by_role("listitem")).to_have_text(["*Connection dropped after it took effect×2"])
        drawer.get_by_label("Call").fill("chat.update")
        drawer.get_by_label("What goes wrong").select_option("error")
        drawer.get_by_label("Error", exact=True).fill("not_in_channel")
        with page.expect_response("**/do/fault"):
            drawer.get_by_role("button", name="Add fault").click()
        with page.expect_response("**/do/fault"):
            drawer.get_by_role("button", name="Clear all").click()

        added = {"method": "chat.update", "kind": "error", "count": 1, "value": "not_in_channel"}
        assert [added, {"clear": True}] == stub.posted("fault")

    def test_log_shows_both_directions(self, page: Page, stub: Stub) -> None:
        """The log shows both directions, can be filtered, and an entry stays open when more come."""

        def entry(at: int, name: str, direction: str, status: str = "ok") -> dict[str, object]:
            body = {"channel": f"C{at}"}
            return {
                "at": at,
                "direction": direction,
                "name": name,
                "status": status,
                "milliseconds": at,
                "request": body,
                "response": {},
            }

        log = [entry(1, "slash_command", "to_app"), entry(2, "chat.postMessage", "to_slack", "ratelimited")]
        stub.change(traffic=log)
        page.goto("/")
        page.get_by_role("button", name="Traffic").click()
        drawer = page.get_by_role("region", name="Traffic")

        expect(drawer.locator("summary")).to_contain_text(
            ["slash_commandok1 ms", "chat.postMessageratelimited2 ms"]
        )
        drawer.locator("summary").nth(0).click()
        stub.change(traffic=[log[0] | {"milliseconds": 9}, log[1], entry(3, "views.open", "to_slack")])
        expect(drawer.locator("summary")).to_have_count(3)
        expect(drawer.get_by_text('"channel": "C1"')).to_be_visible()
        drawer.get_by_label("Filter").fill("ratelimited")

        expect(drawer.locator("summary")).to_have_count(1)

    def test_page_follows_systems_colours_until_one_chooses_others(self, page: Page, stub: Stub) -> None:
        """The page follows the system's colours until one chooses others, which stay after a reload."""
        assert stub.version
        page.emulate_media(color_scheme="dark")
        page.goto("/")
        body = page.locator("body")

        expect(body).to_have_css("background-color", "rgb(26, 29, 33)")
        page.get_by_role("button", name="Switch to light").click()
        expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
        page.reload()

        expect(body).to_have_css("background-color", "rgb(255, 255, 255)")


class TestApp:
    """The app's own place."""

    def test_home_tab_is_opened(self, page: Page, stub: Stub) -> None:
        """The Home tab is opened, shown, and its buttons tell the app."""
        button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "x"}
        actions = {"type": "actions", "block_id": "home", "elements": [button]}
        stub.change(home={"id": "VHOME", "type": "home", "blocks": [actions]})
        page.goto("/")

        with page.expect_response("**/do/home"):
            page.get_by_role("button", name="SecHub", exact=True).click()
        with page.expect_response("**/do/act"):
            page.get_by_role("tabpanel", name="Home").get_by_role("button", name="Go").click()

        assert [{"as": "U0SECURITY"}] == stub.posted("home")
        assert [("VHOME", "home", "go", "x")] == [
            (b["view_id"], b["block_id"], b["action_id"], b["value"]) for b in stub.posted("act")
        ]

    def test_direct_messages_stand_under_the_app(self, page: Page, stub: Stub) -> None:
        """What the bot writes to the person stands under the app, not among the channels."""
        direct = {"id": "D0SECURITY", "name": "sechub", "bot_is_member": True, "is_im": True}
        stub.change(channels=[*stub.workspace["channels"], direct])
        stub.add(a_message(channel="D0SECURITY", text="Yours alone"))
        page.goto("/")
        expect(page.get_by_role("list", name="Channels").get_by_role("button")).to_have_count(3)

        page.get_by_role("button", name="SecHub", exact=True).click()
        page.get_by_role("tab", name="Home").press("ArrowRight")

        expect(page.get_by_role("tabpanel", name="Messages").get_by_text("Yours alone")).to_be_visible()

    def test_one_writes_to_the_app_under_its_messages(self, page: Page, stub: Stub) -> None:
        """Below the direct messages one writes to the bot and drops files; the Home tab has no composer."""
        page.goto("/")
        page.get_by_role("button", name="SecHub", exact=True).click()
        composer = page.locator("main .composer")
        expect(composer).to_be_hidden()

        page.get_by_role("tab", name="Messages").click()
        page.get_by_role("textbox", name="Message SecHub").fill("Hello")
        page.keyboard.press("Enter")
        file: FilePayload = {"name": "routing.toml", "mimeType": "text/plain", "buffer": b"version = 1"}
        with page.expect_response("**/do/drop"):
            composer.locator("input[type=file]").set_input_files(file)

        assert ["D0SECURITY"] == [body["channel"] for body in stub.posted("command")]
        assert ["D0SECURITY"] == [body["channel"] for body in stub.posted("drop")]

    def test_app_with_unread_direct_message_opens_there(self, page: Page, stub: Stub) -> None:
        """The app's entry has the number of its unread direct messages, and leads to them."""
        page.goto("/")
        entry = page.get_by_role("list", name="Apps").get_by_role("button")
        expect(entry).to_have_text("SecHub")

        stub.add(a_message(channel="D0SECURITY", text="Yours alone", notifies_me=True))
        expect(entry).to_have_text("SecHub1")
        entry.click()

        expect(page.get_by_role("tabpanel", name="Messages").get_by_text("Yours alone")).to_be_visible()
        expect(entry).to_have_text("SecHub")

    def test_app_without_home_says_so(self, page: Page, stub: Stub) -> None:
        """An app that has published nothing says so, and what it can do."""
        assert stub.workspace["home"] is None
        page.goto("/")

        page.get_by_role("button", name="SecHub", exact=True).click()
        expect(page.get_by_text("SecHub has not published a Home tab.")).to_be_visible()
        page.get_by_role("tab", name="About").click()

        expect(page.get_by_text("Report the resources")).to_be_visible()


class TestSmallScreen:
    """A telephone."""

    def test_rail_is_a_drawer(self, page: Page, stub: Stub) -> None:
        """The channels open by a button and close by a choice; nothing is wider than the screen."""
        stub.add(a_message(), a_message(1, channel="C0PLATFORM", ts=a_ts(1), text="Over here"))
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/")
        entry = page.get_by_role("button", name="platform")
        expect(page.get_by_role("article")).to_be_visible()
        expect(entry).to_be_hidden()

        page.get_by_role("button", name="Channels and apps").click()
        entry.click()

        expect(page.get_by_text("Over here")).to_be_visible()
        expect(entry).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
