"""
Jobs: the units of asynchronous work, and the JSON document that carries one to handlers/job.py.

Only this file lists the kinds. `bot/domain/document.py` describes and reads the documents; the writer is here
because the ack must not import cattrs.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, NamedTuple, get_args

from bot.domain.action import ActionRequest, Selection
from bot.domain.permission import Permission
from bot.domain.query import Query
from bot.domain.slack import is_direct

VERSION = 1
"""Of the document. Raised if this bot can no longer read documents of the old form."""

QUERY_FIELDS = (
    *("controls", "severities", "accounts", "account_names", "regions", "statuses"),
    *("named_resources", "tags", "standards", "owners", "since_days"),
)
"""The fields of a Query that a person can set; the others are the bot's own."""


@dataclass(frozen=True, slots=True)
class Requester:
    """The person who requested a job."""

    user_id: str
    response_url: str = ""
    """Where a private answer goes, five times within 30 minutes; empty if Slack gave none."""
    team_id: str = ""
    """The person's workspace, as Slack signed it; empty if Slack gave none."""


@dataclass(frozen=True)
class _Job:
    """A kind of job."""

    kind: ClassVar[str]
    permission: ClassVar[Permission | None]
    """The permission that the requester needs; None: everybody may, or only AWS can start the job."""
    key: str
    """Two deliveries with the same key are the same job: its steps run once for both."""

    def __init_subclass__(cls, kind: str, permission: Permission | None) -> None:
        cls.kind, cls.permission = kind, permission


@dataclass(frozen=True)
class ScanJob(_Job, kind="scan", permission=Permission.READ):
    """Scan, and post the report to a channel."""

    query: Query | None = None
    """None: the controls of TARGET_CONTROL_IDS."""
    channel: str | None = None
    """None: SLACK_CHANNEL."""
    requester: Requester | None = None
    """None: a schedule, or the console of Security Hub."""
    bare: tuple[str, ...] = ()
    """The services that the requester typed as one word, such as `S3`: an account may have the same name."""

    @property
    def is_from_console(self) -> bool:
        """Whether a person selected the findings in the console of Security Hub."""
        return self.query is not None and self.query.is_chosen

    @property
    def is_scheduled(self) -> bool:
        """Whether a schedule, and no person, requested the report."""
        return self.requester is None and not self.is_from_console


@dataclass(frozen=True)
class ActJob(_Job, kind="act", permission=Permission.ACT):
    """Act on findings of a stored report, and update its message."""

    report_id: str
    request: ActionRequest
    selection: Selection
    channel: str
    message_ts: str
    requester: Requester
    asked_in: str = ""
    """The channel of the click, whose people may be permitted, if it is not the message's."""
    is_private: bool = False
    """Whether the report has no message: `message_ts` is of the private one with the button."""


@dataclass(frozen=True)
class CancelJob(_Job, kind="cancel", permission=Permission.ACT):
    """Stop a running scan. Its own requester needs no permission for that."""

    report_id: str
    """The scan's job ID, which is also its report's."""
    channel: str
    message_ts: str
    """The message that shows the scan's progress."""
    requester: Requester
    asked_by: str = ""
    """User ID of the scan's requester."""


@dataclass(frozen=True)
class ContinueJob(_Job, kind="continue", permission=Permission.READ):
    """Continue a scan that has paused. Its own requester needs no permission for that."""

    report_id: str
    """The scan's job ID, which is also its report's."""
    channel: str
    message_ts: str
    """The message that asks."""
    requester: Requester
    asked_by: str = ""
    """User ID of the scan's requester."""
    is_enough: bool = False
    """Whether to report the findings that were read, and to read no more."""


@dataclass(frozen=True)
class PreviewJob(_Job, kind="preview", permission=Permission.ACT):
    """Count the effect of an action on many findings, and show it in a form for confirmation."""

    report_id: str
    request: ActionRequest
    selection: Selection
    view_id: str
    """The form."""
    locale: str
    """The form's language, a Locale."""
    channel: str
    message_ts: str
    requester: Requester


@dataclass(frozen=True)
class ApplyJob(_Job, kind="apply", permission=Permission.ACT):
    """Carry out a plan that a person has confirmed."""

    report_id: str
    plan_id: str
    channel: str
    message_ts: str
    requester: Requester


@dataclass(frozen=True)
class UndoJob(_Job, kind="undo", permission=Permission.ACT):
    """Undo an action."""

    report_id: str
    act_id: str
    channel: str
    message_ts: str
    requester: Requester
    is_private: bool = False
    """As of an ActJob."""


@dataclass(frozen=True)
class HistoryJob(_Job, kind="history", permission=Permission.READ):
    """Show a person the changes of a resource, a control or a service."""

    subject: str
    """A control ID, a service, or a resource's ID, name or ARN, as typed."""
    channel: str
    requester: Requester
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    since_days: int = 0
    """These narrow the changes (`HistoryQuery` in bot/domain/words/history.py)."""


@dataclass(frozen=True)
class MineJob(_Job, kind="mine", permission=Permission.OWN):
    """Show a person their own rows: of a scan, of a report, or else of the last scheduled report."""

    channel: str
    requester: Requester
    query: Query | None = None
    """The scan's; None: a report is read."""
    report_id: str = ""
    """The report whose button was clicked; empty: the last scheduled one."""
    message_ts: str = ""
    """The message of that report, in `channel`."""


@dataclass(frozen=True)
class NotMineJob(_Job, kind="not-mine", permission=Permission.OWN):
    """Say which rule has made a person the owner of a row, and tell those who look after such rows."""

    report_id: str
    problem: int
    """The row, counted from 0 in the stored rows."""
    channel: str
    requester: Requester
    message_ts: str = ""
    """The report's message in `channel`; empty if it has none."""


