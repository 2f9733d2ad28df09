"""The rows of a report: while it is put together, and as it is kept for later actions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

from bot.domain.checks.places import Place
from bot.domain.finding import Finding, FindingIdentifier, Note, Severity, WorkflowStatus, merged
from bot.domain.owners.owner import NOBODY, Ownership, Source

_json = json.JSONEncoder(check_circular=False).encode
"""The check for circles takes a fifth of the time, and a row has none."""


class Written(NamedTuple):
    """The note and the user-defined fields of a finding."""

    note: Note | None
    fields: dict[str, str]
    """UserDefinedFields."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One problem of a kept report, in its state at the time of the scan."""

    statuses: dict[FindingIdentifier, WorkflowStatus]
    """The workflow status of each finding that reports the problem; at least one."""
    control_id: str
    account_id: str
    region: str
    severity: Severity
    resource_id: str
    written: dict[FindingIdentifier, Written] = field(default_factory=dict)
    """The notes and fields of the findings that have any."""
    owner: Ownership = NOBODY
    """The owners at that time."""
    began_at: str = ""
    """Finding.first_observed_at; empty in a report of an earlier version."""

    @property
    def status(self) -> WorkflowStatus:
        """The status that the report shows: NEW if any of its findings is."""
        statuses = list(self.statuses.values())
        return WorkflowStatus.NEW if WorkflowStatus.NEW in statuses else statuses[-1]

    @property
    def note(self) -> str:
        """The note that the report's CSV shows, the first of the findings'; empty if there is none."""
        return next((written.note.text for written in self.written.values() if written.note), "")


class Row:
    """
    One problem on its way from Security Hub into a report, before anything is rendered.

    `finding` may be replaced by a more complete one. `sources` are the findings that report the problem, each
    with its own status and note; if one was read twice, the first counts. `owner` and `place` are set later,
    in batches.
    """

    __slots__ = ("finding", "owner", "place", "sources")

    def __init__(self, sources: Sequence[Finding]) -> None:
        self.sources = sources
        self.owner = NOBODY
        self.place: Place | None = None
        self.finding = sources[0] if len(sources) == 1 else reduce(merged, sources)

    def line(self) -> str:
        """Return the line that `parse_row` reads."""
        named: dict[FindingIdentifier, tuple[Any, ...]] = {}
        for source in self.sources:
            more = (source.note, dict(source.user_fields)) if source.note or source.user_fields else ()
            for identifier in source.identifiers:
                named.setdefault(identifier, (*identifier, source.workflow_status, *more))
        finding = self.finding
        place = (
            finding.control_id,
            finding.account_id,
            finding.region,
            finding.severity,
            finding.resource_id,
        )
        owner = () if self.owner is NOBODY else self.owner
        return _json((list(named.values()), *place, finding.first_observed_at, *owner))

    def seen(self) -> ReportRow:
        """Return the row as a report keeps it."""
        return parse_row(self.line())


def parse_row(line: str | bytes) -> ReportRow:
    """
    Read a line: `[[[Id, ProductArn, status], …], control, account, Region, severity, resource, time, …]`.

    The note and the user-defined fields follow the status of a finding that has either; the three parts of an
    Ownership follow the time of the first observation unless it is NOBODY.
    """
    named, control_id, account_id, region, severity, resource_id, *rest = json.loads(line)
    began_at, *owner = rest or [""]
    statuses: dict[FindingIdentifier, WorkflowStatus] = {}
    written: dict[FindingIdentifier, Written] = {}
    for id_, arn, status, *more in named:
        identifier = FindingIdentifier(id_, arn)
        statuses[identifier] = WorkflowStatus(status)
        if more:
            note, fields = more
            written[identifier] = Written(Note(*note) if note else None, fields)
    place = control_id, account_id, region, Severity(severity), resource_id
    return ReportRow(statuses, *place, written, _ownership(*owner) if owner else NOBODY, began_at)


def _ownership(names: list[str], source: str, detail: str) -> Ownership:
    return Ownership(tuple(names), Source(source), detail)
