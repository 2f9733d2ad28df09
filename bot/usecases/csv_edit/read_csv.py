"""
Read an edited CSV as a spreadsheet has saved it: find its encoding, its separator and its columns.

No CSV names its encoding. Excel writes "CSV UTF-8" with a byte order mark, "Unicode text" in UTF-16 with one,
and "CSV" in the system's code page: in Japan Windows-31J, which Python calls cp932 and people Shift-JIS. The
bytes do not tell other code pages apart, so a file in one is refused rather than read as gibberish.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.domain.csv_edit import MOST_BYTES
from bot.errors import FileError
from bot.i18n import Locale, translate
from bot.render.csv_file import REPORT_PREFIX, unescape_cell

KEYS = ("finding-id", "product-arn", "report-id")
"""Columns that identify the finding of a row."""

EDITABLE = ("workflow-status", "note")
"""Columns of which a file needs at least one."""

SEPARATORS = (",", ";", "\t")
"""Excel's: of "CSV", of "CSV" in countries with a decimal comma, and of "Unicode text"."""

MOST_CHARACTERS = 1 << 20
"""Of a row and all its lines; a cell may have 131,072 (csv.field_size_limit), and 32 resources take 5,000."""

MOST_LINES = 1_000_000
"""Of a file, blank ones included: a row may have two bytes, and each takes time."""

_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?\s*')
"""
The line that Excel writes and reads before the header if the separator is not the country's. A quote or the
end of a line is no separator: Python's csv, since 3.13, raises ValueError for them.
"""


MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and their codecs, which remove them."""

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
    """A row's cells, without the apostrophes of `escape_formula`."""

    number: int
    """As a spreadsheet counts: the header is row 1 unless blank rows come before it."""
    report_id: str
    key: tuple[str, str]
    """The Ids and the ProductArns of its findings, one on each line."""
    status: str | None
    """As it is written; None if the file has no such column."""
    note: str | None
    """None if the file has no such column."""


@dataclass(frozen=True)
class Table:
    """A CSV, open and read up to its header."""

    encoding: str
    columns: dict[str, int]
    """The place of each known column."""
    rows: Iterator[TableRow]
    """The rows that are not blank, read once. Raises FileError."""


@contextmanager
def opened(file: Path) -> Iterator[Table]:
    """
    Open a CSV.

    Raises:
        FileError: it has more than MOST_BYTES, a wrong header, no certain encoding, or is no CSV.
    """
    if file.stat().st_size > MOST_BYTES:
        raise FileError(hint="file-over-limit", most=str(MOST_BYTES >> 20))
    encoding = encoding_of(file)
    with file.open(encoding=encoding, newline="") as text:
        lines = _lines(text)
        number, separator, header = _header(lines)
        columns = _columns(header)
        yield Table(encoding, columns, _rows(lines, separator, number, columns))


def _lines(text: TextIO) -> Iterator[str]:
    try:
        while line := text.readline(MOST_CHARACTERS):
            if len(line) == MOST_CHARACTERS:
                raise csv.Error("line too long")
            yield line
    except UnicodeError as error:
        raise FileError(hint="file-encoding") from error


def _header(lines: Iterator[str]) -> tuple[int, str, list[str]]:
    """Return the number of the first row that is not blank, its separator, and its cells."""
    number = 0
    separators: tuple[str, ...] = SEPARATORS
    try:
        for line in lines:
            named = None if number else _SEPARATOR_LINE.fullmatch(line)
            if named:
                separators = (named[1],)
                continue
            number += 1
            _need_end(number)
            if "\0" in line:
                raise FileError(hint="file-not-text")
            if line.strip():
                found = [
                    (separator, next(csv.reader([line], delimiter=separator))) for separator in separators
                ]
                return number, *max(found, key=lambda pair: sum(_name(cell) in _NAMES for cell in pair[1]))
    except csv.Error as error:
        raise FileError(hint="file-malformed", row=str(number)) from error
    return 1, SEPARATORS[0], []


def _need_end(row_count: int) -> None:
    if row_count > MOST_LINES:
        raise csv.Error("too many rows")


def _columns(header: list[str]) -> dict[str, int]:
    known = [(_NAMES[name], place) for place, name in enumerate(map(_name, header)) if name in _NAMES]
    needed = (*KEYS, *EDITABLE)
    twice = [column for column in needed if [name for name, _ in known].count(column) > 1]
    if twice:
        raise FileError(hint="file-columns-twice", columns=_titles(twice))
    columns = dict(known)
    missing = [column for column in KEYS if column not in columns]
    if not any(column in columns for column in EDITABLE):
        missing += EDITABLE
    if missing:
        raise FileError(hint="file-columns-missing", columns=_titles(missing))
    return columns


def _titles(columns: list[str]) -> str:
    """Name columns in all languages: the file's may not be the reader's."""
    return ", ".join("/".join(translate(locale, f"csv.{c}") for locale in Locale) for c in columns)


def _name(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).casefold().split()).strip("'")


_NAMES = {
    _name(translate(locale, f"csv.{column}")): column for locale in Locale for column in (*KEYS, *EDITABLE)
}
"""The names of KEYS and EDITABLE in all languages."""


def _rows(
    lines: Iterator[str], separator: str, header_number: int, columns: dict[str, int]
) -> Iterator[TableRow]:
    number = header_number
    size = 0

    def bounded() -> Iterator[str]:
        """Yield the lines, of which one row has at most MOST_CHARACTERS: csv keeps all cells of a row."""
        nonlocal size
        for line in lines:
            size += len(line)
            if size > MOST_CHARACTERS:
                raise csv.Error("row too long")
            yield line

    try:
        for cells in csv.reader(bounded(), delimiter=separator, strict=True):
            _need_end(number + 1 - header_number)
            number += 1
            size = 0
            if any(map(str.strip, cells)):
                yield _row(number, cells, columns)
    except csv.Error as error:
        raise FileError(hint="file-malformed", row=str(number + 1)) from error


def _row(number: int, cells: list[str], columns: dict[str, int]) -> TableRow:
    cells = [*cells, *[""] * (max(columns.values()) + 1 - len(cells))]  # a spreadsheet may omit the last ones
    texts = {column: unescape_cell(cells[place]) for column, place in columns.items()}
    key = (texts["finding-id"], texts["product-arn"])
    report_id = texts["report-id"].removeprefix(REPORT_PREFIX)
    return TableRow(number, report_id, key, texts.get("workflow-status"), texts.get("note"))


def encoding_of(file: Path) -> str:
    """Find a file's encoding. Raises FileError if the file is no text, or its encoding is not certain."""
    with file.open("rb") as source:
        head = source.read(8)
    if head.startswith(_NO_TEXT):
        raise FileError(hint="file-not-text")
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
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
