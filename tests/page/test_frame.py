"""The page as a whole: whom one acts as, what is live, what is the playground's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.shapes import a_message, a_ts, an_input, mrkdwn, plain
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")


def act_as(page: Page, name: str) -> None:
    """Choose whom one acts as."""
    page.get_by_role("radio", name=name).check()


class TestActAs:
    """One page, several people."""

    def test_words_follow_the_locale(self, page: Page, stub: Stub) -> None:
        """The page speaks the language of the person one acts as."""
        assert stub.version
        page.goto("/")

        act_as(page, "Platform engineer")
        expect(page.get_by_role("textbox", name="#security へのメッセージ")).to_be_visible()
        expect(page.get_by_role("button", name="スケジュールを今すぐ実行")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "ja-JP")
        act_as(page, "Auditor")

        expect(page.get_by_role("textbox", name="Message #security")).to_be_visible()

    def test_private_messages(self, page: Page, stub: Stub) -> None:
        """What is only visible to one person is gone when one acts as another."""
        stub.add(a_message(text="For your eyes", ephemeral=True, only="U0SECURITY"))
        page.goto("/")

        expect(page.get_by_text("Only visible to you")).to_be_visible()
        act_as(page, "Auditor")

        expect(page.get_by_text("For your eyes")).to_have_count(0)

    def test_acts_as_that_person(self, page: Page, stub: Stub) -> None:
        """What one sends comes from the person one acts as, after a reload too."""
        page.goto("/")
        act_as(page, "Auditor")
        expect(page.get_by_role("radio", name="Auditor")).to_be_checked()

        page.reload()
        page.get_by_role("textbox", name="Message #security").fill("Hello")
        with page.expect_response("**/do/command"):
            page.keyboard.press("Enter")

        assert ["U0AUDITOR"] == [body["as"] for body in stub.posted("command")]

    def test_drafts_are_ones_own(self, page: Page, stub: Stub) -> None:
        """What is half-typed belongs to a person and a channel."""
        assert stub.version
        page.goto("/")
        field = page.get_by_role("main").get_by_role("textbox")

        field.fill("half")
        act_as(page, "Auditor")
        expect(field).to_have_value("")
        act_as(page, "Security engineer")

        expect(field).to_have_value("half")


class TestMessages:
    """What a message says besides its text."""

    def test_app_badge_and_edit(self, page: Page, stub: Stub) -> None:
        """The bot's messages have a badge, changed ones say so, people's have neither."""
        stub.add(a_message(edited=True), a_message(1, user="U0AUDITOR", text="Hi"))
        page.goto("/")
        bot, person = (page.get_by_role("article").nth(at) for at in range(2))

        expect(bot).to_contain_text("SecHubAPP")
        expect(bot).to_contain_text("(edited)")
        expect(person).not_to_contain_text("APP")

    def test_slackbot_error(self, page: Page, stub: Stub) -> None:
        """A command that failed is told in Slack's words."""
        error = '/sechub-scan failed with the error "operation_timeout"'
        stub.add(a_message(user="USLACKBOT", text="", error=error, ephemeral=True))
        page.goto("/")

        expect(page.get_by_role("article")).to_contain_text("Slackbot")
        expect(page.get_by_role("article").get_by_role("alert")).to_have_text(error)

    def test_one_name_for_several(self, page: Page, stub: Stub) -> None:
        """Messages of one person shortly after each other share a name; a new day has a line."""
        stub.add(*(a_message(number, user="U0AUDITOR", text=str(number)) for number in (0, 1, 1440)))
        page.goto("/")

        expect(page.get_by_role("article")).to_have_count(3)
        expect(page.locator(".author")).to_have_count(2)
        expect(page.locator(".day")).to_have_count(2)

    def test_unread_channel(self, page: Page, stub: Stub) -> None:
        """A message in another channel is counted beside its name until one goes there."""
        page.goto("/")
        entry = page.get_by_role("navigation").get_by_role("button", name="platform")
        expect(entry).to_be_visible()

        stub.add(a_message(channel="C0PLATFORM"))
        expect(entry).to_have_text("platform1")
        entry.click()

        expect(entry).to_have_text("platform")
        expect(page.get_by_role("article")).to_have_count(1)