@dataclass(frozen=True)
class OwnerJob(_Job, kind="owner", permission=Permission.READ):
    """Tell a person the owners of a resource or an account, and the rule that decides."""

    subject: str
    """A resource's ID, name or ARN, or an account ID, as typed."""
    channel: str
    requester: Requester


@dataclass(frozen=True)
class DoctorJob(_Job, kind="doctor", permission=Permission.ACT):
    """Check the deployment, and tell the requester alone."""

    channel: str
    requester: Requester


@dataclass(frozen=True)
class ExpireJob(_Job, kind="expire", permission=None):
    """Reopen findings whose suppression has expired, and warn of those that are about to expire."""

    requester: ClassVar[None] = None
    """Only AWS can start it."""
    channel: ClassVar[None] = None
    """SLACK_CHANNEL."""


@dataclass(frozen=True)
class InsightJob(_Job, kind="insight", permission=None):
    """Say in SLACK_CHANNEL that Security Hub sends no findings of an insight."""

    action: str = ""
    """The name of the custom action."""
    insight: str = ""
    """The name of the insight."""
    requester: ClassVar[None] = None
    """The event does not name a person."""
    channel: ClassVar[None] = None
    """SLACK_CHANNEL."""


@dataclass(frozen=True)
class CheckJob(_Job, kind="check", permission=None):
    """Report a check before deployment that CI has put into the bucket, if something in it is new."""

    object_key: str
    etag: str
    """Of the version that the event is about."""
    channel: str | None = None
    """None: that of a route, else SLACK_CHANNEL."""
    requester: ClassVar[None] = None
    """Only AWS can start it."""
    is_scheduled: ClassVar[bool] = False
    query: ClassVar[None] = None


@dataclass(frozen=True)
class ChannelMovedJob(_Job, kind="channel-moved", permission=None):
    """Tell the operator which settings name a channel's old ID."""

    old_id: str
    new_id: str
    requester: ClassVar[None] = None
    """Slack sends the event unasked."""
    channel: ClassVar[None] = None
    """SLACK_CHANNEL, or the one that has moved."""


@dataclass(frozen=True)
class EditJob(_Job, kind="edit", permission=None):
    """
    Read a shared file; if it is a report's CSV, or a routing file, preview its changes.

    Everybody may: most files are not for the bot, and a refusal would reach people who never asked it for
    anything. The job changes nothing.
    """

    file_id: str
    channel: str
    requester: Requester
    """The person who shared it."""

    @property
    def is_direct(self) -> bool:
        """Whether it was shared in a direct message with the bot."""
        return is_direct(self.channel)


@dataclass(frozen=True)
class ApplyEditJob(_Job, kind="apply-edit", permission=Permission.ACT):
    """Apply the previewed changes of an edited CSV."""

    report_id: str
    plan_id: str
    """The ID of the edit job that made the plan."""
    channel: str
    message_ts: str
    """The preview's message …"""
    thread_ts: str
    """… and the report's, in whose thread it is."""
    requester: Requester


@dataclass(frozen=True)
class PutRoutingJob(_Job, kind="put-routing", permission=Permission.ACT):
    """Put a previewed routing file in force."""

    proposal_id: str
    """The ID of the edit job that made the preview."""
    channel: str
    message_ts: str
    """The preview's message."""
    requester: Requester


@dataclass(frozen=True)
class DiscardRoutingJob(_Job, kind="discard-routing", permission=None):
    """Discard a previewed routing file. Only the person who shared it sees the button."""

    proposal_id: str
    channel: str
    message_ts: str
    requester: Requester


Job = (
    ExpireJob
    | InsightJob
    | DoctorJob
    | HistoryJob
    | MineJob
    | NotMineJob
    | OwnerJob
    | ScanJob
    | ActJob
    | PreviewJob
    | ApplyJob
    | UndoJob
    | CancelJob
    | ContinueJob
    | EditJob
    | ApplyEditJob
    | PutRoutingJob
    | DiscardRoutingJob
    | CheckJob
    | ChannelMovedJob
)

ActionJob = ActJob | ApplyJob | UndoJob
"""A job that carries out a plan on findings of a report."""


def report_ts(job: ActionJob | PreviewJob) -> str:
    """Return the ts of the report's message; empty if it has none."""
    return "" if isinstance(job, ActJob | UndoJob) and job.is_private else job.message_ts


KINDS: dict[str, type[Job]] = {job.kind: job for job in get_args(Job)}


def to_document(job: Job) -> dict[str, Any]:
    """Write a job as the JSON document that `parse_job` reads as the same job."""
    document: dict[str, Any] = {"version": VERSION, "kind": job.kind} | asdict(job)
    if query := document.get("query"):
        document["query"] = {name: query[name] for name in QUERY_FIELDS}
    if request := document.get("request"):
        expires_on = request["expires_on"]
        texts = {name: request[name] for name in ("action", "reason")}  # only stored plans have a note
        document["request"] = texts | {"expires_on": expires_on.isoformat() if expires_on else None}
    return document


class Progress(NamedTuple):
    """The part of a job that need not be repeated. A later stage is more than any earlier one."""

    stage: int
    """READING or FINISHING; each round of a job with several rounds adds STAGES."""
    findings: int
    """The number of finished items of this stage: findings, parts of a report, or people."""


READING, FINISHING = 0, 1
"""Stages of a job: it reads findings; it delivers a report or updates findings."""
STAGES = 2


def job_id(job: Job) -> str:
    """Return 32 hexadecimal digits, safe in an S3 key: the same for the same key."""
    return hashlib.sha256(job.key.encode()).hexdigest()[:32]
