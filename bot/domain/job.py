"""The Job: one unit of asynchronous work, of which each kind has what it needs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.domain.action import ActionRequest, Selection
from bot.domain.edit_job import ApplyEditJob, EditJob
from bot.domain.query import Query
from bot.domain.requester import Requester as Requester  # noqa: PLC0414 - also for who imports jobs


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
class ActJob:
    """Do something with findings of a stored report, and say so in its message."""

    key: str
    report_id: str
    order: ActionRequest
    selection: Selection
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


@dataclass(frozen=True, slots=True)
class PreviewJob:
    """Count what an order for many findings would do, and show it in a form for the person to confirm."""

    key: str
    report_id: str
    order: ActionRequest
    selection: Selection
    view_id: str
    """The form."""
    locale: str
    """The form's language, a Locale."""
    channel: str
    message_ts: str
    requester: Requester


@dataclass(frozen=True, slots=True)
class ApplyJob:
    """Carry out a plan that a person has seen and confirmed."""

    key: str
    report_id: str
    plan_id: str
    channel: str
    message_ts: str
    requester: Requester


@dataclass(frozen=True, slots=True)
class UndoJob:
    """Take back an act."""

    key: str
    report_id: str
    act_id: str
    channel: str
    message_ts: str
    requester: Requester


@dataclass(frozen=True, slots=True)
class HistoryJob:
    """Tell a person what was done with a resource or a control."""

    key: str
    what: str
    """A control ID, or a resource's ID, name or ARN, in a person's words (bot/domain/command.py)."""
    channel: str
    requester: Requester


@dataclass(frozen=True, slots=True)
class DoctorJob:
    """Check the deployment, and tell a person alone what was found."""

    key: str
    channel: str
    requester: Requester


@dataclass(frozen=True, slots=True)
class ExpireJob:
    """Reopen what was suppressed until a day that is over, and warn of what soon will be."""

    key: str

    @property
    def requester(self) -> None:
        """Nobody: only AWS can start it."""
        return

    @property
    def channel(self) -> None:
        """SLACK_CHANNEL."""
        return


@dataclass(frozen=True, slots=True)
class InsightJob:
    """Say in SLACK_CHANNEL that Security Hub sends no findings of an insight."""

    key: str
    action: str
    """The name of the custom action that somebody has used on it."""
    insight: str
    """Its name."""

    @property
    def requester(self) -> None:
        """Nobody: the event does not say who it was."""
        return

    @property
    def channel(self) -> None:
        """SLACK_CHANNEL."""
        return


@dataclass(frozen=True, slots=True)
class ChannelMovedJob:
    """Tell the operator that a channel has another ID, if a setting names the old one."""

    key: str
    old_id: str
    new_id: str

    @property
    def requester(self) -> None:
        """Nobody: Slack tells it of its own accord."""
        return

    @property
    def channel(self) -> None:
        """SLACK_CHANNEL, or the one that has moved."""
        return


Job = (
    ExpireJob
    | InsightJob
    | DoctorJob
    | HistoryJob
    | ScanJob
    | ActJob
    | PreviewJob
    | ApplyJob
    | UndoJob
    | CancelJob
    | EditJob
    | ApplyEditJob
    | ChannelMovedJob
)

KINDS: dict[type[Job], str] = {
    ScanJob: "scan",
    ActJob: "act",
    PreviewJob: "preview",
    ApplyJob: "apply",
    UndoJob: "undo",
    HistoryJob: "history",
    DoctorJob: "doctor",
    CancelJob: "cancel",
    ExpireJob: "expire",
    InsightJob: "insight",
    EditJob: "edit",
    ApplyEditJob: "apply-edit",
    ChannelMovedJob: "channel-moved",
}


def job_id(job: Job) -> str:
    """Give the job a name that is safe in an S3 key: 32 hexadecimal digits, the same for the same key."""
    return hashlib.sha256(job.key.encode()).hexdigest()[:32]
