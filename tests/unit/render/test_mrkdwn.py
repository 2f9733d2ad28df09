"""Text from outside in Slack's mrkdwn."""

from __future__ import annotations

import html
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render import limits, mrkdwn


class TestEscape:
    """Keeping text from being markup."""

    @given(st.text())
    @example("<!channel> <@U0PERSON> <https://evil.example|click>")
    def test_without_angle_brackets_nothing_is_mention(self, text: str) -> None:
        """Without angle brackets nothing is a mention, a broadcast or a link."""
        assert not set("<>") & set(mrkdwn.escape(text))

    @given(st.text())
    @example("&lt;")
    def test_escaping_loses_nothing(self, text: str) -> None:
        """What is shown is what was given."""
        assert text == html.unescape(mrkdwn.escape(text))


class TestCode:
    """Code spans."""

    @given(st.text())
    def test_any_text_is_one_code_span(self, text: str) -> None:
        """A span of any text ends with it, on the line where it began."""
        span = mrkdwn.code(text)

        assert span == "" or (span[0] == span[-1] == "`" and "`" not in span[1:-1] and len(span) > 2)
        assert "\n" not in span

    def test_code_of_nothing_is_nothing(self) -> None:
        """Two backticks without anything between them would be shown as they are."""
        assert "" == mrkdwn.code(" \n ")

    def test_slack_reads_mentions_inside_code_spans(self) -> None:
        """Slack reads mentions inside code spans too."""
        assert "`&lt;!here&gt;`" == mrkdwn.code("<!here>")


class TestText:
    """Text from outside, outside code spans."""

    @pytest.mark.parametrize(
        ("foreign", "shown"),
        [
            ("*bold* _italic_ ~struck~ `code`", "∗bold∗ ˍitalicˍ ∼struck∼ ˋcodeˋ"),
            ('no "*:*" privileges', 'no "∗:∗" privileges'),
            ("prod_eu_1 2*3", "prod_eu_1 2*3"),
            ("本番_x_環境", "本番ˍxˍ環境"),
            ("<!here> & co", "&lt;!here&gt; &amp; co"),
        ],
    )
    def test_text_is_shown_as_it_is(self, foreign: str, shown: str) -> None:
        """A mark that might format is replaced by its like; one inside a word stays, and can be copied."""
        assert shown == mrkdwn.text(foreign)


class TestMarkup:
    """Markup that is meant."""

    def test_link_keeps_its_address(self) -> None:
        """An ampersand in an address is escaped, as Slack wants it, and a bar in the text is harmless."""
        assert "<https://x.example/?a=1&amp;b=2|a &lt; b>" == mrkdwn.link(
            "https://x.example/?a=1&b=2", "a < b"
        )

    def test_time_has_a_fallback(self) -> None:
        """A client that knows no dates shows the time in UTC."""
        shown = mrkdwn.time(datetime(2026, 11, 24, 0, 30, tzinfo=UTC))

        assert "<!date^1795480200^{date_num} {time}|2026-11-24 00:30 UTC>" == shown

    def test_people_are_mentioned_and_channels_linked_by_id(self) -> None:
        """People are mentioned and channels linked by ID."""
        assert "<@U0PERSON> <#C0SECURITY>" == f"{mrkdwn.person('U0PERSON')} {mrkdwn.channel('C0SECURITY')}"
        assert "`#general`" == mrkdwn.channel("#general")


class TestClip:
    """Cutting text to a limit."""

    @given(st.text(), st.integers(1, 20))
    def test_clip_is_within_the_limit(self, text: str, limit: int) -> None:
        """No text is longer than it may be, and a short one is left alone."""
        clipped = limits.clip(text, limit)

        assert len(clipped) <= limit
        assert clipped == text or (len(text) > limit and clipped.endswith("…"))
