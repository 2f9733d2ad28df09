"""
Slack's mrkdwn: text from outside must not become markup.

Source: https://docs.slack.dev/messaging/formatting-message-text, read 2026-11: `&`, `<` and `>` are
escaped; there is no escape for `*`, `_`, `~` and the backtick. A name or a person's words go into a code
span (`code`); where that reads badly, as in a title, each mark that might format is replaced by a character
that looks like it (`text`). An invisible character beside the mark is no alternative: Slack does not
document which of them part words, and people copy them into a shell.
"""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.finding import BOT
from bot.render.limits import one_line

_ID = re.compile("[A-Za-z0-9]+")
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_MARK = re.compile(r"(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|`")
"""A mark between two letters or digits means itself, as in `prod_eu`; a backtick never does."""


def text(foreign: str) -> str:
    """Show a text from outside, outside code spans: as it is, but for marks that would format it."""
    return escape(_MARK.sub(lambda mark: _LOOKALIKES[mark[0]], foreign))


def escape(text: str) -> str:
    """Keep a text from forming links, mentions and broadcasts such as <!channel>."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Show a text from outside just as it is: inside a code span nothing is markup but the backtick."""
    inner = escape(one_line(text.replace("`", _LOOKALIKES["`"])))
    return f"`{inner}`" if inner else ""


def person(user_id: str) -> str:
    """Mention a person, or the bot by its name."""
    return BOT if user_id == BOT else _token("@", user_id)


def group(group_id: str) -> str:
    """Mention a user group."""
    return _token("!subteam^", group_id)


def channel(channel_id: str) -> str:
    """Link to a channel."""
    return _token("#", channel_id)


def _token(sign: str, slack_id: str) -> str:
    """Make a mention or link of an ID; other text, which a setting may hold, stays text."""
    return f"<{sign}{slack_id}>" if _ID.fullmatch(slack_id) else code(slack_id)


def link(url: str, text: str) -> str:
    """Link to an address, which this escapes."""
    return f"<{escape(url)}|{escape(text)}>"


def time(at: datetime) -> str:
    """Show a time in the reader's own time zone; `at` is aware UTC."""
    fallback = at.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_num}} {{time}}|{fallback}>"
