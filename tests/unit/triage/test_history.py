"""The history as a person is told it, and the file that has all of it."""

from __future__ import annotations

import csv
import io
from dataclasses import fields, replace
from datetime import date

import pytest

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.audit import AuditEntry, ChangeStatus, parse_entry
from bot.domain.finding import WorkflowStatus
from bot.domain.job import HistoryJob, UndoJob, job_id
from bot.i18n import Locale
from bot.render.history import AuditLine, history_csv, history_text
from tests.builders import NOW, PERSON, a_finding
from tests.delivery import DEPLOYMENT, CrashError, FaultInjector, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.report import REPORT_ID, a_world, click

ALL_SUPPRESSED = Selection(statuses=(WorkflowStatus.SUPPRESSED,))
ASK = HistoryJob("slack/history", "S3.8", "C0SECURITY", PERSON)


def asked(world: FakeWorld, subject: str = "S3.8", key: str = ASK.key) -> str:
    """Ask what was done, and give the answer."""
    deliver_once(replace(ASK, subject=subject, key=key), world)
    return world.messenger.told[-1][1].text


def rows(world: FakeWorld) -> list[dict[str, str]]:
    """Read the file that was shared."""
    (content,) = world.audit_log.shared.values()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def suppressed(count: int, reason: str = "公開用", refused: tuple[int, ...] = ()) -> FakeWorld:
    """Make a world in which so many findings have been suppressed."""
    findings = [a_finding(number) for number in range(count)]
    world = a_world(findings)
    world.findings.refuse = {findings[number].identifiers[0].id: "Denied" for number in refused}
    deliver_once(click(order=ActionRequest(Action.SUPPRESS, reason)), world)
    return world


class TestFew:
    """There are no more changes than a message has room for."""

    def test_twenty_are_told(self) -> None:
        """Twenty are told one by one, and nothing is kept besides."""
        world = suppressed(20)
        text = asked(world)

        assert 20 == text.count("NEW → SUPPRESSED")
        assert {} == world.audit_log.shared

    def test_tell_a_new_note_from_a_new_status(self) -> None:
        """What a CSV has given a note alone has no change of status to show; a longer suppression has."""
        entry = AuditEntry(
            **(dict.fromkeys((field.name for field in fields(AuditEntry)), "") | {"at": NOW.isoformat()})
        )
        told = [
            AuditLine(replace(entry, before=s, after=s), ChangeStatus.MADE)
            for s in ("NOTIFIED", "SUPPRESSED")
        ]
        undone = AuditLine(replace(told[0].entry, undoes="another"), ChangeStatus.MADE)
        text = history_text("S3.8", [*told, undone], "", Locale.EN)

        assert "rewrote the note (NOTIFIED)" in text
        assert "took the new note back (NOTIFIED)" in text
        assert "SUPPRESSED → SUPPRESSED" in text

    def test_do_not_repeat_the_control(self) -> None:
        """The control that was asked for is in the title alone; asked for a resource, it is on each line."""
        world = suppressed(1)
        resource = world.findings.findings[0].resources[0].id

        assert 1 == asked(world).count("S3.8")
        assert 1 == asked(world, resource).count("S3.8")
        assert "123456789012" in asked(world)

    @pytest.mark.parametrize("locale", Locale)
    def test_say_what_was_looked_for(self, locale: Locale) -> None:
        """Nothing found is nothing of that name, which the answer repeats."""
        text = history_text("sg-0abc", [], "", locale)

        assert "`sg-0abc`" in text
        assert "ARN" in text

    def test_tell_those_of_one_name_apart(self) -> None:
        """Two Regions' resources of one name have lines that differ."""
        world = suppressed(1)
        entry = next(iter(world.audit_log.about("bucket-0")))
        both = [
            AuditLine(entry, ChangeStatus.MADE),
            AuditLine(replace(entry, region="us-east-1"), ChangeStatus.MADE),
        ]
        _, one, other = history_text("bucket-0", both, "", Locale.EN).splitlines()

        assert "`ap-northeast-1`" in one
        assert "`us-east-1`" in other

    def test_nul_lines_end_and_half_character_in_name(self) -> None:
        """A NUL, a line's end and half a character in a name, a note and a reason are told and written."""
        odd = "a\0b\n\ud800`"
        entry = next(iter(suppressed(1).audit_log.about("bucket-0")))
        strange = replace(
            entry, resource_id=f"arn:aws:s3:::{odd}", reason=odd, note_after=odd, control_id=odd
        )
        told = [AuditLine(parse_entry(strange.line()), ChangeStatus.MADE)]
        text = history_text(odd, told, "", Locale.EN)

        assert strange.is_about(odd)
        assert "\0" not in text
        assert 2 == len(text.splitlines())
        assert 2 == len(list(history_csv(told, Locale.EN)))

    def test_say_what_was_refused(self) -> None:
        """A change that Security Hub refused is no change, and says so."""
        lines = asked(suppressed(2, refused=(1,))).splitlines()

        assert ["⚠️ refused by Security Hub"] == [
            line.rpartition(" — ")[2] for line in lines if "refused" in line
        ]

    def test_say_what_has_not_been_finished(self) -> None:
        """A line is written before the change; of an act that has failed nobody knows whether it is made."""
        world = a_world([a_finding(0)])
        watch = FaultInjector()
        deliver_once(click(), a_world([a_finding(0)]), watch)
        with pytest.raises(CrashError):
            deliver_once(click(), world, FaultInjector(watch.calls.index("findings.update")))

        assert "NEW → NOTIFIED" in asked(world)
        assert "may not have been changed" in asked(world, key="slack/again")
        world.reports.summaries.clear()
        assert "may not" not in asked(world, key="slack/later")

    def test_say_what_was_left_alone_after_all(self) -> None:
        """What somebody has changed between the choice and the change is no change of the bot's."""
        world = a_world([a_finding(0), a_finding(1)])
        watch = FaultInjector()
        deliver_once(click(), a_world([a_finding(0), a_finding(1)]), watch)
        with pytest.raises(CrashError):
            deliver_once(click(), world, FaultInjector(watch.calls.index("findings.update")))
        world.findings.findings[0] = a_finding(0, workflow_status=WorkflowStatus.RESOLVED)
        world.clock.move(60)
        deliver_once(click(), world)

        assert "left alone after all" in asked(world, "bucket-0")
        assert "⚠️" not in asked(world, "bucket-1", "slack/again")
        world.actions.made.clear()  # a day before the rest expires
        assert "⚠️" not in asked(world, "bucket-0", "slack/later")

    def test_say_until_when_an_undo_suppresses_again(self) -> None:
        """What is taken back may be suppressed anew, until the day that it had."""
        world = a_world([a_finding(0)])
        deliver_once(click(order=ActionRequest(Action.SUPPRESS, "for now", date(2026, 12, 31))), world)
        reopen = click(key="reopen", order=ActionRequest(Action.REOPEN), selection=ALL_SUPPRESSED)
        deliver_once(reopen, world)
        undo = UndoJob("undo", REPORT_ID, job_id(reopen), "C0SECURITY", "1.000001", PERSON)
        deliver_once(undo, world)

        assert 2 == asked(world).count("until 2026-12-31")


