"""Text that a terminal only shows."""

from __future__ import annotations


def visible(text: str) -> str:
    """Replace control characters, which could control the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
