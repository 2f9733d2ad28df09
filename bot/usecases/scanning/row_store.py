"""
Findings on disk: added in any order and number, given back as rows of a report, one for each problem.

Another process may take up the file where this one has left it.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple, Self, cast

from bot.domain.finding import Finding, Note, Resource, WorkflowStatus, merged
from bot.domain.row import parse_row, row_line, with_statuses_of
from bot.render.csv_file import encoded, row_text

CACHE_KIBIBYTES = 256
"""What SQLite may keep of each table in memory; the rest, and what it needs to sort, is in files."""

SETTINGS = (
    f"cache_size=-{CACHE_KIBIBYTES}",
    "journal_mode=OFF",
    "synchronous=OFF",
    "temp_store=FILE",
    "locking_mode=EXCLUSIVE",
)

_CREATE = """
CREATE TABLE IF NOT EXISTS rows (problem, severity, is_new, start, text_size, seen_size, fields_size);
CREATE TABLE IF NOT EXISTS place (token);
"""
_ADD = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT * FROM rows ORDER BY problem, rowid"

_SIZE_BYTES = 8

_BETWEEN = "\x1f"
"""ASCII's separator of units, which stands in no ARN."""

_json = json.JSONEncoder(check_circular=False).encode
"""Nothing here is in a circle, and to look for one takes a fifth of the time."""

_Entry = tuple[bytes, str, int, int, int, int, int]
"""A line of the table: what is sorted, and where the rest stands in the file."""

RowText = Callable[..., str]


class Row(NamedTuple):
    """
    What a report has of one problem, in UTF-8.

    Rendered once, when it is added: nearly every finding is the only one of its problem, and to make it a
    Finding again costs more than anything else that is done with it.
    """

    problem: bytes
    severity: str
    is_new: int
    text: bytes
    """Its line in the CSV."""
    seen: bytes
    """What is kept to act on it later: a line of bot/domain/row.py."""
    fields: bytes
    """The rest of the Finding, as JSON."""

    @property
    def control_id(self) -> str:
        """The control, which a problem begins with."""
        return self.problem.partition(_BETWEEN.encode())[0].decode()

    def finding(self) -> Finding:
        """Make the Finding again."""
        seen = parse_row(self.seen)
        title, account_name, resources, standards, status, *texts, note, user_fields = json.loads(self.fields)
        compliance_status, first_observed_at, updated_at, url = texts
        return Finding(
            identifiers=tuple(seen.statuses),
            title=title,
            control_id=seen.control_id,
            severity=seen.severity,
            account_id=seen.account_id,
            account_name=account_name,
            region=seen.region,
            resources=tuple(Resource(*resource) for resource in resources),
            standards=tuple(standards),
            workflow_status=WorkflowStatus(status),
            compliance_status=compliance_status,
            first_observed_at=first_observed_at,
            updated_at=updated_at,
            remediation_url=url,
            note=Note(*note) if note else None,
            user_fields=tuple((name, value) for name, value in user_fields),
        )


