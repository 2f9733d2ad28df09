"""Suppressions that end: reopened once, never forgotten, and warned of once."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.action import Action, Order, Selection
from bot.domain.document import parse_job, to_document
from bot.domain.finding import BOT, Finding, Note, WorkflowStatus
from bot.domain.job import ExpireJob, HistoryJob, UndoJob, job_id
from bot.domain.suppression import AT, UNTIL
from bot.errors import NotInChannelError, ThrottledError, UnavailableError
from bot.i18n import Locale
from bot.usecases import expire as expiry
from bot.usecases import remember
from bot.usecases.run_job import run_job
from bot.usecases.steps import LedgerSteps, NotDoneError, Time
from tests.builders import NOW, PERSON, a_finding, a_scan_job, an_act_job, some_findings
from tests.fakes import FakeFindings, FakeMessenger, FakeWorld
from tests.sabotage import DEPLOYMENT, CrashError, Saboteur, deliver_as_lambda, deliver_once

SCAN = a_scan_job()
REPORT_ID = job_id(SCAN)
NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus
TODAY = NOW.date()
"""In Tokyo too, where it is 9:30."""
LAST = TODAY + timedelta(days=30)
DAY = 86_400


def a_world(findings: list[Finding]) -> FakeWorld:
    """Make a world in whose channel a report of these findings stands."""
    messenger = FakeMessenger(locales={PERSON.user_id: Locale.EN})
    world = FakeWorld(findings=FakeFindings(findings), messenger=messenger)
    deliver_once(SCAN, world)
    return world


def suppress(world: FakeWorld, row: int = 0, until: date | None = LAST, **changes: Any) -> str:
    """Suppress a row of the report; give the act's ID."""
    status = world.findings.findings[row].workflow_status
    order = Order(Action.SUPPRESS, "public by design", until)
    job = an_act_job(REPORT_ID, order=order, selection=Selection(row=row, statuses=(status,)))
    job = replace(job, **{"key": f"slack/{row}/{until}"} | changes)
    deliver_once(job, world)
    return job_id(job)


def go_to(world: FakeWorld, day: date) -> None:
    """Let time pass until a day, at the same hour."""
    world.clock.at = NOW + (day - TODAY)


def daily(world: FakeWorld) -> ExpireJob:
    """Make the job of the day."""
    return ExpireJob(f"schedule@{world.clock():%Y-%m-%d}")


def look(world: FakeWorld, day: date) -> None:
    """Let the daily job run on a day."""
    go_to(world, day)
    deliver_once(daily(world), world)


def go_on(world: FakeWorld) -> None:
    """Let the daily job run, with time until it has posted something."""
    job, before = daily(world), len(world.messenger.posted)
    time = Time(lambda: len(world.messenger.posted) == before, may_go_on=True)
    run_job(job, world.ports, LedgerSteps(world.ledger, job_id(job), world.clock), DEPLOYMENT, time)


def statuses(world: FakeWorld) -> list[WorkflowStatus]:
    """Give the findings' statuses in Security Hub."""
    return [finding.workflow_status for finding in world.findings.findings]


def posted(world: FakeWorld) -> list[str]:
    """Give the messages in the channel after the report's own, whole."""
    messages = [post.message for ts, post in world.messenger.posted.items() if ts != "1.000001"]
    return [f"{message.text} {message.blocks}" for message in messages]


