"""Several people act at random, with faults and lag, beside the plainest model of what may come of it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.action import Action, Order, Selection
from bot.domain.change import Values
from bot.domain.finding import Finding, FindingIdentifier, WorkflowStatus
from bot.domain.job import ActJob, ApplyJob, PreviewJob, Requester, UndoJob, job_id
from bot.domain.report import Refusal
from bot.errors import BotError, ThrottledError, UnavailableError
from bot.i18n import Locale
from tests.builders import a_scan_job, some_findings
from tests.fakes import FakeFindings, FakeMessenger, FakeWorld
from tests.sabotage import deliver_as_lambda, deliver_once

COUNT = 4
LONGEST_LAG = timedelta(minutes=10)
"""Before the bot's memory of fifteen ends, with the time that Lambda's attempts take."""
SCAN = a_scan_job()
REPORT_ID = job_id(SCAN)
PEOPLE = [Requester("U0PERSON", ""), Requester("U0OTHER", "")]
ACTIONS = st.sampled_from(Action)
ROWS = st.integers(0, COUNT - 1)
SOMEBODY = st.sampled_from(PEOPLE)
HUB_DOWN = UnavailableError(service="AWS", call="securityhub:BatchUpdateFindings")
FAULTS = st.sampled_from(
    [
        None,
        ("update", UnavailableError(service="Slack", call="chat.update")),
        ("tell", ThrottledError(service="Slack", call="response_url")),
        ("before", HUB_DOWN),
        ("after", HUB_DOWN),
    ]
)
"""A call of Slack's, or whether Security Hub takes the first update before it fails."""


@dataclass
class FailingFindings(FakeFindings):
    """A Security Hub whose next update fails, if that is wanted."""

    fault: str = ""

    def update(self, updates: Iterable[tuple[FindingIdentifier, Values]]) -> list[Refusal]:
        """Set values before or after it fails, or without."""
        fault, self.fault = self.fault, ""
        if fault == "before":
            raise HUB_DOWN
        refusals = super().update(updates)
        if fault == "after":
            raise HUB_DOWN
        return refusals


