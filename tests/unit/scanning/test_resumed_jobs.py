"""Scans that take longer than one delivery of their job."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Finding, WorkflowStatus
from bot.domain.job import ActJob, Progress, Requester, job_id
from bot.domain.query import Query
from bot.domain.triage import Skip
from bot.errors import UnavailableError
from bot.i18n import Locale
from bot.ports import CheckpointStore
from bot.usecases.context import JobContext
from bot.usecases.run_job import run_job
from bot.usecases.scanning.scan import scan
from bot.usecases.steps import Deadline, Steps, UnfinishedError
from bot.usecases.triage import update
from bot.usecases.triage.plan import past_changes
from tests.builders import NOW, a_finding, a_scan_job, an_act_job, some_findings
from tests.delivery import DEPLOYMENT, deliver_once
from tests.fakes import FakeClock, FakeControls, FakeWorld
from tests.fakes.findings import FakeFindings
from tests.fakes.reports import FakeCheckpoints
from tests.unit.world.counting_findings import CountingFindings

CONTROLS = ("S3.8", "EC2.19")
DROPPED = UnavailableError(service="AWS", call="s3:PutObject")


@dataclass
class Scanned:
    """What became of a scan in slices."""

    lines: list[bytes] = field(default_factory=list)
    identifiers: list[bytes] = field(default_factory=list)
    scanned_at: datetime = NOW
    progress: list[Progress] = field(default_factory=list)
    """Of each slice but the last."""


def in_slices(hub: CountingFindings, store: CheckpointStore, most: int = 200) -> Scanned:
    """Scan until it is done."""
    scanned, clock = Scanned(), FakeClock()
    for _ in range(most):
        hub.given = 0
        clock.move(900)
        with TemporaryDirectory() as folder:
            try:
                report = scan(
                    Query(controls=CONTROLS),
                    folder=Path(folder),
                    locale=Locale.EN,
                    findings=hub,
                    controls=FakeControls(),
                    now=clock,
                    store=store,
                    time_left=hub.has_time,
                    resumable=True,
                )
            except UnfinishedError as error:
                scanned.progress.append(error.progress)
                continue
            assert not report.unread
            scanned.scanned_at = report.scanned_at
            scanned.lines = report.csv_file.read_bytes().splitlines()
            scanned.identifiers = report.seen_file.read_bytes().splitlines()
            return scanned
    findings = [done.findings for done in scanned.progress]
    raise AssertionError(f"not done after {most} slices: {findings}")


def at_once(findings: list[Finding]) -> Scanned:
    """Scan in one go."""
    return in_slices(CountingFindings(findings, pages_a_slice=100_000), FakeCheckpoints())


def findings_of_two(count: int) -> list[Finding]:
    """Make findings of two controls in three accounts."""
    return [a_finding(n, control_id=CONTROLS[n % 7 > 1], account_id=f"{n % 3:012}") for n in range(count)]


class TestSlices:
    """A scan that is cut short and goes on."""

    @given(st.integers(0, 90), st.integers(3, 20))
    def test_sliced_scan_equals_one_scan(self, count: int, pages_a_slice: int) -> None:
        """However short the slices are, the report has every finding once, in the same order."""
        findings = findings_of_two(count)
        hub = CountingFindings(findings, pages_a_slice=pages_a_slice)
        scanned, whole = in_slices(hub, FakeCheckpoints()), at_once(findings)

        assert whole.lines == scanned.lines
        assert whole.identifiers == scanned.identifiers

    def test_no_page_is_read_twice(self) -> None:
        """A partition that is longer than a slice is gone on with where it was left."""
        findings = findings_of_two(90)
        hub = CountingFindings(findings, pages_a_slice=10)
        scanned = in_slices(hub, FakeCheckpoints())
        pages = [ceil(sum(f.control_id == control for f in findings) / hub.page_size) for control in CONTROLS]

        assert 3 <= len(scanned.progress)
        assert sorted(set(scanned.progress)) == scanned.progress
        assert 1 + sum(pages) == hub.given_in_all  # the first tells that there is more than one

    def test_report_has_the_time_of_the_first_slice(self) -> None:
        """The report is of the time when the first of them began."""
        scanned = in_slices(CountingFindings(findings_of_two(90), pages_a_slice=10), FakeCheckpoints())

        assert 3 <= len(scanned.progress)
        assert NOW + timedelta(seconds=900) == scanned.scanned_at

    def test_lost_token_restarts_its_partition(self) -> None:
        """Where Security Hub no longer knows the next page, its partition is read from its start."""
        hub = CountingFindings(findings_of_two(30), pages_a_slice=12)
        hub.forgets = True
        scanned = in_slices(hub, FakeCheckpoints())

        assert at_once(findings_of_two(30)).lines == scanned.lines

    def test_slices_without_progress_count_nothing_twice(self) -> None:
        """Slices that begin anew each time keep what one of them can read, and never more."""
        hub = CountingFindings(some_findings(30), pages_a_slice=5, forgets=True)
        with pytest.raises(AssertionError, match=r": \[((\d|10)(, )?){6}\]"):
            in_slices(hub, FakeCheckpoints(), most=6)

    def test_killed_slice_loses_nothing_saved(self) -> None:
        """What a slice cannot keep is read again; what earlier ones kept is there."""
        store, hub = FailingStore(), CountingFindings(findings_of_two(90), pages_a_slice=10)
        store.failures = {2, 5, 9}
        scanned = in_slices_despite(DROPPED, hub, store)

        assert at_once(findings_of_two(90)).lines == scanned.lines


@dataclass
class FailingStore(FakeCheckpoints):
    """Checkpoints in a bucket that fails at some writes of unfinished ones, counted from 1."""

    failures: set[int] = field(default_factory=set)
    writes: int = 0

    def save(self, name: str, file: Path) -> None:
        """Keep a file."""
        self.writes += not name.endswith((".rows", ".split"))
        if self.writes in self.failures:
            raise DROPPED
        super().save(name, file)


def in_slices_despite(error: Exception, hub: CountingFindings, store: CheckpointStore) -> Scanned:
    """Scan until it is done, also after errors."""
    for _ in range(20):
        try:
            return in_slices(hub, store)
        except type(error):
            continue
    raise AssertionError("it does not end")


@dataclass
class Office:
    """A channel with a report of 30 findings, somebody who marks them, and little time."""

    world: FakeWorld = field(
        default_factory=lambda: FakeWorld(findings=CountingFindings(some_findings(30), pages_a_slice=1000))
    )
    job: ActJob = field(default_factory=lambda: an_act_job(job_id(a_scan_job())))

    def __post_init__(self) -> None:
        deliver_once(a_scan_job(), self.world)
        self.world.findings.refuse = {self.ids[7]: "FindingNotFound"}

    @property
    def ids(self) -> list[str]:
        """The findings' Ids."""
        return [finding.identifiers[0].id for finding in self.world.findings.findings]

    @property
    def marked(self) -> list[str]:
        """The Ids that Security Hub was asked to mark, one after the other."""
        return [identifier.id for identifier, _ in self.world.findings.updated]

    @property
    def shown(self) -> set[str]:
        """The Ids that are shown as marked."""
        return {change.identifier.id for change in past_changes(self.job.report_id, self.world.actions)}

    @property
    def left(self) -> list[Finding]:
        """The findings that Security Hub was not asked to mark yet."""
        return [f for f in self.world.findings.findings if f.identifiers[0].id not in self.marked]

    def set(self, number: int, status: WorkflowStatus) -> None:
        """Set a finding's status in the console."""
        findings = self.world.findings.findings
        findings[number] = replace(findings[number], workflow_status=status)

    def suppress(self, finding: Finding) -> None:
        """Let somebody else suppress a finding through the bot."""
        request = ActionRequest(Action.SUPPRESS, "accepted")
        selection = Selection(resource=finding.resource_id)
        job = an_act_job(self.job.report_id, request=request, selection=selection)
        deliver_once(replace(job, key="slack/other", requester=Requester("U0OTHER", "")), self.world)

    def settled(self) -> Counter[WorkflowStatus]:
        """Return how many findings that are not refused have each status."""
        self.world.findings.settle()
        known = (f for f in self.world.findings.findings if f.identifiers[0].id != self.ids[7])
        return Counter(finding.workflow_status for finding in known)

    def end(self, pages: int) -> None:
        """Deliver the click every minute until it is done."""
        for _ in range(20):
            self.world.clock.move(60)
            if self.deliver(pages):
                return
        raise AssertionError("it does not end")

    def deliver(self, pages: int, *, resumable: bool = True) -> bool:
        """Deliver the click, with time for some pages and until more is marked; tell whether it is done."""
        hub = self.world.findings
        assert isinstance(hub, CountingFindings)
        hub.given, hub.pages_a_slice = 0, pages
        before = len(hub.updated)

        def has_time() -> bool:
            return hub.has_time() and len(hub.updated) == before

        step = Steps(self.world.ledger, job_id(self.job), self.world.clock)
        try:
            run_job(JobContext(self.job, self.world.ports, step, DEPLOYMENT, Deadline(has_time, resumable)))
        except UnfinishedError:
            return False
        return True


