"""Acts on more findings than are read again one by one, of a report that is larger still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import WorkflowStatus
from bot.domain.job import UndoJob, job_id
from bot.domain.query import Query
from bot.errors import UnavailableError
from bot.usecases.context import JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import Deadline, Steps, UnfinishedError
from bot.usecases.triage import refresh
from bot.usecases.triage.refresh import FEW
from tests.builders import PERSON, a_finding, a_scan_job, an_act_job, some_findings
from tests.delivery import DEPLOYMENT, deliver_once
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings
from tests.unit.world.counting_findings import CountingFindings
from tests.unit.world.report import REPORT_ID, SCAN, a_world, click, statuses, told

MANY = FEW + 50
OF_MANY = 6 * MANY
"""Findings of a report of which MANY are so small a part that each is asked for by its Id."""
ACCOUNT = "999999999999"


def a_world_of(count: int, chosen: int | None = None) -> FakeWorld:
    """Make a world with a report of so many findings, of which `chosen` are in ACCOUNT."""
    findings = some_findings(count)
    for number in range(chosen or 0):
        findings[number] = replace(findings[number], account_id=ACCOUNT)
    return a_world(findings, page_size=100)


def undone(world: FakeWorld) -> UndoJob:
    """Make the job of a click on the only act's Undo."""
    (act,) = world.actions.acts(REPORT_ID)
    return UndoJob("undo", REPORT_ID, act.act_id, "C0SECURITY", "1.000001", PERSON)


@pytest.mark.parametrize("count", [MANY, OF_MANY])
class TestMany:
    """More than a few findings, all of a report or a small part of it."""

    def test_each_of_many_is_changed(self, count: int) -> None:
        """Each is found again and changed, and nothing else is."""
        world = a_world_of(count, chosen=MANY)
        deliver_once(click(selection=Selection(accounts=(ACCOUNT,))), world)

        assert {ACCOUNT} == {
            f.account_id for f in world.findings.findings if f.workflow_status is WorkflowStatus.NOTIFIED
        }
        assert MANY == len(world.findings.updated)
        assert [] == told(world)

    def test_undo_of_many_works_while_security_hub_lags(self, count: int) -> None:
        """What the bot has made of them counts, though Security Hub still shows what was."""
        world = a_world_of(count, chosen=MANY)
        world.findings.lags = True
        deliver_once(click(selection=Selection(accounts=(ACCOUNT,))), world)
        world.clock.move(60)
        deliver_once(undone(world), world)
        world.findings.settle()

        assert {WorkflowStatus.NEW} == set(statuses(world))
        assert MANY == world.actions.acts(REPORT_ID)[1].changed_count

    def test_retry_recognizes_its_own_updates(self, count: int) -> None:
        """What was updated before an attempt failed is not taken for somebody else's work."""
        world = a_world_of(count, chosen=MANY)
        job = click(selection=Selection(accounts=(ACCOUNT,)))
        lost = UnavailableError(service="AWS", call="securityhub:BatchUpdateFindings")
        world.findings.late_update_error = lost
        with pytest.raises(UnavailableError):
            deliver_once(job, world)
        world.clock.move(60)
        deliver_once(job, world)

        (act,) = world.actions.acts(REPORT_ID)
        assert MANY == act.changed_count
        assert {} == act.skipped


class TestReading:
    """The queries that read many findings again."""

    def test_refresh_of_most_asks_the_reports_query(self) -> None:
        """The report's query is asked, in every status, since Security Hub may show any of them."""
        world = a_world_of(MANY)
        before = len(world.findings.queries)
        deliver_once(click(), world)

        assert [Query(controls=("S3.8",), statuses=())] == world.findings.queries[before:]

    def test_refresh_by_id_resumes_in_slices(self) -> None:
        """Many Ids are asked for in slices, of which each keeps what it has read."""
        findings = [
            replace(finding, account_id=ACCOUNT if number < MANY else finding.account_id)
            for number, finding in enumerate(some_findings(OF_MANY))
        ]
        hub = CountingFindings(findings, page_size=100, pages_a_slice=1000)
        world = FakeWorld(findings=hub)
        deliver_once(SCAN, world)
        job = click(selection=Selection(accounts=(ACCOUNT,)))
        step = Steps(world.ledger, job_id(job), world.clock)
        progress = []
        for _ in range(10):
            hub.given, hub.pages_a_slice = 0, 5
            try:
                run_job(
                    JobContext(job, world.ports, step, DEPLOYMENT, Deadline(hub.has_time, resumable=True))
                )
            except UnfinishedError as error:
                progress.append(error.progress)

        assert 2 <= len(progress)
        assert sorted(set(progress)) == progress
        assert MANY == len(hub.updated)

    @pytest.mark.parametrize("is_some", [True, False])
    def test_refresh_of_suppressed_asks_by_id_or_control(
        self,
        is_some: bool,  # noqa: FBT001
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Nobody knows how much else a control has: it is asked for only where there are very many."""
        monkeypatch.setattr(refresh, "SOME", 30 if is_some else 29)
        findings = [a_finding(n, workflow_status=WorkflowStatus.SUPPRESSED) for n in range(30)]
        world = FakeWorld(findings=FakeFindings(findings, page_size=100))
        scan = a_scan_job(query=Query(controls=(), statuses=(WorkflowStatus.SUPPRESSED,)))
        deliver_once(scan, world)
        before = len(world.findings.queries)
        job = an_act_job(
            job_id(scan),
            message_ts="1.000001",
            request=ActionRequest(Action.REOPEN, "why"),
            selection=Selection(statuses=(WorkflowStatus.SUPPRESSED,)),
        )
        deliver_once(job, world)

        asked = world.findings.queries[before:]
        assert {() if is_some else ("S3.8",)} == {query.controls for query in asked}
        assert is_some == all(query.findings for query in asked)
        assert {WorkflowStatus.NEW} == set(statuses(world))
