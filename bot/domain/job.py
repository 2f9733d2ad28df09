"""
The Job: the one document that Slack's side and EventBridge Scheduler both send to handlers/job.py.

```json
{"version": 1, "kind": "scan", "key": "<what makes two deliveries the same job>",
 "query": {"controls": ["S3.1"], "severities": [], "accounts": [], "regions": [], "statuses": ["NEW"]},
 "channel": "C0123456789",
 "requester": {"user_id": "U0123456789", "response_url": "https://hooks.slack.com/…", "team_id": "T…"}}

{"version": 1, "kind": "mark", "key": "…", "report_id": "…", "row": 3, "channel": "C…", "message_ts": "1.2",
 "requester": {…}}

{"version": 1, "kind": "cancel", "key": "…", "report_id": "…", "channel": "C…", "message_ts": "1.2",
 "requester": {…}, "asked_by": "U…"}
```

A scan job from the Scheduler has no `requester`, and may leave out `query` and `channel`: they are then
TARGET_CONTROL_IDS and SLACK_CHANNEL. A mark job without `row` marks the whole report. A cancel job stops the
scan job whose `job_id` is `report_id`: a report has the ID of the job that makes it.

EventBridge's event of a custom action in Security Hub's console is understood too, as it comes: it is a scan
of the findings that it names, without a requester, for SLACK_CHANNEL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.command import make_query
from bot.domain.query import Query, chosen
from bot.errors import CommandError, InvalidJobError

VERSION = 1
"""Raised when a document of the old form can no longer be understood."""

CUSTOM_ACTION = ("aws.securityhub", "Security Hub Findings - Custom Action")
"""
`source` and `detail-type` of the event
(https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html).
"""

QUERY_FIELDS = ("controls", "severities", "accounts", "regions", "statuses")
"""What a person can ask for; the rest of a Query is the bot's own."""


@dataclass(frozen=True, slots=True)
class Requester:
    """The person who asked."""

    user_id: str
    response_url: str
    """Where a private answer goes, five times within 30 minutes; empty where Slack gave none."""
    team_id: str = ""
    """The workspace that Slack says they are of, as it signed it; empty where it gave none."""


@dataclass(frozen=True, slots=True)
class ScanJob:
    """Scan, and post the report to a channel."""

    key: str
    """Two deliveries with the same key are the same job: at most one report is posted."""
    query: Query | None
    """None: the controls of TARGET_CONTROL_IDS."""
    channel: str | None
    """None: SLACK_CHANNEL."""
    requester: Requester | None
    """None: a schedule, or the console."""

    @property
    def is_from_console(self) -> bool:
        """Whether somebody has chosen the findings in Security Hub's console."""
        return self.query is not None and self.query.is_chosen


@dataclass(frozen=True, slots=True)
class MarkJob:
    """Set findings of a stored report NOTIFIED, and say so in its message."""

    key: str
    report_id: str
    row: int | None
    """Which of the report's top findings, counted from 0; None: all of the report."""
    channel: str
    message_ts: str
    requester: Requester


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Stop a scan that is at work."""

    key: str
    report_id: str
    """The scan's job ID, which its report would have."""
    channel: str
    message_ts: str
    """The message that tells the scan's progress."""
    requester: Requester
    asked_by: str = ""
    """The user ID of who has asked for the scan, and may always cancel it."""


Job = ScanJob | MarkJob | CancelJob

KINDS: dict[type[Job], str] = {ScanJob: "scan", MarkJob: "mark", CancelJob: "cancel"}


def job_id(job: Job) -> str:
    """Give the job a name that is safe in an S3 key: 32 hexadecimal digits, the same for the same key."""
    return hashlib.sha256(job.key.encode()).hexdigest()[:32]


def to_document(job: Job) -> dict[str, Any]:
    """Write a job as the JSON document that `parse_job` reads as the same job."""
    document: dict[str, Any] = {"version": VERSION, "kind": KINDS[type(job)]} | asdict(job)
    if query := document.get("query"):
        document["query"] = {name: query[name] for name in QUERY_FIELDS}
    return document