class TestClick:
    """A click that marks more findings than there is time for."""

    @pytest.fixture(autouse=True)
    def _small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(update, "BATCH", 10)

    def test_click_reads_in_slices(self) -> None:
        """What is still NEW is read in slices too, and nothing is marked before that is known."""
        office = Office()

        assert not office.deliver(pages=6)
        assert [] == office.marked
        assert not office.deliver(pages=6)
        assert [] == office.marked

    def test_click_marks_in_batches(self) -> None:
        """One batch after the other is marked, each finding once, and all are shown in the end."""
        office = Office()
        done = [office.deliver(pages=1000) for _ in range(4)]

        assert [False, False, True, True] == done
        assert sorted(office.ids) == sorted(office.marked)
        assert {*office.ids} - {office.ids[7]} == office.shown
        ((_, told),) = office.world.messenger.told
        assert "FindingNotFound" in told.text

    def test_later_slice_skips_changed_findings(self) -> None:
        """In a later slice only what is still NEW is touched."""
        office = Office()
        office.deliver(pages=1000)
        office.world.clock.move(60)
        changed = office.world.findings.findings[25]
        office.world.findings.findings[25] = replace(changed, workflow_status=WorkflowStatus.SUPPRESSED)
        while not office.deliver(pages=1000):
            office.world.clock.move(60)

        assert 29 == len(office.marked)
        assert WorkflowStatus.SUPPRESSED == office.world.findings.findings[25].workflow_status

    def test_change_while_reading_is_kept(self) -> None:
        """What was read in an early slice is old when the last is read."""
        office = Office()
        office.deliver(pages=10)
        office.set(0, WorkflowStatus.SUPPRESSED)
        office.end(pages=20)

        assert 29 == len(office.marked)
        assert WorkflowStatus.SUPPRESSED == office.world.findings.findings[0].workflow_status

    def test_change_between_slices_is_kept(self) -> None:
        """What somebody has done through the bot between two slices counts, though it does not show yet."""
        office = Office()
        office.deliver(pages=1000)
        office.world.clock.move(16 * 60)
        office.world.findings.lags = True
        office.suppress(office.left[-1])
        office.end(pages=1000)

        assert {WorkflowStatus.SUPPRESSED: 1, WorkflowStatus.NOTIFIED: 29 - 1} == office.settled()

    def test_long_click_keeps_its_findings(self) -> None:
        """However long ago it began, what it has not come to yet is left to it."""
        office = Office()
        for _ in range(2):
            office.deliver(pages=1000)
            office.world.clock.move(8 * 60)
        office.suppress(office.left[-1])
        office.end(pages=1000)

        assert {WorkflowStatus.NOTIFIED: 29} == office.settled()
        assert "変更している" in office.world.messenger.told[0][1].text

    def test_each_batch_is_read_again_alone(self) -> None:
        """Before each batch that batch is read again, and not all that there is."""
        office = Office()
        office.deliver(pages=1000)
        office.end(pages=6)

        assert sorted(office.ids) == sorted(office.marked)

    def test_unfinished_click_shows_only_marked_findings(self) -> None:
        """Where nobody goes on, what was marked is shown as marked, and nothing else."""
        office = Office()

        assert office.deliver(pages=1000, resumable=False)
        assert 10 == len(office.marked)
        (act,) = office.world.actions.acts(office.job.report_id)
        refused_count = office.marked.count(office.ids[7])
        assert refused_count == act.refused_count
        assert {WorkflowStatus.NOTIFIED: 10 - refused_count} == act.changed
        assert {Skip.LATE: 20} == act.skipped
        assert {*office.marked} - {office.ids[7]} == office.shown


