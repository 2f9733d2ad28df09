"""
Read an edited CSV as a spreadsheet has saved it: find its encoding, its separator and its columns.

No CSV names its encoding. Excel writes "CSV UTF-8" with a byte order mark, "Unicode text" in UTF-16 with one,
and "CSV" in the system's code page: in Japan Windows-31J, which Python calls cp932 and people Shift-JIS. The
bytes do not tell other code pages apart, so a file in one is refused rather than read as gibberish.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.domain.csv_edit import MOST_BYTES, MOST_ROWS
from bot.domain.finding import MOST_NOTE
from bot.errors import FileError
from bot.i18n import Locale, translate
from bot.render.csv_file import REPORT_PREFIX, unescape_cell

KEYS = ("finding-id", "product-arn", "report-id")
"""Columns that identify the finding of a row."""

EDITABLE = ("workflow-status", "note")
"""Columns of which a file needs at least one."""

ACCOUNT = "account-id"
"""The column that tells two findings of the same Id and ProductArn apart; a file may lack it."""

SEPARATORS = (",", ";", "\t")
"""Excel's: of "CSV", of "CSV" in countries with a decimal comma, and of "Unicode text"."""

LONGEST = MOST_NOTE + 1
"""Characters that are kept of a cell: more than an Id or a note of Security Hub's has."""

LONGEST_WORD = 120
"""Characters that are kept of a status and of an account."""

MOST_CHARACTERS = 1 << 20
"""Of a row and all its lines; a cell may have 131,072 (csv.field_size_limit), and 32 resources take 5,000."""

MOST_LINES = 1_000_000
"""Rows of a file, blank ones included: a row may have two bytes, and each takes time."""

_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?\s*')
"""
The line that Excel writes and reads before the header if the separator is not the country's. A quote or the
end of a line is no separator: Python's csv, since 3.13, raises ValueError for them.
"""

SHIFT_JIS = "cp932"

_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")
"""First bytes of a workbook (.xlsx is a ZIP, .xls an OLE file), a gzip and a PDF."""

_KANA = re.compile(r"[\u3041-\u30f6]")
"""Kana: Japanese texts have some, and bytes of another code page hardly ever are kana in cp932."""

_ACCENTS = re.compile("[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]")

_QUESTIONS = re.compile(rb"\?+")

CHUNK_CHARACTERS = 1 << 16


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's cells, without the apostrophes of `escape_formula`, and cut at LONGEST or LONGEST_WORD."""

    number: int
    """As a spreadsheet counts: the header is row 1 unless blank rows come before it."""
    report_id: str
    finding_id: str
    """The Ids of its findings, one on each line."""
    product_arn: str
    """Their ProductArns, one on each line."""
    key: bytes
    """Of the uncut Ids and ProductArns; see `row_key`."""
    account_id: str
    """Empty if the file has no such column."""
    status: str | None
    """As it is written; None if the file has no such column."""
    note: str | None
    """None if the file has no such column."""


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV that has been read."""

    encoding: str
    columns: dict[str, int]
    """The place of each known column."""
    rows: list[TableRow]
    """The rows that are not blank."""


def read_table(file: Path) -> Table:
    """
    Read a CSV.

    Raises:
        FileError: it is no CSV, has more than MOST_BYTES or MOST_ROWS, a wrong header, or no sure encoding.
    """
    if file.stat().st_size > MOST_BYTES:
        raise FileError(hint="file-over-limit", most=str(MOST_BYTES >> 20))
    encoding = _encoding_of(file)
    try:
        with file.open(encoding=encoding, newline="") as text:
            rows = _rows(text, _separator(text))
            _, header = next(rows, (1, []))
            table = Table(encoding, _columns(header), [])
            for number, cells in rows:
                if len(table.rows) == MOST_ROWS:
                    raise FileError(hint="file-rows", most=f"{MOST_ROWS:,}")
                table.rows.append(_row(number, cells, table.columns))
            return table
    except UnicodeError as error:
        raise FileError(hint="file-encoding") from error


def row_key(ids: str, arns: str) -> bytes:
    """Shorten the Ids and the ProductArns of a row's findings, each one on a line, to a key of 16 bytes."""
    return hashlib.sha256(f"{ids}\0{arns}".encode()).digest()[:16]


