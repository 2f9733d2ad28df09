"""
Read jobs: the documents that the ack and EventBridge Scheduler send to handlers/job.py.

```json
{"version": 1, "kind": "scan", "key": "<equal for two deliveries of the same job>",
 "query": {"controls": ["S3.1"], "severities": [], "accounts": [], "regions": [], "statuses": ["NEW"]},
 "channel": "C0123456789",
 "requester": {"user_id": "U0123456789", "response_url": "https://hooks.slack.com/…", "team_id": "T…"}}

{"version": 1, "kind": "act", "key": "…", "report_id": "…", "channel": "C…", "message_ts": "1.2",
 "request": {"action": "suppress", "reason": "…", "expires_on": "2026-12-31"},
 "selection": {"row": 3, "statuses": ["NEW"]}, "requester": {…}}

{"version": 1, "kind": "preview", …, "request": {…}, "selection": {…}, "view_id": "V…", "locale": "ja"}

{"version": 1, "kind": "apply", …, "plan_id": "<job ID of the preview>"}

{"version": 1, "kind": "undo", …, "act_id": "<job ID of the act>"}

{"version": 1, "kind": "history", "key": "…", "subject": "S3.8", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "mine", "key": "…", "channel": "C…", "requester": {…}, "report_id": "…",
 "message_ts": "1.2"}

{"version": 1, "kind": "not-mine", "key": "…", "report_id": "…", "problem": 3, "channel": "C…",
 "message_ts": "1.2", "requester": {…}}

{"version": 1, "kind": "owner", "key": "…", "subject": "my-bucket", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "doctor", "key": "…", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "cancel", "key": "…", "report_id": "…", "channel": "C…", "message_ts": "1.2",
 "requester": {…}, "asked_by": "U…"}

{"version": 1, "kind": "continue", …, "asked_by": "U…", "is_enough": false}

{"version": 1, "kind": "edit", "key": "…", "file_id": "F…", "channel": "C…", "requester": {…}}

{"version": 1, "kind": "apply-edit", …, "plan_id": "…", "thread_ts": "1.2"}

{"version": 1, "kind": "put-routing", "key": "…", "proposal_id": "<job ID of the edit>", "channel": "D…",
 "message_ts": "1.2", "requester": {…}}

{"version": 1, "kind": "discard-routing", …}

{"version": 1, "kind": "channel-moved", "key": "…", "old_id": "G…", "new_id": "C…"}

{"version": 1, "kind": "check", "key": "…", "object_key": "checks/acme/app/main.json", "etag": "…"}

{"version": 1, "kind": "expire", "key": "…"}

{"version": 1, "kind": "insight", "key": "…", "action": "Send to Slack", "insight": "…"}
```

A scan job from the Scheduler has no `requester` and may omit `query` and `channel`: the defaults are
TARGET_CONTROL_IDS and SLACK_CHANNEL. A selection without `row` may have `controls`, `accounts`, `severities`,
`statuses`, `resource`, `owners` and `is_own`; an empty one is the whole report. A mine job with a `query`
scans; one without `query` and `report_id` is of the last scheduled report. A cancel job stops the job whose
`job_id` is `report_id`: a report has the ID of the job that makes it. So does a continue job the scan that it
continues. An edit job comes for every file shared where the bot is; most of them are not for the bot.

Events of a custom action in Security Hub's console are read as EventBridge sends them: one with findings is a
scan of these, without a requester, for SLACK_CHANNEL; one of an insight has none, and its job says so there.
S3's event of a new object is read as a check: its key and its ETag, and nothing else of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import GenericAlias
from typing import Any, NoReturn

from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    Converter,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn

from bot.domain.action import MOST_REASON, Action, ActionRequest, Selection
from bot.domain.command import MOST_CHARACTERS, make_query
from bot.domain.finding import FindingIdentifier
from bot.domain.job import KINDS, VERSION, CheckJob, InsightJob, Job, MineJob, ScanJob
from bot.domain.query import Query, chosen
from bot.errors import CommandError, InvalidJobError

SOURCE = "aws.securityhub"
CUSTOM_ACTION = "Security Hub Findings - Custom Action"
INSIGHT_RESULTS = "Security Hub Insight Results"
"""
`source` and `detail-type` of the events
(https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html).
"""


S3_SOURCE, OBJECT_CREATED = "aws.s3", "Object Created"
"""The same of the event of an object (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html)."""


def parse_job(document: object) -> Job:
    """
    Read a job's document, or the event of a custom action or of an object.

    Raises:
        InvalidJobError: names the first field that is absent or wrong.
    """
    if not isinstance(document, Mapping):
        raise InvalidJobError(field="(document)", problem="not a JSON object")
    if document.get("source") == S3_SOURCE:
        return _job_from_bucket(document)
    if document.get("detail-type") is not None:
        return _job_from_console(document)
    version, kind = document.get("version"), document.get("kind")
    if version is True or version != VERSION:
        raise InvalidJobError(field="version", problem=f"this bot reads version {VERSION}")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidJobError(field="kind", problem=f"none of {', '.join(KINDS)}")
    job: Job = _read(document, KINDS[kind])
    if isinstance(job, ScanJob | MineJob) and job.query and job.requester:
        _check_typed(job.query)
    return job


@dataclass(frozen=True, slots=True)
class _Query:
    """The words of a query."""

    controls: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    account_names: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    named_resources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    since_days: int = 0


@dataclass(frozen=True, slots=True)
class _Finding:
    """Two Regions' findings may share the Id; with the ProductArn it is unique."""

    Id: str
    ProductArn: str


