"""Findings on disk: added in any order and number, given back merged and sorted by problem."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Any, Self

from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus, merged

CACHE_KIBIBYTES = 256
"""What SQLite may keep of each table in memory; the rest, and what it needs to sort, is in files."""

_SETTINGS = (f"cache_size=-{CACHE_KIBIBYTES}", "journal_mode=OFF", "synchronous=OFF", "temp_store=FILE")

_CREATE = """
CREATE TABLE findings (
    problem, rank, finding_id, product_arn, title, control_id, account_id, account_name, region,
    resources, standards, workflow_status, compliance_status, first_observed_at, updated_at, remediation_url
)
"""
_ADD = "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT * FROM findings ORDER BY problem, rowid"

_BETWEEN, _WITHIN = "\x1e", "\x1f"
"""ASCII's separators of records and of units, which stand in no ARN."""

_SEVERITIES = tuple(Severity)
_STATUSES = {status.value: status for status in WorkflowStatus}


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
            self._table.execute("DELETE FROM findings WHERE rowid > ?", (self._count,))
            self._table.executemany(_ADD, [tuple(map(_encodable, row)) for row in rows])
        self._count += len(rows)

    def findings(self) -> Iterator[Finding]:
        """Give every problem once, sorted by control, account, Region and resource."""
        for _, rows in groupby(self._table.execute(_READ), key=itemgetter(0)):
            yield reduce(merged, map(_finding, rows))


def _row(finding: Finding) -> tuple[str | int, ...]:
    ((finding_id, product_arn),) = finding.identifiers
    return (
        _WITHIN.join(finding.problem),
        finding.severity.rank,
        finding_id,
        product_arn,
        finding.title,
        finding.control_id,
        finding.account_id,
        finding.account_name,
        finding.region,
        _BETWEEN.join([f"{resource.id}{_WITHIN}{resource.type}" for resource in finding.resources]),
        _BETWEEN.join(finding.standards),
        finding.workflow_status.value,
        finding.compliance_status,
        finding.first_observed_at,
        finding.updated_at,
        finding.remediation_url,
    )


def _finding(row: Sequence[Any]) -> Finding:
    (_, rank, finding_id, product_arn, title, control_id, account_id, account_name, region) = row[:9]
    (resources, standards, status, compliance_status, first_observed_at, updated_at, url) = row[9:]
    return Finding(
        identifiers=(FindingIdentifier(finding_id, product_arn),),
        title=title,
        control_id=control_id,
        severity=_SEVERITIES[rank],
        account_id=account_id,
        account_name=account_name,
        region=region,
        resources=tuple([_resource(resource) for resource in resources.split(_BETWEEN)]) if resources else (),
        standards=tuple(standards.split(_BETWEEN)) if standards else (),
        workflow_status=_STATUSES[status],
        compliance_status=compliance_status,
        first_observed_at=first_observed_at,
        updated_at=updated_at,
        remediation_url=url,
    )


def _resource(text: str) -> Resource:
    resource_id, _, kind = text.partition(_WITHIN)
    return Resource(resource_id, kind)


def _encodable(value: str | int) -> str | int:
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
