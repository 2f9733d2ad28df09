"""Slack's mrkdwn, and that nothing of it can run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.render import mrkdwn
from tests.page.shapes import FIRST_TS, a_message
from tests.page.stub import Stub

pytestmark = pytest.mark.xdist_group("browser-page")


MARKS = [
    ("a *bold* word", "strong", "bold"),
    ("an _italic_ word", "em", "italic"),
    ("a ~struck~ word", "s", "struck"),
    ("a `code <@U0AUDITOR>` span", "code", "code <@U0AUDITOR>"),
    ("```\nline 1\nline 2\n```", "pre", "line 1\nline 2"),
    ("&gt; quoted\n&gt; twice\nnot", "blockquote", "quoted\ntwice"),
]
UNMARKED = ["snake_case_name", "2*3*4", "* item *", "a_b*c~d", "a*b* c", "*日本語*です"]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "&lt;b&gt;not bold&lt;/b&gt;",
    "<javascript:alert(1)|click>",
    "<data:text/html,hello|click>",
    "<JaVaScRiPt:alert(1)|click>",
]


def shown(page: Page, stub: Stub, *texts: str) -> Locator:
    """Show texts as messages; give their texts on the page."""
    stub.add(*(a_message(number, text=text) for number, text in enumerate(texts)))
    page.goto("/")
    found = page.get_by_role("article").locator(".text")
    expect(found).to_have_count(len(texts))
    return found


def in_block(page: Page, stub: Stub, text: str, *, verbatim: bool) -> Locator:
    """Show a text in a section; return it on the page."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": verbatim}}
    stub.add(a_message(0, blocks=[section]))
    page.goto("/")
    return page.locator(".block-section .mrkdwn")


class TestMarkup:
    """Styles, code and quotes."""

    def test_each_mark_makes_its_element(self, page: Page, stub: Stub) -> None:
        """Each mark makes its element, around just what it marks."""
        messages = shown(page, stub, *(text for text, _, _ in MARKS))

        for at, (_, tag, inner) in enumerate(MARKS):
            assert [inner] == messages.nth(at).locator(tag).all_text_contents()

    def test_marks_inside_words_stay(self, page: Page, stub: Stub) -> None:
        """A mark that touches a letter or a space on its inner side is itself."""
        messages = shown(page, stub, *UNMARKED)

        expect(messages).to_have_text(UNMARKED)
        expect(messages.locator("*")).to_have_count(0)

    def test_marks_stand_inside_each_other(self, page: Page, stub: Stub) -> None:
        """Marks stand inside each other."""
        expect(shown(page, stub, "*bold _and italic_*").locator("strong em")).to_have_text("and italic")

    def test_known_shortcodes_become_emoji(self, page: Page, stub: Stub) -> None:
        """Known shortcodes become emoji; times and unknown ones stay."""
        expect(shown(page, stub, ":tada: 10:30:00 :no_such:")).to_have_text("🎉 10:30:00 :no_such:")


