"""The history in a message, and as a file."""

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
from bot.domain.words.history import HistoryQuery
from bot.i18n import Locale
from bot.render.history import AuditLine, history_csv, history_text
from tests.builders import NOW, PERSON, a_finding
from tests.delivery import DEPLOYMENT, CrashError, FaultInjector, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.report import REPORT_ID, a_world, click

ALL_SUPPRESSED = Selection(statuses=(WorkflowStatus.SUPPRESSED,))
ASK = HistoryJob("slack/history", "S3.8", "C0SECURITY", PERSON)


def asked(world: FakeWorld, subject: str = "S3.8", key: str = ASK.key) -> str:
    """Ask for a history, and return the answer."""
    deliver_once(replace(ASK, subject=subject, key=key), world)
    return world.messenger.told[-1][1].text


def rows(world: FakeWorld) -> list[dict[str, str]]:
    """Read the file that was shared."""
    (content,) = world.reports.shared.values()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def suppressed(count: int, reason: str = "公開用", refused: tuple[int, ...] = ()) -> FakeWorld:
    """Make a world in which so many findings have been suppressed."""
    findings = [a_finding(number) for number in range(count)]
    world = a_world(findings)
    world.findings.refuse = {findings[number].identifiers[0].id: "Denied" for number in refused}
    deliver_once(click(request=ActionRequest(Action.SUPPRESS, reason)), world)
    return world


class TestFew:
    """A history that fits into a message."""

    def test_twenty_changes_are_listed(self) -> None:
        """The message lists twenty changes, and no file is stored."""
        world = suppressed(20)
        text = asked(world)

        assert 20 == text.count("NEW → SUPPRESSED")
        assert {} == world.reports.shared

    def test_change_of_note_alone_shows_no_status(self) -> None:
        """A note from a CSV has no change of status to show; a longer suppression has."""
        entry = AuditEntry(
            **(dict.fromkeys((field.name for field in fields(AuditEntry)), "") | {"at": NOW.isoformat()})
        )
        told = [
            AuditLine(replace(entry, before=s, after=s), ChangeStatus.MADE)
            for s in ("NOTIFIED", "SUPPRESSED")
        ]
        undone = AuditLine(replace(told[0].entry, undoes="another"), ChangeStatus.MADE)
        text = history_text(HistoryQuery("S3.8"), [*told, undone], "", Locale.EN)

        assert "rewrote the note (NOTIFIED)" in text
        assert "took the new note back (NOTIFIED)" in text
        assert "SUPPRESSED → SUPPRESSED" in text

    def test_control_is_named_once(self) -> None:
        """The history of a control names it in the title alone; that of a resource names it on each line."""
        world = suppressed(1)
        resource = world.findings.findings[0].resources[0].id

        assert 1 == asked(world).count("S3.8")
        assert 1 == asked(world, resource).count("S3.8")
        assert "123456789012" in asked(world)

    @pytest.mark.parametrize("locale", Locale)
    def test_empty_history_repeats_the_subject(self, locale: Locale) -> None:
        """The answer names the control or resource that was not found."""
        text = history_text(HistoryQuery("sg-0abc"), [], "", locale)

        assert "`sg-0abc`" in text
        assert "ARN" in text

    def test_resources_of_one_name_have_different_lines(self) -> None:
        """Two Regions' resources of one name can be told apart."""
        world = suppressed(1)
        entry = next(iter(world.audit_log.about("bucket-0")))
        both = [
            AuditLine(entry, ChangeStatus.MADE),
            AuditLine(replace(entry, region="us-east-1"), ChangeStatus.MADE),
        ]
        _, one, other = history_text(HistoryQuery("bucket-0"), both, "", Locale.EN).splitlines()

        assert "`ap-northeast-1`" in one
        assert "`us-east-1`" in other

    def test_odd_characters_are_listed(self) -> None:
        """A NUL, a line's end and half a character in a name, a note and a reason are listed and written."""
        odd = "a\0b\n\ud800`"
        entry = next(iter(suppressed(1).audit_log.about("bucket-0")))
        strange = replace(
            entry, resource_id=f"arn:aws:s3:::{odd}", reason=odd, note_after=odd, control_id=odd
        )
        told = [AuditLine(parse_entry(strange.line()), ChangeStatus.MADE)]
        text = history_text(HistoryQuery(odd), told, "", Locale.EN)

        assert strange.is_about(odd)
        assert "\0" not in text
        assert 2 == len(text.splitlines())
        assert 2 == len(list(history_csv(told, Locale.EN)))

    def test_refused_change_is_marked(self) -> None:
        """A change that Security Hub refused is no change."""
        lines = asked(suppressed(2, refused=(1,))).splitlines()

        assert ["⚠️ refused by Security Hub"] == [
            line.rpartition(" — ")[2] for line in lines if "refused" in line
        ]

    def test_change_of_failed_action_is_marked(self) -> None:
        """The entry is written before the change, so nobody knows whether it was made."""
        world = a_world([a_finding(0)])
        watch = FaultInjector()
        deliver_once(click(), a_world([a_finding(0)]), watch)
        with pytest.raises(CrashError):
            deliver_once(click(), world, FaultInjector(watch.calls.index("findings.update")))

        assert "NEW → NOTIFIED" in asked(world)
        assert "may not have been changed" in asked(world, key="slack/again")
        world.reports.summaries.clear()
        assert "may not" not in asked(world, key="slack/later")

    def test_skipped_change_is_marked(self) -> None:
        """A finding that somebody changed between the choice and the update was not changed by the bot."""
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

    def test_undo_that_suppresses_again_shows_last_day(self) -> None:
        """An undo of a reopening restores the last day."""
        world = a_world([a_finding(0)])
        deliver_once(click(request=ActionRequest(Action.SUPPRESS, "for now", date(2026, 12, 31))), world)
        reopen = click(key="reopen", request=ActionRequest(Action.REOPEN), selection=ALL_SUPPRESSED)
        deliver_once(reopen, world)
        undo = UndoJob("undo", REPORT_ID, job_id(reopen), "C0SECURITY", "1.000001", PERSON)
        deliver_once(undo, world)

        assert 2 == asked(world).count("until 2026-12-31")


