"""Whom one acts as, what messages say besides their text, and what is live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.page.shapes import a_message, a_ts, an_input, mrkdwn
from tests.page.stub import WAIT_SECONDS, Gate, Stub

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

    def test_private_messages_are_hidden_from_others(self, page: Page, stub: Stub) -> None:
        """What is only visible to one person is gone when one acts as another."""
        stub.add(a_message(text="For your eyes", ephemeral=True, only="U0SECURITY"))
        page.goto("/")

        expect(page.get_by_text("Only visible to you")).to_be_visible()
        act_as(page, "Auditor")

        expect(page.get_by_text("For your eyes")).to_have_count(0)

    def test_message_comes_from_the_chosen_person(self, page: Page, stub: Stub) -> None:
        """What one sends comes from the person one acts as, after a reload too."""
        page.goto("/")
        act_as(page, "Auditor")
        expect(page.get_by_role("radio", name="Auditor")).to_be_checked()

        page.reload()
        page.get_by_role("textbox", name="Message #security").fill("Hello")
        with page.expect_response("**/do/command"):
            page.keyboard.press("Enter")

        assert ["U0AUDITOR"] == [body["as"] for body in stub.posted("command")]

    def test_late_answer_changes_nothing(self, page: Page, stub: Stub) -> None:
        """What the person before sees, answered late, does not turn one back into them."""
        page.goto("/")
        expect(page.get_by_role("radio", name="Security engineer")).to_be_checked()
        gate = stub.late["U0SECURITY"] = Gate()

        stub.change()
        assert gate.arrived.wait(WAIT_SECONDS)
        act_as(page, "Auditor")
        gate.opened.set()

        expect(page.locator("html")).to_have_attribute("lang", "en-GB")

    def test_draft_belongs_to_person_and_channel(self, page: Page, stub: Stub) -> None:
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

    def test_bots_and_changed_messages_are_marked(self, page: Page, stub: Stub) -> None:
        """The bot's messages have a badge, changed ones say so, people's have neither."""
        stub.add(a_message(edited=True), a_message(1, user="U0AUDITOR", text="Hi"))
        page.goto("/")
        bot, person = (page.get_by_role("article").nth(at) for at in range(2))

        expect(bot).to_contain_text("SecHubAPP")
        expect(bot).to_contain_text("(edited)")
        expect(person).not_to_contain_text("APP")

    def test_command_that_failed_is_told_in_slacks_words(self, page: Page, stub: Stub) -> None:
        """A command that failed is told in Slack's words."""
        error = '/sechub-scan failed with the error "operation_timeout"'
        stub.add(a_message(user="USLACKBOT", text="", error=error, ephemeral=True))
        page.goto("/")

        expect(page.get_by_role("article")).to_contain_text("Slackbot")
        expect(page.get_by_role("article").get_by_role("alert")).to_have_text(error)

    def test_consecutive_messages_share_a_name(self, page: Page, stub: Stub) -> None:
        """Messages of one person shortly after each other share a name; a new day has a line."""
        stub.add(*(a_message(number, user="U0AUDITOR", text=str(number)) for number in (0, 1, 1440)))
        page.goto("/")

        expect(page.get_by_role("article")).to_have_count(3)
        expect(page.locator(".author")).to_have_count(2)
        expect(page.locator(".day")).to_have_count(2)

    def test_only_notifications_in_another_channel_are_counted(self, page: Page, stub: Stub) -> None:
        """A channel with a new message stands out, with the number of notifications until it is read."""
        page.goto("/")
        entry = page.get_by_role("navigation").get_by_role("button", name="platform")
        expect(entry).to_be_visible()

        stub.add(a_message(channel="C0PLATFORM"))
        expect(entry).to_have_class("entry unread")
        expect(entry).to_have_text("platform")
        stub.add(a_message(1, channel="C0PLATFORM", notifies_me=True))
        expect(entry).to_have_text("platform1")
        entry.click()

        expect(entry).to_have_text("platform")
        expect(entry).to_have_class("entry")
        expect(page.get_by_role("article")).to_have_count(2)

    def test_notification_in_thread_is_counted_until_thread_is_open(self, page: Page, stub: Stub) -> None:
        """A notification in a thread is counted at the channel and at the thread, until one opens that."""
        stub.add(a_message(text="The report"))
        page.goto("/")
        entry = page.get_by_role("navigation").get_by_role("button", name="security")
        expect(entry).to_be_visible()

        stub.add(a_message(1, thread_ts=a_ts(0), text="<@U0SECURITY>", notifies_me=True))
        expect(entry).to_have_text("security1")
        page.get_by_role("button", name="1 notification").last.click()

        expect(entry).to_have_text("security")

    def test_notifications_of_other_people_stand_beside_their_names(self, page: Page, stub: Stub) -> None:
        """Beside each person stands how often they were notified since one last acted as them."""
        page.goto("/")
        platform = page.locator(".person").filter(has_text="Platform engineer")
        expect(platform).to_be_visible()

        people = [
            p | {"notifications": [a_ts(0), a_ts(1)]} if p["id"] == "U0PLATFORM" else p
            for p in stub.workspace["people"]
        ]
        stub.change(people=people)

        expect(platform.locator(".count")).to_have_text("2")
        expect(page.locator(".person .count")).to_have_count(1)


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

    def test_message_that_has_not_changed_keeps_its_node(self, page: Page, stub: Stub) -> None:
        """A message that has not changed keeps its node."""
        stub.add(a_message(text="first"))
        page.goto("/")

        page.get_by_text("first").evaluate("node => { node.dataset.kept = 'yes'; }")
        stub.add(a_message(1, text="second"))
        expect(page.get_by_text("second")).to_be_visible()

        expect(page.get_by_text("first")).to_have_attribute("data-kept", "yes")

    def test_newest_message_is_in_view(self, page: Page, stub: Stub) -> None:
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
