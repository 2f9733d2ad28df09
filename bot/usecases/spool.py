"""Findings on disk: added in any order and number, given back as rows of a report, one for each problem."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import NamedTuple, Self

from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus, merged
from bot.render.csv_file import row_text

CACHE_KIBIBYTES = 256
"""What SQLite may keep of each table in memory; the rest, and what it needs to sort, is in files."""

_SETTINGS = (f"cache_size=-{CACHE_KIBIBYTES}", "journal_mode=OFF", "synchronous=OFF", "temp_store=FILE")

_CREATE = "CREATE TABLE rows (problem, severity, control_id, is_new, text, identifiers, fields)"
_ADD = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT * FROM rows ORDER BY problem, rowid"

_BETWEEN = "\x1f"
"""ASCII's separator of units, which stands in no ARN."""


class Row(NamedTuple):
    """
    What a report has of one problem.

    Rendered once, when it is added: nearly every finding is the only one of its problem, and to make it a
    Finding again costs more than anything else that is done with it.
    """

    problem: str
    severity: str
    control_id: str
    is_new: int
    text: str
    """Its line in the CSV."""
    identifiers: str
    """Its line of identifiers, as JSON."""
    fields: str
    """The rest of the Finding, as JSON."""

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
    """A table in a temporary file that nobody else sees, gone when it is closed."""

    def __enter__(self) -> Self:
        """Make it: SQLite takes the empty name for a database on disk of its own."""
        self._table = sqlite3.connect("", isolation_level=None)
        for setting in _SETTINGS:
            self._table.execute(f"PRAGMA {setting}")
        self._table.execute(_CREATE)
        self._table.execute("BEGIN")
        self._count = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete it."""
        self._table.close()

    def add(self, findings: Iterable[Finding]) -> None:
        """Put findings in. A lone surrogate, which JSON has and UTF-8 has not, becomes a question mark."""
        rows = [_row(finding) for finding in findings]
        try:
            self._table.executemany(_ADD, rows)
        except UnicodeEncodeError:
            self._table.execute("DELETE FROM rows WHERE rowid > ?", (self._count,))
            self._table.executemany(_ADD, [tuple([_encodable(value) for value in row]) for row in rows])
        self._count += len(rows)

    def rows(self) -> Iterator[Row]:
        """Give every problem once, sorted by control, account, Region and resource."""
        for _, group in groupby(map(Row._make, self._table.execute(_READ)), key=itemgetter(0)):
            first, *others = group
            yield _merged(first, others) if others else first


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
        _BETWEEN.join(finding.problem),
        finding.severity.value,
        finding.control_id,
        finding.is_new,
        row_text(finding),
        json.dumps(finding.identifiers),
        json.dumps(fields),
    )


def _merged(first: Row, others: Iterable[Row]) -> Row:
    return _row(reduce(merged, (row.finding() for row in others), first.finding()))


def _encodable(value: str | int) -> str | int:
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
