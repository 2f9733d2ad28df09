"""Suppressions that end: reopened once, never forgotten, and warned of once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.document import parse_job
from bot.domain.finding import BOT, Note, WorkflowStatus
from bot.domain.job import ExpireJob, HistoryJob, Progress, UndoJob, job_id, to_document
from bot.domain.suppression import AT, UNTIL
from bot.usecases.context import JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import Deadline, Steps, UnfinishedError
from bot.usecases.suppressions import expire as expiry
from bot.usecases.triage import audit_log
from tests.builders import NOW, PERSON, a_finding, an_act_job, some_findings
from tests.delivery import DEPLOYMENT, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.daily import LAST, TODAY, daily, go_to, look, posted, suppress
from tests.unit.world.report import NEW, NOTIFIED, REPORT_ID, RESOLVED, SUPPRESSED, a_world, statuses


def check_cancelled(world: FakeWorld) -> None:
    """Let the daily job run, with time until it has posted something."""
    job, before = daily(world), len(world.messenger.posted)
    time = Deadline(lambda: len(world.messenger.posted) == before, resumable=True)
    steps = Steps(world.ledger, job_id(job), world.clock)
    run_job(JobContext(job, world.ports, steps, DEPLOYMENT, time))


class TestReopening:
    """What becomes of a suppression on the day after its last."""

    def test_reopening_comes_after_the_last_day(self) -> None:
        """It holds on its last day, and is over on the next."""
        world = a_world(some_findings(2))
        suppress(world)
        look(world, LAST)
        assert [SUPPRESSED, NEW] == statuses(world)

        look(world, LAST + timedelta(days=1))
        assert [NEW, NEW] == statuses(world)
        assert {} == world.suppressions.kept

    def test_reopening_goes_by_the_settings_days(self) -> None:
        """In Tokyo a day ends nine hours before it does in UTC."""
        world = a_world(some_findings(1))
        suppress(world)
        world.clock.at = NOW.replace(hour=15) + (LAST - TODAY)
        deliver_once(daily(world), world)

        assert [NEW] == statuses(world)

    def test_reopening_is_told_and_recorded(self) -> None:
        """The channel gets a report, and the finding says that the bot has reopened it, and why."""
        world = a_world(some_findings(1))
        suppress(world)
        look(world, LAST + timedelta(days=1))

        (message,) = posted(world)
        assert "1 件の抑制の期限が切れました" in message
        assert "`public by design` — <@U0PERSON>" in message
        assert "ボットが 1 件を NEW に戻しました" in message
        (finding,) = world.findings.findings
        assert "SUPPRESSED -> NEW" == dict(finding.user_fields)[f"{BOT}/change"]
        assert BOT == dict(finding.user_fields)[f"{BOT}/by"]
        assert "抑制の期限が切れました" in (finding.note or Note("", "")).text
        deliver_once(HistoryJob("slack/history", "S3.8", "C0SECURITY", PERSON), world)
        assert "sechub-bot: SUPPRESSED → NEW" in world.messenger.told[-1][1].text

    def test_reopened_rows_have_their_owners(self) -> None:
        """The report of the reopened findings names owners by the routing file, as every report."""
        world = a_world(some_findings(1))
        world.routing_file.data = b'version = 1\n[accounts]\n123456789012 = "finance"\n'
        suppress(world)
        look(world, LAST + timedelta(days=1))

        (*_, file) = world.messenger.files[-1]
        assert '"finance","アカウント 123456789012"' in file.decode()

    def test_leaves_alone_what_has_no_last_day(self) -> None:
        """A suppression without a last day is nobody's to end."""
        world = a_world(some_findings(1))
        suppress(world, until=None)
        look(world, LAST + timedelta(days=4000))

        assert [SUPPRESSED] == statuses(world)
        assert [] == posted(world)

    @pytest.mark.parametrize("status", [NEW, NOTIFIED, RESOLVED])
    def test_leaves_alone_what_is_suppressed_no_more(self, status: WorkflowStatus) -> None:
        """What somebody has given another status keeps it, and nobody is told."""
        world = a_world(some_findings(1))
        suppress(world)
        (finding,) = world.findings.findings
        world.findings.findings = [replace(finding, workflow_status=status)]
        look(world, LAST + timedelta(days=1))

        assert [status] == statuses(world)
        assert [] == posted(world)

    def test_leaves_alone_what_somebody_has_touched(self) -> None:
        """Where somebody has written another note since, the suppression stays, and the message says so."""
        world = a_world(some_findings(2))
        suppress(world, 0)
        suppress(world, 1)
        first, second = world.findings.findings
        world.findings.findings = [replace(first, note=Note("For ever", "auditor")), second]
        look(world, LAST + timedelta(days=1))

        assert [SUPPRESSED, NEW] == statuses(world)
        assert "その間に変わっていた 1 件" in posted(world)[0]

    def test_includes_what_has_passed_meanwhile(self) -> None:
        """A finding that has passed would stay suppressed for ever, also when it fails again."""
        world = a_world(some_findings(1))
        suppress(world)
        (finding,) = world.findings.findings
        world.findings.findings = [replace(finding, compliance_status="PASSED")]
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)

    def test_reopening_does_not_need_the_report(self) -> None:
        """Reports expire, suppressions last longer."""
        world = a_world(some_findings(1))
        suppress(world)
        world.reports.summaries.clear()
        world.actions.made.clear()
        world.actions.kept_acts.clear()
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)

    def test_reopening_can_be_taken_back(self) -> None:
        """Undo suppresses again, with the reason and the last day that it had, so until the next look."""
        world = a_world(some_findings(1))
        suppress(world)
        look(world, LAST + timedelta(days=1))
        (ts,) = [ts for ts in world.messenger.posted if ts != "1.000001"]
        report_id = next(key for key in world.reports.summaries if key != REPORT_ID)
        deliver_once(UndoJob("slack/undo", report_id, report_id, "C0SECURITY", ts, PERSON), world)

        assert [SUPPRESSED] == statuses(world)
        assert LAST.isoformat() == dict(world.findings.findings[0].user_fields)[UNTIL]
        look(world, LAST + timedelta(days=2))
        assert [NEW] == statuses(world)

    def test_waits_for_what_security_hub_does_not_show_yet(self) -> None:
        """What was taken back just before the daily look is not forgotten because Security Hub lags."""
        world = a_world(some_findings(1))
        suppress(world)
        look(world, LAST + timedelta(days=1))
        report_id = next(key for key in world.reports.summaries if key != REPORT_ID)
        go_to(world, LAST + timedelta(days=2))
        world.clock.move(-60)
        world.findings.lags = True
        deliver_once(UndoJob("slack/undo", report_id, report_id, "C0SECURITY", "2.000001", PERSON), world)
        look(world, LAST + timedelta(days=2))
        world.findings.lags = False
        world.findings.settle()
        assert [SUPPRESSED] == statuses(world)

        look(world, LAST + timedelta(days=3))
        assert [NEW] == statuses(world)

    def test_reopening_of_what_has_no_room_to_say_so(self) -> None:
        """A finding whose fields are full does not say until when; it ends all the same."""
        full = tuple((f"field-{number}", "x") for number in range(50))
        world = a_world([a_finding(0, user_fields=full)])
        suppress(world)
        assert UNTIL not in dict(world.findings.findings[0].user_fields)
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)
        assert "`public by design`" in posted(world)[0]

    def test_reads_these_and_nothing_else(self) -> None:
        """What else their control has may be very much, and is not asked for, nor where they are acted on."""
        world = a_world(some_findings(30))
        request = ActionRequest(Action.SUPPRESS, "all of them", LAST)
        deliver_once(an_act_job(REPORT_ID, request=request, selection=Selection()), world)
        world.findings.findings += [a_finding(number) for number in range(50, 60)]
        before = len(world.findings.queries)
        look(world, LAST + timedelta(days=1))

        assert [NEW] * 40 == statuses(world)
        assert all(query.findings for query in world.findings.queries[before:])

    def test_reopening_of_many_goes_in_rounds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """More than fit into a round are reopened in several, each with its message."""
        monkeypatch.setattr(expiry, "MOST_FINDINGS", 2)
        monkeypatch.setattr(audit_log, "TOGETHER", 2)
        world = a_world(some_findings(5))
        request = ActionRequest(Action.SUPPRESS, "all of them", LAST)
        deliver_once(an_act_job(REPORT_ID, request=request, selection=Selection()), world)
        assert [2, 2, 1] == [one.finding_count for one, _ in world.suppressions.kept.values()]

        look(world, LAST + timedelta(days=1))
        assert [NEW] * 5 == statuses(world)
        assert 3 == len(posted(world))

    def test_reopening_goes_on_in_another_delivery(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No round begins when the time is up, and each delivery is further than the one before."""
        monkeypatch.setattr(expiry, "MOST_SUPPRESSIONS", 1)
        world = a_world(some_findings(3))
        for row in range(3):
            suppress(world, row)
        go_to(world, LAST + timedelta(days=1))
        progress, reopened = [], []
        for _ in range(2):
            with pytest.raises(UnfinishedError) as raised:
                check_cancelled(world)
            progress.append(raised.value.progress)
            reopened.append(statuses(world).count(NEW))
        check_cancelled(world)

        assert [1, 2, 3] == [*reopened, statuses(world).count(NEW)]
        assert Progress(0, 0) < progress[0] < progress[1]


class TestJob:
    """The document that the Scheduler sends."""

    def test_job_is_read(self) -> None:
        """It has a key and nothing else; nobody asks for it."""
        job = ExpireJob("arn@2026-11-24T00:00:00Z")

        assert job == parse_job(to_document(job))
        assert None is job.requester


class TestNote:
    """What somebody has written."""

    def test_a_note_of_somebody_stays(self) -> None:
        """A finding with a person's note is suppressed and reopened without touching the note."""
        human = Note("Ask Kim", "auditor")
        world = a_world([a_finding(0, note=human)])
        suppress(world)
        assert dict(world.findings.findings[0].user_fields)[AT]
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)
        assert human == world.findings.findings[0].note

    def test_new_note_leaves_the_last_day(self) -> None:
        """To rewrite only the note of a suppressed finding does not make its suppression permanent."""
        world = a_world(some_findings(1))
        suppress(world)
        seen = world.findings.findings[0].note
        request = ActionRequest(Action.SUPPRESS, note="Ask the owner", over=seen.text if seen else "")
        selection = Selection(row=0, statuses=(SUPPRESSED,))
        deliver_once(an_act_job(REPORT_ID, request=request, selection=selection), world)
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)
