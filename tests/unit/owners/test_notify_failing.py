"""Telling owners while Slack fails, a job is repeated, or its process dies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.owners.routing import Mention
from bot.domain.slack import Message
from bot.errors import MissingScopeError, NotInChannelError
from tests.builders import a_finding
from tests.delivery import CrashError, FaultInjector
from tests.fakes import Posted
from tests.unit.world.owned import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    THREAD,
    THROTTLED,
    TS,
    OwnedReports,
    findings,
)


class TestFailures:
    """Slack's failures."""

    def test_names_stand_in_for_mentions_when_a_scope_is_missing(self, reports: OwnedReports) -> None:
        """The message names the scope."""
        reports.world.people.errors[ALICE] = MissingScopeError(scope="users:read.email")
        reports.save({a_finding(): (ALICE,)})
        reports.notify()

        assert f"`{ALICE}`" in reports.text
        assert "users:read.email" in reports.text

    def test_failure_to_post_is_no_failure_of_the_report(self, reports: OwnedReports) -> None:
        """The report has been posted; the job goes on."""
        reports.world.messenger.errors["post"] = NotInChannelError(channel=CHANNEL)
        reports.save({a_finding(): (ALICE,)})
        reports.notify()

        assert {} == reports.world.messenger.posted


class TestRepetition:
    """A job that is delivered again."""

    def test_repeated_job_decides_as_the_first_delivery(self, reports: OwnedReports) -> None:
        """A person who could be looked up only later is not marked for a message that does not name them."""
        reports.world.findings.findings = findings(1)
        owned = dict.fromkeys(reports.world.findings.findings, (ALICE,))
        reports.save(owned)
        reports.world.messenger.posted[TS] = Posted(CHANNEL, Message("report"), None)
        reports.world.channels.people[CHANNEL] = frozenset({"U0ALICE00"})
        reports.world.people.errors[ALICE] = THROTTLED
        injector = FaultInjector(errors={"channels.members": CrashError()})
        reports.ports = injector.ports(reports.world.ports)
        assert reports.dies(replace(THREAD, mark_notified=True))
        reports.ports = None
        reports.world.people.errors.clear()
        reports.notify(replace(THREAD, mark_notified=True))

        assert reports.world.findings.findings[0].is_new
        assert "<@U0ALICE00>" in reports.report(owned, "2" * 16)


class TestDeath:
    """A process that dies about a call, and Lambda, which delivers the job again."""

    @pytest.mark.parametrize("mention", [THREAD, DIRECT], ids=["thread", "direct"])
    def test_nobody_is_told_twice_or_marked_unreached(self, mention: Mention) -> None:
        """Wherever it dies, and in the next report as well."""
        faults: list[str] = []
        for at in range(200):
            reports, injector = OwnedReports(), FaultInjector(at, late=True)
            reports.world.channels.people[CHANNEL] = frozenset({"U0ALICE00"})
            reports.world.findings.findings = findings(2)
            owned = dict(zip(reports.world.findings.findings, ((ALICE,), (BOB,)), strict=True))
            reports.save(owned)
            reports.world.messenger.posted[TS] = Posted(CHANNEL, Message("report"), None)
            reports.ports = injector.ports(reports.world.ports)
            is_dead = reports.dies(replace(mention, mark_notified=True))
            reports.ports = None
            reports.world.clock.move(60)
            reports.notify(replace(mention, mark_notified=True))
            reports.report(owned, "2" * 16)
            faults += [f"{at} {injector.calls[-1]}: {fault}" for fault in reports.faults()]
            if not is_dead:
                break

        assert [] == faults