@dataclass(frozen=True, slots=True)
class _Detail:
    findings: tuple[_Finding, ...] = ()
    actionName: str = ""  # noqa: N815 - EventBridge's name
    insightName: str = ""  # noqa: N815


@dataclass(frozen=True, slots=True)
class _Event:
    id: str
    detail: _Detail


@dataclass(frozen=True, slots=True)
class _Object:
    """A version of an object; each write of a key has another sequencer."""

    key: str
    etag: str
    sequencer: str


@dataclass(frozen=True, slots=True)
class _ObjectDetail:
    object: _Object


@dataclass(frozen=True, slots=True)
class _ObjectEvent:
    detail: _ObjectDetail


def _job_from_bucket(document: Mapping[str, Any]) -> Job:
    """Take the version of the object: the job reads its content, and of no other bucket than its own."""
    if document.get("detail-type") != OBJECT_CREATED:
        raise InvalidJobError(field="detail-type", problem=f"not {OBJECT_CREATED} of {S3_SOURCE}")
    created = _read(document, _ObjectEvent).detail.object
    return CheckJob(f"s3/{created.key}@{created.sequencer}", created.key, created.etag)


def _job_from_console(document: Mapping[str, Any]) -> Job:
    """Take only the identifiers of the findings: their present state is read from Security Hub."""
    if not document.get("source"):
        raise InvalidJobError(field="source", problem="missing")
    if document["source"] != SOURCE or document["detail-type"] not in (CUSTOM_ACTION, INSIGHT_RESULTS):
        problem = f"neither {CUSTOM_ACTION} nor {INSIGHT_RESULTS} of {SOURCE}"
        raise InvalidJobError(field="detail-type", problem=problem)
    event = _read(document, _Event)
    key, detail = f"eventbridge/{event.id}", event.detail
    if document["detail-type"] == INSIGHT_RESULTS:
        return InsightJob(key, detail.actionName, detail.insightName)
    if not detail.findings:
        raise InvalidJobError(field="detail.findings", problem="empty")
    named = dict.fromkeys(FindingIdentifier(one.Id, one.ProductArn) for one in detail.findings)
    return ScanJob(key, chosen(named), channel=None, requester=None)


def _read(document: object, kind: type[Any]) -> Any:
    """Read a dataclass. Raises InvalidJobError."""
    try:
        return _CONVERTER.structure(document, kind)
    except BaseValidationError as error:
        _refuse(error)


