"""Applying what a person has edited in a report's CSV."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bot.domain.finding import FindingIdentifier, Note
from bot.domain.job import ApplyEditJob, Requester, job_id
from bot.domain.slack import Message
from bot.errors import (
    AccessDeniedError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.usecases.steps import PATIENCE
from tests.builders import PERSON, PRODUCT_ARN, a_finding, a_note, some_findings
from tests.delivery import CrashError, FaultInjector, deliver_as_lambda, deliver_once
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings
from tests.unit.world.csv_edit import (
    PREVIEW,
    THREAD,
    drop,
    edited,
    press,
    preview_text,
    shown,
    status,
)
from tests.unit.world.report import NEW, NOTIFIED, REPORT_ID, RESOLVED, a_world, statuses, told

OTHER = Requester("U0OTHER", "")


class TestApply:
    """What is done after the confirm."""

    def test_apply_changes_the_previewed_findings_only(self) -> None:
        """Each finding gets its status and note, and no other is touched."""
        world = a_world([a_finding(1), a_finding(2, note=a_note("old")), a_finding(3), a_finding(4)])
        drop(
            world,
            edited(
                world, (0, status("NOTIFIED")), (1, {"note": "new"}), (2, status("RESOLVED", "fixed\ntoday"))
            ),
        )
        deliver_once(press(world), world)

        assert [NOTIFIED, NEW, RESOLVED, NEW] == statuses(world)
        notes = [finding.note for finding in world.findings.findings]
        assert [None, "new", "fixed\ntoday", None] == [note.text if note else None for note in notes]
        assert 3 == len(world.findings.updated)

    def test_applied_preview_names_the_actor_and_has_no_button(self) -> None:
        """The preview names who has applied it and has no button; the report says what came of it."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED")), (1, status("SUPPRESSED", "ok"))))
        deliver_once(press(world), world)

        assert "<@U0PERSON> さんが適用し、2 件を変更しました" in preview_text(world)
        assert "button" not in preview_text(world)
        assert "ボタンを押すまで" not in preview_text(world)
        report = str(world.messenger.posted[THREAD].message.blocks)
        assert "NOTIFIED にしました" in report
        assert "抑制しました" in report

    def test_apply_closes_the_preview_without_the_report_message(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A report whose message somebody has deleted keeps nobody from what was applied."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        update = world.messenger.update

        def gone(channel: str, ts: str, wanted: Message) -> None:
            if ts == THREAD:
                raise UnexpectedResponseError(service="Slack", call="chat.update", reason="message_not_found")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", gone)

        assert None is deliver_as_lambda(press(world), world)
        assert [NOTIFIED, NEW] == statuses(world)
        assert "<@U0PERSON> さんが適用し、1 件を変更しました" in preview_text(world)
        assert "message_not_found" in told(world)[-1]

    def test_apply_tells_the_presser_without_the_preview_message(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was done is done, and no failure: the report has it, and the person hears that it was."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job, update = press(world), world.messenger.update

        def gone(channel: str, ts: str, wanted: Message) -> None:
            if ts == PREVIEW:
                raise UnexpectedResponseError(service="Slack", call="chat.update", reason="message_not_found")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", gone)

        assert None is deliver_as_lambda(job, world)
        assert [NOTIFIED, NEW] == statuses(world)
        (text,) = told(world)
        assert "applied it, which changed 1 finding" in text
        assert "message_not_found" in text

    def test_apply_retries_the_preview_message_on_an_outage(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Slack may have a bad minute."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job, update = press(world), world.messenger.update
        failing = [1]

        def late(channel: str, ts: str, wanted: Message) -> None:
            if ts == PREVIEW and failing:
                failing.pop()
                raise UnavailableError(service="Slack", call="chat.update")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", late)

        assert None is deliver_as_lambda(job, world)
        assert "1 件を変更しました" in preview_text(world)

    def test_findings_with_the_same_change_are_updated_together(self) -> None:
        """What gets the same follows each other, so that each call can take a hundred."""
        world = a_world(some_findings(9))
        kinds = [status("NOTIFIED"), status("SUPPRESSED", "ok"), status("RESOLVED", "done")]
        drop(world, edited(world, *((n, kinds[n % 3]) for n in range(9))))
        deliver_once(press(world), world)

        values = [str(values) for _, values in world.findings.updated]
        assert 3 == len(set(values))
        assert 2 == sum(one != other for one, other in pairwise(values))

    def test_apply_changes_every_finding_of_a_problem(self) -> None:
        """A problem that two standards report, one of them NOTIFIED already, becomes RESOLVED in both."""
        one, other = (FindingIdentifier(f"arn:{name}", PRODUCT_ARN) for name in ("fsbp", "cis"))
        world = a_world(
            [a_finding(1, identifiers=(one,)), a_finding(1, identifiers=(other,), workflow_status=NOTIFIED)]
        )
        drop(world, edited(world, (0, status("RESOLVED"))))
        deliver_once(press(world), world)

        assert [RESOLVED, RESOLVED] == statuses(world)

    def test_note_edit_keeps_the_status_of_each_finding(self) -> None:
        """Only the note changes where only the note was edited, whatever the status of each finding."""
        one, other = (FindingIdentifier(f"arn:{name}", PRODUCT_ARN) for name in ("fsbp", "cis"))
        world = a_world(
            [a_finding(1, identifiers=(one,)), a_finding(1, identifiers=(other,), workflow_status=NOTIFIED)]
        )
        drop(world, edited(world, (0, {"note": "seen"})))
        deliver_once(press(world), world)

        assert [NEW, NOTIFIED] == statuses(world)
        assert "1 件を変更しました" in preview_text(world)
        assert "1 件のメモを書き換えました" in str(world.messenger.posted[THREAD].message.blocks)
        assert "NEW に戻しました" not in str(world.messenger.posted[THREAD].message.blocks)
        assert ["seen"] * 2 == [finding.note.text for finding in world.findings.findings if finding.note]

    def test_apply_skips_findings_that_have_changed(self) -> None:
        """A finding that somebody has resolved meanwhile stays so, and the message says how many."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED")), (1, status("NOTIFIED"))))
        change(world, 0, workflow_status=RESOLVED)
        deliver_once(press(world), world)

        assert [RESOLVED, NOTIFIED] == statuses(world)
        assert "1 件は変更していません" in preview_text(world)

    def test_apply_keeps_a_later_note(self) -> None:
        """A note that somebody wrote after the report stays; the person's own is on the finding too."""
        world = a_world([a_finding(1, note=a_note("old"))])
        drop(world, edited(world, (0, status("RESOLVED", "mine"))))
        change(world, 0, note=Note("theirs", "somebody"))
        deliver_once(press(world), world)

        (finding,) = world.findings.findings
        assert RESOLVED == finding.workflow_status
        assert Note("theirs", "somebody") == finding.note
        assert "mine" in dict(finding.user_fields).values()
        assert any("keeps the note" in text for text in told(world))

    def test_old_note_is_no_reason_to_suppress(self) -> None:
        """A note that was there before says why of something else: the row is left out."""
        world = a_world([a_finding(1, note=a_note("old"))])
        drop(world, edited(world, (0, status("SUPPRESSED"))))

        assert "2 行目 — SUPPRESSED にする理由を新しいメモに書いてください" in str(shown(world).blocks)
        assert {} == world.actions.plans

    def test_untouched_note_of_the_bot_stays(self) -> None:
        """Whoever has seen the bot's note in the file, and has not touched it, finds it there afterwards."""
        note = Note("Suppressed by X: ok", "sechub-bot")
        world = a_world([a_finding(1, note=note)])
        drop(world, edited(world, (0, status("RESOLVED"))))
        deliver_once(press(world), world)

        (finding,) = world.findings.findings
        assert RESOLVED == finding.workflow_status
        assert note == finding.note

    def test_note_edit_beside_a_later_note_changes_nothing(self) -> None:
        """Where somebody has written another note meanwhile nothing is left of an edit of the note."""
        world = a_world([a_finding(1)])
        drop(world, edited(world, (0, {"note": "mine"})))
        change(world, 0, note=Note("theirs", "somebody"))
        deliver_once(press(world), world)

        assert [] == world.findings.updated
        assert "0 件を変更しました" in preview_text(world)
        assert any("changed" in text for text in told(world))

    def test_reason_keeps_512_characters(self) -> None:
        """Where somebody else's note stays the person's own is on the finding whole, as the message says."""
        world = a_world([a_finding(1)])
        drop(world, edited(world, (0, status("SUPPRESSED", "x" * 512))))
        change(world, 0, note=Note("theirs", "somebody"))
        deliver_once(press(world), world)

        (finding,) = world.findings.findings
        assert "x" * 512 == dict(finding.user_fields)["sechub-bot/reason"]

    def test_second_press_after_the_end_is_told_the_actor(self) -> None:
        """Two people press, or one twice: it is done once, and the second is told by whom."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        first, second = press(world, "1"), press(world, "2", OTHER)
        deliver_once(first, world)
        world.clock.move(3600)
        deliver_once(second, world)
        deliver_once(first, world)

        assert 1 == len(world.findings.updated)
        assert [("U0OTHER", "<@U0PERSON> has applied these changes already.")] == [
            (user_id, message.text) for user_id, message in world.messenger.told
        ]

    def test_press_after_a_failed_one_acts_in_its_name(self) -> None:
        """The next press does what the first could not, in the name of the first."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        world.findings.error = AccessDeniedError(action="securityhub:GetFindings")
        world.findings.fail_at_page = 1
        deliver_as_lambda(press(world, "1"), world)
        world.findings.fail_at_page = None
        assert "途中で失敗しました" not in str(shown(world))  # nothing was changed
        second = press(world, "2", OTHER)
        deliver_once(second, world)
        deliver_once(second, world)

        assert [NOTIFIED, NEW] == statuses(world)
        assert 1 == len(world.findings.updated)
        assert "<@U0PERSON> さんが適用し、1 件を変更しました" in preview_text(world)

    def test_press_after_a_half_done_one_finishes_it(self) -> None:
        """Where the first click fails on the way, its act is taken to its end, by whoever presses then."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job, *others = press(world, "1"), press(world, "2", OTHER), press(world, "3", OTHER)
        world.findings.lasting_update_error = UnavailableError(
            service="AWS", call="securityhub:BatchUpdateFindings"
        )
        deliver_as_lambda(job, world)
        world.findings.lasting_update_error = None
        assert "<@U0PERSON> さんが適用しましたが、途中で失敗しました" in preview_text(world)
        assert "ボタンを押すまで" not in preview_text(world)
        assert "'apply_edit'" in preview_text(world)
        for other in others:
            deliver_once(other, world)

        assert [NOTIFIED, NEW] == statuses(world)
        assert 1 == len(world.findings.updated)
        assert "<@U0PERSON> さんが適用し、1 件を変更しました" in preview_text(world)
        assert [act_id(job)] == [act.act_id for act in world.actions.acts(REPORT_ID)]
        assert "has applied these changes already" in world.messenger.told[-1][1].text

    def test_press_beside_a_running_one_does_the_same_work(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The second person is told who began, and both presses end with one act and its result."""
        world = a_world(some_findings(2))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        first, second = press(world, "1"), press(world, "2", OTHER)
        update = FakeFindings.update
        with monkeypatch.context() as running:

            def meanwhile(findings: FakeFindings, updates: Any) -> Any:
                running.undo()
                deliver_once(second, world)
                return update(findings, updates)

            running.setattr(FakeFindings, "update", meanwhile)
            deliver_once(first, world)

        assert [NOTIFIED, NEW] == statuses(world)
        (result,) = world.actions.acts(REPORT_ID)
        assert PERSON.user_id == result.user_id
        assert 1 == result.changed_count
        assert "<@U0PERSON> さんが適用し、1 件を変更しました" in preview_text(world)
        assert ["<@U0PERSON> began to apply these changes, and your press continues that."] == told(world)

    @pytest.mark.parametrize("late", [False, True])
    def test_crash_anywhere_is_finished_by_another_press(self, *, late: bool) -> None:
        """Wherever the first press dies, the next one ends with one act and a closed preview."""
        for at in range(100):
            world = a_world(some_findings(2))
            drop(world, edited(world, (0, status("NOTIFIED", "seen"))))
            job, other = press(world, "1"), press(world, "2", OTHER)
            injector = FaultInjector(at, late=late)
            with suppress(CrashError):
                deliver_once(job, world, injector)
            if at == len(injector.calls):
                break
            world.clock.move(PATIENCE.total_seconds())
            deliver_once(other, world)
            deliver_once(job, world)

            assert [NOTIFIED, NEW] == statuses(world)
            (result,) = world.actions.acts(REPORT_ID)
            assert act_id(job) == result.act_id
            assert 1 == sum(result.changed.values())
            assert "1 件を変更しました" in preview_text(world)
        assert at > 20

    def test_refused_press_leaves_the_button_to_others(self) -> None:
        """A press that is not allowed takes nothing: the next one is the first."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        deliver_once(press(world, "1", Requester("U0STRANGER", "")), world)
        assert [NEW] == statuses(world)
        deliver_once(press(world, "2", OTHER), world)

        assert [NOTIFIED] == statuses(world)
        assert "<@U0OTHER> さんが適用し、1 件を変更しました" in preview_text(world)

    def test_press_on_an_expired_report_changes_nothing(self) -> None:
        """A button whose report is not kept any more changes nothing."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job = press(world)
        world.reports.summaries.clear()
        deliver_once(job, world)

        assert [NEW] == statuses(world)
        assert any("no longer" in text for text in told(world))

    def test_preview_without_ledger_entries_is_closed(self) -> None:
        """After a month the button still works, and its message says what came of it."""
        world = a_world(some_findings(1))
        drop(world, edited(world, (0, status("NOTIFIED"))))
        job = press(world)
        world.ledger.entries.clear()
        deliver_once(job, world)

        assert [NOTIFIED] == statuses(world)
        assert "1 件を変更しました" in preview_text(world)


def act_id(job: ApplyEditJob) -> str:
    """Return the ID of a plan's act, the same for all presses."""
    return job_id(replace(job, key=f"plan/{job.plan_id}"))


def change(world: FakeWorld, place: int, **fields: Any) -> None:
    """Change a finding, as somebody does in the console."""
    findings = world.findings.findings
    findings[place] = replace(findings[place], **fields)
