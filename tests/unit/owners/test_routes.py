"""Routes: a scheduled report whose rows go to several channels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.action import Selection
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import FINISHING, Progress, ScanJob, job_id
from bot.domain.query import Query
from bot.domain.query import chosen as chosen_query
from bot.errors import (
    AccessDeniedError,
    BotError,
    ChannelClosedError,
    ChannelSharedError,
    MissingScopeError,
    NotInChannelError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.usecases.context import JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import Deadline, Steps, UnfinishedError
from tests.builders import a_scan_job, an_act_job
from tests.delivery import deliver_as_lambda, deliver_once
from tests.unit.world.routes import (
    DATA,
    EN,
    FINDINGS,
    HOME,
    ROUTES,
    SCHEDULE,
    WEB,
    a_world,
    owned,
    part_id,
    reports_in,
    resources_in,
    text_in,
    ts_in,
)

OTHER_TAGS = 'version = 1\n[owner]\ntags = ["Other"]'


class TestRouted:
    """Rows in the channels of their routes."""

    def test_each_channel_gets_exactly_its_rows(self) -> None:
        """The first route that matches takes a row; what no route takes stays."""
        world = a_world()
        deliver_once(SCHEDULE, world)

        assert [["2", "1", "6"]] == resources_in(world, WEB)
        assert [["3"]] == resources_in(world, DATA)
        assert [["4", "5"]] == resources_in(world, HOME)

    def test_stored_rows_equal_the_csv(self) -> None:
        """The kept rows of each report, from which its buttons act, are those of its CSV."""
        world = a_world()
        deliver_once(SCHEDULE, world)
        ids = {WEB: part_id(WEB), DATA: part_id(DATA), HOME: job_id(SCHEDULE)}
        kept = {
            channel: [
                [row.resource_id.removeprefix("arn:aws:s3:::bucket-") for row in world.reports.rows(id_)]
            ]
            for channel, id_ in ids.items()
        }

        assert kept == {channel: resources_in(world, channel) for channel in ids}

    def test_own_channel_keeps_totals_of_all(self) -> None:
        """The report's own message counts all rows, and says how many are where."""
        world = a_world()
        deliver_once(SCHEDULE, world, deployment=EN)
        (report,) = reports_in(world, HOME)
        text = text_in(world, HOME)

        assert "Found 6 violations in production. The 2 of this channel are" in report.message.text
        assert "CRITICAL  *2*" in text
        assert "HIGH  *4*" in text
        assert f"<#{WEB}> *3*  ·  <#{DATA}> *1*" in text
        assert "Mark 2 NOTIFIED" in text

    def test_part_says_of_which_report_it_is(self) -> None:
        """A part counts its own rows, and names the channel of the whole."""
        world = a_world()
        deliver_once(SCHEDULE, world, deployment=EN)

        assert "Found 3 violations in production for this channel." in text_in(world, WEB)
        assert f"Part of the scheduled report in <#{HOME}>" in text_in(world, WEB)
        assert "Mark 3 NOTIFIED" in text_in(world, WEB)

    def test_routing_calls_security_hub_no_more_often(self) -> None:
        """However many channels, it is one scan."""
        world, plain = a_world(), a_world(routes="version = 1")
        deliver_once(SCHEDULE, world)
        deliver_once(SCHEDULE, plain)

        assert sorted(map(repr, plain.findings.queries)) == sorted(map(repr, world.findings.queries))

    def test_own_report_without_rows_has_no_file(self) -> None:
        """If routes take every row, the own channel gets the totals, and neither CSV nor buttons."""
        world = a_world(FINDINGS[:3])
        deliver_once(SCHEDULE, world, deployment=EN)

        assert [] == resources_in(world, HOME)
        assert "Found 3 violations in production, all of them for other channels." in text_in(world, HOME)
        assert "NOTIFIED" not in text_in(world, HOME)

    def test_channel_without_rows_gets_no_message(self) -> None:
        """A route that takes no row is silent; a report without findings is in its own channel."""
        world = a_world(())
        deliver_once(SCHEDULE, world)

        assert [] == reports_in(world, WEB)
        assert 1 == len(reports_in(world, HOME))

    def test_route_to_own_channel_keeps_rows_there(self) -> None:
        """A route may name the report's own channel: an exception before a wider route."""
        routes = f'version = 1\n[[route]]\nowners = "ops"\nchannel = "{HOME}"\n{ROUTES.partition("1")[2]}'
        world = a_world(routes=routes)
        deliver_once(SCHEDULE, world)

        assert [["1", "6"]] == resources_in(world, WEB)
        assert [["2", "3", "4", "5"]] == resources_in(world, HOME)

    def test_two_routes_of_a_channel_are_one_message(self) -> None:
        """A channel gets the rows of all its routes in one report."""
        world = a_world(routes=ROUTES.replace(DATA, WEB))
        deliver_once(SCHEDULE, world)

        assert [["2", "3", "1", "6"]] == resources_in(world, WEB)

    def test_top_findings_are_the_most_severe_of_the_part(self) -> None:
        """The message of a part shows its first rows by severity and control, across all that was read."""
        findings = [owned(n, "web", Severity.CRITICAL if n >= 190 else Severity.HIGH) for n in range(200)] + [
            owned(n, "ops") for n in range(200, 250)
        ]
        world = a_world([replace(f, control_id=("S3.8", "EC2.19")[n % 2]) for n, f in enumerate(findings)])
        deliver_once(SCHEDULE, world)
        top = world.reports.summary(part_id(WEB)).top

        assert sorted(range(190, 200), key=lambda n: (n % 2 == 0, n)) == [
            int(finding.resource_id.rpartition("-")[2]) for finding in top
        ]

    @pytest.mark.parametrize(
        "job",
        [
            a_scan_job(query=Query(("S3.8", "EC2.19"))),
            replace(SCHEDULE, query=chosen_query([FINDINGS[0].identifiers[0]])),
            replace(SCHEDULE, query=Query(("S3.8",), statuses=(WorkflowStatus.SUPPRESSED,))),
        ],
        ids=["person", "console", "suppressed"],
    )
    def test_only_scheduled_reports_are_routed(self, job: ScanJob) -> None:
        """A report that somebody asks for is where they ask."""
        world = a_world([replace(FINDINGS[0], workflow_status=s) for s in WorkflowStatus])
        deliver_once(job, world)

        assert 1 == len(reports_in(world, HOME))
        assert [] == reports_in(world, WEB)

    def test_incomplete_report_says_so_in_each_part(self) -> None:
        """A part of a scan that was not read to its end does not look complete."""
        world = a_world([*FINDINGS, *(owned(n, "ops") for n in range(10, 50))])
        world.findings.error = UnavailableError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = 3
        deliver_once(SCHEDULE, world, deployment=EN)

        assert "This report is incomplete" in text_in(world, HOME)
        assert "This report is incomplete" in text_in(world, WEB)


