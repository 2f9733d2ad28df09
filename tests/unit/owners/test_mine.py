"""A person's own rows: in private, of a stored report or of a scan; marked, and disowned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.action import ALL_NEW, Action, ActionRequest, Selection
from bot.domain.finding import Finding, Severity, WorkflowStatus
from bot.domain.job import ActJob, MineJob, NotMineJob, PreviewJob, Requester, ScanJob, UndoJob, job_id
from bot.domain.permission import Standing
from bot.domain.query import Query
from bot.domain.report import Unread
from bot.domain.slack import Message
from bot.errors import NotAllowedError, ThrottledError
from bot.i18n import Locale
from bot.render.ids import NOT_MINE, NOTIFY_MINE, PRIVATE, UNDO
from bot.settings import Settings
from bot.usecases.context import Deployment
from bot.usecases.permissions import authorize
from tests.builders import PERSON, a_finding, an_act_job
from tests.delivery import SETTINGS, deliver_as_lambda, deliver_once
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings

ALICE = "alice@example.com"
SCHEDULE = ScanJob("schedule/1", Query(controls=("S3.8",)))
REPORT_ID = job_id(SCHEDULE)
MINE = MineJob("slack/mine", "C0ELSEWHERE", PERSON)
ROUTING = b"""\
version = 1
[people]
platform = "S0SECURITY"
[resources]
"arn:aws:s3:::bucket-4" = "platform"
[mention]
unowned = "S0UNOWNED"
"""


def owned(number: int, owner: str = "", **changes: Any) -> Finding:
    """Make a finding whose resource has a tag, unless the owner is empty."""
    return a_finding(number, tags=(("Owner", owner),) if owner else (), **changes)


FINDINGS = (
    owned(1, ALICE),
    owned(2, "bob@example.com"),
    owned(3),
    owned(4, "bob@example.com"),
    owned(5, "Platform", workflow_status=WorkflowStatus.NOTIFIED),
    owned(6, "security-team"),
)


@pytest.fixture
def world() -> FakeWorld:
    """A scheduled report of six findings, three of which are PERSON's."""
    world = FakeWorld(findings=FakeFindings(list(FINDINGS)))
    world.people.emails = {ALICE: PERSON.user_id}
    world.people.handles = {"security-team": "S0SECURITY"}
    world.routing_file.data = ROUTING
    deliver_once(SCHEDULE, world)
    return world


def told(world: FakeWorld) -> Message:
    """Return the last private message."""
    return world.messenger.told[-1][1]


def shown(world: FakeWorld) -> list[str]:
    """Return the rows of the last private message."""
    return [b["text"]["text"] for b in told(world).blocks if b.get("block_id", "").startswith("mine:")]


def button(world: FakeWorld, action_id: str) -> dict[str, Any]:
    """Return the first button of a kind in the last private message."""
    for block in told(world).blocks:
        for element in (*block.get("elements", ()), block.get("accessory", {})):
            if element.get("action_id") == action_id:
                return dict(element)
    return {}


def resources(world: FakeWorld, status: WorkflowStatus) -> set[str]:
    """Return the ends of the resources' names that have a status in Security Hub."""
    return {each.resource_id[-1] for each in world.findings.findings if each.workflow_status is status}


