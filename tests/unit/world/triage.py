"""A report, the requests of people to change its findings, and their effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Finding, Note, WorkflowStatus
from bot.domain.job import ActJob, ApplyJob, PreviewJob, Requester, UndoJob, job_id
from playground.slack.blocks import view_problems
from tests.builders import PERSON, an_act_job
from tests.fakes import FakeWorld
from tests.unit.world.report import (
    NEW,
    REPORT_ID,
)

SUPPRESS = ActionRequest(Action.SUPPRESS, "public by design", date(2026, 12, 31))


ALL = Selection()


WHERE = ("C0SECURITY", "1.000001", PERSON)


HUMAN = Note("Ask Kim before you touch this", "auditor")


def clicked(request: ActionRequest, row: int = 0, status: WorkflowStatus = NEW, **changes: Any) -> ActJob:
    """Make the job of a choice beside a row."""
    job = an_act_job(REPORT_ID, request=request, selection=Selection(row=row, statuses=(status,)))
    return replace(job, **changes)


def preview(request: ActionRequest, selection: Selection = ALL, key: str = "view/V1") -> PreviewJob:
    """Make the job of a form for many."""
    return PreviewJob(key, REPORT_ID, request, selection, "V1", "en", *WHERE)


def confirm(previewed: PreviewJob) -> ApplyJob:
    """Make the job of its confirmation."""
    plan_id = job_id(previewed)
    return ApplyJob(f"plan/{plan_id}", REPORT_ID, plan_id, *WHERE)


def undo(of: ActJob | ApplyJob, key: str = "slack/undo", requester: Requester = PERSON) -> UndoJob:
    """Make the job that takes an act back."""
    return UndoJob(key, REPORT_ID, job_id(of), "C0SECURITY", "1.000001", requester)


def finding(world: FakeWorld, number: int = 0) -> Finding:
    """Return a finding as Security Hub has it."""
    return world.findings.findings[number]


def told(world: FakeWorld) -> str:
    """Return the text of the private message."""
    return "\n".join(message.text for _, message in world.messenger.told)


def shown(world: FakeWorld) -> str:
    """Return the report's message."""
    return str(world.messenger.posted["1.000001"].message.blocks)


def view(world: FakeWorld) -> str:
    """Return the form's view, which Slack takes."""
    shown = world.messenger.views["V1"]
    assert [] == view_problems(shown)
    return str(shown)
