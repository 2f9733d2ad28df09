"""Several people act at random, with faults and lag, beside the plainest model of what may come of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import BOT, Finding, FindingIdentifier, Note, WorkflowStatus
from bot.domain.job import ActJob, ApplyJob, PreviewJob, Requester, UndoJob, job_id
from bot.domain.message import Message
from bot.domain.suppression import is_as_made
from bot.domain.triage import UNDO_TIME, Change, FindingState, Refusal
from bot.errors import ThrottledError, UnavailableError
from bot.i18n import Locale
from bot.render.message import ReportSetting, report_message
from tests.builders import a_scan_job, some_findings
from tests.delivery import (
    DEPLOYMENT,
    ConcurrentActor,
    CrashError,
    FaultInjector,
    deliver_as_lambda,
    deliver_once,
)
from tests.effort import examples
from tests.fakes import FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings, updated

COUNT = 3
LONGEST_LAG = timedelta(minutes=10)
"""Before the bot's memory of fifteen ends, with the time that Lambda's attempts take."""
SCAN = a_scan_job()
REPORT_ID = job_id(SCAN)
PEOPLE = [Requester("U0PERSON", ""), Requester("U0OTHER", "")]
ORDERS = st.sampled_from(
    [ActionRequest(action, why) for action in Action for why in ("", "why") if why or not action.wants_reason]
)
"""Without a reason a finding without a note gets none, and nothing but the fields tells whose it is."""
ROWS = st.sampled_from([0, 0, *range(COUNT)])
"""Often the same, so that people meet."""
CALLS = st.integers(0, 40)
"""A call of an act on one row, which has about as many."""
CRASHES = st.builds(FaultInjector, CALLS, st.booleans())
MEETINGS = st.sampled_from(
    [
        "actions.announce",
        "findings.pages",
        "actions.claims",
        "actions.settle",
        "audit_log.record",
        "findings.update",
        "actions.add_act",
        "messenger.update",
        "messenger.tell",
    ]
)
"""Before which of its calls an act is met by another."""
SOMEBODY = st.sampled_from(PEOPLE)
HUB_DOWN = UnavailableError(service="AWS", call="securityhub:BatchUpdateFindings")
SLACK_FAULTS = {
    "update": UnavailableError(service="Slack", call="chat.update"),
    "tell": ThrottledError(service="Slack", call="response_url"),
}
FAULTS = st.one_of(st.sampled_from(["", *SLACK_FAULTS, "before", "half", "after"]), CRASHES)
"""
A call of Slack's that fails, how much Security Hub takes of an update before it does, or a call at which
the process dies.
"""
Job = ActJob | PreviewJob | ApplyJob | UndoJob
Fault = str | FaultInjector


@dataclass
class FailingFindings(FakeFindings):
    """A Security Hub whose next update fails, if that is wanted."""

    fault: str = ""
    merges: bool = False
    """Whether fields that are not written stay, which is not documented."""

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """Set values before or after it fails, half of them, or without."""
        wanted = [(identifier, self._merged(identifier, values)) for identifier, values in updates]
        fault, self.fault = self.fault, ""
        taken = {"before": 0, "half": len(wanted) // 2}.get(fault, len(wanted))
        refusals = super().update(wanted[:taken])
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


class People(RuleBasedStateMachine):
    """People in a channel with a report, somebody in the console, and Security Hub, which lags."""

    def __init__(self) -> None:
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for name, most in (("MOST_VALUES", 1), ("FEW", 2)):  # two are already many, and read by the query
            self.patched.setattr(f"bot.usecases.triage.refresh.{name}", most)
        messenger = FakeMessenger(locales={person.user_id: Locale.EN for person in PEOPLE})
        self.hub = FailingFindings(some_findings(COUNT), page_size=100)
        self.world = FakeWorld(findings=self.hub, messenger=messenger)
        deliver_once(SCAN, self.world)
        self.ids = [finding.identifiers[0].id for finding in self.hub.findings]
        self.wanted: dict[str, set[WorkflowStatus]] = {id_: {WorkflowStatus.NEW} for id_ in self.ids}
        self.written: dict[str, Note] = {}
        self.console_since: dict[str, int] = {}
        self.number = 0
        self.settled_at = self.world.clock()
        self.acts: list[str] = []
        self.write(0, "Ask Kim")

    @initialize(merges=st.booleans())
    def choose_hub(self, *, merges: bool) -> None:
        """Merge user-defined fields, or replace them."""
        self.hub.merges = merges

    def teardown(self) -> None:
        """Let two be few again."""
        self.patched.undo()

    @property
    def statuses(self) -> dict[str, WorkflowStatus]:
        """What Security Hub will show of each finding."""
        return {finding.identifiers[0].id: finding.workflow_status for finding in self.hub.settled()}

    @property
    def notes(self) -> dict[str, Note | None]:
        """Its note likewise."""
        return {finding.identifiers[0].id: finding.note for finding in self.hub.settled()}

    @property
    def states(self) -> dict[str, FindingState]:
        """Both, and its fields."""
        return {
            finding.identifiers[0].id: FindingState(
                finding.workflow_status, finding.note, dict(finding.user_fields)
            )
            for finding in self.hub.settled()
        }

    @property
    def shown(self) -> list[WorkflowStatus]:
        """What the message shows of each row."""
        shown = [finding.workflow_status for finding in self.world.reports.summary(REPORT_ID).top]
        for act in self.world.actions.acts(REPORT_ID):
            for row, status in act.rows.items():
                shown[row] = status
        return shown

    def deliver(self, job: Job, fault: Fault = "") -> None:
        """Deliver a job as Lambda does, with a fault on the way."""
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

    @rule(lags=st.booleans(), minutes=st.sampled_from([0, 0, 1, 20, 25 * 60]))
    def wait(self, minutes: int, *, lags: bool) -> None:
        """Every update shows; perhaps longer passes than the bot remembers, or than Undo works."""
        self.settle()
        self.hub.lags = lags
        self.world.clock.move(60 * minutes)

    def settle(self) -> None:
        """Let every update show, as it does after some minutes."""
        self.hub.settle()
        self.settled_at = self.world.clock()

    def key(self) -> str:
        """Make another click."""
        self.number += 1
        return f"slack/{self.number}"

    def chosen(self, order: ActionRequest, row: int, who: Requester) -> ActJob:
        """Make the job of a choice in a row's menu."""
        selection = Selection(row=row, statuses=(self.shown[row],))
        job = ActJob(self.key(), REPORT_ID, order, selection, "C0SECURITY", "1.000001", who)
        self.wanted[self.ids[row]].add(order.action.status)
        self.acts.append(job_id(job))
        return job

    def confirmed(self, order: ActionRequest, who: Requester) -> ApplyJob:
        """Preview an order for everything, and make the job of its confirmation."""
        where = ("C0SECURITY", "1.000001", who)
        preview = PreviewJob(self.key(), REPORT_ID, order, Selection(), "V1", "en", *where)
        before = self.statuses
        self.deliver(preview)
        assert before == self.statuses
        job = ApplyJob(self.key(), REPORT_ID, job_id(preview), *where)
        for id_ in self.ids:
            self.wanted[id_].add(order.action.status)
        self.acts.append(job_id(job))
        return job

    @rule(order=ORDERS, row=ROWS, who=SOMEBODY, fault=FAULTS)
    def act(self, order: ActionRequest, row: int, who: Requester, fault: Fault) -> None:
        """Somebody chooses from a row's menu what it offers."""
        saw, before = self.shown[row], self.statuses
        if saw == order.action.status and order.action is not Action.SUPPRESS:
            return
        job = self.chosen(order, row, who)
        self.deliver(job, fault)
        self.judge({self.ids[row]: (saw, order.action.status)}, before, job_id(job))

    @rule(order=ORDERS, who=SOMEBODY, fault=FAULTS)
    def act_on_all(self, order: ActionRequest, who: Requester, fault: Fault) -> None:
        """Somebody previews an order for everything, and confirms it."""
        saw, before = self.shown, self.statuses
        job = self.confirmed(order, who)
        self.deliver(job, fault)
        asked = {id_: (seen, order.action.status) for id_, seen in zip(self.ids, saw, strict=True)}
        self.judge(asked, before, job_id(job))

    @rule(order=ORDERS, row=ROWS, place=MEETINGS, is_all=st.booleans())
    def act_twice(self, order: ActionRequest, row: int, place: str, *, is_all: bool) -> None:
        """An act is delivered a second time in the middle of the first."""
        saw, before = self.shown, self.statuses
        if saw[row] == order.action.status and order.action is not Action.SUPPRESS and not is_all:
            return
        job = self.confirmed(order, PEOPLE[0]) if is_all else self.chosen(order, row, PEOPLE[0])
        self.deliver(job, ConcurrentActor(before=place, act=lambda: deliver_once(job, self.world)))
        rows = range(COUNT) if is_all else [row]
        self.judge({self.ids[one]: (saw[one], order.action.status) for one in rows}, before, job_id(job))

    @rule(one=ORDERS, other=ORDERS, row=ROWS, place=MEETINGS, is_all=st.booleans())
    def act_at_once(
        self, one: ActionRequest, other: ActionRequest, row: int, place: str, *, is_all: bool
    ) -> None:
        """Two people act, one of them in the middle of the other's act."""
        first = self.confirmed(one, PEOPLE[0]) if is_all else self.chosen(one, row, PEOPLE[0])
        second, id_, before = self.chosen(other, row, PEOPLE[1]), self.ids[row], self.statuses
        self.deliver(first, ConcurrentActor(before=place, act=lambda: deliver_once(second, self.world)))
        deliver_once(second, self.world)  # where there was no such call
        assert self.statuses[id_] in {before[id_], one.action.status, other.action.status}
        self.judge_chain(
            [one for job in (first, second) for one in self.made(job) if one.identifier.id == id_]
        )
        for job, plan_id in (
            (first, first.plan_id if isinstance(first, ApplyJob) else job_id(first)),
            (second, job_id(second)),
        ):
            self.judge_refusals(job_id(job))
            act = next(act for act in self.world.actions.acts(REPORT_ID) if act.act_id == job_id(job))
            is_said = act.touched_count or act.refused_count or act.skipped
            plan = self.world.actions.plan(REPORT_ID, plan_id)
            assert is_said or not list(self.world.actions.targets(plan))
        assert self.report() == self.world.messenger.posted["1.000001"].message

    def made(self, job: ActJob | ApplyJob) -> list[Change]:
        """Return what a job has changed."""
        refused = {r.identifier.id for r in self.world.actions.refusals(REPORT_ID, job_id(job))}
        return [change for change in self.changes(job_id(job)) if change.identifier.id not in refused]

    def judge_chain(self, changes: list[Change]) -> None:
        """Of two changes of a finding one goes on from the other, or both make the same of it."""
        if len(changes) > 1:
            one, other = changes
            assert one.after.status in {other.before.status, other.after.status} or (
                other.after.status == one.before.status
            )

    @rule(order=ORDERS, row=ROWS, status=st.sampled_from(WorkflowStatus), crash=CRASHES)
    def act_late(self, order: ActionRequest, row: int, status: WorkflowStatus, crash: FaultInjector) -> None:
        """An act dies, the console sets another status, and the act goes on."""
        saw, job = self.shown[row], self.chosen(order, row, PEOPLE[0])
        with suppress(CrashError):
            deliver_once(job, self.world, replace(crash, calls=[]))
        self.console(row, status, writes=False)
        self.world.clock.move(60)
        self.deliver(job)
        if status != saw:
            assert status == self.statuses[self.ids[row]]
        self.console_since[self.ids[row]] = len(self.world.actions.acts(REPORT_ID))

    def report(self) -> Message:
        """Make the message that shows all that was done."""
        summary, acts = self.world.reports.summary(REPORT_ID), self.world.actions.acts(REPORT_ID)
        return report_message(summary, acts, ReportSetting(DEPLOYMENT.locale, DEPLOYMENT.environment))

    @rule(data=st.data(), who=SOMEBODY, fault=FAULTS)
    def undo(self, data: st.DataObject, who: Requester, fault: Fault) -> None:
        """Somebody takes an act back: what is as the act made it becomes what the act found."""
        if not self.acts:
            return
        act_id = data.draw(st.sampled_from(self.acts))
        made = next(act for act in self.world.actions.acts(REPORT_ID) if act.act_id == act_id)
        changes = self.changes(act_id)
        refused = {r.identifier.id for r in self.world.actions.refusals(REPORT_ID, act_id)}
        is_too_late = self.world.clock() - made.acted_at > UNDO_TIME
        statuses, notes, states = self.statuses, self.notes, self.states
        job = UndoJob(self.key(), REPORT_ID, act_id, "C0SECURITY", "1.000001", who)
        self.deliver(job, fault)
        for change in changes:
            id_ = change.identifier.id
            is_untouched = is_as_made(states[id_], change.after)
            if is_too_late or not is_untouched or id_ in refused | self.hub.refuse.keys():
                assert (statuses[id_], notes[id_]) == (self.statuses[id_], self.notes[id_])
            else:
                self.judge_restored(change)
            self.wanted[id_].add(self.statuses[id_])
        others = set(self.ids) - {change.identifier.id for change in changes}
        assert all((statuses[id_], notes[id_]) == (self.statuses[id_], self.notes[id_]) for id_ in others)
        self.judge_refusals(job_id(job))

    def judge_restored(self, change: Change) -> None:
        """Status and note are what they were; where there was no note, it says that it was taken back."""
        id_, was = change.identifier.id, change.before
        note = self.notes[id_]
        assert was.status == self.statuses[id_]
        if was.note is None and change.after.note is not None:
            assert note
            assert (BOT, True) == (note.updated_by, "取り消し" in note.text)
        else:
            assert was.note == note

    @rule(row=ROWS, status=st.sampled_from(WorkflowStatus), writes=st.booleans())
    def console(self, row: int, status: WorkflowStatus, *, writes: bool) -> None:
        """Somebody sets a status in the console, when all is settled: before, nobody can know of it."""
        self.settle()
        self.hub.findings[row] = replace(self.hub.findings[row], workflow_status=status)
        if writes:
            self.write(row, f"{self.key()} is mine")
        self.wanted[self.ids[row]].add(status)
        self.console_since[self.ids[row]] = len(self.world.actions.acts(REPORT_ID))

    @rule(row=ROWS)
    def console_back(self, row: int) -> None:
        """Somebody sets back in the console what the last act on a finding has found."""
        made = (change for act_id in reversed(self.acts) for change in self.changes(act_id))
        found = next((one.before for one in made if one.identifier.id == self.ids[row]), None)
        self.console(row, found.status if found else WorkflowStatus.NEW, writes=False)

    def write(self, row: int, text: str) -> None:
        """Write a note as a person does in the console."""
        self.written[self.ids[row]] = note = Note(text, "auditor")
        self.hub.findings[row] = replace(self.hub.findings[row], note=note)

    def changes(self, act_id: str) -> list[Change]:
        """Return what an act has changed."""
        return list(self.world.actions.changes(REPORT_ID, act_id))

    @rule(row=ROWS)
    def refuse(self, row: int) -> None:
        """Security Hub refuses a finding from now on, or takes it again."""
        if self.hub.refuse.pop(self.ids[row], None) is None:
            self.hub.refuse[self.ids[row]] = "InvalidInput"

    def judge(
        self,
        asked: dict[str, tuple[WorkflowStatus, WorkflowStatus]],
        before: dict[str, WorkflowStatus],
        act_id: str,
    ) -> None:
        """What was asked for and is as it was seen is changed, or refused and told; nothing else is."""
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
                assert len(changed) == act.changed_count

    def judge_refusals(self, act_id: str) -> set[str]:
        """Return what Security Hub refused, all of which was told."""
        refused = {r.identifier.id for r in self.world.actions.refusals(REPORT_ID, act_id)}
        told = "\n".join(message.text for _, message in self.world.messenger.told[-3:])
        assert all(id_ in told for id_ in refused)
        return refused

    @invariant()
    def nobody_requested_anything_else(self) -> None:
        """Every finding is in a status that somebody has asked for."""
        assert all(status in self.wanted[id_] for id_, status in self.statuses.items())

    @invariant()
    def notes_of_people_stay(self) -> None:
        """What somebody has written in the console is there."""
        assert self.written.items() <= self.notes.items()

    @invariant()
    def the_message_is_true(self) -> None:
        """Each row is as it is shown, unless the console has had the last word on it."""
        acts, shown = self.world.actions.acts(REPORT_ID), self.shown
        for row, (id_, status) in enumerate(self.statuses.items()):
            since = islice(acts, self.console_since.get(id_, 0), None)
            if id_ not in self.console_since or any(row in act.rows for act in since):
                assert shown[row] == status


People.TestCase.settings = settings(max_examples=examples(25), stateful_step_count=15, deadline=None)
TestPeople = People.TestCase
