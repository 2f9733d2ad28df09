"""Typing: messages, commands, what is on its way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")

HERE = {"as": "U0SECURITY", "channel": "C0SECURITY"}


def composer(page: Page, channel: str = "security") -> Locator:
    """Find where one types."""
    return page.get_by_role("textbox", name=f"Message #{channel}")


class TestSending:
    """Enter, and what comes after it."""

    def test_enter_sends_text_shift_and_enter_break_line(self, page: Page, stub: Stub) -> None:
        """Enter sends the text, Shift and Enter break the line."""
        page.goto("/")

        composer(page).fill("one")
        composer(page).press("Shift+Enter")
        composer(page).press_sequentially("two")
        with page.expect_response("**/do/command"):
            composer(page).press("Enter")

        assert [HERE | {"text": "one\ntwo"}] == stub.posted("command")
        expect(composer(page)).to_have_value("")

    def test_blank_text_is_not_sent(self, page: Page, stub: Stub) -> None:
        """Nothing but spaces is not sent."""
        page.goto("/")

        composer(page).fill("   ")
        composer(page).press("Enter")

        expect(page.get_by_role("button", name="Send")).to_be_disabled()
        assert [] == stub.posted("command")

    def test_pending_command_is_shown_as_waiting(self, page: Page, stub: Stub) -> None:
        """A command that the app has not acknowledged yet is shown as waiting."""
        gate = stub.hold("command")
        page.goto("/")

        composer(page).fill("/sechub-scan S3.8")
        composer(page).press("Enter")
        waiting = page.get_by_role("status").filter(has_text="Waiting for SecHub to answer /sechub-scan S3.8")
        expect(waiting).to_be_visible()
        gate.set()

        expect(waiting).to_have_count(0)

    def test_failed_text_returns_to_the_composer(self, page: Page, stub: Stub) -> None:
        """What could not be sent is told and stands in the composer again."""
        page.route("**/do/command", lambda route: route.fulfill(status=500, json={"error": "broken"}))
        page.goto("/")

        composer(page).fill("precious")
        composer(page).press("Enter")

        expect(page.get_by_role("alert")).to_contain_text("broken")
        expect(composer(page)).to_have_value("precious")
        assert [] == stub.posted("command")

    @pytest.mark.parametrize(("typed", "member"), [("/invite @sechub", True), ("/remove sechub", False)])
    def test_membership_commands_work_for_the_bot(
        self,
        page: Page,
        stub: Stub,
        typed: str,
        member: bool,  # noqa: FBT001 - a table
    ) -> None:
        """Slack's own commands for members work for the bot."""
        page.goto("/")

        composer(page).fill(typed)
        with page.expect_response("**/do/membership"):
            composer(page).press("Enter")

        assert [{"channel": "C0SECURITY", "member": member}] == stub.posted("membership")


class TestCompletion:
    """Slash commands."""

    def test_slash_offers_commands(self, page: Page, stub: Stub) -> None:
        """A slash offers the commands, Enter takes one over, its usage is shown."""
        page.goto("/")

        composer(page).fill("/se")
        option = page.get_by_role("option", name="/sechub-scan")
        expect(option).to_contain_text("Report the resources that violate Security Hub controls")
        composer(page).press("Enter")

        expect(composer(page)).to_have_value("/sechub-scan ")
        expect(page.get_by_text("/sechub-scan S3.1 [IAM.1 …] [severity:HIGH]")).to_be_visible()
        assert [] == stub.posted("command")

    def test_typed_in_full_is_sent(self, page: Page, stub: Stub) -> None:
        """A command typed in full is sent by the first Enter."""
        page.goto("/")

        composer(page).fill("/sechub-scan")
        with page.expect_response("**/do/command"):
            composer(page).press("Enter")

        assert [HERE | {"text": "/sechub-scan"}] == stub.posted("command")

    def test_arrows_move_in_list(self, page: Page, stub: Stub) -> None:
        """The arrows move in the list, Tab takes over, Escape closes it."""
        assert stub.workspace["commands"]
        page.goto("/")

        composer(page).fill("/")
        composer(page).press("ArrowDown")
        expect(page.get_by_role("option", selected=True)).to_contain_text("/invite")
        composer(page).press("Tab")
        expect(composer(page)).to_have_value("/invite ")
        composer(page).fill("/")
        composer(page).press("Escape")

        expect(page.get_by_role("option")).to_have_count(0)


class TestFirstRun:
    """A channel in which nothing has been said."""

    def test_hint_goes_into_the_composer(self, page: Page, stub: Stub) -> None:
        """An example is put into the composer, from which Enter sends it."""
        page.goto("/")

        page.get_by_role("button", name="/sechub-scan S3.8 EC2.19").click()
        expect(composer(page)).to_be_focused()
        with page.expect_response("**/do/command"):
            page.keyboard.press("Enter")

        assert [HERE | {"text": "/sechub-scan S3.8 EC2.19"}] == stub.posted("command")

    def test_channel_without_bot_says_so_and_invites_it(self, page: Page, stub: Stub) -> None:
        """A channel without the bot says so and invites it."""
        page.goto("/")

        page.get_by_role("button", name="random").click()
        with page.expect_response("**/do/membership"):
            page.get_by_role("button", name="Invite SecHub").click()

        assert [{"channel": "C0RANDOM", "member": True}] == stub.posted("membership")


class TestFiles:
    """Files that go with a message."""

    def test_files_are_shared_at_once(self, page: Page, stub: Stub) -> None:
        """A file that is chosen is shared, and what is half-typed stays."""
        page.goto("/")

        composer(page).fill("half")
        with page.expect_response("**/do/drop"):
            page.locator(".composer input[type=file]").first.set_input_files(
                {"name": "a.csv", "mimeType": "text/csv", "buffer": "違反\r\n".encode()}
            )

        assert [HERE | {"name": "a.csv", "content": "6YGV5Y+NDQo="}] == stub.posted("drop")
        expect(composer(page)).to_have_value("half")
        expect(page.get_by_role("button", name="Attach a file").first).to_be_visible()

    def test_file_that_is_dropped_on_composer_is_shared(self, page: Page, stub: Stub) -> None:
        """A file that is dropped on the composer is shared too."""
        page.goto("/")

        with page.expect_response("**/do/drop"):
            composer(page).evaluate(
                """node => {
                    const transfer = new DataTransfer();
                    transfer.items.add(new File(["a"], "b.csv"));
                    node.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
                }"""
            )

        assert [HERE | {"name": "b.csv", "content": "YQ=="}] == stub.posted("drop")
