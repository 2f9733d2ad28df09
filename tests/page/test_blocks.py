"""Each kind of block, as a person sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.i18n import Locale
from bot.render.message import ReportSetting, report_message
from tests.builders import a_finding, a_summary, an_act
from tests.page.shapes import Shape, a_message, mrkdwn, plain, rendered
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")

CELL = {"type": "raw_text", "text": "a bucket"}
SERIES = {"name": "prod", "data": [{"label": "S3.8", "value": 12}, {"label": "EC2.19", "value": 3}]}
AXES = {"categories": ["S3.8", "EC2.19"], "x_label": "Control"}


def shown(page: Page, stub: Stub, *blocks: Shape) -> Locator:
    """Show blocks in a message; give the message."""
    stub.add(a_message(blocks=list(blocks)))
    page.goto("/")
    return page.get_by_role("article")


def rich(*elements: Shape) -> Shape:
    """Make a rich_text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


class TestTextBlocks:
    """Blocks that hold text."""

    def test_header_is_heading_with_its_shortcodes_as_emoji(self, page: Page, stub: Stub) -> None:
        """A header is a heading, with its shortcodes as emoji."""
        message = shown(page, stub, {"type": "header", "text": plain("Report :rotating_light:")})

        expect(message.get_by_role("heading", name="Report 🚨")).to_be_visible()

    def test_section_shows_text_and_fields(self, page: Page, stub: Stub) -> None:
        """A section shows its text and its fields, two beside each other."""
        block = {"type": "section", "text": mrkdwn("*top*"), "fields": [mrkdwn("left"), mrkdwn("right")]}
        message = shown(page, stub, block)

        expect(message.locator("strong", has_text="top")).to_be_visible()
        left, right = (message.get_by_text(text, exact=True).bounding_box() for text in ("left", "right"))
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"]
        assert left["y"] == right["y"]

    def test_plain_text_is_not_parsed(self, page: Page, stub: Stub) -> None:
        """A plain text object keeps its asterisks."""
        message = shown(page, stub, {"type": "section", "text": plain("*as* <it|is>")})

        expect(message.get_by_text("*as* <it|is>")).to_be_visible()

    def test_context_shows_its_texts(self, page: Page, stub: Stub) -> None:
        """A context shows its texts, and its images by their descriptions."""
        image = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a lock"}
        message = shown(page, stub, {"type": "context", "elements": [mrkdwn("as of now"), image]})

        expect(message.get_by_text("as of now")).to_be_visible()
        expect(message.get_by_role("img", name="a lock")).to_be_visible()

    def test_divider_is_a_line(self, page: Page, stub: Stub) -> None:
        """A divider is a line."""
        message = shown(page, stub, {"type": "divider"})

        expect(message.get_by_role("separator")).to_be_visible()

    def test_image_is_its_description(self, page: Page, stub: Stub) -> None:
        """An image block shows its title and description and fetches nothing."""
        block = {
            "type": "image",
            "image_url": "https://example.com/a.png",
            "alt_text": "a map",
            "title": plain("Map"),
        }
        message = shown(page, stub, block)

        expect(message.get_by_role("img", name="a map")).to_be_visible()
        expect(message.get_by_text("Map", exact=True)).to_be_visible()
        expect(message.locator("img")).to_have_count(0)

    def test_markdown_block_has_headings(self, page: Page, stub: Stub) -> None:
        """A markdown block has headings, emphasis, lists, code and safe links."""
        text = "# Steps\n1. **first**\n2. `second`\n\n[docs](https://example.com/) [no](javascript:x)"
        message = shown(page, stub, {"type": "markdown", "text": text})

        expect(message.get_by_role("heading", name="Steps")).to_be_visible()
        expect(message.get_by_role("listitem")).to_have_text(["first", "second"])
        expect(message.get_by_role("link")).to_have_text(["docs"])

    def test_unknown_block_is_a_box(self, page: Page, stub: Stub) -> None:
        """A block that the page does not know says so, and the others are shown."""
        message = shown(page, stub, {"type": "hologram"}, {"type": "section", "text": plain("after it")})

        expect(message.get_by_role("note")).to_have_text("Unsupported block: hologram")
        expect(message.get_by_text("after it")).to_be_visible()

    def test_malformed_block_is_a_box(self, page: Page, stub: Stub) -> None:
        """A block without what it must have says so instead of breaking the page."""
        message = shown(page, stub, {"type": "actions"}, {"type": "section", "text": plain("after it")})

        expect(message.get_by_role("note")).to_have_text("Unsupported block: actions")
        expect(message.get_by_text("after it")).to_be_visible()


class TestRichText:
    """rich_text blocks."""

    def test_styles_people_channels_emoji_and_links_are_shown_as_such(self, page: Page, stub: Stub) -> None:
        """Styles, people, channels, emoji and links are shown as such."""
        message = shown(
            page,
            stub,
            rich(
                {"type": "text", "text": "bold", "style": {"bold": True}},
                {"type": "user", "user_id": "U0AUDITOR"},
                {"type": "channel", "channel_id": "C0RANDOM"},
                {"type": "emoji", "name": "fire", "unicode": "1f525"},
                {"type": "link", "url": "javascript:alert(1)", "text": "bad"},
                {"type": "link", "url": "https://example.com/", "text": "good"},
            ),
        )

        expect(message.locator(".rich-text")).to_have_text("bold@Auditor#random🔥badgood")
        expect(message.locator("strong", has_text="bold")).to_be_visible()
        expect(message.get_by_role("link")).to_have_text(["good"])

    def test_list_with_indent_stands_inside_item_before_it(self, page: Page, stub: Stub) -> None:
        """A list with an indent stands inside the item before it."""

        def listed(indent: int, text: str) -> Shape:
            item = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
            return {"type": "rich_text_list", "style": "bullet", "indent": indent, "elements": [item]}

        message = shown(
            page, stub, {"type": "rich_text", "elements": [listed(0, "outer"), listed(1, "inner")]}
        )

        expect(message.locator("li li")).to_have_text("inner")

    def test_quotes_and_preformatted_text_have_blocks_of_their_own(self, page: Page, stub: Stub) -> None:
        """Quotes and preformatted text have blocks of their own."""
        text = [{"type": "text", "text": "as it was"}]
        kinds = ("rich_text_quote", "rich_text_preformatted")
        message = shown(
            page,
            stub,
            {"type": "rich_text", "elements": [{"type": kind, "elements": text} for kind in kinds]},
        )

        expect(message.locator("blockquote")).to_have_text("as it was")
        expect(message.locator("pre")).to_have_text("as it was")