class People(RuleBasedStateMachine):
    """People in a channel with a report, somebody in the console, and Security Hub, which lags."""

    def __init__(self) -> None:
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for name, most in (("MOST_VALUES", 1), ("FEW", 2)):  # two are already many, and read by the query
            self.patched.setattr(f"bot.usecases.choose.{name}", most)
        messenger = FakeMessenger(locales={person.user_id: Locale.EN for person in PEOPLE})
        self.world = FakeWorld(
            findings=FailingFindings(some_findings(COUNT), page_size=100), messenger=messenger
        )
        deliver_once(SCAN, self.world)
        self.ids = [finding.identifiers[0].id for finding in self.world.findings.findings]
        self.wanted: dict[str, set[WorkflowStatus]] = {id_: {WorkflowStatus.NEW} for id_ in self.ids}
        self.number = 0
        self.settled_at = self.world.clock()
        self.acts: list[str] = []

    def teardown(self) -> None:
        """Let two be few again."""
        self.patched.undo()

    @property
    def statuses(self) -> dict[str, WorkflowStatus]:
        """What Security Hub will show of each finding."""
        return {finding.identifiers[0].id: finding.workflow_status for finding in self.truth}

    @property
    def truth(self) -> list[Finding]:
        """The findings as they will be when every update shows."""
        settled = copy.deepcopy(self.world.findings)
        settled.settle()
        return settled.findings

    @property
    def shown(self) -> list[WorkflowStatus]:
        """What the message shows of each row."""
        shown = [finding.workflow_status for finding in self.world.reports.summary(REPORT_ID).top]
        for act in self.world.changes.acts(REPORT_ID):
            for row, status in act.rows.items():
                shown[row] = status
        return shown

    def deliver(
        self, job: ActJob | PreviewJob | ApplyJob | UndoJob, fault: tuple[str, BotError] | None
    ) -> None:
        """Deliver a job as Lambda does, with a fault of Slack's or Security Hub's on the way."""
        hub = self.world.findings
        assert isinstance(hub, FailingFindings)
        if fault:
            name, error = fault
            if error is HUB_DOWN:
                hub.fault = name
            else:
                self.world.messenger.errors[name] = error
        left = deliver_as_lambda(job, self.world)
        self.world.messenger.errors.clear()
        hub.fault = ""
        assert left is None
        self.world.clock.move(1)
        if self.world.clock() - self.settled_at > LONGEST_LAG:
            self.settle()

    @rule(lags=st.booleans())
    def lag(self, *, lags: bool) -> None:
        """Security Hub begins to lag, or no longer does."""
        self.world.findings.lags = lags
        self.settle()

    @rule()
    def settle(self) -> None:
        """Every update shows, as it does after some minutes."""
        self.world.findings.settle()
        self.settled_at = self.world.clock()

    def key(self) -> str:
        """Make another click."""
        self.number += 1
        return f"slack/{self.number}"

    @rule(action=ACTIONS, row=ROWS, who=SOMEBODY, fault=FAULTS)
    def act(self, action: Action, row: int, who: Requester, fault: tuple[str, BotError] | None) -> None:
        """Somebody chooses from a row's menu what it offers."""
        saw, before = self.shown[row], self.statuses
        if saw == action.status:
            return
        order = Order(action, "why")
        selection = Selection(row=row, statuses=(saw,))
        job = ActJob(self.key(), REPORT_ID, order, selection, "C0SECURITY", "1.000001", who)
        self.deliver(job, fault)
        self.wanted[self.ids[row]].add(action.status)
        self.acts.append(job_id(job))
        self.judge({self.ids[row]: (saw, action.status)}, before, job_id(job))

    @rule(action=ACTIONS, who=SOMEBODY, fault=FAULTS)
    def act_on_all(self, action: Action, who: Requester, fault: tuple[str, BotError] | None) -> None:
        """Somebody previews an order for everything, and confirms it."""
        saw, before = self.shown, self.statuses
        order = Order(action, "why")
        where = ("C0SECURITY", "1.000001", who)
        preview = PreviewJob(self.key(), REPORT_ID, order, Selection(), "V1", "en", *where)
        self.deliver(preview, None)
        assert before == self.statuses
        job = ApplyJob(self.key(), REPORT_ID, job_id(preview), *where)
        self.deliver(job, fault)
        for id_ in self.ids:
            self.wanted[id_].add(action.status)
        self.acts.append(job_id(job))
        asked = {id_: (seen, action.status) for id_, seen in zip(self.ids, saw, strict=True)}
        self.judge(asked, before, job_id(job))

    @rule(data=st.data(), who=SOMEBODY, fault=FAULTS)
    def undo(self, data: st.DataObject, who: Requester, fault: tuple[str, BotError] | None) -> None:
        """Somebody takes an act back: what is as the act made it becomes what the act found."""
        if not self.acts:
            return
        act_id = data.draw(st.sampled_from(self.acts))
        changes = list(self.world.changes.changes(REPORT_ID, act_id))
        refused = {r.finding_id for r in self.world.changes.refusals(REPORT_ID, act_id)}
        notes = {finding.identifiers[0].id: finding.note for finding in self.truth}
        before = self.statuses
        self.deliver(UndoJob(self.key(), REPORT_ID, act_id, "C0SECURITY", "1.000001", who), fault)
        after = self.statuses
        for change in changes:
            id_ = change.identifier.id
            is_as_made = (before[id_], notes[id_]) == (change.after.status, change.after.note)
            can_be = id_ not in refused and id_ not in self.world.findings.refuse and is_as_made
            assert after[id_] == (change.before.status if can_be else before[id_])
            self.wanted[id_].add(after[id_])

    @rule(row=ROWS, status=st.sampled_from(WorkflowStatus))
    def console(self, row: int, status: WorkflowStatus) -> None:
        """Somebody sets a status in the console, when all is settled: before, nobody can know of it."""
        self.settle()
        self.world.findings.findings[row] = replace(self.world.findings.findings[row], workflow_status=status)
        self.wanted[self.ids[row]].add(status)

    @rule(row=ROWS)
    def refuse(self, row: int) -> None:
        """Security Hub refuses a finding from now on, or takes it again."""
        refuse = self.world.findings.refuse
        if refuse.pop(self.ids[row], None) is None:
            refuse[self.ids[row]] = "InvalidInput"

    def judge(
        self,
        asked: dict[str, tuple[WorkflowStatus, WorkflowStatus]],
        before: dict[str, WorkflowStatus],
        act_id: str,
    ) -> None:
        """What was asked for and is as it was seen is changed, or refused and told; nothing else is."""
        after = self.statuses
        refused = {r.finding_id for r in self.world.changes.refusals(REPORT_ID, act_id)}
        for id_ in self.ids:
            saw, target = asked.get(id_, (None, None))
            if after[id_] != before[id_]:
                assert (saw, target) == (before[id_], after[id_])
            elif saw == before[id_] and target != saw:
                assert id_ in refused
        told = "\n".join(message.text for _, message in self.world.messenger.told)
        assert all(id_ in told for id_ in refused)
        for act in self.world.changes.acts(REPORT_ID):
            if act.act_id == act_id:
                changed = [id_ for id_ in self.ids if after[id_] != before[id_]]
                assert len(changed) == act.changed_count

    @invariant()
    def nobody_wanted_anything_else(self) -> None:
        """Every finding is in a status that somebody has asked for."""
        assert all(status in self.wanted[id_] for id_, status in self.statuses.items())


People.TestCase.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestPeople = People.TestCase
