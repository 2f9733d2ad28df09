"""A report in its channel, the people who act on it, and the judgements on their actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from bot.domain.action import ActionRequest, Selection
from bot.domain.finding import BOT, Finding, FindingIdentifier, Note, WorkflowStatus
from bot.domain.job import ActJob, ApplyJob, PreviewJob, Requester, UndoJob, job_id
from bot.domain.slack import Message
from bot.domain.suppression import AT, until_of
from bot.domain.triage import Change, FindingState, Refusal
from bot.errors import ThrottledError, UnavailableError
from bot.i18n import Locale
from bot.render.message import ReportSetting, report_message
from tests.builders import a_scan_job, some_findings
from tests.delivery import DEPLOYMENT, FaultInjector, deliver_as_lambda, deliver_once
from tests.fakes import FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings, updated

COUNT = 3
LONGEST_LAG = timedelta(minutes=10)
"""Before the bot's memory of fifteen ends, with the time that Lambda's attempts take."""
SCAN = a_scan_job()
REPORT_ID = job_id(SCAN)
PEOPLE = [Requester("U0PERSON", ""), Requester("U0OTHER", "")]
HUB_DOWN = UnavailableError(service="AWS", call="securityhub:BatchUpdateFindings")
SLACK_FAULTS = {
    "update": UnavailableError(service="Slack", call="chat.update"),
    "tell": ThrottledError(service="Slack", call="response_url"),
}
Job = ActJob | PreviewJob | ApplyJob | UndoJob
Fault = str | FaultInjector


@dataclass
class FailingFindings(FakeFindings):
    """A Security Hub whose next update may fail. It has each update checked before it is made."""

    check: Callable[[FindingIdentifier, FindingState], None] = lambda identifier, values: None
    fault: str = ""
    """How much of the next update is made before it fails: none, half or all; empty: it does not fail."""
    merges: bool = False
    """Whether fields that are not written stay, which is not documented."""

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Set the values, or as many as the fault lets through."""
        requested = []
        for identifier, values in updates:
            self.check(identifier, values)
            requested.append((identifier, self._merged(identifier, values)))
        fault, self.fault = self.fault, ""
        taken = {"before": 0, "half": len(requested) // 2}.get(fault, len(requested))
        refusals = super().update(requested[:taken])
        if fault:
            raise HUB_DOWN
        return refusals

    def _merged(self, identifier: FindingIdentifier, values: FindingState) -> FindingState:
        if not self.merges or not values.fields:
            return values
        known = next(dict(one.user_fields) for one in self.settled() if identifier in one.identifiers)
        return replace(values, fields=known | values.fields)

    def settled(self) -> list[Finding]:
        """Return the findings as they will be when every update shows."""
        findings = self.findings
        for pending in self._pending:
            findings = [updated(finding, pending) for finding in findings]
        return findings


class Channel(RuleBasedStateMachine):
    """A channel with a report, in which people act, and Security Hub, which lags. It has no rules yet."""

    def __init__(self) -> None:
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for name, most in (("MOST_VALUES", 1), ("FEW", 2)):  # two are already many, and read by the query
            self.patched.setattr(f"bot.usecases.triage.refresh.{name}", most)
        messenger = FakeMessenger(locales={person.user_id: Locale.EN for person in PEOPLE})
        self.hub = FailingFindings(some_findings(COUNT), page_size=100, check=self.judge_update)
        self.world = FakeWorld(findings=self.hub, messenger=messenger)
        deliver_once(SCAN, self.world)
        self.ids = [finding.identifiers[0].id for finding in self.hub.findings]
        self.requested: dict[str, set[WorkflowStatus]] = {id_: {WorkflowStatus.NEW} for id_ in self.ids}
        self.written: dict[str, Note] = {}
        self.console_since: dict[str, int] = {}
        self.number = 0
        self.settled_at = self.world.clock()
        self.acts: list[str] = []
        self.write(0, "Ask Kim")

    def teardown(self) -> None:
        """Restore the bounds."""
        self.patched.undo()

    @property
    def statuses(self) -> dict[str, WorkflowStatus]:
        """The status of each finding, as Security Hub will show it."""
        return {finding.identifiers[0].id: finding.workflow_status for finding in self.hub.settled()}

    @property
    def notes(self) -> dict[str, Note | None]:
        """The note of each finding, as Security Hub will show it."""
        return {finding.identifiers[0].id: finding.note for finding in self.hub.settled()}

    @property
    def states(self) -> dict[str, FindingState]:
        """The status, note and fields of each finding, as Security Hub will show them."""
        return {
            finding.identifiers[0].id: FindingState(
                finding.workflow_status, finding.note, dict(finding.user_fields)
            )
            for finding in self.hub.settled()
        }

    @property
    def shown(self) -> list[WorkflowStatus]:
        """The status of each row in the report's message."""
        shown = [finding.workflow_status for finding in self.world.reports.summary(REPORT_ID).top]
        for act in self.world.actions.acts(REPORT_ID):
            for row, status in act.rows.items():
                shown[row] = status
        return shown

    def deliver(self, job: Job, fault: Fault = "") -> None:
        """Deliver a job as Lambda does, with one fault."""
        if isinstance(fault, str) and fault in SLACK_FAULTS:
            self.world.messenger.errors[fault] = SLACK_FAULTS[fault]
        elif isinstance(fault, str):
            self.hub.fault = fault
        injector = replace(fault, calls=[]) if isinstance(fault, FaultInjector) else None
        left = deliver_as_lambda(job, self.world, injector)
        self.world.messenger.errors.clear()
        self.hub.fault = ""
        assert left is None
        self.world.clock.move(1)
        if self.world.clock() - self.settled_at > LONGEST_LAG:
            self.settle()

    def settle(self) -> None:
        """Show every update, as Security Hub does after some minutes."""
        self.hub.settle()
        self.settled_at = self.world.clock()

    def key(self) -> str:
        """Return the key of another click."""
        self.number += 1
        return f"slack/{self.number}"

    def chosen(self, request: ActionRequest, row: int, who: Requester) -> ActJob:
        """Make the job of a choice in a row's menu."""
        selection = Selection(row=row, statuses=(self.shown[row],))
        job = ActJob(self.key(), REPORT_ID, request, selection, "C0SECURITY", "1.000001", who)
        self.requested[self.ids[row]].add(request.action.status)
        self.acts.append(job_id(job))
        return job

    def confirmed(self, request: ActionRequest, who: Requester) -> ApplyJob:
        """Preview an action on all findings, and make the job of its confirmation."""
        where = ("C0SECURITY", "1.000001", who)
        preview = PreviewJob(self.key(), REPORT_ID, request, Selection(), "V1", "en", *where)
        before = self.statuses
        self.deliver(preview)
        assert before == self.statuses
        job = ApplyJob(self.key(), REPORT_ID, job_id(preview), *where)
        for id_ in self.ids:
            self.requested[id_].add(request.action.status)
        self.acts.append(job_id(job))
        return job

    def made(self, job: ActJob | ApplyJob) -> list[Change]:
        """Return the changes of a job that Security Hub took."""
        refused = {r.identifier.id for r in self.world.actions.refusals(REPORT_ID, job_id(job))}
        return [change for change in self.changes(job_id(job)) if change.identifier.id not in refused]

    def changes(self, act_id: str) -> list[Change]:
        """Return the changes of an action."""
        return list(self.world.actions.changes(REPORT_ID, act_id))

    def write(self, row: int, text: str) -> None:
        """Write a note as a person does in the console."""
        self.written[self.ids[row]] = note = Note(text, "auditor")
        self.hub.findings[row] = replace(self.hub.findings[row], note=note)

    def report(self) -> Message:
        """Make the message that shows all actions."""
        summary, acts = self.world.reports.summary(REPORT_ID), self.world.actions.acts(REPORT_ID)
        return report_message(summary, acts, ReportSetting(DEPLOYMENT.locale, DEPLOYMENT.environment))

    def judge(
        self,
        asked: dict[str, tuple[WorkflowStatus, WorkflowStatus]],
        before: dict[str, WorkflowStatus],
        act_id: str,
    ) -> None:
        """Only a requested finding that is as the person saw it is changed, or its refusal is told."""
        after = self.statuses
        refused = self.judge_refusals(act_id)
        for id_ in self.ids:
            saw, target = asked.get(id_, (None, None))
            if after[id_] != before[id_]:
                assert (saw, target) == (before[id_], after[id_])
            elif saw == before[id_] and target != saw:
                assert id_ in refused
        for act in self.world.actions.acts(REPORT_ID):
            if act.act_id == act_id:
                changed = [id_ for id_ in self.ids if after[id_] != before[id_]]
                extended = [id_ for id_ in self.ids if _is_extended(asked.get(id_), before[id_], after[id_])]
                assert 0 <= act.changed_count - len(changed) <= len(extended)

    def judge_refusals(self, act_id: str) -> set[str]:
        """Return the findings that Security Hub refused; the requester was told each."""
        refused = {r.identifier.id for r in self.world.actions.refusals(REPORT_ID, act_id)}
        told = "\n".join(message.text for _, message in self.world.messenger.told[-3:])
        assert all(id_ in told for id_ in refused)
        return refused

    def judge_chain(self, changes: list[Change]) -> None:
        """Of two changes of a finding, one continues the other, or both set the same status."""
        if len(changes) > 1:
            one, other = changes
            assert one.after.status in {other.before.status, other.after.status} or (
                other.after.status == one.before.status
            )

    def judge_restored(self, change: Change) -> None:
        """Status and note are as before the action; a note that cannot be removed says that it was undone."""
        id_, was = change.identifier.id, change.before
        note = self.notes[id_]
        assert was.status == self.statuses[id_]
        if was.note is None and change.after.note is not None:
            assert note
            assert (BOT, True) == (note.updated_by, "取り消し" in note.text)
        else:
            assert was.note == note

    def judge_update(self, identifier: FindingIdentifier, values: FindingState) -> None:
        """An update is in the audit log, and its last day is registered, before it is made."""
        entries = [entry for of_act in self.world.audit_log.acts.values() for entry in of_act]
        at = values.fields.get(AT, "")
        assert any(
            (entry.finding_id, entry.after) == (identifier.id, values.status)
            and entry.at[: len("2026-12-31T00")] >= at[: len("2026-12-31T00")]
            for entry in entries
        )
        until = until_of(values)
        if until:
            due = [one for one in self.world.suppressions.until(until) if one.expires_on == until]
            named = {change.identifier for one in due for change in self.world.suppressions.changes(one)}
            assert identifier in named


def _is_extended(
    asked: tuple[WorkflowStatus, WorkflowStatus] | None, before: WorkflowStatus, after: WorkflowStatus
) -> bool:
    """Return whether a suppression may have got another last day, which is a change of no status."""
    suppressed = WorkflowStatus.SUPPRESSED
    return asked == (suppressed, suppressed) and before == after == suppressed
