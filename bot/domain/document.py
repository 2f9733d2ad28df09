"""
The Job: the one document that Slack's side and EventBridge Scheduler both send to handlers/job.py.

```json
{"version": 1, "kind": "scan", "key": "<what makes two deliveries the same job>",
 "query": {"controls": ["S3.1"], "severities": [], "accounts": [], "regions": [], "statuses": ["NEW"]},
 "channel": "C0123456789",
 "requester": {"user_id": "U0123456789", "response_url": "https://hooks.slack.com/…", "team_id": "T…"}}

{"version": 1, "kind": "act", "key": "…", "report_id": "…", "channel": "C…", "message_ts": "1.2",
 "order": {"action": "suppress", "reason": "…", "expires_on": "2026-12-31"},
 "selection": {"row": 3, "statuses": ["NEW"]}, "requester": {…}}

{"version": 1, "kind": "preview", …, "order": {…}, "selection": {…}, "view_id": "V…", "locale": "ja"}

{"version": 1, "kind": "apply", …, "plan_id": "<job ID of the preview>"}

{"version": 1, "kind": "undo", …, "act_id": "<job ID of the act>"}

{"version": 1, "kind": "history", "key": "…", "what": "S3.8", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "doctor", "key": "…", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "cancel", "key": "…", "report_id": "…", "channel": "C…", "message_ts": "1.2",
 "requester": {…}, "asked_by": "U…"}

{"version": 1, "kind": "edit", "key": "…", "file_id": "F…", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "apply-edit", …, "plan_id": "…", "thread_ts": "1.2"}

{"version": 1, "kind": "channel-moved", "key": "…", "old_id": "G…", "new_id": "C…"}

{"version": 1, "kind": "expire", "key": "…"}

{"version": 1, "kind": "insight", "key": "…", "action": "Send to Slack", "insight": "…"}
```

A scan job from the Scheduler has no `requester`, and may leave out `query` and `channel`: they are then
TARGET_CONTROL_IDS and SLACK_CHANNEL. A selection without `row` may have `controls`, `accounts`, `severities`,
`statuses` and `resource`; an empty one is the whole report. A cancel job stops the scan job whose `job_id` is
`report_id`: a report has the ID of the job that makes it. An edit job comes for every file that somebody
shares where the bot is, of which most are none of its business.

EventBridge's events of a custom action in Security Hub's console are understood too, as they come: one with
findings is a scan of these, without a requester, for SLACK_CHANNEL; one of an insight, which has none, is a
job that says so there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.domain.action import ActionRequest, Selection, parse_action_request, parse_selection
from bot.domain.command import query_from_document
from bot.domain.edit_job import ApplyEditJob, EditJob
from bot.domain.fields import JsonReader
from bot.domain.finding import FindingIdentifier
from bot.domain.job import (
    KINDS,
    ActJob,
    ApplyJob,
    CancelJob,
    ChannelMovedJob,
    DoctorJob,
    ExpireJob,
    HistoryJob,
    InsightJob,
    Job,
    PreviewJob,
    Requester,
    ScanJob,
    UndoJob,
)
from bot.domain.query import chosen
from bot.errors import InvalidJobError

VERSION = 1
"""Raised when a document of the old form can no longer be understood."""

SOURCE = "aws.securityhub"
CUSTOM_ACTION = "Security Hub Findings - Custom Action"
INSIGHT_RESULTS = "Security Hub Insight Results"
"""
`source` and `detail-type` of the events
(https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html).
"""

QUERY_FIELDS = ("controls", "severities", "accounts", "regions", "statuses")
"""What a person can ask for; the rest of a Query is the bot's own."""


def to_document(job: Job) -> dict[str, Any]:
    """Write a job as the JSON document that `parse_job` reads as the same job."""
    document: dict[str, Any] = {"version": VERSION, "kind": KINDS[type(job)]} | asdict(job)
    if query := document.get("query"):
        document["query"] = {name: query[name] for name in QUERY_FIELDS}
    if order := document.get("order"):
        expires_on = order["expires_on"]
        texts = {name: order[name] for name in ("action", "reason")}  # a note is in kept plans only
        document["order"] = texts | {"expires_on": expires_on.isoformat() if expires_on else None}
    return document


def parse_job(document: object) -> Job:
    """
    Read a Job document, or the event of a custom action.

    Raises:
        InvalidJobError: names the first field that is absent or wrong.
    """
    fields = JsonReader("", document)
    if fields.optional("detail-type", str):
        return _job_from_console(fields)
    if fields.get("version", int) != VERSION:
        raise InvalidJobError(field="version", problem=f"this bot reads version {VERSION}")
    kind = fields.get("kind", str)
    if kind in _READERS:
        return _READERS[kind](fields)
    raise InvalidJobError(field="kind", problem=f"none of {', '.join(KINDS.values())}")


def _scan_job(fields: JsonReader) -> ScanJob:
    query = fields.optional("query", dict)
    requester = _requester(fields.optional("requester", dict))
    return ScanJob(
        key=fields.get("key", str),
        query=None if query is None else query_from_document(query, is_stored=requester is None),
        channel=fields.optional("channel", str),
        requester=requester,
    )


