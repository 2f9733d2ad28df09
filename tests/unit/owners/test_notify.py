"""Telling the owners of a report's rows: who hears what, once, and what Slack's failures change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.domain.finding import BOT, Finding, Severity, WorkflowStatus
from bot.domain.job import ScanJob
from bot.domain.owners.owner import Ownership, Source
from bot.domain.owners.routing import How, Mention
from bot.domain.permission import Standing
from bot.domain.row import Row
from bot.domain.slack import Message
from bot.errors import MissingScopeError, NotInChannelError, ThrottledError
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.csv_file import read_rows
from bot.usecases.context import JobContext
from bot.usecases.owners.notify import notify_owners
from bot.usecases.steps import Deadline, Steps, UnfinishedError
from tests.builders import NOW, a_csv, a_finding, a_scan_job, a_summary
from tests.delivery import DEPLOYMENT, ConcurrentActor, CrashError, FaultInjector
from tests.fakes import FakeWorld, Posted

CHANNEL, TS = "C0SECURITY", "9.000001"
ALICE, BOB = "alice@example.com", "bob@example.com"
THREAD = Mention(How.THREAD)
DIRECT = Mention(How.DM)
SCHEDULE = ScanJob("schedule/1", None, CHANNEL)
THROTTLED = ThrottledError(service="Slack", call="users.lookupByEmail")


@dataclass
class OwnedReports:
    """Reports in one world whose rows have owners, and the notifications of their owners."""

    world: FakeWorld = field(default_factory=FakeWorld)
    deadline: Deadline = field(default_factory=Deadline)
    ports: Ports | None = None
    """Other ports than the world's."""

    def __post_init__(self) -> None:
        self.world.people.emails = {ALICE: "U0ALICE00", BOB: "U0BOB0000"}
        self.world.people.handles = {"web-team": "S0WEBTEAM"}

    def save(self, owned: Mapping[Finding, tuple[str, ...]], report_id: str = "0123456789abcdef") -> None:
        """Save a report of findings, each with the names in its tag."""
        rows = [Row([finding]) for finding in owned]
        for row, names in zip(rows, owned.values(), strict=True):
            row.owner = Ownership(names, Source.TAG, "Owner") if names else Ownership((), Source.NO_TAG)
        with TemporaryDirectory() as folder:
            csv_file, lines = Path(folder, "csv"), Path(folder, "lines")
            csv_file.write_bytes(a_csv(owned, report_id=report_id))
            lines.write_text("".join(f"{row.line()}\n" for row in rows))
            self.world.reports.save(a_summary(owned, report_id=report_id, scanned_at=NOW), csv_file, lines)

    def notify(
        self,
        mention: Mention = THREAD,
        job: ScanJob = SCHEDULE,
        report_id: str = "0123456789abcdef",
        domain: str = "",
    ) -> None:
        """Tell the owners of a report."""
        self.world.routing_file.data = routing_file(mention, domain)
        context = JobContext(
            job, self.ports or self.world.ports, self._steps(report_id), DEPLOYMENT, self.deadline
        )
        notify_owners(report_id, TS, context)

    def report(self, owned: Mapping[Finding, tuple[str, ...]], report_id: str) -> str:
        """Save the schedule's next report, tell its owners, and return the message; empty without one."""
        before = len(self.world.messenger.posted)
        self.save(owned, report_id)
        self.notify(report_id=report_id)
        posted = list(self.world.messenger.posted.values())[before:]
        sections = [block for each in posted for block in each.message.blocks if "text" in block]
        return "\n".join(block["text"]["text"] for block in sections)

    def _steps(self, report_id: str) -> Steps:
        ports = self.ports or self.world.ports
        return Steps(ports.ledger, report_id, self.world.clock)

    def refuse_next_post(self) -> None:
        """Let Slack refuse the next message to a channel."""
        self.world.messenger.errors["post"] = NotInChannelError(channel=CHANNEL)

    def dies(self, mention: Mention) -> bool:
        """Tell the owners; return whether the process died."""
        try:
            self.notify(mention)
        except CrashError:
            return True
        return False

    def faults(self) -> list[str]:
        """List the people who were told twice, and the rows that were marked without telling anybody."""
        posted = [posted for ts, posted in self.world.messenger.posted.items() if ts != TS]
        told: Counter[str] = Counter()
        for each in posted:
            texts = repr(each.message.blocks)
            told.update(user for user in ("U0ALICE00", "U0BOB0000") if f"<@{user}>" in texts)
            is_direct = each.channel.startswith("D") and not each.thread_ts
            told.update([f"U{each.channel[1:]}"] if is_direct else [])
        marked = {each.resource_id for each in self.world.findings.findings if not each.is_new}
        owners = {"arn:aws:s3:::bucket-0": "U0ALICE00", "arn:aws:s3:::bucket-1": "U0BOB0000"}
        twice = [f"{user} was told {count} times" for user, count in told.items() if count > 1]
        return twice + [f"{resource} was marked" for resource in marked if not told[owners[resource]]]

    @property
    def text(self) -> str:
        """The one message in the thread."""
        (posted,) = (posted for posted in self.world.messenger.posted.values() if posted.thread_ts == TS)
        assert CHANNEL == posted.channel
        *sections, buttons = posted.message.blocks
        assert ["show_mine"] == [element["action_id"] for element in buttons["elements"]]
        return "\n".join(block["text"]["text"] for block in sections)