class TestShow:
    """The private message."""

    def test_own_rows_of_the_last_scheduled_report_are_shown(self, world: FakeWorld) -> None:
        """By the address, by the file's resource, and by a user group in [people]; by no handle of a tag."""
        deliver_once(MINE, world)

        assert "6 件中、あなたの担当は 3 件" in told(world).text
        assert ["bucket-1", "bucket-4", "bucket-5"] == [
            name for text in shown(world) for name in ("bucket-1", "bucket-4", "bucket-5") if name in text
        ]

    def test_no_finding_is_read(self, world: FakeWorld) -> None:
        """The stored report answers."""
        calls = len(world.findings.queries)
        deliver_once(MINE, world)

        assert calls == len(world.findings.queries)

    def test_link_leads_to_own_rows_alone(self, world: FakeWorld) -> None:
        """With the columns of the report's CSV."""
        deliver_once(MINE, world)
        (content,) = world.reports.shared.values()
        lines = content.decode("utf-8-sig").splitlines()

        assert 4 == len(lines)
        assert not [line for line in lines if "bob@example.com" in line and "bucket-4" not in line]
        assert "mine.csv" in str(told(world).blocks[0])

    def test_report_of_the_button_is_shown(self, world: FakeWorld) -> None:
        """Not the last one."""
        other = replace(SCHEDULE, key="schedule/2")
        world.findings.findings = [owned(9, ALICE)]
        deliver_once(other, world)
        deliver_once(replace(MINE, report_id=REPORT_ID, channel="C0SECURITY", message_ts="1.000001"), world)

        assert 3 == len(shown(world))

    def test_statuses_are_those_after_the_report_s_actions(self, world: FakeWorld) -> None:
        """The stored report is older than they are."""
        deliver_once(an_act_job(REPORT_ID), world)
        deliver_once(MINE, world)

        assert 3 == len([text for text in shown(world) if "*NOTIFIED*" in text])
        assert {} == button(world, NOTIFY_MINE)

    def test_ten_most_severe_are_shown_and_the_others_counted(self, world: FakeWorld) -> None:
        """All of them are in the CSV."""
        world.findings.findings = [owned(n, ALICE) for n in range(20, 35)]
        world.findings.findings.append(owned(1, ALICE, severity=Severity.CRITICAL))
        deliver_once(replace(SCHEDULE, key="schedule/2"), world)
        deliver_once(MINE, world)

        assert 10 == len(shown(world))
        assert "bucket-1`" in shown(world)[0]
        assert "ほか 6 件" in str(told(world).blocks)

    def test_person_without_rows_learns_the_rules(self, world: FakeWorld) -> None:
        """And that there are others' rows."""
        world.people.emails = {"zoe@example.com": "U0ZOE0000"}
        deliver_once(replace(MINE, requester=Requester("U0ZOE0000")), world)

        assert [] == shown(world)
        assert "6 件に、あなたの担当分はありません" in told(world).text
        assert "zoe@example.com" in str(told(world).blocks)

    def test_missing_address_is_said(self, world: FakeWorld) -> None:
        """Without the scope users:read.email the answer is not complete."""
        world.people.emails = {}
        deliver_once(MINE, world)

        assert 2 == len(shown(world))
        assert "users:read.email" in str(told(world).blocks)

    def test_without_a_scheduled_report_the_other_way_is_named(self) -> None:
        """A report that a person has asked for, or sent from the console, does not count."""
        world = FakeWorld(findings=FakeFindings(list(FINDINGS)))
        deliver_once(replace(SCHEDULE, requester=PERSON, channel="C0SECURITY"), world)
        deliver_once(MINE, world)

        assert "/sechub-scan mine S3.8" in told(world).text

    def test_expired_report_is_said(self, world: FakeWorld) -> None:
        """It is the error of all buttons of such a report."""
        world.reports.summaries.clear()
        deliver_once(MINE, world)

        assert "保存期間" in told(world).text

    def test_incomplete_report_is_said(self, world: FakeWorld) -> None:
        """A short answer is not taken for a whole one."""
        summary = world.reports.summaries[REPORT_ID]
        unread = Unread(("S3.8",), "throttled", {"service": "AWS", "call": "GetFindings"})
        world.reports.summaries[REPORT_ID] = replace(summary, unread=(unread,))
        deliver_once(MINE, world)

        assert "不完全" in str(told(world).blocks)


class TestScan:
    """`mine` with words."""

    JOB = replace(MINE, query=Query(controls=("S3.8",)))

    def test_scan_keeps_own_rows_alone(self, world: FakeWorld) -> None:
        """Nobody else's are stored with it."""
        deliver_once(self.JOB, world)

        assert 3 == len(shown(world))
        assert 3 == world.reports.summaries[job_id(self.JOB)].finding_count

    def test_nothing_is_posted(self, world: FakeWorld) -> None:
        """The report has no message; it is not the last scheduled one either."""
        posted = dict(world.messenger.posted)
        deliver_once(self.JOB, world)

        assert posted == world.messenger.posted
        assert [REPORT_ID] == [latest.report_id for latest in world.reports.latest()]

    def test_failing_slack_costs_no_second_scan(self, world: FakeWorld) -> None:
        """The scan is a step of its own."""
        world.people.errors["groups_of"] = ThrottledError(service="Slack", call="usergroups.list")
        before = len(world.findings.queries)
        deliver_as_lambda(self.JOB, world)
        world.people.errors.clear()
        deliver_once(self.JOB, world)

        assert before + 1 == len(world.findings.queries)