class TestLive:
    """Changes while one looks and types."""

    def test_change_keeps_what_is_typed(self, page: Page, stub: Stub) -> None:
        """A new message appears without taking the focus or the half-typed text."""
        page.goto("/")
        field = page.get_by_role("textbox", name="Message #security")

        field.press_sequentially("half-ty")
        stub.add(a_message(text="Breaking news"))
        expect(page.get_by_text("Breaking news")).to_be_visible()
        page.keyboard.type("ped")

        expect(field).to_have_value("half-typed")

    def test_changed_message_keeps_its_input(self, page: Page, stub: Stub) -> None:
        """A message that is shown anew keeps the focus and what is typed in it."""
        block = an_input("note", {"type": "plain_text_input"})
        stub.add(a_message(blocks=[block]))
        page.goto("/")

        page.get_by_label("note").press_sequentially("half-ty")
        added = {"type": "section", "text": mrkdwn("changed")}
        stub.change(messages=[a_message(blocks=[added, block])])
        expect(page.get_by_text("changed")).to_be_visible()
        page.keyboard.type("ped")

        expect(page.get_by_label("note")).to_have_value("half-typed")

    def test_unchanged_messages_stay(self, page: Page, stub: Stub) -> None:
        """A message that has not changed keeps its node."""
        stub.add(a_message(text="first"))
        page.goto("/")

        page.get_by_text("first").evaluate("node => { node.dataset.kept = 'yes'; }")
        stub.add(a_message(1, text="second"))
        expect(page.get_by_text("second")).to_be_visible()

        expect(page.get_by_text("first")).to_have_attribute("data-kept", "yes")

    def test_follows_the_end(self, page: Page, stub: Stub) -> None:
        """The newest message is in view, unless one has scrolled away to read."""
        stub.add(*(a_message(number, text=f"line {number}") for number in range(60)))
        page.goto("/")
        expect(page.get_by_text("line 59")).to_be_in_viewport()

        stub.add(a_message(60, text="line 60"))
        expect(page.get_by_text("line 60")).to_be_in_viewport()
        page.get_by_role("log").hover()
        page.mouse.wheel(0, -800)
        expect(page.get_by_text("line 60")).not_to_be_in_viewport()
        stub.add(a_message(61, text="line 61"))
        page.get_by_role("button", name="New messages").click()

        expect(page.get_by_text("line 61")).to_be_in_viewport()

    def test_lost_connection_is_told(self, page: Page, stub: Stub) -> None:
        """A local world that does not answer is told."""
        assert stub.version
        page.route("**/changes", lambda route: route.abort())
        page.route("**/workspace*", lambda route: route.abort())

        page.goto("/")

        expect(page.get_by_role("status").filter(has_text="does not answer")).to_be_visible()


class TestPlayground:
    """The controls that Slack does not have."""

    def test_panel_button(self, page: Page, stub: Stub) -> None:
        """An extra button runs its action for the channel that is open."""
        page.goto("/")

        with page.expect_response("**/do/panel"):
            page.get_by_role("region", name="Playground controls").get_by_role(
                "button", name="Run the schedule"
            ).click()

        assert [{"id": "run_schedule", "channel": "C0SECURITY"}] == stub.posted("panel")

    def test_membership(self, page: Page, stub: Stub) -> None:
        """A switch takes the bot out of the channel."""
        page.goto("/")

        with page.expect_response("**/do/membership"):
            page.get_by_role("switch", name="SecHub in #security").click()

        assert [{"channel": "C0SECURITY", "member": False}] == stub.posted("membership")

    def test_faults(self, page: Page, stub: Stub) -> None:
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

    def test_traffic(self, page: Page, stub: Stub) -> None:
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
        stub.change(traffic=[*log, entry(3, "views.open", "to_slack")])
        expect(drawer.locator("summary")).to_have_count(3)
        expect(drawer.get_by_text('"channel": "C1"')).to_be_visible()
        drawer.get_by_label("Filter").fill("ratelimited")

        expect(drawer.locator("summary")).to_have_count(1)

    def test_theme(self, page: Page, stub: Stub) -> None:
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

    def test_home(self, page: Page, stub: Stub) -> None:
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

    def test_direct_messages(self, page: Page, stub: Stub) -> None:
        """What the bot writes to the person stands under the app, not among the channels."""
        direct = {"id": "D0SECURITY", "name": "sechub", "bot_is_member": True, "is_im": True}
        stub.change(channels=[*stub.workspace["channels"], direct])
        stub.add(a_message(channel="D0SECURITY", text="Yours alone"))
        page.goto("/")
        expect(page.get_by_role("list", name="Channels").get_by_role("button")).to_have_count(3)

        page.get_by_role("button", name="SecHub", exact=True).click()
        page.get_by_role("tab", name="Home").press("ArrowRight")

        expect(page.get_by_role("tabpanel", name="Messages").get_by_text("Yours alone")).to_be_visible()

    def test_without_home(self, page: Page, stub: Stub) -> None:
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