class TestActed:
    """Buttons and files of a part."""

    def test_button_of_a_part_acts_on_its_rows_alone(self) -> None:
        """*Mark all new* in a route's channel marks the rows that this channel was shown."""
        world = a_world()
        deliver_once(SCHEDULE, world)
        job = an_act_job(
            part_id(WEB),
            selection=Selection(statuses=(WorkflowStatus.NEW,)),
            channel=WEB,
            message_ts=ts_in(world, WEB),
        )
        deliver_once(job, world)
        marked = {f.resource_id for f in world.findings.findings if not f.is_new}

        assert {f"arn:aws:s3:::bucket-{n}" for n in (1, 2, 6)} == marked
        assert "<@U0PERSON>" in text_in(world, WEB)
        assert "<@U0PERSON>" not in text_in(world, HOME)

    def test_thread_of_a_part_is_that_of_its_report(self) -> None:
        """A file shared in the thread of a part is compared with the part."""
        world = a_world()
        deliver_once(SCHEDULE, world)

        assert part_id(WEB) == world.reports.report_in(WEB, ts_in(world, WEB))
        assert f"report/{part_id(WEB)}".encode() in next(f[3] for f in world.messenger.files if f[0] == WEB)


REFUSALS = {
    "not-in-channel": (NotInChannelError(channel=WEB), "the bot is not in that channel"),
    "archived": (ChannelClosedError(channel=WEB, reason="is_archived"), "(`is_archived`)"),
    "shared": (ChannelSharedError(channel=WEB), "people of another organization can read that channel"),
    "forbidden": (
        UnexpectedResponseError(service="Slack", call="chat.postMessage", reason="no_permission"),
        "Slack does not take the message there (`no_permission`)",
    ),
    "scope": (
        MissingScopeError(scope="chat:write.public"),
        "Slack does not take the message there (`missing-scope`)",
    ),
}


