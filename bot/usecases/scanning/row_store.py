"""
The findings of one partition on disk: added in any order and number, sorted and grouped by problem, then
written to the partition's file.

Another attempt may resume a store that this one has suspended.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import fields
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from bot.domain.finding import Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus
from bot.domain.report import PartitionResult
from bot.domain.row import Row

CACHE_KIBIBYTES = 256
"""The memory that SQLite may use for each table; it keeps the rest, and sorts, in files."""

SETTINGS = (
    f"cache_size=-{CACHE_KIBIBYTES}",
    "journal_mode=OFF",
    "synchronous=OFF",
    "temp_store=FILE",
    "locking_mode=EXCLUSIVE",
)

PAGE_SIZE = "page_size=8192"
"""Of a table of records: with SQLite's 4,096 bytes adding one takes an eighth longer."""

CHUNK_BYTES = 1 << 20

_CREATE = """
CREATE TABLE IF NOT EXISTS records (problem, rank, record);
CREATE TABLE IF NOT EXISTS place (token, region);
"""
_PLACE = "SELECT token, region FROM place"
_ADD = "INSERT INTO records VALUES (?, ?, ?)"
_SORT = "CREATE INDEX by_problem ON records (problem)"
"""SQLite takes several times as long to sort whole records as to sort the keys of an index."""
_READ = "SELECT problem, rank, record FROM records ORDER BY problem, rowid"

_RESULT = struct.Struct(f"<{1 + len(Severity)}Q")
"""The end of a partition's file: the number of its rows, and the bytes of each severity, the least first."""

_SEPARATOR = "\x1f"
"""ASCII's unit separator, which no ARN contains."""

_json = json.JSONEncoder(check_circular=False).encode
"""The check for circles takes a fifth of the time, and a finding has none."""

_values = attrgetter(*(field.name for field in fields(Finding)))

_BY_RANK = list(Severity)
_parse_json = json.JSONDecoder().raw_decode
"""Unlike `json.loads`, this does not look for the encoding or for spaces: half of its time."""

_RANKS = {severity: severity.rank for severity in Severity}
_SEVERITIES = {str(severity): severity for severity in Severity}
_STATUSES = {str(status): status for status in WorkflowStatus}


class RowStore:
    """
    Findings in a table on disk, which sorts them. Closing deletes it, unless it was suspended.

    Args:
        file: absent or empty, or a suspended store.
        region: the Region from which the findings come, unless it is a suspended store; empty: this one.
    """

    def __init__(self, file: Path, region: str = "") -> None:
        self._path = file
        self._table = sqlite3.connect(file, isolation_level=None)
        for setting in (*SETTINGS, PAGE_SIZE):
            self._table.execute(f"PRAGMA {setting}")
        self._table.executescript(_CREATE)
        self.token: str
        """The token of the next page; empty for the first."""
        self.region: str
        """The Region from which the findings come, and in which the token is valid; empty: this one."""
        self.token, self.region = self._table.execute(_PLACE).fetchone() or ("", region)
        self.count: int = self._table.execute("SELECT count(*) FROM records").fetchone()[0]
        """The number of findings in it."""
        self._is_suspended = False
        self._table.execute("BEGIN")

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self._table.close()
        if not self._is_suspended:
            self._path.unlink()

    def add(self, findings: Iterable[Finding], token: str = "") -> None:
        """Add a page's findings, and note the token of the next page."""
        records = [
            (
                sort_bytes(finding),
                _RANKS[finding.severity],
                _json(_values(finding)),
            )
            for finding in findings
        ]
        self._table.executemany(_ADD, records)
        self.count += len(records)
        self.token = token

    def suspend(self) -> None:
        """Write the store to its file, which another attempt can resume; nothing can be added any more."""
        self._table.execute("DELETE FROM place")
        self._table.execute("INSERT INTO place VALUES (?, ?)", (self.token, self.region))
        self._table.execute("COMMIT")
        self._is_suspended = True

    def write(self, file: Path) -> PartitionResult:
        """
        Write a line for each problem, sorted by severity, control, account, Region and resource.

        The file ends with its result, so that the rows and their numbers are always those of one reading.
        """
        count = 0
        with ExitStack() as files, file.open("wb") as out:
            sections: dict[int, BinaryIO] = {}
            for rank, line in self._lines():
                if rank not in sections:
                    sections[rank] = files.enter_context(_temporary_file())
                sections[rank].write(line)
                count += 1
            sizes: dict[Severity, int] = {}
            for rank in sorted(sections, reverse=True):
                sizes[_BY_RANK[rank]] = sections[rank].tell()
                sections[rank].seek(0)
                shutil.copyfileobj(sections[rank], out, CHUNK_BYTES)
            out.write(_RESULT.pack(count, *(sizes.get(severity, 0) for severity in Severity)))
        return PartitionResult(count, sizes)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        self._table.execute(_SORT)
        for _, group in groupby(self._table.execute(_READ), key=itemgetter(0)):
            (_, rank, line), *others = group
            for _, other_rank, record in others:
                rank = max(rank, other_rank)
                line = f"{line},{record}"
            yield rank, f"[{line}]\n".encode()


def sort_bytes(finding: Finding) -> bytes:
    """Return the sort key of a finding's problem: SQLite compares bytes."""
    return _SEPARATOR.join(finding.problem).encode(errors="replace")


def _temporary_file() -> BinaryIO:
    return cast(BinaryIO, TemporaryFile())


def read_result(file: Path) -> PartitionResult:
    """Read the result at the end of a partition's file."""
    with file.open("rb") as lines:
        lines.seek(-_RESULT.size, os.SEEK_END)
        count, *sizes = _RESULT.unpack(lines.read())
    return PartitionResult(count, {_BY_RANK[rank]: size for rank, size in enumerate(sizes) if size})


def read_section(
    file: Path, result: PartitionResult, severity: Severity, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Row]:
    """
    Read the rows of one severity from a partition's file, sorted by `sort_bytes`.

    The file is open only while a chunk is read: a report has more files than a process may have open.
    """
    left = result.sizes.get(severity, 0)
    start = sum(size for other, size in result.sizes.items() if other.rank > severity.rank)
    while left > 0:
        with file.open("rb") as lines:
            lines.seek(start)
            chunk = lines.readlines(min(left, chunk_bytes) - 1)  # ends after the line that exceeds it
        for line in chunk:
            start += len(line)
            left -= len(line)
            records, _ = _parse_json(line.decode("ascii"))
            yield Row([_parse_record(record) for record in records])


def _parse_record(values: list[Any]) -> Finding:
    identifiers, title, control_id, severity, account_id, account_name, region, *rest = values
    resources, standards, status, compliance_status, first_observed_at, updated_at, url, *rest = rest
    note, user_fields, tags = rest
    return Finding(
        tuple(map(FindingIdentifier._make, identifiers)),
        title,
        control_id,
        _SEVERITIES[severity],
        account_id,
        account_name,
        region,
        tuple(map(Resource._make, resources)),
        tuple(standards),
        _STATUSES[status],
        compliance_status,
        first_observed_at,
        updated_at,
        url,
        Note(*note) if note else None,
        tuple(map(tuple, user_fields)) if user_fields else (),
        tuple(map(tuple, tags)) if tags else (),
    )
