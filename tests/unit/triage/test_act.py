"""Act jobs: a click from its delivery to what people see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import FindingIdentifier, Note, WorkflowStatus
from bot.domain.job import ActJob, Requester, job_id
from bot.domain.query import chosen
from bot.domain.slack import Message
from tests.builders import PRODUCT_ARN, a_finding, a_scan_job, some_findings
from tests.delivery import ConcurrentActor, CrashError, FaultInjector, deliver_once
from tests.fakes import FakeMessenger, FakeWorld
from tests.fakes.findings import FakeFindings
from tests.unit.world.report import REPORT_ID, a_world, click, message, statuses, told

OTHER = Requester("U0OTHER", "")


NOTIFIED = WorkflowStatus.NOTIFIED


class TestOne:
    """The button beside a finding."""

    def test_marks_its_finding_alone(self) -> None:
        """The finding in that row becomes NOTIFIED, and no other."""
        world = a_world(some_findings(3))
        deliver_once(click(row=1), world)

        assert [WorkflowStatus.NEW, WorkflowStatus.NOTIFIED, WorkflowStatus.NEW] == statuses(world)

    def test_one_says_who_and_when(self) -> None:
        """The message names the person in the button's place."""
        world = a_world(some_findings(3))
        deliver_once(click(row=1), world)

        assert "<@U0PERSON> さんが NOTIFIED にしました (<!date^" in message(world)
        assert 2 == message(world).count("'notify:NEW'")
        assert 1 == message(world).count("'reopen:NOTIFIED'")
        assert [] == told(world)

    def test_marks_every_standards_finding(self) -> None:
        """A problem that three standards report is three findings, which one click marks."""
        ids = [FindingIdentifier(f"arn:{standard}", PRODUCT_ARN) for standard in ("fsbp", "cis", "nist")]
        world = a_world([a_finding(1, identifiers=(identifier,)) for identifier in ids])
        deliver_once(click(row=0), world)

        assert [WorkflowStatus.NOTIFIED] * 3 == statuses(world)
        assert {*ids} == {identifier for identifier, _ in world.findings.updated}

    def test_reads_again_by_id(self) -> None:
        """What it reads before it marks is that finding and nothing more."""
        world = a_world(some_findings(3))
        deliver_once(click(row=1), world)

        assert world.findings.findings[1].identifiers == world.findings.queries[-1].findings

    def test_one_of_a_row_that_is_not_there_marks_nothing(self) -> None:
        """A row beyond the top of the report is no finding."""
        world = a_world(some_findings(1))
        deliver_once(click(row=7), world)

        assert [] == world.findings.updated


class TestChosen:
    """A report of findings that somebody has sent from the console."""

    @pytest.mark.parametrize("row", [0, None])
    def test_chosen_are_marked_whatever_they_are(self, row: int | None) -> None:
        """A finding of no control is marked as any other, while it is NEW."""
        finding = a_finding(1, control_id="", compliance_status="")
        messenger = FakeMessenger()
        world = FakeWorld(findings=FakeFindings([finding, a_finding(2)]), messenger=messenger)
        sent = a_scan_job(query=chosen(finding.identifiers), channel=None, requester=None)
        deliver_once(sent, world)
        deliver_once(click(row), world)

        assert [WorkflowStatus.NOTIFIED, WorkflowStatus.NEW] == statuses(world)


class TestAll:
    """The button for the whole report."""

    def test_marks_all_of_the_report(self) -> None:
        """Also what the message does not show is marked."""
        world = a_world(some_findings(25))
        deliver_once(click(), world)

        assert {WorkflowStatus.NOTIFIED} == set(statuses(world))
        assert "25 件を NOTIFIED にしました" in message(world)

    def test_later_finding_is_not_marked(self) -> None:
        """A finding that came after the report is not in it, and stays NEW."""
        world = a_world(some_findings(2))
        world.findings.findings.append(a_finding(99))
        deliver_once(click(), world)

        assert WorkflowStatus.NEW == statuses(world)[-1]

    def test_counts_what_is_left(self) -> None:
        """After a click on one, all are one fewer."""
        world = a_world(some_findings(3))
        deliver_once(click(row=0), world)
        deliver_once(click(key="later"), world)

        assert "2 件を NOTIFIED にしました" in message(world)