class TestSchedules:
    """Several schedules, each with a last report."""

    WEEKLY = ScanJob("weekly/1", Query(controls=("EC2.19",)))

    @pytest.fixture(autouse=True)
    def weekly(self, world: FakeWorld) -> None:
        """Add a later report of another schedule, with one row of the person's."""
        world.findings.findings = [owned(7, ALICE, control_id="EC2.19"), owned(8, control_id="EC2.19")]
        deliver_once(self.WEEKLY, world)

    def test_own_rows_of_each_schedule_are_shown(self, world: FakeWorld) -> None:
        """The newest report first."""
        deliver_once(MINE, world)
        counts = [message.text.partition("のレポートの ")[2] for _, message in world.messenger.told[-2:]]

        assert ["2 件中、あなたの担当は 1 件です", "6 件中、あなたの担当は 3 件です"] == counts

    def test_report_without_own_rows_is_left_out(self, world: FakeWorld) -> None:
        """The earlier report of another schedule has some."""
        world.findings.findings = [owned(8, control_id="EC2.19")]
        deliver_once(replace(self.WEEKLY, key="weekly/2"), world)
        before = len(world.messenger.told)
        deliver_once(MINE, world)

        assert 1 == len(world.messenger.told) - before
        assert 3 == len(shown(world))

    def test_expired_report_of_one_schedule_hides_no_other(self, world: FakeWorld) -> None:
        """A schedule that has ended leaves a report that expires."""
        del world.reports.summaries[job_id(self.WEEKLY)]
        deliver_once(MINE, world)

        assert 3 == len(shown(world))


class TestPermission:
    """Who sees own rows."""

    def test_own_rows_need_no_permission_to_read(self, world: FakeWorld) -> None:
        """READ_ALLOWED names others."""
        others = Deployment("本番", Locale.JA, Settings(SETTINGS | {"READ_ALLOWED": "U0OTHER"}))
        deliver_once(MINE, world, deployment=others)

        assert 3 == len(shown(world))

    @pytest.mark.parametrize("standing", set(Standing) - {Standing.MEMBER})
    @pytest.mark.parametrize("job", [MINE, TestScan.JOB])
    def test_nobody_but_members_sees_any(self, world: FakeWorld, standing: Standing, job: MineJob) -> None:
        """Even if READ_ALLOWED names the person."""
        world.people.standings[PERSON.user_id] = standing
        named = Deployment("本番", Locale.JA, Settings(SETTINGS | {"READ_ALLOWED": PERSON.user_id}))
        deliver_once(job, world, deployment=named)

        assert [] == shown(world)
        assert told(world).text.startswith("🔒")

    def test_permission_to_mark_is_that_of_the_place_of_the_click(self, world: FakeWorld) -> None:
        """ACT_ALLOWED may name the report's channel, in which the person need not be."""
        settings = Settings({"ACT_ALLOWED": "C0SECURITY"})
        job = marking(world)

        authorize(replace(job, asked_in="C0SECURITY"), world.ports, settings)
        with pytest.raises(NotAllowedError):
            authorize(job, world.ports, settings)


def marking(world: FakeWorld) -> ActJob:
    """Make the job of the button *Mark mine NOTIFIED*."""
    deliver_once(MINE, world)
    return marking_of(world)


def marking_of(world: FakeWorld) -> ActJob:
    """Make the job of that button in the last private message, as its listener does."""
    report_id, count, as_of, channel, ts = button(world, NOTIFY_MINE)["value"].split(":")
    selection = replace(ALL_NEW, is_own=True, as_of=as_of, shown_count=int(count))
    order, is_private = ActionRequest(Action.NOTIFY), not ts
    where, at = ("C0ELSEWHERE", "2.000001") if is_private else (channel, ts)
    return ActJob("slack/mark", report_id, order, selection, where, at, PERSON, "C0ELSEWHERE", is_private)


class TestMark:
    """*Mark mine NOTIFIED*."""

    def test_own_new_rows_are_marked_and_no_others(self, world: FakeWorld) -> None:
        """As many as the button says; the report's message shows it."""
        job = marking(world)
        deliver_once(job, world)

        assert 2 == job.selection.shown_count
        assert {"1", "4", "5"} == resources(world, WorkflowStatus.NOTIFIED)
        assert "2 件を NOTIFIED" in str(world.messenger.posted[job.message_ts].message.blocks)

    def test_marked_rows_are_in_the_audit_log(self, world: FakeWorld) -> None:
        """As those of every act."""
        deliver_once(marking(world), world)

        assert [PERSON.user_id] == [each.user_id for each in world.audit_log.about("bucket-4").entries]
        assert [] == list(world.audit_log.about("bucket-2").entries)

    def test_rows_of_a_scan_are_marked_and_undone_in_private(self, world: FakeWorld) -> None:
        """Their report has no message: the person alone sees the result, and the button that undoes it."""
        deliver_once(TestScan.JOB, world)
        posted = dict(world.messenger.posted)
        deliver_once(marking_of(world), world)
        marked, text, undo = resources(world, WorkflowStatus.NOTIFIED), told(world).text, button(world, UNDO)
        report_id, act_id, private = undo["value"].split(":")
        undoing = UndoJob("slack/undo", report_id, act_id, "C0ELSEWHERE", "3.000001", PERSON, is_private=True)
        deliver_once(undoing, world)

        assert {"1", "4", "5"} == marked
        assert "2 件を NOTIFIED" in text
        assert PRIVATE == private
        assert {"5"} == resources(world, WorkflowStatus.NOTIFIED)
        assert "取り消し、2 件を NEW に戻しました" in told(world).text
        assert {} == button(world, UNDO)
        assert posted == world.messenger.posted

    def test_rows_that_are_not_own_any_more_are_left(self, world: FakeWorld) -> None:
        """The person has left the group since, which is looked up again."""
        job = marking(world)
        world.people.groups["S0SECURITY"] = frozenset({"U0OTHER"})
        people = Deployment("本番", Locale.JA, Settings(SETTINGS | {"ACT_ALLOWED": PERSON.user_id}))
        deliver_once(job, world, deployment=people)

        assert {"1", "5"} == resources(world, WorkflowStatus.NOTIFIED)


