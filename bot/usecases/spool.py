"""Findings on disk: added in any order and number, given back as rows of a report, one for each problem."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self, cast

from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus, merged
from bot.render.csv_file import row_text

CACHE_KIBIBYTES = 256
"""What SQLite may keep of each table in memory; the rest, and what it needs to sort, is in files."""

_SETTINGS = (f"cache_size=-{CACHE_KIBIBYTES}", "journal_mode=OFF", "synchronous=OFF", "temp_store=FILE")

_CREATE = "CREATE TABLE rows (problem, severity, is_new, start, text_size, identifiers_size, fields_size)"
_ADD = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT * FROM rows ORDER BY problem, rowid"

_BETWEEN = "\x1f"
"""ASCII's separator of units, which stands in no ARN."""

_json = json.JSONEncoder(check_circular=False).encode
"""Nothing here is in a circle, and to look for one takes a fifth of the time."""

_Entry = tuple[bytes, str, int, int, int, int, int]
"""A line of the table: what is sorted, and where the rest stands in the file."""


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
    identifiers: bytes
    """Its line of identifiers, as JSON."""
    fields: bytes
    """The rest of the Finding, as JSON."""

    @property
    def control_id(self) -> str:
        """The control, which a problem begins with."""
        return self.problem.partition(_BETWEEN.encode())[0].decode()

    def finding(self) -> Finding:
        """Make the Finding again."""
        title, severity, resources, standards, status, *texts = json.loads(self.fields)
        account_id, account_name, region, compliance_status, first_observed_at, updated_at, url = texts
        return Finding(
            identifiers=tuple(FindingIdentifier(*pair) for pair in json.loads(self.identifiers)),
            title=title,
            control_id=self.control_id,
            severity=Severity(severity),
            account_id=account_id,
            account_name=account_name,
            region=region,
            resources=tuple(Resource(*resource) for resource in resources),
            standards=tuple(standards),
            workflow_status=WorkflowStatus(status),
            compliance_status=compliance_status,
            first_observed_at=first_observed_at,
            updated_at=updated_at,
            remediation_url=url,
        )


class Spool:
    """
    Rows in a temporary file, and a table that sorts them in another; both are gone when it is closed.

    The table holds only what the rows are sorted by: SQLite takes several times as long to write and to sort
    whole rows.
    """

    def __enter__(self) -> Self:
        """Make it: SQLite takes the empty name for a database on disk of its own."""
        self._table = sqlite3.connect("", isolation_level=None)
        for setting in _SETTINGS:
            self._table.execute(f"PRAGMA {setting}")
        self._table.execute(_CREATE)
        self._table.execute("BEGIN")
        self._file = cast(BinaryIO, TemporaryFile())
        self._end = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete it."""
        self._table.close()
        self._file.close()

    def add(self, findings: Iterable[Finding]) -> None:
        """Put findings in. A lone surrogate, which JSON has and UTF-8 has not, becomes a question mark."""
        entries: list[_Entry] = []
        written: list[bytes] = []
        for finding in findings:
            problem, severity, is_new, text, identifiers, fields = _row(finding)
            sizes = len(text), len(identifiers), len(fields)
            entries.append((problem, severity, is_new, self._end, *sizes))
            written += (text, identifiers, fields)
            self._end += sum(sizes)
        self._file.write(b"".join(written))
        self._table.executemany(_ADD, entries)

    def rows(self) -> Iterator[Row]:
        """Give every problem once, sorted by control, account, Region and resource."""
        self._file.flush()
        for _, group in groupby(map(self._read, self._table.execute(_READ)), key=itemgetter(0)):
            first, *others = group
            yield _merged(first, others) if others else first

    def _read(self, entry: _Entry) -> Row:
        problem, severity, is_new, start, text_size, identifiers_size, fields_size = entry
        fields_at = text_size + identifiers_size
        content = os.pread(self._file.fileno(), fields_at + fields_size, start)
        return Row(
            problem,
            severity,
            is_new,
            content[:text_size],
            content[text_size:fields_at],
            content[fields_at:],
        )


def _row(finding: Finding) -> Row:
    fields = (
        finding.title,
        finding.severity,
        finding.resources,
        finding.standards,
        finding.workflow_status,
        finding.account_id,
        finding.account_name,
        finding.region,
        finding.compliance_status,
        finding.first_observed_at,
        finding.updated_at,
        finding.remediation_url,
    )
    return Row(
        _encoded(_BETWEEN.join(finding.problem)),
        finding.severity.value,
        finding.is_new,
        _encoded(row_text(finding)),
        _json(finding.identifiers).encode(),
        _json(fields).encode(),
    )


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def _merged(first: Row, others: Iterable[Row]) -> Row:
    return _row(reduce(merged, (row.finding() for row in others), first.finding()))