def _refuse(error: Exception, path: str = "") -> NoReturn:
    """Raise the first problem, named by the path of its field."""
    while isinstance(error, ClassValidationError | IterableValidationError):
        error, note = error.group_exceptions()[0][0]
        if isinstance(error, InvalidJobError):
            raise error
        path += f".{note.name}" if isinstance(note, AttributeValidationNote) else f"[{note.index}]"
    problem = "missing" if isinstance(error, KeyError) else str(error)
    raise InvalidJobError(field=path.removeprefix("."), problem=problem) from error


def _text(value: object, _: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not of type str")
    if len(value) > MOST_CHARACTERS:
        raise ValueError(f"longer than {MOST_CHARACTERS} characters")
    return value


def _number(value: object, _: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not of type int")
    return value


def _boolean(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not of type bool")
    return value


def _day(value: object, _: object) -> date:
    try:
        return date.fromisoformat(_text(value, str))
    except ValueError as error:
        raise ValueError("not a day") from error


def _choice(value: object, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(_text(value, str))
    except ValueError as error:
        raise ValueError(f"none of {', '.join(kind)}") from error


def _is_list(kind: Any) -> bool:
    """Return whether a type is a tuple of texts or choices, whose errors name the list and not the item."""
    return isinstance(kind, GenericAlias) and kind.__origin__ is tuple and not is_dataclass(kind.__args__[0])


def _list(value: object, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list of strings")
    item = kind.__args__[0]
    return tuple(_text(each, str) if item is str else _choice(each, item) for each in value)


def _object(kind: type[Any]) -> Callable[[object, Any], Any]:
    """Make the reader of a dataclass. Null is absent; so is an empty text, if the field has no default."""
    read = make_dict_structure_fn(kind, _CONVERTER)
    required = {field.name for field in fields(kind) if field.default is MISSING}

    def structure(value: object, _: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError("not a JSON object")
        given = {
            name: each
            for name, each in value.items()
            if each is not None and not (each == "" and name in required)
        }
        if "selection" in required:
            given.setdefault("selection", {})  # the whole report
        return _checked(read(given, kind))

    return structure


def _checked(read: Any) -> Any:
    """Check the fields of an object that depend on each other."""
    if isinstance(read, ActionRequest):
        if read.action.wants_reason and not read.reason:
            raise InvalidJobError(field="request.reason", problem="missing")
        if read.expires_on and read.action is not Action.SUPPRESS:
            raise InvalidJobError(field="request.expires_on", problem="only a suppression expires")
        return ActionRequest(read.action, read.reason[:MOST_REASON], read.expires_on)
    if isinstance(read, Selection) and read.row is not None and read.row < 0:
        raise InvalidJobError(field="selection.row", problem="negative")
    return read


def _query(value: object, _: object) -> Query:
    """Read a query as that of a schedule, whose controls may be any text (see make_query)."""
    words = _CONVERTER.structure(value, _Query)
    options = {
        "severity": words.severities,
        "account": (*words.accounts, *words.account_names),
        "region": words.regions,
        "status": words.statuses,
        "resource": words.named_resources,
        "tag": words.tags,
        "standard": words.standards,
        "owner": words.owners,
        "since": (f"{words.since_days}d",) if words.since_days else (),
    }
    with _command_errors():
        return make_query(words.controls, options, is_stored=True)


def _check_typed(query: Query) -> None:
    """Refuse a word that is no control in the query of a person."""
    with _command_errors():
        make_query(query.controls, {"status": query.statuses})


@contextmanager
def _command_errors() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        problem = f"{error.values['hint']}: {error.values['text']}"
        raise InvalidJobError(field="query", problem=problem) from error


_CONVERTER = Converter()
_CONVERTER.register_structure_hook(str, _text)
_CONVERTER.register_structure_hook(int, _number)
_CONVERTER.register_structure_hook(bool, _boolean)
_CONVERTER.register_structure_hook(date, _day)
_CONVERTER.register_structure_hook(Query, _query)
_CONVERTER.register_structure_hook(StrEnum, _choice)
_CONVERTER.register_structure_hook_func(_is_list, _list)
_CONVERTER.register_structure_hook_factory(lambda kind: is_dataclass(kind) and kind is not Query, _object)
