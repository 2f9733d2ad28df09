"""An edited CSV, in the forms that spreadsheets give it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import (
    BotError,
    FileError,
)
from bot.i18n import Locale
from bot.render.csv_file import COLUMNS
from bot.usecases.csv_edit import read_csv as tables
from bot.usecases.csv_edit.read_csv import TableRow, comparable, read_table, row_key
from tests.builders import PRODUCT_ARN, a_csv, a_finding, a_note

REPORT = "0123456789abcdef0123456789abcdef"

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what makes a file of bytes, or of a text in UTF-8."""

    def write(content: str | bytes) -> Path:
        file = tmp_path / "edited.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return write


def rows_of(file: Path) -> list[TableRow]:
    """Read a file."""
    return read_table(file).rows


def report(locale: Locale = Locale.EN, note: str = "") -> str:
    """Write a report of one finding."""
    return a_csv([a_finding(1, note=a_note(note))], locale, REPORT).decode("utf-8-sig")


def rewritten(text: str, *, separator: str = ",", columns: Sequence[str] = COLUMNS, quoting: int = 0) -> str:
    """Write a CSV as a spreadsheet might: with another separator, other columns in another order."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    names = dict(zip(COLUMNS, header, strict=True))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow([names.get(column, column) for column in columns])
    for row in rows:
        cells = dict(zip(COLUMNS, row, strict=True))
        writer.writerow([cells.get(column, "extra") for column in columns])
    return out.getvalue()


NOTE = "2027年まで許容"
ID = a_finding(1).identifiers[0].id
EXPECTED = TableRow(
    number=2,
    report_id=REPORT,
    finding_id=ID,
    product_arn=PRODUCT_ARN,
    key=row_key(ID, PRODUCT_ARN),
    account_id="123456789012",
    status="NEW",
    note=NOTE,
)


class TestEncoding:
    """Bytes that are characters."""

    @pytest.mark.parametrize("locale", list(Locale))
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "shift_jis"]
    )
    def test_encodings_of_spreadsheets_are_read(self, write: Write, encoding: str, locale: Locale) -> None:
        """What Excel and other programs write is read, with or without a byte order mark."""
        if locale is Locale.EN and encoding in ("cp932", "shift_jis"):
            encoding = "utf-8"
        file = write(report(locale, note=NOTE).encode(encoding))

        assert [EXPECTED] == rows_of(file)

    def test_big_endian_utf16_with_a_mark_is_read(self, write: Write) -> None:
        """UTF-16 comes in either order of bytes."""
        file = write(b"\xfe\xff" + report(note=NOTE).encode("utf-16-be"))

        assert [EXPECTED] == rows_of(file)

    @pytest.mark.parametrize("note", ["Accepté hier", "Acceptés", "don\N{RIGHT SINGLE QUOTATION MARK}t"])
    def test_encoding_of_another_code_page_is_refused(self, write: Write, note: str) -> None:
        """Where the bytes of a note could be Japanese or French, nobody gets gibberish for a note."""
        with pytest.raises(FileError, match="file-encoding"):
            rows_of(write(report(note=note).encode("cp1252")))

    def test_file_with_invalid_bytes_is_refused(self, write: Write) -> None:
        """Bytes in the middle that are no UTF-8 in a file that says that it is."""
        broken = report(note=NOTE).encode("utf-8-sig").replace("許".encode(), b"\xff\xfe")

        with pytest.raises(FileError, match="file-encoding"):
            rows_of(write(broken))

    @pytest.mark.parametrize(
        "content",
        [b"PK\x03\x04\x14\x00rest", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x1f\x8b\x08\x00rest", b"%PDF-1.7"],
        ids=["xlsx", "xls", "gzip", "pdf"],
    )
    def test_workbooks_and_archives_are_refused(self, write: Write, content: bytes) -> None:
        """A workbook or an archive that is called .csv is not one; nothing is unpacked."""
        with pytest.raises(FileError, match="file-not-text"):
            rows_of(write(content))

    def test_zero_byte_in_the_header_is_refused(self, write: Write) -> None:
        """A file that begins with zero bytes is no text."""
        with pytest.raises(FileError, match="file-not-text"):
            rows_of(write("ab\0c," + report()))

    def test_zero_byte_in_a_row_is_a_question_mark(self, write: Write) -> None:
        """The report of an older bot has a NUL where a finding has one."""
        (row,) = rows_of(write(report(note="a-b").replace("a-b", "a\0b")))

        assert "a?b" == row.note

    def test_characters_that_shift_jis_lacks_compare_equal(self) -> None:
        """What Shift-JIS has no character for is the same as what a spreadsheet writes in its place."""
        for text, written in [("done 🎉", "done ??"), ("Accepté", "Accepte"), ("a—b", "a―b"), ("〜", "～")]:
            assert comparable(text, "cp932") == comparable(written, "cp932")
            assert comparable(text, "utf-8") != comparable(written, "utf-8")

    def test_voiced_kana_compare_unequal(self) -> None:
        """A mark that makes another letter in Japanese is no accent."""
        assert comparable("が", "cp932") != comparable("か", "cp932")


class TestSize:
    """How long a file may be."""

    def test_too_large_file_is_refused_with_the_limit(self, write: Write) -> None:
        """Of a file that is too large nothing is read, and the error says how large one may be."""
        file = write("x")
        with file.open("r+b") as out:
            out.truncate(200_000_000)

        with pytest.raises(FileError, match="file-over-limit, most=180"):
            rows_of(file)


class TestColumns:
    """The header."""

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    @pytest.mark.parametrize("locale", list(Locale))
    def test_each_separator_is_found_in_each_language(
        self, write: Write, separator: str, locale: Locale
    ) -> None:
        """With any text between them, in either language."""
        file = write(rewritten(report(locale, note=NOTE), separator=separator))

        assert [EXPECTED] == rows_of(file)

    def test_columns_may_be_moved_added_and_removed(self, write: Write) -> None:
        """Those that matter are found by their names; others do not matter."""
        columns = [
            "extra",
            "report-id",
            "note",
            "resource",
            "product-arn",
            "extra",
            "finding-id",
            "workflow-status",
        ]
        file = write(rewritten(report(note=NOTE), columns=columns))

        assert [replace(EXPECTED, account_id="")] == rows_of(file)

    def test_columns_may_lack_status_or_note(self, write: Write) -> None:
        """What there is no column for is not there; at least one must be."""
        keys = ["finding-id", "product-arn", "report-id"]
        (without_note,) = rows_of(write(rewritten(report(), columns=[*keys, "workflow-status"])))
        (without_status,) = rows_of(write(rewritten(report(), columns=[*keys, "note"])))

        assert "NEW" == without_note.status
        assert without_note.note is None
        assert without_status.status is None
        assert not without_status.note
        with pytest.raises(
            FileError, match=r"columns-missing.*Workflow status/ワークフローステータス, Note/メモ"
        ):
            rows_of(write(rewritten(report(), columns=keys)))

    @pytest.mark.parametrize("missing", ["finding-id", "product-arn", "report-id"])
    def test_missing_key_column_is_refused(self, write: Write, missing: str) -> None:
        """Without an identifier nothing can be applied, and the error names the column in both languages."""
        columns = [column for column in COLUMNS if column != missing]

        with pytest.raises(FileError, match="columns-missing"):
            rows_of(write(rewritten(report(), columns=columns)))

    def test_repeated_column_is_refused(self, write: Write) -> None:
        """Of two columns with one name nobody knows which counts."""
        with pytest.raises(FileError, match=r"columns-twice.*Note/メモ"):
            rows_of(write(rewritten(report(), columns=[*COLUMNS, "note"])))

    def test_column_names_ignore_case_spaces_and_width(self, write: Write) -> None:
        """Capitals, spaces and widths make no other name."""
        text = report(note=NOTE).replace("Finding ID", " FINDING　id ").replace("Note", "ｎｏｔｅ")

        assert [EXPECTED] == rows_of(write(text))

    def test_separator_line_of_excel_counts_and_is_no_row(self, write: Write) -> None:
        """A line that names the separator counts, and is no row."""
        file = write("sep=|\r\n" + rewritten(report(note=NOTE), separator="|"))

        assert [EXPECTED] == rows_of(file)

    @pytest.mark.parametrize("line", ['sep="\r\n', '"sep=""\r\n', "sep=\r\n", "sep=\r"])
    def test_separator_line_with_a_quote_or_line_end_is_refused(
        self, write: Write, monkeypatch: pytest.MonkeyPatch, line: str
    ) -> None:
        """A quote or a line's end separates nothing: Python 3.13, on which the bot runs, takes neither."""

        file, read = write(line + rewritten(report())), csv.reader

        def reader(lines: Iterable[str], delimiter: str, *, strict: bool) -> Iterator[list[str]]:
            if delimiter in '"\r\n':
                raise ValueError("bad delimiter value")
            return read(lines, delimiter=delimiter, strict=strict)

        monkeypatch.setattr(csv, "reader", reader)
        with pytest.raises(FileError, match=r"file-columns|file-malformed"):
            rows_of(file)

    @pytest.mark.parametrize("content", ["", "\r\n\r\n", "hello", "a,b\n1,2\n"])
    def test_file_without_columns_is_refused(self, write: Write, content: str) -> None:
        """A file without them, an empty one too, is told what it lacks."""
        with pytest.raises(FileError, match="file-columns"):
            rows_of(write(content))