class TestTokens:
    """What stands between < and >."""

    def test_people_and_channels_appear_by_their_names(self, page: Page, stub: Stub) -> None:
        """People and channels appear by their names, broadcasts as themselves."""
        text = shown(page, stub, "<@U0PLATFORM> <#C0RANDOM> <!channel>")

        expect(text).to_have_text("@Platform engineer #random @channel")

    def test_mention_that_means_the_reader_is_marked(self, page: Page, stub: Stub) -> None:
        """A mention of the reader, of their group or of all is marked; groups appear by their handles."""
        text = shown(
            page, stub, "<@U0SECURITY> <@U0PLATFORM> <!subteam^S0SECURITY> <!subteam^S0DATATEAM> <!here>"
        )

        expect(text).to_have_text("@Security engineer @Platform engineer @security-team @data-team @here")
        expect(text.locator(".mention-me")).to_have_text(["@Security engineer", "@security-team", "@here"])

    def test_channel_link_goes_there(self, page: Page, stub: Stub) -> None:
        """A click on a channel opens it."""
        shown(page, stub, "see <#C0RANDOM>").get_by_role("button", name="#random").click()

        expect(page.get_by_role("textbox", name="Message #random")).to_be_visible()

    def test_link_has_its_label(self, page: Page, stub: Stub) -> None:
        """A link has its label, opens elsewhere and tells nothing of this page."""
        link = shown(page, stub, "<https://example.com/?a=1&amp;b=2|the &lt;docs&gt;>").get_by_role("link")

        expect(link).to_have_text("the <docs>")
        expect(link).to_have_attribute("href", "https://example.com/?a=1&b=2")
        expect(link).to_have_attribute("rel", "noopener noreferrer")

    def test_address_in_text_is_link(self, page: Page, stub: Stub) -> None:
        """An address in a text is a link, without the full stop after it."""
        link = shown(page, stub, "See https://example.com/a.").get_by_role("link")

        expect(link).to_have_attribute("href", "https://example.com/a")

    def test_date_is_shown_in_readers_time_zone(self, page: Page, stub: Stub) -> None:
        """A date is shown in the reader's time zone; one without a number falls back."""
        text = f"<!date^{FIRST_TS}^{{date_num}} {{time}}|x> <!date^never^{{date}}|some day>"

        expect(shown(page, stub, text)).to_have_text("2026-11-24 12:30 AM some day")


class TestVerbatim:
    """What Slack makes of plain words in a block."""

    @pytest.mark.parametrize(("verbatim", "count"), [(False, 2), (True, 0)])
    def test_verbatim_text_has_no_mentions_or_links(
        self, page: Page, stub: Stub, *, verbatim: bool, count: int
    ) -> None:
        """A broadcast and an address are live in a text that is not verbatim, and text in one that is."""
        text = in_block(
            page, stub, "tell @here, see https://example.com or me@example.com", verbatim=verbatim
        )

        expect(text).to_have_text("tell @here, see https://example.com or me@example.com")
        expect(text.locator(".mention, a")).to_have_count(count)


class TestHostileText:
    """Text that would like to be more."""

    def test_html_and_addresses_that_run_something_stay_text(self, page: Page, stub: Stub) -> None:
        """HTML and addresses that run something stay text."""
        messages = shown(page, stub, *HOSTILE)

        expect(messages).to_have_text([text.replace("&lt;", "<").replace("&gt;", ">") for text in HOSTILE])
        expect(messages.locator("*")).to_have_count(0)

    def test_escaped_broadcast_is_text(self, page: Page, stub: Stub) -> None:
        """An escaped <!channel> mentions nobody."""
        text = shown(page, stub, "&lt;!channel&gt;")

        expect(text).to_have_text("<!channel>")
        expect(text.locator(".mention")).to_have_count(0)

    @pytest.mark.parametrize("wrap", [mrkdwn.text, mrkdwn.code])
    def test_text_escaped_by_the_bot_stays_text(
        self, page: Page, stub: Stub, wrap: Callable[[str], str]
    ) -> None:
        """The bot's two ways to show a text from outside leave no mark, mention or link to be read in it."""
        foreign = "*b* _i_ ~s~ `c` <!channel> <@U0AUDITOR> <https://evil.example|x> &lt;!here&gt; prod_eu"
        text = in_block(page, stub, wrap(foreign), verbatim=True)

        like = foreign.replace("`", "ˋ")
        if wrap is mrkdwn.text:
            like = like.replace("*", "∗").replace("~", "∼").replace("_i_", "ˍiˍ")
        expect(text).to_have_text(like)
        expect(text.locator("strong, em, s, a, .mention")).to_have_count(0)

    def test_long_input_is_quick(self, page: Page, stub: Stub) -> None:
        """Thirty-six thousand characters of marks that nothing closes are shown without the page hanging."""
        text = ("*a <b _c ~d " * 3000).strip()

        expect(shown(page, stub, text)).to_have_text(text, timeout=3000)