class RowStore:
    """
    Rows in a file, and a table that sorts them in another; both are gone when it is closed and was not left.

    The table holds only what the rows are sorted by: SQLite takes several times as long to write and to sort
    whole rows. What is left is one file: the rows, the table, and how long the rows are.

    Args:
        file: empty or absent, or what was left.
        report_id: which the rows name.
        text: writes a row.
    """

    def __init__(self, file: Path, report_id: str = "", text: RowText = row_text) -> None:
        self._text = partial(text, report_id=report_id)
        self._path, self._table_path = file, file.with_name(f"{file.name}-table")
        self._file = cast(BinaryIO, file.open("a+b"))
        self._end = self._unpack()
        self._table = sqlite3.connect(self._table_path, isolation_level=None)
        for setting in SETTINGS:
            self._table.execute(f"PRAGMA {setting}")
        self._table.executescript(_CREATE)
        self.token: str = self._value("SELECT coalesce(max(token), '') FROM place")
        """Of the page to go on with."""
        self.count: int = self._value("SELECT count(*) FROM rows")
        """How many findings it holds."""
        self._is_left = False
        self._table.execute("BEGIN")

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._table.close()
        self._table_path.unlink()
        self._file.close()
        if not self._is_left:
            self._path.unlink()

    def leave(self, token: str) -> None:
        """Put all of it into the file, with the token of the page to go on with; it takes no more."""
        self._table.execute("DELETE FROM place")
        self._table.execute("INSERT INTO place VALUES (?)", (token,))
        self._table.execute("COMMIT")
        with self._table_path.open("rb") as table:
            shutil.copyfileobj(table, self._file)
        self._file.write(self._end.to_bytes(_SIZE_BYTES))
        self._file.flush()
        self._is_left = True

    def _unpack(self) -> int:
        """Take the table out of what was left; give the rows' length."""
        self._table_path.unlink(missing_ok=True)
        length = self._file.seek(0, os.SEEK_END)
        if not length:
            return 0
        self._file.seek(length - _SIZE_BYTES)
        end = int.from_bytes(self._file.read(_SIZE_BYTES))
        self._file.seek(end)
        with self._table_path.open("wb") as table:
            shutil.copyfileobj(self._file, table)
            table.truncate(length - _SIZE_BYTES - end)
        self._file.truncate(end)
        return end

    def _value(self, question: str) -> Any:
        return self._table.execute(question).fetchone()[0]

    def add(self, findings: Iterable[Finding]) -> None:
        """Put findings in. A lone surrogate, which JSON has and UTF-8 has not, becomes a question mark."""
        entries: list[_Entry] = []
        written: list[bytes] = []
        for finding in findings:
            problem, severity, is_new, text, seen, fields = _row(finding, self._text)
            sizes = len(text), len(seen), len(fields)
            entries.append((problem, severity, is_new, self._end, *sizes))
            written += (text, seen, fields)
            self._end += sum(sizes)
        self._file.write(b"".join(written))
        self._table.executemany(_ADD, entries)
        self.count += len(entries)

    def rows(self) -> Iterator[Row]:
        """Give every problem once, sorted by control, account, Region and resource."""
        self._file.flush()
        for _, group in groupby(map(self._read, self._table.execute(_READ)), key=itemgetter(0)):
            first, *others = group
            yield _merged(first, others, self._text) if others else first

    def _read(self, entry: _Entry) -> Row:
        problem, severity, is_new, start, text_size, seen_size, fields_size = entry
        fields_at = text_size + seen_size
        content = os.pread(self._file.fileno(), fields_at + fields_size, start)
        return Row(
            problem,
            severity,
            is_new,
            content[:text_size],
            content[text_size:fields_at],
            content[fields_at:],
        )


def _row(finding: Finding, text: Callable[[Finding], str]) -> Row:
    """Render a finding; with its user-defined fields only where they tell why it is suppressed."""
    fields = (
        finding.title,
        finding.account_name,
        finding.resources,
        finding.standards,
        finding.workflow_status,
        finding.compliance_status,
        finding.first_observed_at,
        finding.updated_at,
        finding.remediation_url,
        finding.note,
        finding.user_fields if finding.workflow_status is WorkflowStatus.SUPPRESSED else (),
    )
    return Row(
        _encoded(_BETWEEN.join(finding.problem)),
        finding.severity.value,
        finding.is_new,
        encoded(text(finding)),
        row_line(finding).encode(),
        _json(fields).encode(),
    )


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def _merged(first: Row, others: Iterable[Row], text: Callable[[Finding], str]) -> Row:
    rows = [first, *others]
    row = _row(reduce(merged, (row.finding() for row in rows)), text)
    seen = with_statuses_of(parse_row(row.seen), (parse_row(row.seen) for row in rows))
    return row._replace(seen=seen.line().encode())
