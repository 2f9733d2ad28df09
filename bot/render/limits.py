"""
Slack's limits, each in characters unless it says otherwise, and how text is kept within them.

Source: https://docs.slack.dev/reference/block-kit/blocks and .../composition-objects, read 2026-11.
"""

HEADER = 150
SECTION = 3000
FIELD = 2000
BUTTON = 75
BUTTON_VALUE = 2000
OPTION = 75
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
MODAL_TITLE = 24
OPTIONS_COUNT = 100
INPUT = 3000
"""The most that max_length of a plain_text_input may be."""
HINT = 2000
TEXT = 4000
"""Recommended for a message's text; 40,000 is the hard limit."""
BLOCK_COUNT = 50
"""Blocks of a message."""
BLOCKS = 11_500
"""All blocks of a message as JSON: Slack answers msg_blocks_too_long somewhere above 12,000."""


def one_line(text: str) -> str:
    """Make a text one line of visible characters."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def clip(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, the last of them an ellipsis where something is cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clip_start(text: str, limit: int) -> str:
    """Cut the beginning of a text, of which the end tells more, such as a file's path."""
    return text if len(text) <= limit else "…" + text[1 - limit :]


def visible(text: str) -> str:
    """Replace control characters, which could control the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