def parse_job(document: object) -> Job:
    """
    Read a Job document, or the event of a custom action.

    Raises:
        InvalidJobError: names the first field that is absent or wrong.
    """
    fields = _Fields("", document)
    if fields.optional("detail-type", str):
        return _job_from_console(fields)
    if fields.get("version", int) != VERSION:
        raise InvalidJobError(field="version", problem=f"this bot reads version {VERSION}")
    kind = fields.get("kind", str)
    if kind == "scan":
        return _scan_job(fields)
    if kind == "mark":
        return _mark_job(fields)
    if kind == "cancel":
        return CancelJob(**_click(fields), asked_by=fields.optional("asked_by", str) or "")
    raise InvalidJobError(field="kind", problem=f"none of {', '.join(KINDS.values())}")


def query_from_document(document: object, path: str = "query") -> Query:
    """
    Read a query from a JSON object: `controls`, perhaps `severities`, `accounts`, `regions`, `statuses`.

    Raises:
        InvalidJobError: a field is absent or holds what no query may hold.
    """
    fields = _Fields(path, document)
    names = {"severity": "severities", "account": "accounts", "region": "regions", "status": "statuses"}
    options = {option: fields.texts(name) for option, name in names.items()}
    try:
        return make_query(fields.texts("controls"), options)
    except CommandError as error:
        problem = f"{error.values['hint']}: {error.values['text']}"
        raise InvalidJobError(field=path, problem=problem) from error


def _scan_job(fields: _Fields) -> ScanJob:
    query = fields.optional("query", dict)
    return ScanJob(
        key=fields.get("key", str),
        query=None if query is None else query_from_document(query),
        channel=fields.optional("channel", str),
        requester=_requester(fields.optional("requester", dict)),
    )


def _job_from_console(fields: _Fields) -> ScanJob:
    """Take only which findings were chosen: what is said of them is read from Security Hub, as it is now."""
    if (fields.get("source", str), fields.get("detail-type", str)) != CUSTOM_ACTION:
        raise InvalidJobError(field="detail-type", problem=f"not {CUSTOM_ACTION[1]} of {CUSTOM_ACTION[0]}")
    findings = _Fields("detail", fields.get("detail", dict)).get("findings", list)
    if not findings:
        raise InvalidJobError(field="detail.findings", problem="empty")
    ids = [_Fields(f"detail.findings[{n}]", finding).get("Id", str) for n, finding in enumerate(findings)]
    key = f"eventbridge/{fields.get('id', str)}"
    return ScanJob(key, chosen(dict.fromkeys(ids)), channel=None, requester=None)


def _mark_job(fields: _Fields) -> MarkJob:
    row = fields.optional("row", int)
    if row is not None and row < 0:
        raise InvalidJobError(field="row", problem="negative")
    return MarkJob(**_click(fields), row=row)


def _click(fields: _Fields) -> dict[str, Any]:
    """Read what the jobs of all buttons say."""
    return {
        "requester": _requester(fields.get("requester", dict)),
        "key": fields.get("key", str),
        "report_id": fields.get("report_id", str),
        "channel": fields.get("channel", str),
        "message_ts": fields.get("message_ts", str),
    }


def _requester(document: dict[str, Any] | None) -> Requester | None:
    if document is None:
        return None
    fields = _Fields("requester", document)
    return Requester(
        user_id=fields.get("user_id", str),
        response_url=fields.optional("response_url", str) or "",
        team_id=fields.optional("team_id", str) or "",
    )


class _Fields:
    """The fields of a JSON object, which name themselves when they are wrong."""

    def __init__(self, path: str, document: object) -> None:
        if not isinstance(document, Mapping):
            raise InvalidJobError(field=path or "(document)", problem="not a JSON object")
        self._path = path
        self._document = document

    def get(self, name: str, kind: type[Any]) -> Any:
        value = self.optional(name, kind)
        if value is None or value == "":
            raise InvalidJobError(field=self._name(name), problem="missing")
        return value

    def optional(self, name: str, kind: type[Any]) -> Any:
        value = self._document.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise InvalidJobError(field=self._name(name), problem=f"not of type {kind.__name__}")
        return value

    def texts(self, name: str) -> list[str]:
        values = self.optional(name, list) or []
        if not all(isinstance(value, str) for value in values):
            raise InvalidJobError(field=self._name(name), problem="not a list of strings")
        return values

    def _name(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name