class TestReopening:
    """What becomes of a suppression on the day after its last."""

    def test_comes_after_the_last_day(self) -> None:
        """It holds on its last day, and is over on the next."""
        world = a_world(some_findings(2))
        suppress(world)
        look(world, LAST)
        assert [SUPPRESSED, NEW] == statuses(world)

        look(world, LAST + timedelta(days=1))
        assert [NEW, NEW] == statuses(world)
        assert {} == world.suppressions.kept

    def test_goes_by_the_settings_days(self) -> None:
        """In Tokyo a day ends nine hours before it does in UTC."""
        world = a_world(some_findings(1))
        suppress(world)
        world.clock.at = NOW.replace(hour=15) + (LAST - TODAY)
        deliver_once(daily(world), world)

        assert [NEW] == statuses(world)

    def test_is_told_and_recorded(self) -> None:
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

    def test_does_not_need_the_report(self) -> None:
        """Reports expire, suppressions last longer."""
        world = a_world(some_findings(1))
        suppress(world)
        world.reports.summaries.clear()
        world.changes.made.clear()
        world.changes.kept_acts.clear()
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)

    def test_can_be_taken_back(self) -> None:
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

    def test_of_what_has_no_room_to_say_so(self) -> None:
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
        order = Order(Action.SUPPRESS, "all of them", LAST)
        deliver_once(an_act_job(REPORT_ID, order=order, selection=Selection()), world)
        world.findings.findings += [a_finding(number) for number in range(50, 60)]
        before = len(world.findings.queries)
        look(world, LAST + timedelta(days=1))

        assert [NEW] * 40 == statuses(world)
        assert all(query.finding_ids for query in world.findings.queries[before:])

    def test_of_many_goes_in_rounds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """More than fit into a round are reopened in several, each with its message."""
        monkeypatch.setattr(expiry, "MOST_FINDINGS", 2)
        monkeypatch.setattr(remember, "TOGETHER", 2)
        world = a_world(some_findings(5))
        order = Order(Action.SUPPRESS, "all of them", LAST)
        deliver_once(an_act_job(REPORT_ID, order=order, selection=Selection()), world)
        assert [2, 2, 1] == [one.finding_count for one, _ in world.suppressions.kept.values()]

        look(world, LAST + timedelta(days=1))
        assert [NEW] * 5 == statuses(world)
        assert 3 == len(posted(world))

    def test_goes_on_in_another_delivery(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No round begins when the time is up, and each delivery is further than the one before."""
        monkeypatch.setattr(expiry, "MOST_SUPPRESSIONS", 1)
        world = a_world(some_findings(3))
        for row in range(3):
            suppress(world, row)
        go_to(world, LAST + timedelta(days=1))
        kept_counts, reopened = [], []
        for _ in range(2):
            with pytest.raises(NotDoneError) as raised:
                go_on(world)
            kept_counts.append(raised.value.kept_count)
            reopened.append(statuses(world).count(NEW))
        go_on(world)

        assert [1, 2, 3] == [*reopened, statuses(world).count(NEW)]
        assert 0 < kept_counts[0] < kept_counts[1]


class TestExtending:
    """A suppression that is made anew before it ends."""

    def test_moves_the_last_day(self) -> None:
        """Only the later suppression counts: the earlier one's end is nobody's concern."""
        world = a_world(some_findings(1))
        suppress(world)
        world.clock.move(60)
        suppress(world, until=LAST + timedelta(days=30))
        look(world, LAST + timedelta(days=1))
        assert [SUPPRESSED] == statuses(world)
        assert [] == posted(world)

        look(world, LAST + timedelta(days=31))
        assert [NEW] == statuses(world)

    def test_to_an_earlier_day_holds(self) -> None:
        """A shorter one ends sooner, once."""
        world = a_world(some_findings(1))
        suppress(world)
        world.clock.move(60)
        suppress(world, until=TODAY + timedelta(days=10))
        look(world, TODAY + timedelta(days=11))
        look(world, LAST + timedelta(days=1))

        assert [NEW] == statuses(world)
        assert 1 == len(posted(world))


class TestWarning:
    """What the channel is told a week before."""

    def test_comes_a_week_before_and_once(self) -> None:
        """Eight days before nothing is said, seven days before it is, and not again."""
        world = a_world(some_findings(1))
        suppress(world)
        look(world, LAST - timedelta(days=8))
        assert [] == posted(world)

        for days in (7, 6, 5, 0):
            look(world, LAST - timedelta(days=days))
        (message,) = posted(world)
        assert "1 件の抑制の期限が1週間以内に切れます" in message
        assert f"*{LAST.isoformat()}* まで" in message
        assert "抑制を延長する…" in message
        assert [SUPPRESSED] == statuses(world)

    def test_is_one_message(self) -> None:
        """Several that end on different days of the week are told together, the same ones in one line."""
        world = a_world(some_findings(3))
        suppress(world, 0)
        suppress(world, 1)
        suppress(world, 2, until=LAST + timedelta(days=2))
        look(world, LAST - timedelta(days=3))

        (message,) = posted(world)
        assert 2 == message.count("`public by design`")
        assert "(2 件)" in message

    def test_is_not_for_what_is_over(self) -> None:
        """Of what somebody has reopened, or extended, nobody is warned."""
        world = a_world(some_findings(2))
        suppress(world, 0)
        suppress(world, 1)
        world.clock.move(60)
        suppress(world, 1, until=LAST + timedelta(days=90))
        first, second = world.findings.findings
        world.findings.findings = [replace(first, workflow_status=NEW), second]
        look(world, LAST - timedelta(days=3))

        assert [] == posted(world)


class TestFailure:
    """What happens where Security Hub or Slack fails."""

    def test_of_a_day_is_made_up_for(self) -> None:
        """What could not be read stays due, and the next day's job reopens it."""
        world = a_world(some_findings(1))
        suppress(world)
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = world.findings._pages
        go_to(world, LAST + timedelta(days=1))
        assert isinstance(deliver_as_lambda(daily(world), world), ThrottledError | UnavailableError)
        assert "抑制の日次確認に失敗しました" in posted(world)[0]
        assert [SUPPRESSED] == statuses(world)

        world.findings.error = None
        look(world, LAST + timedelta(days=2))
        assert [NEW] == statuses(world)

    def test_of_slack_does_not_keep_anything_suppressed(self) -> None:
        """Where nothing can be posted, findings are reopened all the same, and the job fails."""
        world = a_world(some_findings(1))
        suppress(world)
        world.messenger.lasting_errors["post"] = NotInChannelError(channel="C0SECURITY")
        go_to(world, LAST + timedelta(days=1))

        assert isinstance(deliver_as_lambda(daily(world), world), NotInChannelError)
        assert [NEW] == statuses(world)
        assert {} == world.suppressions.kept

    def test_of_an_update_is_made_up_for(self) -> None:
        """What Security Hub would not reopen is not forgotten, nor tried again on the same day."""
        world = a_world(some_findings(2))
        suppress(world, 0)
        suppress(world, 1)
        world.findings.refuse = {world.findings.findings[0].identifiers[0].id: "InternalFailure"}
        look(world, LAST + timedelta(days=1))
        assert [SUPPRESSED, NEW] == statuses(world)
        (message,) = posted(world)
        assert "1 件の更新を拒否しました" in message

        world.findings.refuse = {}
        look(world, LAST + timedelta(days=2))
        assert [NEW, NEW] == statuses(world)
        assert {} == world.suppressions.kept

    def test_of_somebody_else_is_made_up_for(self) -> None:
        """What an act that came to nothing was about stays due."""
        world = a_world(some_findings(1))
        suppress(world)
        go_to(world, LAST + timedelta(days=1))
        order = Order(Action.SUPPRESS, "longer", LAST + timedelta(days=9))
        job = an_act_job(REPORT_ID, order=order, selection=Selection(row=0, statuses=(SUPPRESSED,)))
        watch = Saboteur()
        deliver_once(job, copy.deepcopy(world), watch)
        with pytest.raises(CrashError):
            deliver_once(job, world, Saboteur(watch.calls.index("findings.update")))
        look(world, LAST + timedelta(days=1))
        assert [SUPPRESSED] == statuses(world)

        look(world, LAST + timedelta(days=2))
        assert [NEW] == statuses(world)

    def test_is_told_where_nothing_is_reopened(self) -> None:
        """What is left alone is said to all: nobody has ordered it, and would be told."""
        world = a_world(some_findings(1))
        suppress(world)
        (finding,) = world.findings.findings
        world.findings.findings = [replace(finding, note=Note("For ever", "auditor"))]
        look(world, LAST + timedelta(days=1))

        assert "その間に変わっていた 1 件" in posted(world)[0]

    def test_of_a_part_of_the_answer_forgets_nothing(self) -> None:
        """Where only some can be read, none is taken off the list."""
        world = a_world(some_findings(41))
        order = Order(Action.SUPPRESS, "all", LAST)
        deliver_once(an_act_job(REPORT_ID, order=order, selection=Selection()), world)
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = world.findings._pages + 3
        go_to(world, LAST + timedelta(days=1))
        deliver_as_lambda(daily(world), world)

        assert world.suppressions.kept


READS = frozenset(
    {
        "findings.pages",
        "controls.catalogue",
        "messenger.name",
        "reports.summary",
        "reports.seen",
        "reports.parts",
        "reports.fetch_csv",
        "changes.plan",
        "changes.wanted",
        "changes.intents",
        "changes.changes",
        "changes.acts",
        "changes.refusals",
        "suppressions.until",
        "suppressions.changes",
        "ledger.read",
    }
)
"""To die at one of these is to die after what was written before."""


def crashes() -> Iterator[tuple[int, bool]]:
    """Give each writing call of the job that reopens and warns, before and after it."""
    watch = Saboteur()
    world = _due()
    deliver_once(daily(world), world, watch)
    for at, name in enumerate(watch.calls):
        if name not in READS:
            yield at, False
            yield at, True


def _due() -> FakeWorld:
    world = a_world(some_findings(3))
    suppress(world, 0)
    suppress(world, 1, until=LAST + timedelta(days=3))
    go_to(world, LAST + timedelta(days=1))
    return world


@pytest.mark.parametrize(("at", "late"), list(crashes()))
def test_crash_anywhere_ends_as_it_should(at: int, late: bool) -> None:  # noqa: FBT001
    """A job that dies at any call is done in the end, on the same day or the next, and tells it once."""
    world = _due()
    deliver_as_lambda(daily(world), world, Saboteur(at, late))
    look(world, LAST + timedelta(days=2))

    assert [NEW, SUPPRESSED, NEW] == statuses(world)
    changed = [values.status for _, values in world.findings.updated]
    assert {NEW, SUPPRESSED} == set(changed)
    assert sum("抑制の期限が切れました。" in message for message in posted(world)) <= 1
    told = [message for message in posted(world) if "1週間以内に切れます" in message or "可能性" in message]
    assert told, "neither warned nor told that the warning may be missing"


DAYS = st.integers(0, 20)


@settings(max_examples=25, deadline=None)
@given(
    lasts=st.lists(DAYS, min_size=1, max_size=5),
    failing=st.sets(st.integers(1, 22)),
    touched=st.sets(st.integers(0, 4)),
    twice=st.booleans(),
)
def test_each_ends_once_on_its_first_good_day(
    lasts: list[int],
    failing: set[int],
    touched: set[int],
    twice: bool,  # noqa: FBT001
) -> None:
    """
    Whatever days fail, a suppression ends on the first good day after its last, and never before.

    What somebody has reopened and suppressed elsewhere stays as they have left it; delivered twice is once.
    """
    world = a_world(some_findings(len(lasts)))
    for row, days in enumerate(lasts):
        suppress(world, row, TODAY + timedelta(days=days))
    for row in touched & set(range(len(lasts))):
        finding = world.findings.findings[row]
        world.findings.findings[row] = replace(finding, note=Note("mine", "auditor"))
    done: dict[int, int] = {}
    for day in range(1, 24):
        go_to(world, TODAY + timedelta(days=day))
        world.findings.error = ThrottledError(service="AWS", call="x") if day in failing else None
        world.findings.fail_at_page = world.findings._pages
        for _ in range(1 + twice):
            deliver_as_lambda(daily(world), world)
        for row, status in enumerate(statuses(world)):
            if status is NEW:
                done.setdefault(row, day)

    good = [day for day in range(1, 24) if day not in failing]
    expected = {
        row: next(day for day in good if day > days) for row, days in enumerate(lasts) if row not in touched
    }
    assert expected == done
    reopened = [key for key, values in world.findings.updated if values.status is NEW]
    assert len(reopened) == len(set(reopened)) == len(expected)


class TestJob:
    """The document that the Scheduler sends."""

    def test_is_read(self) -> None:
        """It has a key and nothing else; nobody asks for it."""
        job = ExpireJob("arn@2026-11-24T00:00:00Z")

        assert job == parse_job(to_document(job))
        assert None is job.requester


def test_a_note_of_somebody_stays() -> None:
    """A finding with a person's note is suppressed and reopened without touching the note."""
    human = Note("Ask Kim", "auditor")
    world = a_world([a_finding(0, note=human)])
    suppress(world)
    assert dict(world.findings.findings[0].user_fields)[AT]
    look(world, LAST + timedelta(days=1))

    assert [NEW] == statuses(world)
    assert human == world.findings.findings[0].note
