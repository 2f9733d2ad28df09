"""Rows whose owners were reached become NOTIFIED."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.domain.finding import BOT, Finding, WorkflowStatus
from bot.domain.permission import Standing
from bot.domain.slack import Message
from tests.builders import a_finding
from tests.fakes import Posted
from tests.unit.world.owned import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    THREAD,
    TS,
    OwnedReports,
    findings,
)


class TestMark:
    """Marking the rows NOTIFIED whose owner was reached."""

    def marked(self, reports: OwnedReports) -> set[str]:
        """Return the resources of the findings that are NOTIFIED in Security Hub."""
        findings = reports.world.findings.findings
        return {each.resource_id for each in findings if each.workflow_status is WorkflowStatus.NOTIFIED}

    def save(self, reports: OwnedReports, owned: Mapping[Finding, tuple[str, ...]]) -> None:
        """Save a report of findings that Security Hub still has."""
        reports.world.findings.findings = list(owned)
        reports.save(owned)
        reports.world.messenger.posted[TS] = Posted(CHANNEL, Message("report"), None)

    def test_nothing_is_marked_unless_the_file_says_so(self, reports: OwnedReports) -> None:
        """The default is off."""
        reports.world.channels.people[CHANNEL] = frozenset({"U0ALICE00"})
        self.save(reports, {a_finding(): (ALICE,)})
        reports.notify()

        assert set() == self.marked(reports)

    def test_rows_of_a_mentioned_member_of_the_channel_are_marked(self, reports: OwnedReports) -> None:
        """A mention of somebody who is not a member of the channel notifies nobody."""
        reports.world.channels.people[CHANNEL] = frozenset({"U0ALICE00"})
        one, two, three = findings(3)
        self.save(reports, {one: (ALICE,), two: (BOB,), three: ()})
        reports.notify(replace(THREAD, mark_notified=True))

        assert {one.resource_id} == self.marked(reports)

    @pytest.mark.parametrize(("member", "count"), [("U0ALICE00", 1), ("U0BOB0000", 0)])
    def test_group_is_reached_through_a_member_of_the_channel(
        self, reports: OwnedReports, member: str, count: int
    ) -> None:
        """At least one of its people is there."""
        reports.world.people.groups["S0WEBTEAM"] = frozenset({"U0ALICE00"})
        reports.world.channels.people[CHANNEL] = frozenset({member})
        self.save(reports, {a_finding(): ("web-team",)})
        reports.notify(replace(THREAD, mark_notified=True))

        assert count == len(self.marked(reports))

    def test_rows_of_a_direct_message_are_marked(self, reports: OwnedReports) -> None:
        """Slack accepted it; membership of the channel does not matter."""
        one, two = findings(2)
        self.save(reports, {one: (ALICE,), two: (BOB,)})
        reports.world.people.standings["U0BOB0000"] = Standing.GUEST
        reports.notify(replace(DIRECT, mark_notified=True))

        assert {one.resource_id} == self.marked(reports)

    def test_report_shows_the_mark_and_its_undo(self, reports: OwnedReports) -> None:
        """It is an action of the bot like every other, in the audit log too."""
        reports.world.channels.people[CHANNEL] = frozenset({"U0ALICE00"})
        self.save(reports, {a_finding(): (ALICE,)})
        reports.notify(replace(THREAD, mark_notified=True))

        shown = repr(reports.world.messenger.posted[TS].message.blocks)
        assert "ボットが 1 件を NOTIFIED" in shown
        assert "取り消す" in shown
        (entry,) = reports.world.audit_log.about("arn:aws:s3:::bucket-1").entries
        assert BOT == entry.user_id
        assert [] == reports.world.messenger.told
