"""
Slack's mrkdwn: how text from outside gets into it without becoming markup.

Source: https://docs.slack.dev/messaging/formatting-message-text, read 2026-11: `&`, `<` and `>` are
escaped; there is no escape for `*`, `_`, `~` and the backtick, hence `code`.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain.finding import BOT
from bot.render.limits import one_line


def escape(text: str) -> str:
    """Keep a text from forming links, mentions and broadcasts such as <!channel>."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Show a text from outside just as it is: inside a code span nothing is markup but the backtick."""
    inner = escape(one_line(text.replace("`", "ˋ")))
    return f"`{inner}`" if inner else ""


def person(user_id: str) -> str:
    """Mention a person; the bot, which nobody is, by its name."""
    return BOT if user_id == BOT else f"<@{user_id}>"


def channel(channel_id: str) -> str:
    """Link to a channel."""
    return f"<#{channel_id}>"


def link(url: str, text: str) -> str:
    """Link to an address, which this escapes."""
    return f"<{escape(url)}|{escape(text)}>"


def time(at: datetime) -> str:
    """Show a time in the reader's own time zone; `at` is aware UTC."""
    fallback = at.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_num}} {{time}}|{fallback}>"
