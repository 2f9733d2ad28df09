"""Actions from their preview to their history."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import BOT, FindingIdentifier, Note, Severity, WorkflowStatus
from bot.domain.job import HistoryJob
from bot.errors import ThrottledError, ViewGoneError
from tests.builders import PERSON, PRODUCT_ARN, a_finding, some_findings
from tests.delivery import CrashError, FaultInjector, deliver_once
from tests.unit.world.report import NEW, NOTIFIED, OTHER, RESOLVED, SUPPRESSED, a_world, statuses
from tests.unit.world.triage import HUMAN, SUPPRESS, clicked, confirm, finding, preview, told, undo, view


class TestNote:
    """The note of a changed finding."""

    def test_finding_without_note_gets_bots(self) -> None:
        """The bot's note has the person, the last day and the reason."""
        world = a_world(some_findings(1))
        deliver_once(clicked(SUPPRESS), world)

        note = finding(world).note
        assert SUPPRESSED == finding(world).workflow_status
        assert note
        assert BOT == note.updated_by
        assert "Name of U0PERSON" in note.text
        assert "2026-12-31" in note.text
        assert note.text.endswith("public by design")

    def test_note_of_person_stays(self) -> None:
        """The reason is in the fields, and the requester is told."""
        world = a_world([a_finding(0, note=HUMAN)])
        deliver_once(clicked(SUPPRESS), world)

        assert HUMAN == finding(world).note
        assert "public by design" == dict(finding(world).user_fields)[f"{BOT}/reason"]
        assert "keeps the note" in told(world)

    def test_note_of_bot_is_replaced(self) -> None:
        """The bot's note describes the last action."""
        world = a_world([a_finding(0, note=Note("Suppressed by X: old", BOT))])
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)

        note = finding(world).note
        assert note
        assert "old" not in note.text
        assert "NOTIFIED" in note.text

    def test_person_with_bots_name_is_named_by_id(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Anybody may use that name in Slack: their ID is written instead."""
        world = a_world(some_findings(1))
        monkeypatch.setattr(world.messenger, "name", lambda _: BOT)
        deliver_once(clicked(SUPPRESS), world)

        note = finding(world).note
        assert note
        assert "U0PERSON" in note.text
        assert "U0PERSON" == dict(finding(world).user_fields)[f"{BOT}/by"]

    def test_finding_without_note_gets_none_without_reason(self) -> None:
        """An action without a reason adds no note."""
        world = a_world(some_findings(1))
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)

        assert None is finding(world).note


class TestFields:
    """The user-defined fields of a changed finding."""

    def test_fields_of_others_stay(self) -> None:
        """Others' fields are written again, the bot's are replaced."""
        fields = (("ticket", "A-1"), (f"{BOT}/reason", "old"))
        world = a_world([a_finding(0, user_fields=fields)])
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)

        assert {
            "ticket": "A-1",
            f"{BOT}/change": "NEW -> NOTIFIED",
            f"{BOT}/by": "Name of U0PERSON (U0PERSON)",
            f"{BOT}/at": "2026-11-24T00:30:00+00:00",
            f"{BOT}/message": "C0SECURITY/1.000001",
        } == dict(finding(world).user_fields)

    def test_finding_with_fifty_fields_is_changed_without_bots(self) -> None:
        """The finding keeps its fields, and the requester is told."""
        fields = tuple((f"key-{number}", "x") for number in range(50))
        world = a_world([a_finding(0, user_fields=fields)])
        deliver_once(clicked(ActionRequest(Action.NOTIFY)), world)

        assert fields == finding(world).user_fields
        assert [NOTIFIED] == statuses(world)
        assert "no room" in told(world)


class TestPreview:
    """The preview of an action on many findings."""

    def test_preview_counts_and_changes_nothing(self) -> None:
        """The form shows the numbers by control and account; Security Hub is only read."""
        world = a_world([*some_findings(3), a_finding(7, account_id="111111111111")])
        deliver_once(preview(SUPPRESS), world)

        assert "*4 findings* become SUPPRESSED" in view(world)
        assert "`S3.8`  *4*" in view(world)
        assert "`123456789012`  *3*" in view(world)
        assert "public by design" in view(world)
        assert [] == world.findings.updated

    def test_preview_counts_changed_findings_apart(self) -> None:
        """A finding that somebody changed since the report is skipped when the plan is confirmed."""
        world = a_world(some_findings(3))
        world.findings.findings[1] = replace(finding(world, 1), workflow_status=RESOLVED)
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)

        assert "1 finding will be left alone" in view(world)
        assert [SUPPRESSED, RESOLVED, SUPPRESSED] == statuses(world)

    def test_preview_selects_by_all_conditions(self) -> None:
        """A finding that does not match one condition is neither counted nor changed."""
        world = a_world(
            [
                a_finding(0, severity=Severity.LOW),
                a_finding(1),
                a_finding(2, account_id="111111111111"),
                a_finding(3, workflow_status=NOTIFIED),
                a_finding(13),
            ]
        )
        selection = Selection(
            statuses=(NEW,),
            controls=("S3.8",),
            accounts=("123456789012",),
            severities=(Severity.HIGH,),
            resource="BUCKET-1",
        )
        previewed = preview(ActionRequest(Action.RESOLVE), selection)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)

        assert "*2 findings* become RESOLVED" in view(world)
        assert [NEW, RESOLVED, NEW, NOTIFIED, RESOLVED] == statuses(world)

    @pytest.mark.parametrize(
        ("chosen", "expected"), [(NEW, [RESOLVED, RESOLVED]), (NOTIFIED, [NEW, NOTIFIED])]
    )
    def test_preview_selects_whole_problems(
        self, chosen: WorkflowStatus, expected: list[WorkflowStatus]
    ) -> None:
        """If one of two standards reports NEW, both findings are shown and selected as NEW."""
        findings = [
            a_finding(
                1, identifiers=(FindingIdentifier(f"arn:{status}", PRODUCT_ARN),), workflow_status=status
            )
            for status in (NEW, NOTIFIED)
        ]
        world = a_world(findings)
        previewed = preview(ActionRequest(Action.RESOLVE), Selection(statuses=(chosen,)))
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)

        assert expected == statuses(world)

    def test_empty_preview_cannot_be_confirmed(self) -> None:
        """The form has no button if nothing would change."""
        world = a_world(some_findings(2))
        deliver_once(preview(SUPPRESS, Selection(resource="no such")), world)

        assert "Nothing would be changed" in view(world)
        assert "submit" not in world.messenger.views["V1"]

    def test_confirmation_skips_findings_changed_since_preview(self) -> None:
        """The requester is told how many were skipped."""
        world = a_world(some_findings(3))
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        world.findings.findings[0] = replace(finding(world), workflow_status=NOTIFIED)
        deliver_once(confirm(previewed), world)

        assert [NOTIFIED, SUPPRESSED, SUPPRESSED] == statuses(world)
        assert "1 finding was left alone" in told(world)

    def test_confirmation_during_repeated_preview_changes_shown_findings(self) -> None:
        """A preview that died after the form was shown is repeated; its plan stays the one that was shown."""
        world = a_world(some_findings(2))
        world.findings.findings[1] = replace(finding(world, 1), workflow_status=RESOLVED)
        previewed = preview(SUPPRESS)
        for call, late in (("messenger.show", True), ("findings.pages", False)):
            watch = FaultInjector()
            deliver_once(previewed, copy.deepcopy(world), watch)
            with pytest.raises(CrashError):
                deliver_once(previewed, world, FaultInjector(watch.calls.index(call), late))
        world.findings.findings[1] = replace(finding(world, 1), workflow_status=NEW)
        deliver_once(confirm(previewed), world)

        assert [SUPPRESSED, NEW] == statuses(world)

    def test_preview_of_closed_form_ends_silently(self) -> None:
        """A person who closes the form early gets no message."""
        world = a_world(some_findings(1))
        world.messenger.lasting_errors["show"] = ViewGoneError()
        deliver_once(preview(SUPPRESS), world)

        assert "" == told(world)

    def test_failed_preview_explains_itself_in_form(self) -> None:
        """The form does not show the counting for ever."""
        world = a_world(some_findings(1))
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = 1
        with pytest.raises(ThrottledError):
            deliver_once(preview(SUPPRESS), world)

        assert "throttling" in view(world)

    def test_preview_of_expired_report_explains_itself(self) -> None:
        """The form tells the person to scan again."""
        world = a_world(some_findings(1))
        world.reports.summaries.clear()
        deliver_once(preview(SUPPRESS), world)

        assert "no longer kept" in view(world)


class TestRefusals:
    """More refusals than a message lists."""

    def test_many_refusals_are_listed_in_file(self) -> None:
        """The file in the report's thread has all of them, and no cell is a formula."""
        ids = [FindingIdentifier(f"=finding-{number}", PRODUCT_ARN) for number in range(25)]
        world = a_world([a_finding(n, identifiers=(identifier,)) for n, identifier in enumerate(ids)])
        world.findings.refuse = {identifier.id: "InvalidInput" for identifier in ids}
        previewed = preview(ActionRequest(Action.NOTIFY))
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)

        channel, thread_ts, name, content = world.messenger.files[-1]
        assert ("C0SECURITY", "1.000001") == (channel, thread_ts)
        assert name.startswith("refused-")
        assert 25 == content.decode().count("'=finding-")
        assert "and 5 more" in told(world)


