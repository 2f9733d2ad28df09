"""The message about owners in a report's thread: who is mentioned in it, and in the next reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.owners.routing import Mention
from bot.domain.permission import Standing
from bot.errors import MissingScopeError
from tests.builders import a_finding, a_scan_job
from tests.delivery import ConcurrentActor
from tests.unit.world.owned import (
    ALICE,
    BOB,
    DIRECT,
    THREAD,
    THROTTLED,
    OwnedReports,
    findings,
)


class TestThread:
    """The message in the report's thread."""

    def test_nothing_is_posted_without_a_table_of_mentions(self, reports: OwnedReports) -> None:
        """Without a routing file the report is all."""
        reports.save(dict.fromkeys(findings(2), (ALICE,)))
        reports.notify(Mention())

        assert {} == reports.world.messenger.posted
        assert [] == reports.world.people.looked_up

    def test_owners_are_mentioned_with_their_counts(self, reports: OwnedReports) -> None:
        """A person and a group, each with the number of new rows and of all."""
        one, two, old = a_finding(1), a_finding(2), a_finding(3, workflow_status=WorkflowStatus.NOTIFIED)
        reports.save({one: (ALICE,), two: ("web-team", ALICE), old: (ALICE,)})
        reports.notify()

        assert "<@U0ALICE00> 新規 2 件 (全 3 件)" in reports.text
        assert "<!subteam^S0WEBTEAM> 新規 1 件: " in reports.text

    def test_message_is_posted_once_for_a_repeated_job(self, reports: OwnedReports) -> None:
        """Each delivery of the job finds the step done."""
        reports.save(dict.fromkeys(findings(2), (ALICE,)))
        for _ in range(3):
            reports.notify()

        assert 1 == len(reports.world.messenger.posted)

    def test_owners_above_the_limit_are_named(self, reports: OwnedReports) -> None:
        """The most severe is mentioned."""
        reports.save({a_finding(1, severity=Severity.LOW): (ALICE,), a_finding(2): (BOB,)})
        reports.notify(replace(THREAD, at_most=1))

        assert "<@U0BOB0000>" in reports.text
        assert "U0ALICE00" not in reports.text
        assert f"`{ALICE}`" in reports.text

    @pytest.mark.parametrize(
        ("standing", "reason"),
        [(Standing.GUEST, "ゲスト"), (Standing.EXTERNAL, "他の組織"), (Standing.INACTIVE, "該当者なし")],
    )
    def test_only_members_are_mentioned(self, reports: OwnedReports, standing: Standing, reason: str) -> None:
        """The message gives the reason."""
        reports.world.people.standings["U0ALICE00"] = standing
        reports.save({a_finding(): (ALICE,)})
        reports.notify()

        assert "<@" not in reports.text
        assert reason in reports.text

    def test_unowned_rows_go_to_their_contact_with_the_reason(self, reports: OwnedReports) -> None:
        """Somebody looks after what nobody owns."""
        reports.save(dict.fromkeys(findings(3), ()))
        reports.notify(replace(THREAD, unowned="S0SECURITY1"))

        assert "担当者なし: 3 件 (タグなし 3 件) → <!subteam^S0SECURITY1>" in reports.text

    @pytest.mark.parametrize("name", ["<!channel>", "@here", "`*_~", "<@U0ALICE00>", "C0SECRET00", "x" * 256])
    def test_hostile_name_mentions_nobody(self, reports: OwnedReports, name: str) -> None:
        """A name from a tag is text in a code span, of bounded length."""
        reports.save({a_finding(): (name,)})
        reports.notify()

        assert "<" not in reports.text
        assert "@here" not in reports.text.replace("`@here`", "")
        assert "x" * 81 not in reports.text

    def test_handled_rows_alone_are_no_message(self, reports: OwnedReports) -> None:
        """Nobody has to hear of rows that were dealt with."""
        reports.save({a_finding(workflow_status=WorkflowStatus.NOTIFIED): (ALICE,)})
        reports.notify()

        assert {} == reports.world.messenger.posted