class TestJob:
    """A scan job in slices."""

    def test_report_is_posted_once_at_the_end(self) -> None:
        """Nothing is said of a report before it is whole, and then it is posted once."""
        world = FakeWorld(findings=CountingFindings(some_findings(30), pages_a_slice=6))
        hub = world.findings
        assert isinstance(hub, CountingFindings)
        step = Steps(world.ledger, job_id(a_scan_job()), world.clock)
        seen = []
        for _ in range(4):
            hub.given = 0
            with suppress(UnfinishedError):
                run_job(
                    JobContext(
                        a_scan_job(), world.ports, step, DEPLOYMENT, Deadline(hub.has_time, resumable=True)
                    )
                )
            seen.append(len(world.messenger.posted))

        assert [0, 0, 1, 1] == seen
        assert [] == world.messenger.told
        assert 30 == next(iter(world.reports.summaries.values())).finding_count

    @pytest.mark.parametrize("resumable", [True, False])
    def test_next_slice_posts_if_time_is_short(self, resumable: bool) -> None:  # noqa: FBT001 - a table
        """If the merge has used up the time, the next slice posts the report, if there may be one."""
        world = FakeWorld(findings=FakeFindings(some_findings(3)))
        step = Steps(world.ledger, job_id(a_scan_job()), world.clock)
        time = Deadline(lambda: not world.reports.summaries, resumable)
        with suppress(UnfinishedError):
            run_job(JobContext(a_scan_job(), world.ports, step, DEPLOYMENT, time))
        assert (not resumable) == bool(world.messenger.posted)

        run_job(JobContext(a_scan_job(), world.ports, step, DEPLOYMENT))
        assert 1 == len(world.messenger.posted)
