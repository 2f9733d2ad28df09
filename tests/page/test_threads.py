"""Threads, and the files that stand in them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.shapes import Shape, a_file, a_message, a_ts
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")

CSV = (
    b"\xef\xbb\xbf"
    + 'リソース名,Title\r\n"a ""b"", c","line 1\nline 2"\r\n<b>,=x\r\n'.encode()
    + b"".join(b"row %d,x\r\n" % number for number in range(300))
)

PARSED = {
    "": [],
    "a": [["a"]],
    "a,b\r\n": [["a", "b"]],
    "a,\r\n,b": [["a", ""], ["", "b"]],
    "a,": [["a", ""]],
    "\r\na": [[""], ["a"]],
    '"",""""\n': [["", '"']],
    '"a\r\nb",c': [["a\r\nb", "c"]],
    '"open': [["open"]],
    "a\rb": [["a"], ["b"]],
}


def a_thread(**reply: object) -> list[Shape]:
    """Make a message with a reply."""
    return [
        a_message(text="The report", reply_count=1),
        a_message(1, text="The reply", thread_ts=a_ts(0), **reply),
    ]


def opened(page: Page, stub: Stub, **reply: object) -> Locator:
    """Open a thread of one reply; give its pane."""
    stub.add(*a_thread(**reply))
    page.goto("/")
    page.get_by_role("button", name="1 reply").click()
    return page.get_by_role("complementary", name="Thread")


class TestThread:
    """The pane on the right."""

    def test_reply_is_counted_below_its_message_and_shown_in_thread_only(
        self, page: Page, stub: Stub
    ) -> None:
        """A reply is counted below its message and shown in the thread only."""
        thread = opened(page, stub)

        expect(thread.get_by_role("article")).to_have_count(2)
        expect(thread.get_by_text("The reply")).to_be_visible()
        expect(page.get_by_role("main").get_by_text("The reply")).to_have_count(0)

    def test_reply_is_said_in_thread(self, page: Page, stub: Stub) -> None:
        """What is typed there is said in the thread."""
        field = opened(page, stub).get_by_role("textbox", name="Reply")
        expect(field).to_be_focused()

        field.fill("Thanks")
        with page.expect_response("**/do/say"):
            field.press("Enter")

        said = {"as": "U0SECURITY", "channel": "C0SECURITY", "text": "Thanks", "thread_ts": a_ts(0)}
        assert [said] == stub.posted("say")

    def test_slash_command_is_refused_in_thread(self, page: Page, stub: Stub) -> None:
        """A slash command is refused in a thread, as in Slack, and stays typed."""
        field = opened(page, stub).get_by_role("textbox", name="Reply")

        field.fill("/sechub-scan S3.8")
        field.press("Enter")

        expect(page.get_by_role("alert")).to_contain_text("do not work in threads")
        expect(field).to_have_value("/sechub-scan S3.8")

    def test_closing_thread_returns_focus(self, page: Page, stub: Stub) -> None:
        """Closing it goes back to the line it was opened by."""
        opened(page, stub)

        page.get_by_role("button", name="Close thread").click()

        expect(page.get_by_role("complementary")).to_have_count(0)
        expect(page.get_by_role("button", name="1 reply")).to_be_focused()

    def test_message_without_replies_opens_its_thread_by_its_own_button(self, page: Page, stub: Stub) -> None:
        """A message without replies opens its thread by its own button."""
        stub.add(a_message(text="Alone"))
        page.goto("/")

        page.get_by_role("button", name="Reply in thread").click()

        expect(page.get_by_role("complementary", name="Thread").get_by_text("Alone")).to_be_visible()

    def test_on_small_screen_thread_lies_over_messages(self, page: Page, stub: Stub) -> None:
        """On a small screen the thread lies over the messages."""
        page.set_viewport_size({"width": 390, "height": 844})

        box = opened(page, stub).bounding_box()

        assert box is not None
        assert (0, 390) == (box["x"], box["width"])


