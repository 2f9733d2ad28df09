"""What a person has seen of a report's problems: enough to choose one later, and to tell what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bot.domain.finding import Finding, FindingIdentifier, Note, Severity, WorkflowStatus

_json = json.JSONEncoder(check_circular=False).encode
"""A line is written for each finding that is read, and there is no circle to look for."""


class Written(NamedTuple):
    """What people have written on a finding."""

    note: Note | None
    fields: dict[str, str]
    """UserDefinedFields."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One problem of a report, as it was when it was read."""

    statuses: dict[FindingIdentifier, WorkflowStatus]
    """The workflow status of each finding that reports the problem; at least one."""
    control_id: str
    account_id: str
    region: str
    severity: Severity
    resource_id: str
    written: dict[FindingIdentifier, Written] = field(default_factory=dict)
    """What people have written on those findings that have any of it."""

    @property
    def status(self) -> WorkflowStatus:
        """What the report says: NEW if any of its findings is."""
        statuses = list(self.statuses.values())
        return WorkflowStatus.NEW if WorkflowStatus.NEW in statuses else statuses[-1]

    def line(self) -> str:
        """Write it as the line of JSON that `parse_row` reads."""
        written = self.written
        named = [(*key, status, *written.get(key, ())) for key, status in self.statuses.items()]
        place = (self.control_id, self.account_id, self.region, self.severity, self.resource_id)
        return _json((named, *place))


def row_line(finding: Finding) -> str:
    """Write what there is to see of a finding as a line that `parse_row` reads."""
    more = (finding.note, dict(finding.user_fields)) if finding.note or finding.user_fields else ()
    status = finding.workflow_status
    named = [(*identifier, status, *more) for identifier in finding.identifiers]
    place = (finding.control_id, finding.account_id, finding.region, finding.severity, finding.resource_id)
    return _json((named, *place))


def parse_row(line: str | bytes) -> ReportRow:
    """
    Read a line: `[[[Id, ProductArn, status], …], control, account, Region, severity, resource]`.

    The status is followed by the note and the user-defined fields of a finding that has one of them.
    """
    named, control_id, account_id, region, severity, resource_id = json.loads(line)
    statuses: dict[FindingIdentifier, WorkflowStatus] = {}
    written: dict[FindingIdentifier, Written] = {}
    for id_, arn, status, *more in named:
        identifier = FindingIdentifier(id_, arn)
        statuses[identifier] = WorkflowStatus(status)
        if more:
            note, fields = more
            written[identifier] = Written(Note(*note) if note else None, fields)
    return ReportRow(statuses, control_id, account_id, region, Severity(severity), resource_id, written)


def with_statuses_of(one: ReportRow, others: Iterable[ReportRow]) -> ReportRow:
    """Add the findings of others that report the same problem, each with its own status."""
    statuses: dict[FindingIdentifier, WorkflowStatus] = {}
    written: dict[FindingIdentifier, Written] = {}
    for seen in others:
        statuses |= {key: status for key, status in seen.statuses.items() if key not in statuses}
        written = seen.written | written
    return replace(one, statuses=statuses, written=written)