def _separator(text: TextIO) -> str:
    """Find the separator, and leave the text where its rows begin."""
    line = text.readline(MOST_CHARACTERS)
    if named := _SEPARATOR_LINE.fullmatch(line):
        return named[1]
    for _ in range(MOST_LINES):
        if line.strip() or not line:
            break
        line = text.readline(MOST_CHARACTERS)
    if "\0" in line:
        raise FileError(hint="file-not-text")
    text.seek(0)
    return max(SEPARATORS, key=lambda separator: sum(_name(cell) in _NAMES for cell in line.split(separator)))


def _rows(text: TextIO, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row that is not blank."""
    number = size = 0

    def lines() -> Iterator[str]:
        """Yield the lines, of which one row has at most MOST_CHARACTERS: csv keeps all cells of a row."""
        nonlocal size
        while line := text.readline(MOST_CHARACTERS):
            size += len(line)
            if size >= MOST_CHARACTERS or number == MOST_LINES:
                raise csv.Error("row too long, or one too many")
            yield line

    try:
        for cells in csv.reader(lines(), delimiter=separator, strict=True):
            number += 1
            size = 0
            if any(map(str.strip, cells)):
                yield number, cells
    except csv.Error as error:
        raise FileError(hint="file-malformed", row=str(number + 1)) from error


def _columns(header: list[str]) -> dict[str, int]:
    known = [(_NAMES[name], place) for place, name in enumerate(map(_name, header)) if name in _NAMES]
    names = [column for column, _ in known]
    twice = [column for column in (*KEYS, *EDITABLE) if names.count(column) > 1]
    if twice:
        raise FileError(hint="file-columns-twice", columns=_titles(twice))
    missing = [column for column in KEYS if column not in names]
    if not any(column in names for column in EDITABLE):
        missing += EDITABLE
    if missing:
        raise FileError(hint="file-columns-missing", columns=_titles(missing))
    return dict(known)


def _titles(columns: list[str]) -> str:
    """Name columns in all languages: the file's may not be the reader's."""
    return ", ".join("/".join(translate(locale, f"csv.{c}") for locale in Locale) for c in columns)


def _name(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).casefold().split()).strip("'\"")


_NAMES = {
    _name(translate(locale, f"csv.{column}")): column
    for locale in Locale
    for column in (*KEYS, *EDITABLE, ACCOUNT)
}
"""The names of the columns in all languages."""


def _row(number: int, cells: list[str], columns: dict[str, int]) -> TableRow:
    cells = [*cells, *[""] * (max(columns.values()) + 1 - len(cells))]  # a spreadsheet may omit the last ones
    texts = {column: unescape_cell(cells[place]) for column, place in columns.items()}
    key = row_key(texts["finding-id"], texts["product-arn"])
    texts = {column: text[:LONGEST] for column, text in texts.items()}
    return TableRow(
        number,
        texts["report-id"].removeprefix(REPORT_PREFIX),
        texts["finding-id"],
        texts["product-arn"],
        key,
        texts.get(ACCOUNT, "")[:LONGEST_WORD],
        texts["workflow-status"][:LONGEST_WORD] if "workflow-status" in texts else None,
        texts.get("note"),
    )


def _encoding_of(file: Path) -> str:
    """Find a file's encoding. Raises FileError if the file is no text, or its encoding is not certain."""
    with file.open("rb") as source:
        head = source.read(8)
    if head.startswith(_NO_TEXT):
        raise FileError(hint="file-not-text")
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(head) > 1 and not (head[0] and head[1]):
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    with suppress(UnicodeError):
        for _ in _chunks(file, "utf-8"):
            pass
        return "utf-8"
    with suppress(UnicodeError):
        if sum(bool(_KANA.search(text)) for text in _chunks(file, SHIFT_JIS)):
            return SHIFT_JIS
    raise FileError(hint="file-encoding")


def _chunks(file: Path, encoding: str) -> Iterator[str]:
    with file.open(encoding=encoding, newline="") as text:
        while chunk := text.read(CHUNK_CHARACTERS):
            yield chunk


def comparable(text: str, encoding: str) -> str | bytes:
    """
    Reduce a text to the characters that an encoding keeps.

    For a character that cp932 lacks, Windows writes the nearest one (`e` for `é`, one dash for another) or
    question marks, two for most emoji. Without this, each note with one would come back as an edit.
    """
    if encoding != SHIFT_JIS:
        return text
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    bare = bare.replace("\N{EM DASH}", "\N{HORIZONTAL BAR}")
    return _QUESTIONS.sub(b"?", bare.encode(SHIFT_JIS, "replace"))