class TestOnlyNew:
    """What somebody has decided meanwhile stays as it is."""

    @pytest.mark.parametrize(
        "status", [WorkflowStatus.NOTIFIED, WorkflowStatus.SUPPRESSED, WorkflowStatus.RESOLVED]
    )
    @pytest.mark.parametrize("row", [None, 0])
    def test_changed_finding_is_not_updated(self, status: WorkflowStatus, row: int | None) -> None:
        """A finding that is not NEW any more is not sent to Security Hub."""
        world = a_world(some_findings(2))
        world.findings.findings[0] = replace(world.findings.findings[0], workflow_status=status)
        deliver_once(click(row=row), world)

        assert status == statuses(world)[0]
        assert world.findings.findings[0].identifiers[0] not in dict(world.findings.updated)

    @pytest.mark.parametrize("row", [None, 0])
    def test_requester_is_told_when_nothing_is_new(self, row: int | None) -> None:
        """Where nothing is NEW the person is told so, and nothing is changed."""
        world = a_world(some_findings(1))
        world.findings.findings = [a_finding(0, workflow_status=WorkflowStatus.SUPPRESSED)]
        deliver_once(click(row=row), world)

        assert [] == world.findings.updated
        (text,) = told(world)
        assert "Nothing was changed." in text
        assert "somebody has changed it meanwhile" in text

    @pytest.mark.parametrize(
        ("status", "words"),
        [(WorkflowStatus.SUPPRESSED, ["1 finding was changed for some of the standards"]), (NOTIFIED, [])],
    )
    def test_only_new_of_one_standard_is_told(self, status: WorkflowStatus, words: list[str]) -> None:
        """Of a problem that two standards report, one finding may be left alone, and is not passed over."""
        ids = [FindingIdentifier(f"arn:{standard}", PRODUCT_ARN) for standard in ("fsbp", "cis")]
        world = a_world([a_finding(1, identifiers=(identifier,)) for identifier in ids])
        world.findings.findings[1] = replace(world.findings.findings[1], workflow_status=status)
        deliver_once(click(row=0), world)

        assert [NOTIFIED, status] == statuses(world)
        assert len(words) == len(told(world))
        assert all(word in text for word, text in zip(words, told(world), strict=True))

    def test_after_a_crash_either(self) -> None:
        """What somebody suppressed between a crash and the next delivery stays suppressed."""
        world = a_world(some_findings(2))
        injector = FaultInjector()
        deliver_once(click(), a_world(some_findings(2)), injector)
        with pytest.raises(CrashError):
            deliver_once(click(), world, FaultInjector(injector.calls.index("findings.update")))
        world.findings.findings[0] = replace(
            world.findings.findings[0], workflow_status=WorkflowStatus.SUPPRESSED
        )
        world.clock.move(60)
        deliver_once(click(), world)

        assert [WorkflowStatus.SUPPRESSED, WorkflowStatus.NOTIFIED] == statuses(world)

    def test_after_a_crash_nor_a_note_replaced(self) -> None:
        """What somebody wrote on a finding between a crash and the next delivery stays there."""
        world = a_world(some_findings(2))
        job = click(request=ActionRequest(Action.RESOLVE, "fixed"))
        with pytest.raises(CrashError):
            deliver_once(job, world, FaultInjector(_place_of("findings.update", job)))
        note = Note("Not fixed", "auditor")
        world.findings.findings[0] = replace(world.findings.findings[0], note=note)
        world.clock.move(60)
        deliver_once(job, world)

        assert note == world.findings.findings[0].note
        assert [WorkflowStatus.NEW, WorkflowStatus.RESOLVED] == statuses(world)


def _place_of(call: str, job: ActJob) -> int:
    injector = FaultInjector()
    deliver_once(job, a_world(some_findings(2)), injector)
    return injector.calls.index(call)


class TestSecondClick:
    """Somebody clicks what has been clicked."""

    @pytest.mark.parametrize("row", [None, 0])
    def test_second_click_does_nothing(self, row: int | None) -> None:
        """The second person is told, and the message keeps the first one's name."""
        world = a_world(some_findings(3))
        deliver_once(click(row=row), world)
        before = message(world)
        count = len(world.findings.updated)
        deliver_once(click(row=row, key="second", requester=OTHER), world)

        assert before == message(world)
        assert count == len(world.findings.updated)
        assert [OTHER.user_id] == [user_id for user_id, _ in world.messenger.told]

    @pytest.mark.parametrize("row", [None, 0])
    def test_second_click_does_nothing_while_security_hub_lags(self, row: int | None) -> None:
        """Security Hub shows NEW for minutes after an update: the report knows better."""
        world = a_world(some_findings(3))
        world.findings.lags = True
        deliver_once(click(row=row), world)
        count = len(world.findings.updated)
        deliver_once(click(row=row, key="second", requester=OTHER), world)

        assert count == len(world.findings.updated)

    def test_delivered_while_the_first_is_at_it_is_the_same(self) -> None:
        """Of two deliveries at once the later reads what the earlier has done, and does not forget it."""
        world, job = a_world(some_findings(3)), click()
        other = ConcurrentActor(before="findings.pages", act=lambda: deliver_once(job, world))
        deliver_once(job, world, other)

        assert 3 == len(list(world.actions.changes(REPORT_ID, job_id(job))))
        assert [3] == [act.changed_count for act in world.actions.acts(REPORT_ID)]
        assert [] == told(world)

    def test_second_click_of_the_same_delivery_does_nothing(self) -> None:
        """A click that Lambda delivers twice is one click."""
        world = a_world(some_findings(3))
        deliver_once(click(), world)
        deliver_once(click(), world)

        assert 3 == len(world.findings.updated)
        assert [] == told(world)


class TestTwo:
    """Two people at once."""

    def test_both_end_up_in_the_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever is shown first is not lost where the other's text, without them, comes after."""
        world = a_world(some_findings(2))
        real, second = world.messenger.update, click(row=1, key="second", requester=OTHER)

        def update(channel: str, ts: str, message: Message) -> None:
            with monkeypatch.context() as patched:
                patched.setattr(world.messenger, "update", real)
                deliver_once(second, world)
            real(channel, ts, message)

        monkeypatch.setattr(world.messenger, "update", update)
        deliver_once(click(row=0), world)

        assert "<@U0PERSON> さんが NOTIFIED" in message(world)
        assert "<@U0OTHER> さんが NOTIFIED" in message(world)