def _act_job(fields: JsonReader) -> ActJob:
    click = _click(fields)
    order, selection = _ordered(fields)
    return ActJob(**click, order=order, selection=selection)


def _job_from_console(fields: JsonReader) -> Job:
    """Take only which findings were chosen: what is said of them is read from Security Hub, as it is now."""
    source, kind = fields.get("source", str), fields.get("detail-type", str)
    if source != SOURCE or kind not in (CUSTOM_ACTION, INSIGHT_RESULTS):
        problem = f"neither {CUSTOM_ACTION} nor {INSIGHT_RESULTS} of {SOURCE}"
        raise InvalidJobError(field="detail-type", problem=problem)
    detail = JsonReader("detail", fields.get("detail", dict))
    key = f"eventbridge/{fields.get('id', str)}"
    if kind == INSIGHT_RESULTS:
        action, insight = (detail.optional(name, str) or "" for name in ("actionName", "insightName"))
        return InsightJob(key, action, insight)
    findings = detail.get("findings", list)
    if not findings:
        raise InvalidJobError(field="detail.findings", problem="empty")
    named = [_identifier(JsonReader(f"detail.findings[{n}]", finding)) for n, finding in enumerate(findings)]
    return ScanJob(key, chosen(dict.fromkeys(named)), channel=None, requester=None)


def _identifier(finding: JsonReader) -> FindingIdentifier:
    """Read both halves of what names a finding: two Regions' findings may share the Id."""
    return FindingIdentifier(finding.get("Id", str), finding.get("ProductArn", str))


def _apply_job(fields: JsonReader) -> ApplyJob:
    return ApplyJob(**_click(fields), plan_id=fields.get("plan_id", str))


def _undo_job(fields: JsonReader) -> UndoJob:
    return UndoJob(**_click(fields), act_id=fields.get("act_id", str))


def _history_job(fields: JsonReader) -> HistoryJob:
    what, channel = fields.get("what", str), fields.get("channel", str)
    person = _person(JsonReader("requester", fields.get("requester", dict)))
    return HistoryJob(fields.get("key", str), what, channel, person)


def _doctor_job(fields: JsonReader) -> DoctorJob:
    person = _person(JsonReader("requester", fields.get("requester", dict)))
    return DoctorJob(fields.get("key", str), fields.get("channel", str), person)


def _cancel_job(fields: JsonReader) -> CancelJob:
    return CancelJob(**_click(fields), asked_by=fields.optional("asked_by", str) or "")


def _apply_edit_job(fields: JsonReader) -> ApplyEditJob:
    more = {name: fields.get(name, str) for name in ("plan_id", "thread_ts")}
    return ApplyEditJob(**_click(fields), **more)


def _edit_job(fields: JsonReader) -> EditJob:
    texts = {name: fields.get(name, str) for name in ("key", "file_id", "channel")}
    return EditJob(**texts, requester=_person(JsonReader("requester", fields.get("requester", dict))))


def _preview_job(fields: JsonReader) -> PreviewJob:
    order, selection = _ordered(fields)
    view_id = fields.get("view_id", str)
    locale = fields.get("locale", str)
    return PreviewJob(**_click(fields), order=order, selection=selection, view_id=view_id, locale=locale)


def _ordered(fields: JsonReader) -> tuple[ActionRequest, Selection]:
    selection = JsonReader("selection", fields.optional("selection", dict) or {})
    return parse_action_request(JsonReader("order", fields.get("order", dict))), parse_selection(selection)


def _click(fields: JsonReader) -> dict[str, Any]:
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
    return _person(JsonReader("requester", document))


def _person(fields: JsonReader) -> Requester:
    return Requester(
        user_id=fields.get("user_id", str),
        response_url=fields.optional("response_url", str) or "",
        team_id=fields.optional("team_id", str) or "",
    )


def _expire_job(fields: JsonReader) -> ExpireJob:
    return ExpireJob(key=fields.get("key", str))


def _insight_job(fields: JsonReader) -> InsightJob:
    action, insight = (fields.optional(name, str) or "" for name in ("action", "insight"))
    return InsightJob(fields.get("key", str), action, insight)


def _channel_moved_job(fields: JsonReader) -> ChannelMovedJob:
    return ChannelMovedJob(**{name: fields.get(name, str) for name in ("key", "old_id", "new_id")})


_READERS: dict[str, Callable[[JsonReader], Job]] = {
    "expire": _expire_job,
    "insight": _insight_job,
    "scan": _scan_job,
    "act": _act_job,
    "preview": _preview_job,
    "apply": _apply_job,
    "undo": _undo_job,
    "history": _history_job,
    "doctor": _doctor_job,
    "cancel": _cancel_job,
    "edit": _edit_job,
    "apply-edit": _apply_edit_job,
    "channel-moved": _channel_moved_job,
}
"""What reads the rest of a document, by its kind."""