class TestVeryMany:
    """There are more acts than are looked into while somebody waits."""

    def test_are_not_all_told_and_it_says_so(self) -> None:
        """What was found is told, and that there are older acts."""
        world = suppressed(2)
        world.audit_log.most_acts = 0
        none = asked(world)
        world.clock.move(10)
        deliver_once(click(key="reopen", order=ActionRequest(Action.REOPEN), selection=ALL_SUPPRESSED), world)
        world.audit_log.most_acts = 1
        some = asked(world, "bucket-0", "slack/again")

        assert "None of the latest 500 actions that may concern `S3.8` changed it." in none
        assert "Older actions were not checked." in none
        assert "SUPPRESSED → NEW" in some
        assert "NEW → SUPPRESSED" not in some
        assert "Only the latest 500 actions were checked" in some


class TestMany:
    """There are more changes than a message has room for."""

    def test_are_in_a_file(self) -> None:
        """The newest are told; a link leads who asked to all, with before, after, who and why."""
        world = suppressed(25)
        text = asked(world)

        assert 20 == text.count("NEW → SUPPRESSED")
        assert f"<https://bucket.example/histories/{job_id(ASK)}.csv" in text
        assert 25 == len(rows(world))
        first = rows(world)[0]
        assert ("NEW", "SUPPRESSED", "公開用", "U0PERSON", "") == tuple(
            first[name] for name in ("before", "after", "reason", "user_id", "outcome")
        )
        assert [] == world.messenger.files[1:], "a file in the thread is for all"

    def test_mark_what_was_refused(self) -> None:
        """Also among those that the message does not name."""
        world = suppressed(25, refused=(3, 24))
        asked(world)

        assert ["refused", "refused"] == [row["outcome"] for row in rows(world) if row["outcome"]]

    def test_reason_that_spreadsheet_would_run_is_text(self) -> None:
        """A reason that a spreadsheet would run is text."""
        world = suppressed(21, "=cmd()")
        asked(world)

        assert {"'=cmd()"} == {row["reason"] for row in rows(world)}

    def test_repeat_of_job_tells_nothing_again(self) -> None:
        """A repeat of the job tells nothing again."""
        world = suppressed(21)
        asked(world)
        told = len(world.messenger.told)
        deliver_once(ASK, world, deployment=DEPLOYMENT)

        assert told == len(world.messenger.told)