class TestRows:
    """What stands below."""

    def test_rows_are_counted_as_a_spreadsheet_does(self, write: Write) -> None:
        """A row with line breaks in it is one; blank ones, of separators too, count and say nothing."""
        one, two = a_finding(1, note=a_note("one\ntwo")), a_finding(2)
        head, first, second = (
            a_csv([], Locale.EN, REPORT).decode("utf-8-sig"),
            *(a_csv([f], Locale.EN, REPORT).decode("utf-8-sig").split("\r\n", 1)[1] for f in (one, two)),
        )
        file = write("\r\n" + head + first + "\r\n" + ",,, ,\r\n" + second)

        assert [(3, "one\ntwo"), (6, "")] == [(row.number, row.note) for row in rows_of(file)]

    def test_spreadsheet_may_leave_out_empty_cells_at_end_of_row(self, write: Write) -> None:
        """A spreadsheet may leave out empty cells at the end of a row."""
        columns = ["finding-id", "product-arn", "report-id", "workflow-status", "note"]
        text = rewritten(report(), columns=columns).replace("NEW,\r\n", "NEW\r\n")

        assert [("NEW", "")] == [(row.status, row.note) for row in rows_of(write(text))]

    @pytest.mark.parametrize("note", ["=cmd()", "+1", "-1", "@x", "＝1"])
    def test_formula_apostrophe_is_removed(self, write: Write, note: str) -> None:
        """A note that looks like a formula is read without the apostrophe, kept by a spreadsheet or not."""
        kept = report(note=note)

        assert [note] == [row.note for row in rows_of(write(kept))]
        assert [note] == [row.note for row in rows_of(write(kept.replace(f"'{note}", note)))]

    def test_other_apostrophes_are_kept(self, write: Write) -> None:
        """An apostrophe that made nothing inert is somebody's own."""
        assert ["'tis"] == [row.note for row in rows_of(write(report(note="'tis")))]

    @pytest.mark.parametrize(
        ("tail", "row"),
        [
            ('"never closed', "3"),
            ('"closed" too early,', "3"),
            (f'"{"x" * 200_000}"', "3"),
            ("x" * (tables.MOST_CHARACTERS + 5), "3"),
            ("x," * tables.MOST_CHARACTERS, "3"),
            ('"x\n",' * (tables.MOST_CHARACTERS // 4), "3"),
        ],
        ids=["open", "rest", "cell", "line", "cells", "lines"],
    )
    def test_malformed_row_is_refused_with_its_number(self, write: Write, tail: str, row: str) -> None:
        """From there on nothing can be trusted, and the error says where."""
        with pytest.raises(FileError) as caught:
            rows_of(write(report() + tail))

        assert {"hint": "file-malformed", "row": row} == caught.value.values

    def test_rows_together_may_exceed_the_length_of_one(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Together they may be longer than one may be, of several lines or not."""
        monkeypatch.setattr(tables, "MOST_CHARACTERS", 1000)
        row = report(note="one\ntwo").split("\r\n", 1)[1]
        text = report() + row * 5

        assert len(text) > 2 * 1000
        assert 6 == len(rows_of(write(text)))

    @pytest.mark.parametrize("before", ["", "\n" * 3])
    def test_number_of_rows_is_bounded(
        self, write: Write, monkeypatch: pytest.MonkeyPatch, before: str
    ) -> None:
        """Rows of a few bytes, and blank ones: a file of the greatest length has ninety million."""
        monkeypatch.setattr(tables, "MOST_LINES", 4 + len(before))
        head = before + rewritten(report(), columns=["finding-id", "product-arn", "report-id", "note"])
        row = 5 + len(before)

        assert 3 == len(rows_of(write(head + "a\r\n" * 2)))
        for rows in ("a\r\n" * 3, "\r\n" * 3):
            with pytest.raises(FileError, match=f"file-malformed, row={row}"):
                rows_of(write(head + rows))

    def test_number_of_blank_rows_before_the_header_is_bounded(
        self, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Blank rows before it are read like all others."""
        monkeypatch.setattr(tables, "MOST_LINES", 4)

        with pytest.raises(FileError, match="file-malformed, row=5"):
            rows_of(write("\n" * 5 + report()))

    @pytest.mark.parametrize("content", ["x" * 3_000_000, '"' + "x\n" * 100_000, "," * 2_000_000])
    def test_length_of_the_header_is_bounded(self, write: Write, content: str) -> None:
        """A first line without an end is an error too."""
        with pytest.raises(BotError):
            rows_of(write(content))