class TestNotMine:
    """*Not mine*."""

    def disown(self, world: FakeWorld, job: NotMineJob | None = None) -> NotMineJob:
        """Press the first button *Not mine*."""
        if job is None:
            deliver_once(MINE, world)
            report_id, problem, channel, ts = button(world, NOT_MINE)["value"].split(":")
            job = NotMineJob("not-mine/1", report_id, int(problem), channel, PERSON, ts)
        deliver_once(job, world)
        return job

    def test_rule_that_decided_is_named(self, world: FakeWorld) -> None:
        """With what to correct."""
        self.disown(world)

        assert "タグ Owner" in told(world).text
        assert "リソースのこのタグを修正" in told(world).text

    def test_thread_is_told_with_a_mention(self, world: FakeWorld) -> None:
        """Of those whom the file names for rows of nobody."""
        job = self.disown(world)
        posted = list(world.messenger.posted.values())[-1]

        assert ("C0SECURITY", job.message_ts) == (posted.channel, posted.thread_ts)
        assert "<!subteam^S0UNOWNED>" in posted.message.text
        assert f"<@{PERSON.user_id}>" in posted.message.text
        assert "bucket-1" in posted.message.text

    def test_repeated_press_tells_the_thread_once(self, world: FakeWorld) -> None:
        """It is the same job."""
        job = self.disown(world)
        count = len(world.messenger.posted)
        self.disown(world, job)

        assert count == len(world.messenger.posted)

    def test_row_of_somebody_else_is_not_disowned(self, world: FakeWorld) -> None:
        """The owner has changed, or the person has left the group."""
        job = self.disown(world)
        count = len(world.messenger.posted)
        self.disown(world, replace(job, key="not-mine/2", problem=1))

        assert count == len(world.messenger.posted)
        assert "すでにあなたの担当ではありません" in told(world).text

    def test_row_of_a_scan_tells_no_thread(self, world: FakeWorld) -> None:
        """Its report has no message."""
        deliver_once(TestScan.JOB, world)
        report_id, problem, channel, ts = button(world, NOT_MINE)["value"].split(":")
        assert ("", "") == (channel, ts)
        count = len(world.messenger.posted)
        self.disown(world, NotMineJob("not-mine/1", report_id, int(problem), "C0ELSEWHERE", PERSON, ts))

        assert count == len(world.messenger.posted)
        assert "タグ Owner" in told(world).text


class TestTriage:
    """*Triage…* by owner."""

    def preview(self, world: FakeWorld, *owners: str) -> str:
        """Preview an action on the rows of owners."""
        selection = Selection(owners=owners)
        order = ActionRequest(Action.RESOLVE)
        place = ("C0SECURITY", "1.000001", PERSON)
        deliver_once(PreviewJob("view/1", REPORT_ID, order, selection, "V1", "en", *place), world)
        return str(world.messenger.views["V1"])

    def test_rows_of_the_named_owners_are_counted_by_owner(self, world: FakeWorld) -> None:
        """In any spelling; one by a tag, one by the file."""
        view = self.preview(world, "PLATFORM", "alice@example.com")

        assert "3 findings" in view
        assert "`platform`  *2*" in view
        assert "`alice@example.com`  *1*" in view

    def test_rows_of_nobody_have_no_line(self, world: FakeWorld) -> None:
        """Six rows, one without an owner."""
        view = self.preview(world)

        assert "6 findings" in view
        assert "`bob@example.com`  *1*" in view