class TestVeryMany:
    """A history of more actions than are searched."""

    def test_history_of_too_many_actions_says_so(self) -> None:
        """The message has the changes that were found, and says that older actions were not searched."""
        world = suppressed(2)
        world.audit_log.most_acts = 0
        none = asked(world)
        world.clock.move(10)
        deliver_once(
            click(key="reopen", request=ActionRequest(Action.REOPEN), selection=ALL_SUPPRESSED), world
        )
        world.audit_log.most_acts = 1
        some = asked(world, "bucket-0", "slack/again")

        assert "None of the latest 500 actions that may concern `S3.8` changed it." in none
        assert "Older actions were not checked." in none
        assert "SUPPRESSED → NEW" in some
        assert "NEW → SUPPRESSED" not in some
        assert "Only the latest 500 actions were checked" in some


class TestMany:
    """A history that does not fit into a message."""

    def test_many_changes_are_in_a_file(self) -> None:
        """The message links to a CSV of all changes for the requester alone."""
        world = suppressed(25)
        text = asked(world)

        assert 20 == text.count("NEW → SUPPRESSED")
        assert f"<https://bucket.example/shared/{job_id(ASK)}.csv" in text
        assert 25 == len(rows(world))
        first = rows(world)[0]
        assert ("NEW", "SUPPRESSED", "公開用", "U0PERSON", "") == tuple(
            first[name] for name in ("before", "after", "reason", "user_id", "outcome")
        )
        assert [] == world.messenger.files[1:], "a file in the thread is for all"

    def test_file_marks_refused_changes(self) -> None:
        """The file marks also those that the message does not list."""
        world = suppressed(25, refused=(3, 24))
        asked(world)

        assert ["refused", "refused"] == [row["outcome"] for row in rows(world) if row["outcome"]]

    def test_reason_that_spreadsheet_would_run_is_text(self) -> None:
        """A cell of the file is no formula."""
        world = suppressed(21, "=cmd()")
        asked(world)

        assert {"'=cmd()"} == {row["reason"] for row in rows(world)}

    def test_repeated_job_sends_nothing_again(self) -> None:
        """A second delivery of the job sends no message."""
        world = suppressed(21)
        asked(world)
        told = len(world.messenger.told)
        deliver_once(ASK, world, deployment=DEPLOYMENT)

        assert told == len(world.messenger.told)