class TestCsv:
    """The preview of a CSV file."""

    def test_preview_shows_first_rows(self, page: Page, stub: Stub) -> None:
        """The first rows are shown, read as RFC 4180 says, without the byte order mark."""
        stub.files["F1"] = CSV
        card = opened(page, stub, files=[a_file("F1", size=2048)]).get_by_role("region", name="report.csv")

        expect(card.get_by_text("CSV · 2 KB")).to_be_visible()
        expect(card.get_by_role("row")).to_have_count(6)
        assert ["リソース名", "Title"] == card.get_by_role("columnheader").all_text_contents()
        assert ['a "b", c', "line 1\nline 2", "<b>", "=x"] == card.locator("tbody td").all_text_contents()[:4]

    def test_csv_stays_at_the_end(self, page: Page, stub: Stub) -> None:
        """A preview that comes later does not push the end of the thread out of view."""
        page.set_viewport_size({"width": 1280, "height": 420})
        stub.files["F5"] = CSV
        card = opened(page, stub, files=[a_file("F5")]).get_by_role("region", name="report.csv")

        expect(card.get_by_role("button", name="Show all 302 rows")).to_be_in_viewport()

    def test_whole_file_opens_over_page(self, page: Page, stub: Stub) -> None:
        """The whole file opens over the page, two hundred rows at a time."""
        stub.files["F2"] = CSV
        card = opened(page, stub, files=[a_file("F2")]).get_by_role("region", name="report.csv")

        card.get_by_role("button", name="Show all 302 rows").click()
        dialog = page.get_by_role("dialog", name="report.csv")
        expect(dialog.get_by_role("row")).to_have_count(201)
        dialog.get_by_role("button", name="Show more (102 left)").click()
        expect(dialog.get_by_role("row")).to_have_count(303)
        page.keyboard.press("Escape")

        expect(dialog).to_have_count(0)
        expect(page.get_by_role("complementary", name="Thread")).to_be_visible()

    def test_file_is_downloaded_byte_for_byte(self, page: Page, stub: Stub) -> None:
        """The file is downloaded byte for byte."""
        stub.files["F3"] = CSV
        card = opened(page, stub, files=[a_file("F3")]).get_by_role("region", name="report.csv")

        with page.expect_download() as download:
            card.get_by_role("link", name="Download report.csv").click()

        assert CSV == download.value.path().read_bytes()

    def test_file_that_cannot_be_read_says_so(self, page: Page, stub: Stub) -> None:
        """A file that cannot be read says so."""
        page.route("**/files/F4/*", lambda route: route.fulfill(status=404))
        card = opened(page, stub, files=[a_file("F4")]).get_by_role("region", name="report.csv")

        expect(card.get_by_text("The file cannot be read.")).to_be_visible()

    def test_quotes_empty_cells_and_every_line_break_are_read_as_rfc_4180(
        self, page: Page, stub: Stub
    ) -> None:
        """Quotes, empty cells and every line break are read as RFC 4180 says, and what it forbids somehow."""
        assert stub.version
        page.goto("/page/icon.svg")
        parse = "async text => (await import('/page/files/csv.js')).parseCsv(text)"

        assert PARSED == {text: page.evaluate(parse, text) for text in PARSED}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_spreadsheet_encodings_are_shown(
        self, page: Page, stub: Stub, encoding: str, separator: str
    ) -> None:
        """What a spreadsheet has written, with a byte order mark and its own separator, is shown as it is."""
        assert stub.version
        page.goto("/page/icon.svg")
        content = list(f"違反{separator}b\n1{separator}2\n".encode(encoding))
        decode = "async bytes => (await import('/page/files/csv.js')).decodeCsv(new Uint8Array(bytes).buffer)"

        assert [["違反", "b"], ["1", "2"]] == page.evaluate(decode, content)
