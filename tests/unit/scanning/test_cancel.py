"""Cancelling a long scan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.i18n import Locale
from tests.builders import PERSON, a_cancel_job
from tests.delivery import CrashError, deliver_as_lambda, deliver_once
from tests.unit.world.long_scan import (
    DROPPED,
    EN,
    FINISHED,
    FLAG,
    JOB,
    OTHER,
    REPORT,
    REPORT_ID,
    SCANNING,
    a_world,
    cancel,
    scan,
)

pytestmark = pytest.mark.usefixtures("few_are_many")

CANCELLED = "🔍 Cancelled by <@U0OTHER> after 140 findings."


class TestCancel:
    """A click on Cancel."""

    def test_cancel_stops_scan_at_next_update(self) -> None:
        """It stops at the next text that is due, posts no report, and its message says who did it."""
        world = a_world(500)
        world.findings.meanwhile[12] = lambda: cancel(world)
        scan(world)

        assert [
            SCANNING.format("110"),
            "🔍 <@U0OTHER> has cancelled the scan. It is stopping …",
            CANCELLED,
        ] == world.texts
        assert 14 == world.findings.page_count
        assert {} == world.reports.summaries

    def test_requester_learns_of_cancel_in_their_language(self) -> None:
        """Who waits for the report learns in their own language that there will be none."""
        world = a_world()
        world.findings.meanwhile[12] = lambda: cancel(world)
        deliver_once(JOB, world)

        assert [
            (PERSON.user_id, "The scan was cancelled, so there is no report. Scan again if you want one.")
        ] == world.told

    def test_cancel_stops_parallel_partitions(self) -> None:
        """Partitions that are read side by side stop too."""
        world = a_world(600)
        regions = ("ap-northeast-1", "us-east-1", "eu-west-1")
        world.findings.findings = [
            replace(finding, region=regions[number % 3])
            for number, finding in enumerate(world.findings.findings)
        ]
        world.ledger.create(FLAG, {"user_id": OTHER.user_id})
        scan(world)

        assert world.findings.page_count < 60
        assert [] == world.standing

    def test_cancelled_job_delivered_again_does_nothing(self) -> None:
        """The job delivered again does not read again, says nothing again, and posts no report."""
        world = a_world()
        world.findings.meanwhile[12] = lambda: cancel(world)
        scan(world)
        read = world.findings.page_count
        scan(world)

        assert read == world.findings.page_count
        assert [CANCELLED] == world.standing
        assert 1 == len(world.told)

    def test_cancel_survives_a_crash(self) -> None:
        """A process that dies after the click is followed by one that stops as soon as it looks."""
        world = a_world(500)

        def cancel_and_die() -> None:
            cancel(world)
            raise CrashError

        world.findings.meanwhile[12] = cancel_and_die
        deliver_as_lambda(JOB, world, deployment=EN)

        assert ["🔍 Cancelled by <@U0OTHER> after 110 findings."] == world.standing
        assert 12 + 11 == world.findings.page_count

    def test_second_cancel_changes_nothing(self) -> None:
        """A second person's click changes nothing."""
        world = a_world()
        another = a_cancel_job(REPORT_ID, key="slack/another", requester=PERSON)
        world.findings.meanwhile[12] = lambda: cancel(world)
        world.findings.meanwhile[13] = lambda: cancel(world, another)
        scan(world)

        assert [CANCELLED] == world.standing
        assert not [text for text in world.texts if PERSON.user_id in text]

    def test_ledger_keeps_who_cancelled_and_when(self) -> None:
        """The flag in the ledger says it."""
        world = a_world()
        cancel(world)

        assert {
            "user_id": "U0OTHER",
            "cancelled_at": "2026-11-24T00:30:00+00:00",
        } == world.ledger.entries[FLAG]

    def test_cancel_after_the_end_changes_nothing(self) -> None:
        """The person is told in private that the scan has ended, once for a click; what stands stays."""
        world = a_world()
        world.messenger.locales[OTHER.user_id] = Locale.JA
        scan(world)
        cancel(world)
        cancel(world)

        assert [FINISHED, REPORT] == world.standing
        assert [(OTHER.user_id, "このスキャンはすでに終了しています。")] == world.told
        assert FLAG not in world.ledger.entries

    def test_cancel_during_the_end_keeps_the_end(self) -> None:
        """A scan that ends while its cancelling is told has ended, and its message says so."""
        world = a_world()
        create = world.ledger.create

        def creating(key: str, entry: dict[str, Any]) -> bool:
            if key == FLAG:
                world.ledger.create = create  # type: ignore[method-assign]
                scan(world)
            return create(key, entry)

        world.ledger.create = creating  # type: ignore[method-assign]
        cancel(world)

        assert [FINISHED, REPORT] == world.standing
        assert "It is stopping" in world.texts[-2]

    def test_cancel_after_the_end_removes_a_lost_button(self) -> None:
        """A process that died before it knew what it had posted has left a button, which then goes away."""
        world = a_world()
        world.messenger.late_errors["post"] = DROPPED
        scan(world)
        cancel(world)

        assert [FINISHED, REPORT] == world.standing

    def test_cancel_holds_though_its_message_fails(self) -> None:
        """If the message cannot be rewritten now the scan is cancelled all the same."""
        world = a_world()

        def cancel_unseen() -> None:
            world.messenger.errors["update"] = DROPPED
            cancel(world)

        world.findings.meanwhile[12] = cancel_unseen
        scan(world)

        assert [CANCELLED] == world.standing
