"""
How the bytes of a CSV are characters, which no CSV says.

Excel writes "CSV UTF-8" with a byte order mark, "Unicode text" in UTF-16 with one, and "CSV" in the system's
code page: in Japan Windows-31J, which Python calls cp932 and people Shift-JIS. Elsewhere that is another one,
and what it means cannot be told from its bytes; so that no note becomes gibberish, such a file is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

from bot.errors import FileEncodingError, FileNotTextError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; the codec of each takes it away."""

SHIFT_JIS = "cp932"

_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")
"""How a workbook (.xlsx is a ZIP, .xls an OLE file), a gzip and a PDF begin, whatever they are called."""

_KANA = re.compile(r"[\u3041-\u30f6]")
"""Kana, which Japanese has sooner or later, and which bytes of another code page hardly ever are in cp932."""

_ACCENTS = re.compile("[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]")

_QUESTIONS = re.compile(rb"\?+")

CHUNK_CHARACTERS = 1 << 16


def encoding_of(file: Path) -> str:
    """
    Find a file's encoding.

    Raises:
        FileNotTextError: it is of another kind.
        FileEncodingError: its encoding cannot be told for certain.
    """
    with file.open("rb") as source:
        head = source.read(8)
    if head.startswith(_NO_TEXT):
        raise FileNotTextError
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) > 1 and not (head[0] and head[1]):
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    if _is_in(file, "utf-8"):
        return "utf-8"
    if _is_in(file, SHIFT_JIS) and any(_KANA.search(text) for text in _chunks(file, SHIFT_JIS)):
        return SHIFT_JIS
    raise FileEncodingError


def comparable(text: str, encoding: str) -> str | bytes:
    """
    Reduce a text to what an encoding keeps of it.

    Where cp932 has no such character, Windows writes the nearest (`e` for `é`, one dash for another) or
    question marks, two for most emoji; without this each note with one would come back as an edit.
    """
    if encoding != SHIFT_JIS:
        return text
    bare = normalize("NFC", _ACCENTS.sub("", normalize("NFD", text)))
    bare = bare.replace("\N{EM DASH}", "\N{HORIZONTAL BAR}")
    return _QUESTIONS.sub(b"?", bare.encode(SHIFT_JIS, "replace"))


def _is_in(file: Path, encoding: str) -> bool:
    try:
        for _ in _chunks(file, encoding):
            pass
    except UnicodeError:
        return False
    return True


def _chunks(file: Path, encoding: str) -> Iterator[str]:
    with file.open(encoding=encoding, newline="") as text:
        while chunk := text.read(CHUNK_CHARACTERS):
            yield chunk