class TestHistory:
    """The audit log and the history."""

    def test_undo_adds_second_entry(self) -> None:
        """An action and its undo are two entries of a finding, the newest first."""
        world = a_world(some_findings(1))
        deliver_once(clicked(SUPPRESS), world)
        world.clock.move(1)
        deliver_once(undo(clicked(SUPPRESS), requester=OTHER), world)
        undone, done = world.audit_log.about("bucket-0")

        assert ("U0PERSON", "Name of U0PERSON", "NEW", "SUPPRESSED") == (
            done.user_id,
            done.name,
            done.before,
            done.after,
        )
        assert ("public by design", "2026-12-31", "C0SECURITY/1.000001") == (
            done.reason,
            done.until,
            done.message,
        )
        assert (OTHER.user_id, "SUPPRESSED", "NEW", done.act_id) == (
            undone.user_id,
            undone.before,
            undone.after,
            undone.undoes,
        )

    def test_audit_entry_comes_before_change(self) -> None:
        """If the entry cannot be written, nothing is changed."""
        world = a_world(some_findings(1))
        injector = FaultInjector()
        deliver_once(clicked(SUPPRESS), world, injector)

        assert injector.calls.index("audit_log.record") < injector.calls.index("findings.update")

    def test_history_is_private_and_bounded(self) -> None:
        """Only the requester gets the first twenty changes."""
        world = a_world(some_findings(25))
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)
        world.messenger.told.clear()
        deliver_once(HistoryJob("slack/h", "S3.8", "C0SECURITY", OTHER), world)

        ((user_id, message),) = world.messenger.told
        assert OTHER.user_id == user_id
        assert 20 == message.text.count("<@U0PERSON>: NEW → SUPPRESSED")
        assert "more before that" in message.text

    def test_history_of_unchanged_resource_says_so(self) -> None:
        """A resource that was never changed has no history."""
        world = a_world(some_findings(1))
        deliver_once(HistoryJob("slack/h", "my <!here> bucket", "C0SECURITY", PERSON), world)

        assert "named `my &lt;!here&gt; bucket` is recorded" in told(world)