class TestSchedule:
    """The reports of a schedule, one after the other."""

    def test_known_rows_are_not_mentioned_again(self, reports: OwnedReports) -> None:
        """The second report is silent, and makes no look-up."""
        owned = dict.fromkeys(findings(2), (ALICE,))
        first = reports.report(owned, "1" * 16)
        reports.world.people.looked_up.clear()

        assert "U0ALICE00" in first
        assert "" == reports.report(owned, "2" * 16)
        assert [] == reports.world.people.looked_up

    def test_owner_of_a_new_row_is_mentioned(self, reports: OwnedReports) -> None:
        """With the number of new rows beside that of all."""
        one, two = findings(2)
        reports.report({one: (ALICE,)}, "1" * 16)

        assert "<@U0ALICE00> 新規 1 件 (全 2 件)" in reports.report({one: (ALICE,), two: (ALICE,)}, "2" * 16)

    def test_row_that_failed_again_is_new(self, reports: OwnedReports) -> None:
        """It passed after the report before."""
        reports.report({a_finding(): (ALICE,)}, "1" * 16)
        again = a_finding(first_observed_at="2026-11-25T00:00:00.000Z")

        assert "U0ALICE00" in reports.report({again: (ALICE,)}, "2" * 16)

    def test_person_who_asks_gets_all_new_rows(self, reports: OwnedReports) -> None:
        """A report on demand does not depend on the schedule's memory, nor does it change it."""
        owned = {a_finding(): (ALICE,)}
        reports.report(owned, "1" * 16)
        memory = dict(reports.world.owner_memory.mentioned)
        reports.save(owned, "2" * 16)
        reports.notify(job=a_scan_job(), report_id="2" * 16)

        assert 2 == len(reports.world.messenger.posted)
        assert memory == reports.world.owner_memory.mentioned

    def test_owner_above_the_limit_is_mentioned_next_time(self, reports: OwnedReports) -> None:
        """A limit delays a mention, and loses none."""
        owned = {a_finding(1): (ALICE,), a_finding(2): (BOB,)}
        reports.save(owned, "1" * 16)
        reports.notify(replace(THREAD, at_most=1), report_id="1" * 16)

        second = reports.report(owned, "2" * 16)

        assert "U0BOB0000" in second
        assert "U0ALICE00" not in second

    def test_owner_who_was_not_looked_up_is_mentioned_next_time(self, reports: OwnedReports) -> None:
        """Slack's failure delays a mention, and loses none."""
        reports.world.people.errors[ALICE] = THROTTLED
        owned = {a_finding(): (ALICE,)}
        first = reports.report(owned, "1" * 16)
        reports.world.people.errors.clear()

        assert "U0ALICE00" not in first
        assert "<@U0ALICE00>" in reports.report(owned, "2" * 16)


class TestMemory:
    """The memory of a schedule."""

    def test_row_that_gets_an_owner_is_told(self, reports: OwnedReports) -> None:
        """It was nobody's in the report before."""
        reports.report({a_finding(): ()}, "1" * 16)

        assert "<@U0ALICE00>" in reports.report({a_finding(): (ALICE,)}, "2" * 16)

    def test_person_who_joins_is_told(self, reports: OwnedReports) -> None:
        """They were not in Slack at the report before; a miss is remembered for an hour."""
        owned = {a_finding(): ("new@example.com",)}
        reports.report(owned, "1" * 16)
        reports.world.people.emails["new@example.com"] = "U0NEW0000"
        reports.world.clock.move(3600)

        assert "<@U0NEW0000>" in reports.report(owned, "2" * 16)

    def test_failing_mark_repeats_no_mention(self, reports: OwnedReports) -> None:
        """The rows are remembered before they are marked."""
        reports.world.channels.error = MissingScopeError(scope="channels:read")
        owned = {a_finding(): (ALICE,)}
        mentions = []
        for number in (1, 2):
            reports.save(owned, str(number) * 16)
            reports.notify(replace(THREAD, mark_notified=True), report_id=str(number) * 16)
            mentions.append(len(reports.world.messenger.posted))

        assert [1, 1] == mentions

    def test_other_owner_of_a_row_is_told_later(self, reports: OwnedReports) -> None:
        """The one above the limit hears of it with the next report, and the first does not again."""
        owned = {a_finding(): (ALICE, BOB)}
        reports.save(owned, "1" * 16)
        reports.notify(replace(THREAD, at_most=1), report_id="1" * 16)

        second = reports.report(owned, "2" * 16)

        assert "U0BOB0000" in second
        assert "U0ALICE00" not in second

    def test_refused_thread_repeats_no_direct_message(self, reports: OwnedReports) -> None:
        """Those who have their message do not get it with each report."""
        owned = {a_finding(1): (ALICE,), a_finding(2): ("web-team",)}
        refuse = ConcurrentActor(before="messenger.post", act=reports.refuse_next_post)
        reports.ports = refuse.ports(reports.world.ports)
        for number in (1, 2):
            reports.save(owned, str(number) * 16)
            reports.notify(DIRECT, report_id=str(number) * 16)

        channels = [each.channel for each in reports.world.messenger.posted.values()]
        assert 1 == channels.count("D0ALICE00")