def routing_file(mention: Mention, domain: str = "") -> bytes:
    """Write a routing file with this table."""
    owner = ["[owner]", f'email_domain = "{domain}"'] if domain else []
    lines = [f'how = "{mention.how}"', f"at_most = {mention.at_most}"]
    lines += [f'unowned = "{mention.unowned}"'] if mention.unowned else []
    lines += ["mark_notified = true"] if mention.mark_notified else []
    return "\n".join(["version = 1", *owner, "[mention]", *lines]).encode()


@pytest.fixture
def reports() -> OwnedReports:
    """A world with two people and a user group."""
    return OwnedReports()


def findings(count: int) -> list[Finding]:
    """Make NEW findings of HIGH severity."""
    return [a_finding(number) for number in range(count)]


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


class TestDirect:
    """Direct messages."""

    def test_each_owner_gets_their_own_rows(self, reports: OwnedReports) -> None:
        """The CSV has the owner's rows and no others."""
        one, two, three = findings(3)
        reports.save({one: (ALICE,), two: (BOB,), three: (ALICE, BOB)})
        reports.notify(DIRECT)

        files = {channel: content for channel, _, _, content in reports.world.messenger.files}
        own = {
            channel: [row["resource"] for row in read_rows(content.decode("utf-8-sig").splitlines())]
            for channel, content in files.items()
        }
        assert {
            "D0ALICE00": [one.resource_id, three.resource_id],
            "D0BOB0000": [two.resource_id, three.resource_id],
        } == own

    def test_message_is_in_the_owners_language(self, reports: OwnedReports) -> None:
        """The thread has the deployment's."""
        reports.world.messenger.locales["U0ALICE00"] = Locale.EN
        reports.save({a_finding(): (ALICE,)})
        reports.notify(DIRECT)

        (direct,) = (each for each in reports.world.messenger.posted.values() if each.channel == "D0ALICE00")
        assert "You own 1 violation" in direct.message.text

    def test_person_who_has_left_since_the_look_up_gets_none(self, reports: OwnedReports) -> None:
        """A contact may be a week old; the person is named in the thread then."""
        reports.save({a_finding(): (ALICE,)})
        reports.notify(DIRECT, report_id="0123456789abcdef")
        reports.world.people.standings["U0ALICE00"] = Standing.INACTIVE
        reports.save({a_finding(2): (ALICE,)}, "2" * 16)
        reports.notify(DIRECT, report_id="2" * 16)

        assert 1 == [each.channel for each in reports.world.messenger.posted.values()].count("D0ALICE00")

    def test_group_is_mentioned_in_the_thread(self, reports: OwnedReports) -> None:
        """There is no direct message to a group."""
        reports.save({a_finding(): ("web-team",)})
        reports.notify(DIRECT)

        assert "<!subteam^S0WEBTEAM>" in reports.text

    def test_message_is_sent_once_for_a_repeated_job(self, reports: OwnedReports) -> None:
        """So is its file."""
        reports.save(dict.fromkeys(findings(2), (ALICE,)))
        for _ in range(3):
            reports.notify(DIRECT)

        assert 1 == len(reports.world.messenger.files)
        assert ["D0ALICE00", CHANNEL] == [each.channel for each in reports.world.messenger.posted.values()]

    def test_next_delivery_continues_when_the_time_is_up(self, reports: OwnedReports) -> None:
        """Those who have their message do not get another."""
        reports.save({a_finding(1): (ALICE,), a_finding(2): (BOB,)})
        left = iter([True] * 3 + [False])  # two look-ups and one message
        reports.deadline = Deadline(lambda: next(left), resumable=True)
        with pytest.raises(UnfinishedError):
            reports.notify(DIRECT)
        reports.deadline = Deadline()
        reports.notify(DIRECT)

        channels = [each.channel for each in reports.world.messenger.posted.values()]
        assert ["D0ALICE00", "D0BOB0000", CHANNEL] == channels


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


class TestProof:
    """Names that prove nothing."""

    def test_guessed_person_gets_no_direct_message(self, reports: OwnedReports) -> None:
        """A bare word of a tag is good for a mention only: their rows may be somebody else's."""
        reports.save({a_finding(): ("alice",)})
        reports.notify(DIRECT, domain="example.com")

        assert [CHANNEL] == [each.channel for each in reports.world.messenger.posted.values()]
        assert "<@U0ALICE00>" in reports.text

    def test_person_who_has_left_is_not_mentioned_instead(self, reports: OwnedReports) -> None:
        """A direct message that is refused is no reason for a mention."""
        reports.save({a_finding(1): (ALICE,)}, "1" * 16)
        reports.notify(DIRECT, report_id="1" * 16)
        reports.world.people.standings["U0ALICE00"] = Standing.INACTIVE
        reports.save({a_finding(2): (ALICE,)}, "2" * 16)
        reports.notify(DIRECT, report_id="2" * 16)

        *_, last = reports.world.messenger.posted.values()
        assert "U0ALICE00" not in repr(last.message.blocks)

    def test_file_that_cannot_be_shared_is_linked(self, reports: OwnedReports) -> None:
        """The person has their rows all the same."""
        reports.world.messenger.errors["upload"] = THROTTLED
        reports.save({a_finding(): (ALICE,)})
        reports.notify(DIRECT)

        texts = [each.message.text for each in reports.world.messenger.posted.values() if each.thread_ts]
        assert any("https://" in text for text in texts)


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
