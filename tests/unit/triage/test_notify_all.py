"""The button that marks all NEW findings of a report: the number that it names, and what comes of a click."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.domain.action import ALL_NEW, Action, ActionRequest
from bot.domain.finding import WorkflowStatus
from bot.domain.job import UndoJob, job_id
from bot.render.ids import NOTIFY_ALL
from tests.builders import PERSON, a_finding, some_findings
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.message import values
from tests.unit.world.report import REPORT_ID, a_world, click, statuses, told

NEW, NOTIFIED, SUPPRESSED = WorkflowStatus.NEW, WorkflowStatus.NOTIFIED, WorkflowStatus.SUPPRESSED


def offered(world: FakeWorld) -> str:
    """Return the button's value as the message has it now; empty if there is no button."""
    return "".join(values(world.messenger.posted["1.000001"].message, NOTIFY_ALL))


def press(world: FakeWorld, value: str, key: str = "press") -> None:
    """Press the button with a value, which it may have had a moment ago."""
    report_id, count, as_of = value.split(":")
    assert REPORT_ID == report_id
    selection = replace(ALL_NEW, as_of=as_of, shown_count=int(count))
    deliver_once(click(key=key, selection=selection), world)


class TestButton:
    """A click on it."""

    def test_click_marks_the_number_on_the_button(self) -> None:
        """All that is NEW becomes NOTIFIED, nobody is told more than the message says, and it goes away."""
        world = a_world([*some_findings(12), a_finding(20, workflow_status=NOTIFIED)])
        assert f"{REPORT_ID}:12:" == offered(world)
        press(world, offered(world))

        assert {NOTIFIED} == set(statuses(world))
        assert "" == offered(world)
        assert [] == told(world)

    def test_answer_counts_findings_changed_since(self) -> None:
        """The person is told how many of its number were marked; what is not NEW is offered no more."""
        world = a_world(some_findings(3))
        world.findings.findings[0] = replace(world.findings.findings[0], workflow_status=SUPPRESSED)
        press(world, offered(world))

        assert [SUPPRESSED, NOTIFIED, NOTIFIED] == statuses(world)
        assert "Marked NOTIFIED: 2 of 3; 1 has changed since" in told(world)[0]
        assert "" == offered(world)

    def test_answer_counts_findings_marked_by_others(self) -> None:
        """What somebody else has marked between the message and the click is part of the answer."""
        world = a_world(some_findings(3))
        before = offered(world)
        deliver_once(click(row=1), world)
        assert re.fullmatch(rf"{REPORT_ID}:2:[0-9a-f]{{32}}", offered(world))
        press(world, before)

        assert [NOTIFIED] * 3 == statuses(world)
        assert "Marked NOTIFIED: 2 of 3; 1 has changed since" in told(world)[0]

    def test_finding_new_after_the_message_stays_new(self) -> None:
        """What became NEW between the message and the click was not in its number, and stays."""
        world = a_world([a_finding(0, workflow_status=NOTIFIED), a_finding(1)])
        before = offered(world)
        reopen = replace(click(row=0).selection, statuses=(NOTIFIED,))
        deliver_once(click(key="reopen", request=ActionRequest(Action.REOPEN), selection=reopen), world)
        assert offered(world).startswith(f"{REPORT_ID}:2:")
        press(world, before)

        assert [NEW, NOTIFIED] == statuses(world)
        assert [] == told(world)
        assert offered(world).startswith(f"{REPORT_ID}:1:")

    def test_second_click_changes_nothing(self) -> None:
        """The second click is told that none of its number was left."""
        world = a_world(some_findings(2))
        before = offered(world)
        press(world, before)
        count = len(world.findings.updated)
        press(world, before, "again")

        assert count == len(world.findings.updated)
        assert "Marked NOTIFIED: 0 of 2; 2 have changed since" in told(world)[0]

    def test_refused_finding_is_offered_again(self) -> None:
        """What Security Hub has refused is still NEW."""
        world = a_world(some_findings(3))
        world.findings.refuse = {world.findings.findings[0].identifiers[0].id: "InternalFailure"}
        press(world, offered(world))

        assert "Marked NOTIFIED: 2 of 3\n" in told(world)[0]
        assert offered(world).startswith(f"{REPORT_ID}:1:")

    @pytest.mark.parametrize("row", [None, 0])
    def test_undone_finding_is_offered_again(self, row: int | None) -> None:
        """An undo makes findings NEW, of one row as of all."""
        world = a_world(some_findings(3))
        marking = click(row=row, key="marking")
        deliver_once(marking, world)
        undo = UndoJob("undo", REPORT_ID, job_id(marking), "C0SECURITY", "1.000001", PERSON)
        deliver_once(undo, world)

        assert offered(world).startswith(f"{REPORT_ID}:3:")