class TestRefused:
    """Channels that cannot get their rows."""

    @pytest.mark.parametrize("name", REFUSALS)
    def test_refused_rows_are_in_own_channel_which_says_so(self, name: str) -> None:
        """The own channel gets the part too; both messages name the channel and the reason."""
        error, reason = REFUSALS[name]
        world = a_world()
        world.messenger.refusing[WEB] = error
        deliver_once(SCHEDULE, world, deployment=EN)
        own, part = reports_in(world, HOME)

        assert [["4", "5"], ["2", "1", "6"]] == resources_in(world, HOME)
        assert [["3"]] == resources_in(world, DATA)
        assert f"The 3 findings for <#{WEB}> are in a message of their own in this channel" in repr(own)
        assert f"The routing file sends these findings to <#{WEB}>" in repr(part)
        assert reason in repr(own)
        assert reason in repr(part)
        assert f"<#{DATA}> *1*" in repr(own)

    def test_buttons_of_refused_rows_work_in_own_channel(self) -> None:
        """An action on the part rewrites its message with the reason still in it."""
        world = a_world()
        world.messenger.refusing[WEB] = NotInChannelError(channel=WEB)
        deliver_once(SCHEDULE, world, deployment=EN)
        ts = next(ts for ts, p in world.messenger.posted.items() if "routing file sends" in repr(p))
        job = an_act_job(part_id(WEB), selection=Selection(statuses=(WorkflowStatus.NEW,)), message_ts=ts)
        deliver_once(job, world, deployment=EN)

        assert "<@U0PERSON> marked 3 findings NOTIFIED" in repr(world.messenger.posted[ts])
        assert "The routing file sends these findings" in repr(world.messenger.posted[ts])

    def test_outcome_stays_after_channel_admits_the_bot(self) -> None:
        """A repeated job does not post rows in their channel that it has posted in its own."""
        world = a_world()
        world.messenger.refusing[WEB] = NotInChannelError(channel=WEB)
        deliver_once(SCHEDULE, world)
        world.messenger.refusing.clear()
        deliver_once(SCHEDULE, world)

        assert [] == reports_in(world, WEB)
        assert 2 == len(reports_in(world, HOME))

    def test_failing_slack_is_tried_again_in_the_channel(self) -> None:
        """If Slack limits the rate, the other reports are posted, and this one when the job is repeated."""
        world = a_world()
        world.messenger.refusing[WEB] = ThrottledError(service="Slack", call="chat.postMessage")
        with pytest.raises(ThrottledError):
            deliver_once(SCHEDULE, world)
        assert [1, 1] == [len(reports_in(world, channel)) for channel in (HOME, DATA)]

        world.messenger.refusing.clear()
        assert deliver_as_lambda(SCHEDULE, world) is None

        assert [1, 1, 1] == [len(reports_in(world, channel)) for channel in (HOME, DATA, WEB)]

    def test_refusing_own_channel_does_not_stop_the_parts(self) -> None:
        """The channels of routes get their rows even if the report's own channel is archived."""
        world = a_world()
        world.messenger.refusing[HOME] = ChannelClosedError(channel=HOME, reason="is_archived")
        with pytest.raises(BotError):
            deliver_once(SCHEDULE, world)

        assert [1, 1] == [len(reports_in(world, channel)) for channel in (WEB, DATA)]

    def test_fault_after_the_message_moves_no_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part whose message is in its channel is not posted again in the report's own."""
        world = a_world()
        add = world.reports.add_thread

        def deny(channel: str, ts: str, report_id: str) -> None:
            if channel == WEB:
                raise AccessDeniedError(action="s3:PutObject")
            add(channel, ts, report_id)

        monkeypatch.setattr(world.reports, "add_thread", deny)
        with pytest.raises(AccessDeniedError):
            deliver_once(SCHEDULE, world)

        assert [1, 1] == [len(reports_in(world, channel)) for channel in (WEB, HOME)]


class TestTime:
    """A job whose time is up between two messages."""

    def test_late_parts_are_posted_by_the_next_delivery(self) -> None:
        """Nothing is posted twice, and the number of finished parts is the progress."""
        world = a_world()
        slices = Deadline(lambda: not world.messenger.posted, resumable=True), Deadline()
        progress: list[Progress] = []
        for deadline in slices:
            steps = Steps(world.ledger, job_id(SCHEDULE), world.clock)
            try:
                run_job(JobContext(SCHEDULE, world.ports, steps, EN, deadline))
            except UnfinishedError as error:
                progress.append(error.progress)

        assert [Progress(FINISHING, 1)] == progress
        assert [1, 1, 1] == [len(reports_in(world, channel)) for channel in (HOME, DATA, WEB)]

    def test_file_that_is_replaced_between_two_deliveries_mixes_nothing(self) -> None:
        """The rows are those of the version with which the job began, and so are their channels."""
        world = a_world([*FINDINGS, *(owned(n, "ops") for n in range(100, 600))])
        count = len(world.findings.findings)
        pages = iter([True, True, False])
        short = Deadline(lambda: next(pages, False), resumable=True)
        steps = Steps(world.ledger, job_id(SCHEDULE), world.clock)
        with pytest.raises(UnfinishedError):
            run_job(JobContext(SCHEDULE, world.ports, steps, EN, short))
        world.routing_file.data = ROUTES.replace('"web"', '"ops"').replace("version = 1", OTHER_TAGS).encode()
        run_job(JobContext(SCHEDULE, world.ports, steps, EN, Deadline(resumable=True)))

        assert [["2", "1", "6"]] == resources_in(world, WEB)
        assert [["3"]] == resources_in(world, DATA)
        assert count - 4 == len(resources_in(world, HOME)[0])
