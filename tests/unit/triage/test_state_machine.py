"""Several people act at random, with faults and lag, beside the plainest model of the outcome."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import islice

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import WorkflowStatus
from bot.domain.job import ApplyJob, Requester, UndoJob, job_id
from bot.domain.suppression import is_as_made
from bot.domain.triage import UNDO_TIME
from tests.delivery import ConcurrentActor, CrashError, FaultInjector, deliver_once
from tests.effort import examples
from tests.unit.world.people import COUNT, PEOPLE, REPORT_ID, SLACK_FAULTS, Channel, Fault

REQUESTS = st.sampled_from(
    [
        *(ActionRequest(a, why) for a in Action for why in ("", "why") if why or not a.wants_reason),
        ActionRequest(Action.SUPPRESS, "why", date(2026, 12, 31)),
    ]
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
STATUSES = st.sampled_from(WorkflowStatus)
FAULTS = st.one_of(st.sampled_from(["", *SLACK_FAULTS, "before", "half", "after"]), CRASHES)
"""
A call of Slack's that fails, how much Security Hub takes of an update before it does, or a call at which
the process dies.
"""


class People(Channel):
    """The rules: what people, the console, Security Hub and Lambda do."""

    @initialize(merges=st.booleans(), lags=st.booleans(), refuses=st.booleans())
    def choose_hub(self, *, merges: bool, lags: bool, refuses: bool) -> None:
        """Merge user-defined fields, or replace them; show updates at once, or later; refuse a finding's."""
        self.hub.merges, self.hub.lags = merges, lags
        if refuses:
            self.refuse(1)

    @rule(lags=st.booleans(), minutes=st.sampled_from([0, 0, 1, 20, 25 * 60]))
    def wait(self, minutes: int, *, lags: bool) -> None:
        """Time passes, and every update shows; the bot may forget its changes, or Undo end."""
        self.settle()
        self.hub.lags = lags
        self.world.clock.move(60 * minutes)

    @rule(request=REQUESTS, row=ROWS, who=SOMEBODY, fault=FAULTS)
    def act(self, request: ActionRequest, row: int, who: Requester, fault: Fault) -> None:
        """Somebody chooses an action from a row's menu."""
        saw, before = self.shown[row], self.statuses
        if saw == request.action.status and request.action is not Action.SUPPRESS:
            return
        job = self.chosen(request, row, who)
        self.deliver(job, fault)
        self.judge({self.ids[row]: (saw, request.action.status)}, before, job_id(job))

    @rule(one=REQUESTS, other=REQUESTS, row=ROWS, lags=st.booleans())
    def act_in_turn(self, one: ActionRequest, other: ActionRequest, row: int, *, lags: bool) -> None:
        """Somebody acts, and another person continues from the status that the message then shows."""
        self.wait(0, lags=lags)
        self.act(one, row, PEOPLE[0], "")
        self.act(other, row, PEOPLE[1], "")

    @rule(request=REQUESTS, who=SOMEBODY, fault=FAULTS)
    def act_on_all(self, request: ActionRequest, who: Requester, fault: Fault) -> None:
        """Somebody previews an action on all findings, and confirms it."""
        saw, before = self.shown, self.statuses
        job = self.confirmed(request, who)
        self.deliver(job, fault)
        asked = {id_: (seen, request.action.status) for id_, seen in zip(self.ids, saw, strict=True)}
        self.judge(asked, before, job_id(job))

    @rule(request=REQUESTS, row=ROWS, earlier=STATUSES, later=st.none() | STATUSES)
    def confirm_late(
        self, request: ActionRequest, row: int, earlier: WorkflowStatus, later: WorkflowStatus | None
    ) -> None:
        """Somebody confirms a preview after a change in the console, which may restore the shown status."""
        self.console(row, earlier, writes=False)
        saw, counted = self.shown, self.statuses
        job = self.confirmed(request, PEOPLE[0])
        self.console(row, later or saw[row], writes=False)
        before = self.statuses
        self.deliver(job)
        previewed = [id_ for id_, seen in zip(self.ids, saw, strict=True) if counted[id_] == seen]
        self.judge({id_: (counted[id_], request.action.status) for id_ in previewed}, before, job_id(job))

    @rule(request=REQUESTS, row=ROWS, status=STATUSES)
    def act_slowly(self, request: ActionRequest, row: int, status: WorkflowStatus) -> None:
        """Somebody sets a status in the console after a slow action has chosen its changes."""
        met = []

        def meanwhile() -> None:
            met.append(row)
            self.console(row, status, writes=False)
            self.world.clock.move(60)

        saw, job = self.shown[row], self.chosen(request, row, PEOPLE[0])
        self.deliver(job, ConcurrentActor(before="audit_log.record", act=meanwhile))
        if met and status != saw:
            assert status == self.statuses[self.ids[row]]
            self.console_since[self.ids[row]] = len(self.world.actions.acts(REPORT_ID))

    @rule(request=REQUESTS, row=ROWS, place=MEETINGS, is_all=st.booleans())
    def act_twice(self, request: ActionRequest, row: int, place: str, *, is_all: bool) -> None:
        """An action is delivered a second time during the first delivery."""
        saw, before = self.shown, self.statuses
        if saw[row] == request.action.status and request.action is not Action.SUPPRESS and not is_all:
            return
        job = self.confirmed(request, PEOPLE[0]) if is_all else self.chosen(request, row, PEOPLE[0])
        self.deliver(job, ConcurrentActor(before=place, act=lambda: deliver_once(job, self.world)))
        rows = range(COUNT) if is_all else [row]
        self.judge({self.ids[one]: (saw[one], request.action.status) for one in rows}, before, job_id(job))

    @rule(one=REQUESTS, other=REQUESTS, row=ROWS, place=MEETINGS, is_all=st.booleans())
    def act_at_once(
        self, one: ActionRequest, other: ActionRequest, row: int, place: str, *, is_all: bool
    ) -> None:
        """Two people act, one of them during the other's action."""
        first = self.confirmed(one, PEOPLE[0]) if is_all else self.chosen(one, row, PEOPLE[0])
        second, id_, before = self.chosen(other, row, PEOPLE[1]), self.ids[row], self.statuses
        self.deliver(first, ConcurrentActor(before=place, act=lambda: deliver_once(second, self.world)))
        deliver_once(second, self.world)  # if the first made no such call
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

    @rule(request=REQUESTS, row=ROWS, status=STATUSES, crash=CRASHES)
    def act_late(
        self, request: ActionRequest, row: int, status: WorkflowStatus, crash: FaultInjector
    ) -> None:
        """An action dies, somebody sets another status in the console, and the action continues."""
        saw, job = self.shown[row], self.chosen(request, row, PEOPLE[0])
        with suppress(CrashError):
            deliver_once(job, self.world, replace(crash, calls=[]))
        self.console(row, status, writes=False)
        self.world.clock.move(60)
        self.deliver(job)
        if status != saw:
            assert status == self.statuses[self.ids[row]]
        self.console_since[self.ids[row]] = len(self.world.actions.acts(REPORT_ID))

    @rule(data=st.data(), who=SOMEBODY, fault=FAULTS)
    def undo(self, data: st.DataObject, who: Requester, fault: Fault) -> None:
        """Somebody undoes an action: each finding that is as the action made it becomes as it was before."""
        if self.acts:
            self.undo_act(data.draw(st.sampled_from(self.acts)), who, fault)

    @rule(request=REQUESTS, row=ROWS, status=STATUSES, writes=st.booleans())
    def undo_after_console(
        self, request: ActionRequest, row: int, status: WorkflowStatus, *, writes: bool
    ) -> None:
        """Somebody acts, another person changes the finding in the console, and the action is undone."""
        job = self.chosen(request, row, PEOPLE[0])
        self.deliver(job)
        self.console(row, status, writes=writes)
        self.undo_act(job_id(job), PEOPLE[1])

    def undo_act(self, act_id: str, who: Requester, fault: Fault = "") -> None:
        """Undo an action, and judge every finding."""
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
            self.requested[id_].add(self.statuses[id_])
        others = set(self.ids) - {change.identifier.id for change in changes}
        assert all((statuses[id_], notes[id_]) == (self.statuses[id_], self.notes[id_]) for id_ in others)
        self.judge_refusals(job_id(job))

    @rule(row=ROWS, status=STATUSES, writes=st.booleans())
    def console(self, row: int, status: WorkflowStatus, *, writes: bool) -> None:
        """Somebody sets a status in the console, when all is settled: before, nobody can know of it."""
        self.settle()
        self.hub.findings[row] = replace(self.hub.findings[row], workflow_status=status)
        if writes:
            self.write(row, f"{self.key()} is mine")
        self.requested[self.ids[row]].add(status)
        self.console_since[self.ids[row]] = len(self.world.actions.acts(REPORT_ID))

    @rule(row=ROWS)
    def console_back(self, row: int) -> None:
        """Somebody restores in the console the status before the last action on a finding."""
        made = (change for act_id in reversed(self.acts) for change in self.changes(act_id))
        found = next((one.before for one in made if one.identifier.id == self.ids[row]), None)
        self.console(row, found.status if found else WorkflowStatus.NEW, writes=False)

    @rule(row=ROWS)
    def refuse(self, row: int) -> None:
        """Security Hub refuses updates of a finding from now on, or accepts them again."""
        if self.hub.refuse.pop(self.ids[row], None) is None:
            self.hub.refuse[self.ids[row]] = "InvalidInput"

    @invariant()
    def nobody_requested_anything_else(self) -> None:
        """Every finding is in a status that somebody has requested."""
        assert all(status in self.requested[id_] for id_, status in self.statuses.items())

    @invariant()
    def notes_of_people_stay(self) -> None:
        """Each note that somebody wrote in the console is still there."""
        assert self.written.items() <= self.notes.items()

    @invariant()
    def the_message_is_true(self) -> None:
        """Each row is as the message shows it, unless somebody changed it in the console since."""
        acts, shown = self.world.actions.acts(REPORT_ID), self.shown
        for row, (id_, status) in enumerate(self.statuses.items()):
            since = islice(acts, self.console_since.get(id_, 0), None)
            if id_ not in self.console_since or any(row in act.rows for act in since):
                assert shown[row] == status


People.TestCase.settings = settings(max_examples=examples(40), stateful_step_count=15, deadline=None)
TestPeople = People.TestCase