class TestTables:
    """table and data_table blocks."""

    def test_first_row_is_header(self, page: Page, stub: Stub) -> None:
        """The first row is the header; columns are aligned and wrapped as they say."""
        rows = [[CELL, CELL], [CELL, {"type": "raw_number", "value": 1200, "text": "1,200"}], [CELL, rich()]]
        settings = [{"is_wrapped": True}, {"align": "center"}]
        message = shown(page, stub, {"type": "table", "rows": rows, "column_settings": settings})

        expect(message.get_by_role("columnheader")).to_have_count(2)
        number = message.get_by_role("cell", name="1,200")
        expect(number).to_have_css("text-align", "center")
        expect(number).to_have_css("white-space", "nowrap")
        expect(message.get_by_role("cell", name="a bucket").first).to_have_css("white-space", "normal")

    def test_wide_table_scrolls_in_its_box(self, page: Page, stub: Stub) -> None:
        """A wide table does not widen the page."""
        rows = [[{"type": "raw_text", "text": "x" * 60} for _ in range(20)]]
        message = shown(page, stub, {"type": "table", "rows": [*rows, *rows]})

        box = message.get_by_role("region", name="Table")
        expect(box).to_be_visible()
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_data_table_sorts_and_pages(self, page: Page, stub: Stub) -> None:
        """A data table is sorted by a click on a column and shows a page of rows at a time."""
        numbers = [{"type": "raw_number", "value": n, "text": str(n)} for n in (10, 9, 100)]
        block = {
            "type": "data_table",
            "caption": "Counts",
            "page_size": 2,
            "rows": [[CELL], *([n] for n in numbers)],
        }
        message = shown(page, stub, block)

        message.get_by_role("button", name="a bucket").click()
        expect(message.get_by_role("rowheader")).to_have_text(["9", "10"])
        expect(message.get_by_role("columnheader")).to_have_attribute("aria-sort", "ascending")
        message.get_by_role("button", name="Next").click()
        expect(message.get_by_role("rowheader")).to_have_text(["100"])

    def test_data_table_sorts_rich_text(self, page: Page, stub: Stub) -> None:
        """Rich text is sorted by its words, in any style."""
        names = [rich({"type": "text", "text": text, "style": {"bold": True}}) for text in ("b", "a", "c")]
        rows = [[CELL], *([name] for name in names)]
        message = shown(page, stub, {"type": "data_table", "caption": "Names", "rows": rows})

        message.get_by_role("button", name="a bucket").click()
        expect(message.get_by_role("rowheader")).to_have_text(["a", "b", "c"])


class TestCharts:
    """data_visualization blocks."""

    def test_chart_is_picture_that_says_its_values(self, page: Page, stub: Stub) -> None:
        """A chart is a picture that says its values, under its title."""
        pie = {"type": "pie", "segments": [{"label": "HIGH", "value": 3}, {"label": "LOW", "value": 1}]}
        kinds = ("bar", "line", "area")
        charts: list[Shape] = [
            pie,
            *({"type": kind, "series": [SERIES], "axis_config": AXES} for kind in kinds),
        ]
        blocks = [{"type": "data_visualization", "title": f"A {c['type']}", "chart": c} for c in charts]
        message = shown(page, stub, *blocks)

        for kind in ("pie", *kinds):
            told = "HIGH: 3; LOW: 1" if kind == "pie" else "prod: S3.8 12, EC2.19 3"
            expect(
                message.get_by_role("figure", name=f"A {kind}").get_by_role("img")
            ).to_have_accessible_name(told)

    def test_chart_of_unknown_kind_is_box_that_says_so(self, page: Page, stub: Stub) -> None:
        """A chart of an unknown kind is a box that says so."""
        message = shown(
            page, stub, {"type": "data_visualization", "title": "Radar", "chart": {"type": "radar"}}
        )

        expect(message.get_by_role("note")).to_have_text("Unsupported block: data_visualization")


class TestReport:
    """What the bot really sends."""

    def test_report_of_bots_is_shown(self, page: Page, stub: Stub) -> None:
        """A report of the bot's is shown whole: sentence, counts, rows, buttons, acts."""
        findings = [a_finding(number) for number in range(3)]
        acts = [an_act(1, row=0, user_id="U0AUDITOR")]
        stub.add(
            a_message(**rendered(report_message(a_summary(findings), acts, ReportSetting(Locale.EN, "prod"))))
        )
        page.goto("/")
        message = page.get_by_role("article")

        expect(message.get_by_text("Found 3 violations in prod")).to_be_visible()
        expect(message.get_by_role("button", name="Mark NOTIFIED")).to_have_count(2)
        expect(message.get_by_role("button", name="More actions")).to_have_count(3)
        expect(message.get_by_text("@Auditor marked it NOTIFIED")).to_be_visible()
        expect(message.locator(".unsupported")).to_have_count(0)
