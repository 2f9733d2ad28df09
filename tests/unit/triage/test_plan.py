"""Orders from their preview to the history of what came of them."""

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
from tests.unit.world.triage import HUMAN, SUPPRESS, confirm, finding, order, preview, told, undo, view


class TestNote:
    """What is written on a finding."""

    def test_finding_without_note_gets_bots(self) -> None:
        """A finding without a note gets the bot's, with who, until when and why."""
        world = a_world(some_findings(1))
        deliver_once(order(SUPPRESS), world)

        note = finding(world).note
        assert SUPPRESSED == finding(world).workflow_status
        assert note
        assert BOT == note.updated_by
        assert "Name of U0PERSON" in note.text
        assert "2026-12-31" in note.text
        assert note.text.endswith("public by design")

    def test_of_a_person_stays(self) -> None:
        """Somebody's note is not replaced: the reason is in the fields, and the person is told so."""
        world = a_world([a_finding(0, note=HUMAN)])
        deliver_once(order(SUPPRESS), world)

        assert HUMAN == finding(world).note
        assert "public by design" == dict(finding(world).user_fields)[f"{BOT}/reason"]
        assert "keeps the note" in told(world)

    def test_of_the_bot_is_renewed(self) -> None:
        """The bot's own note says what was done last."""
        world = a_world([a_finding(0, note=Note("Suppressed by X: old", BOT))])
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)

        note = finding(world).note
        assert note
        assert "old" not in note.text
        assert "NOTIFIED" in note.text

    def test_of_a_person_with_the_bots_name_is_not_the_bots(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Anybody may call themselves that in Slack: their ID stands in its place."""
        world = a_world(some_findings(1))
        monkeypatch.setattr(world.messenger, "name", lambda _: BOT)
        deliver_once(order(SUPPRESS), world)

        note = finding(world).note
        assert note
        assert "U0PERSON" in note.text
        assert "U0PERSON" == dict(finding(world).user_fields)[f"{BOT}/by"]

    def test_without_reason_finding_without_note_gets_none(self) -> None:
        """Without a reason a finding without a note gets none."""
        world = a_world(some_findings(1))
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)

        assert None is finding(world).note


class TestFields:
    """Who did it, on the finding."""

    def test_stand_beside_those_of_others(self) -> None:
        """Others' fields are written again, the bot's are renewed."""
        fields = (("ticket", "A-1"), (f"{BOT}/reason", "old"))
        world = a_world([a_finding(0, user_fields=fields)])
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)

        assert {
            "ticket": "A-1",
            f"{BOT}/change": "NEW -> NOTIFIED",
            f"{BOT}/by": "Name of U0PERSON (U0PERSON)",
            f"{BOT}/at": "2026-11-24T00:30:00+00:00",
            f"{BOT}/message": "C0SECURITY/1.000001",
        } == dict(finding(world).user_fields)

    def test_are_left_where_there_is_no_room(self) -> None:
        """A finding with fifty fields keeps them, is changed all the same, and the person is told."""
        fields = tuple((f"key-{number}", "x") for number in range(50))
        world = a_world([a_finding(0, user_fields=fields)])
        deliver_once(order(ActionRequest(Action.NOTIFY)), world)

        assert fields == finding(world).user_fields
        assert [NOTIFIED] == statuses(world)
        assert "no room" in told(world)


class TestPreview:
    """What an order would do."""

    def test_counts_and_changes_nothing(self) -> None:
        """The form says how many, by control and account; Security Hub is only read."""
        world = a_world([*some_findings(3), a_finding(7, account_id="111111111111")])
        deliver_once(preview(SUPPRESS), world)

        assert "*4 findings* become SUPPRESSED" in view(world)
        assert "`S3.8`  *4*" in view(world)
        assert "`123456789012`  *3*" in view(world)
        assert "public by design" in view(world)
        assert [] == world.findings.updated

    def test_says_what_is_left_alone(self) -> None:
        """What somebody has changed since the report is counted apart, and left alone when confirmed."""
        world = a_world(some_findings(3))
        world.findings.findings[1] = replace(finding(world, 1), workflow_status=RESOLVED)
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        deliver_once(confirm(previewed), world)

        assert "1 finding will be left alone" in view(world)
        assert [SUPPRESSED, RESOLVED, SUPPRESSED] == statuses(world)

    def test_only_what_fits_every_condition_is_counted(self) -> None:
        """Only what fits every condition is counted, and changed."""
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
    def test_selects_problems_as_they_are_shown(
        self, chosen: WorkflowStatus, expected: list[WorkflowStatus]
    ) -> None:
        """What one of two standards reports as NEW is shown as NEW, and is chosen or left as that, whole."""
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

    def test_of_nothing_cannot_be_confirmed(self) -> None:
        """Where nothing would change there is nothing to send."""
        world = a_world(some_findings(2))
        deliver_once(preview(SUPPRESS, Selection(resource="no such")), world)

        assert "Nothing would be changed" in view(world)
        assert "submit" not in world.messenger.views["V1"]

    def test_changes_what_was_shown_and_no_more(self) -> None:
        """What has changed between the preview and its confirmation is left alone, and told."""
        world = a_world(some_findings(3))
        previewed = preview(SUPPRESS)
        deliver_once(previewed, world)
        world.findings.findings[0] = replace(finding(world), workflow_status=NOTIFIED)
        deliver_once(confirm(previewed), world)

        assert [NOTIFIED, SUPPRESSED, SUPPRESSED] == statuses(world)
        assert "1 finding was left alone" in told(world)

    def test_changes_what_was_shown_also_while_it_counts_again(self) -> None:
        """An attempt that dies once it has shown the form is repeated; who confirms meanwhile has seen it."""
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

    def test_of_a_closed_form_is_nothing(self) -> None:
        """Whoever closes the form while it counts is not bothered."""
        world = a_world(some_findings(1))
        world.messenger.lasting_errors["show"] = ViewGoneError()
        deliver_once(preview(SUPPRESS), world)

        assert "" == told(world)

    def test_that_fails_says_so_in_the_form(self) -> None:
        """The form does not go on counting for ever."""
        world = a_world(some_findings(1))
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        world.findings.fail_at_page = 1
        with pytest.raises(ThrottledError):
            deliver_once(preview(SUPPRESS), world)

        assert "throttling" in view(world)

    def test_of_a_report_that_is_gone_says_so(self) -> None:
        """The form tells the person to scan again."""
        world = a_world(some_findings(1))
        world.reports.summaries.clear()
        deliver_once(preview(SUPPRESS), world)

        assert "no longer kept" in view(world)


class TestRefusals:
    """More refusals than a person reads."""

    def test_are_in_a_file(self) -> None:
        """All of them are in a file in the report's thread, no cell of which is a formula."""
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
    """What is written down of it."""

    def test_says_who_what_when_and_why(self) -> None:
        """An act and its undoing are two entries of each finding, the newest first."""
        world = a_world(some_findings(1))
        deliver_once(order(SUPPRESS), world)
        world.clock.move(1)
        deliver_once(undo(order(SUPPRESS), requester=OTHER), world)
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

    def test_comes_before_the_change(self) -> None:
        """Where it cannot be written nothing is changed."""
        world = a_world(some_findings(1))
        injector = FaultInjector()
        deliver_once(order(SUPPRESS), world, injector)

        assert injector.calls.index("audit_log.record") < injector.calls.index("findings.update")

    def test_is_told_who_asks(self) -> None:
        """It is private, says who did what, and is bounded."""
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

    def test_of_nothing_says_so(self) -> None:
        """What was never touched has no history."""
        world = a_world(some_findings(1))
        deliver_once(HistoryJob("slack/h", "my <!here> bucket", "C0SECURITY", PERSON), world)

        assert "named `my &lt;!here&gt; bucket` is recorded" in told(world)
