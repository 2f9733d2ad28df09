"""A finding is its Id and its ProductArn; two accounts may share even both, and are then left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Finding, FindingIdentifier, WorkflowStatus
from bot.domain.job import PreviewJob, UndoJob, job_id
from bot.domain.query import chosen
from bot.i18n import Locale, translate
from tests.builders import PERSON, PRODUCT_ARN, a_finding, a_scan_job
from tests.delivery import ConcurrentActor, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world import daily
from tests.unit.world.csv_edit import drop, edited, press, preview_text, status
from tests.unit.world.report import REPORT_ID, a_world, click, message, statuses, told

NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus
PARTNER = FindingIdentifier("check-17", "arn:aws:securityhub:ap-northeast-1::product/vendor/scanner")
ONE = a_finding(1, identifiers=(PARTNER,))
OTHER = a_finding(1, identifiers=(PARTNER,), account_id="210987654321", account_name="stage")
PAIR = [ONE, OTHER]
SUPPRESS = ActionRequest(Action.SUPPRESS, "public by design")
SENTENCE = "another account has"


def is_refused(world: FakeWorld) -> bool:
    """Return whether nothing has been changed, and why has been told."""
    return not world.findings.updated and any(SENTENCE in text for text in told(world))


class TestRegions:
    """Two findings with one Id and different ProductArns."""

    def test_chosen_finding_alone_is_shown_and_changed(self) -> None:
        """The console's action on one is a report of one, and the other stays as it is."""
        here = a_finding(1)
        there = replace(
            here,
            identifiers=(here.identifiers[0]._replace(product_arn=PRODUCT_ARN.replace("north", "south")),),
            region="ap-southeast-1",
        )
        world = a_world([here, there])
        sent = a_scan_job(key="console", query=chosen(here.identifiers), channel=None, requester=None)
        deliver_once(sent, world)
        report_id = job_id(sent)
        assert 1 == world.reports.summary(report_id).finding_count
        deliver_once(replace(click(request=SUPPRESS), report_id=report_id), world)

        assert [SUPPRESSED, NEW] == statuses(world)

    def test_refusal_concerns_one_region(self) -> None:
        """What Security Hub refuses of one Region's finding is made of the other's."""
        here = a_finding(1)
        there = replace(
            here,
            identifiers=(here.identifiers[0]._replace(product_arn="arn:other"),),
            region="us-east-1",
        )
        world = a_world([here, there])
        world.findings.refuse = {here.identifiers[0]: "Denied"}
        deliver_once(click(), world)
        (made,) = world.actions.acts(REPORT_ID)

        assert 1 == made.changed_count
        assert 1 == made.refused_count


class TestAccounts:
    """Two findings that BatchUpdateFindings cannot tell apart."""

    def test_findings_with_shared_id_have_own_rows(self) -> None:
        """Each has a row of its own."""
        world = a_world(PAIR)

        assert 2 == world.reports.summary(REPORT_ID).finding_count
        assert {"123456789012", "210987654321"} == {
            f.account_id for f in world.reports.summary(REPORT_ID).top
        }

    @pytest.mark.parametrize("row", [0, 1, None])
    def test_ambiguous_findings_are_skipped_with_a_reason(self, row: int | None) -> None:
        """Neither is changed, from the menu or as one of many."""
        world = a_world(PAIR)
        deliver_once(click(row), world)

        assert is_refused(world)
        assert f"{2 if row is None else 1} finding" in told(world)[-1]

    @pytest.mark.parametrize("twin", [OTHER, replace(OTHER, compliance_status="PASSED")])
    def test_finding_outside_the_report_makes_ambiguous(self, twin: Finding) -> None:
        """One that the report does not have, and that has passed, would be changed all the same."""
        world = a_world([ONE])
        world.findings.findings.append(twin)
        deliver_once(click(0), world)

        assert is_refused(world)

    def test_ambiguous_findings_are_skipped_among_many(self) -> None:
        """Where the report's own query is asked, the others are changed."""
        others = [a_finding(number) for number in range(2, 40)]
        world = a_world([ONE, *others])
        world.findings.findings.append(replace(OTHER, control_id="S3.1"))
        deliver_once(click(), world)

        assert {identifier for finding in others for identifier in finding.identifiers} == {
            identifier for identifier, _ in world.findings.updated
        }

    def test_id_with_account_needs_no_second_read(self) -> None:
        """AWS's own findings name their account, and are read once."""
        world = a_world([a_finding(1)])
        before = len(world.findings.queries)
        deliver_once(click(0), world)

        assert 1 == len(world.findings.queries) - before

    @pytest.mark.parametrize("locale", Locale)
    def test_preview_counts_ambiguous_findings(self, locale: Locale) -> None:
        """What *Triage…* would do says that they are left alone."""
        world = a_world(PAIR)
        place = ("V1", locale, "C0SECURITY", "1.000001", PERSON)
        deliver_once(PreviewJob("view/V1", REPORT_ID, SUPPRESS, Selection(), *place), world)

        assert translate(locale, "triage.skipped.shared", count=2) in str(world.messenger.views["V1"])

    def test_ambiguous_csv_row_is_left_out_with_a_reason(self) -> None:
        """A row that is edited is left out with the reason; one that is not is no edit."""
        world = a_world(PAIR)
        drop(world, edited(world, (1, status("RESOLVED"))))

        assert translate(Locale.JA, "edit.wrong.shared", text="") in preview_text(world).replace("`", "")
        assert "1 行" in preview_text(world)

    def test_edited_row_that_now_looks_like_its_twin_is_left_out(self) -> None:
        """A row that gets the status which the other account's finding has is refused, and not unchanged."""
        world = a_world([ONE, replace(OTHER, workflow_status=NOTIFIED)])
        drop(world, edited(world, (0, status("NOTIFIED"))))

        assert translate(Locale.JA, "edit.wrong.shared", text="") in preview_text(world).replace("`", "")

    def test_unedited_rows_of_twins_in_two_statuses_are_unchanged(self) -> None:
        """Each row is compared with the finding of its own account."""
        world = a_world([ONE, replace(OTHER, workflow_status=NOTIFIED)])
        drop(world, edited(world))

        assert translate(Locale.JA, "edit.wrong.shared", text="") not in preview_text(world).replace("`", "")
        assert translate(Locale.JA, "edit.rows", count=2, unchanged=2) in preview_text(world)

    def test_ambiguity_after_the_preview_is_found(self) -> None:
        """What appears before the button is pressed is found then, and the message says so."""
        world = a_world([ONE])
        drop(world, edited(world, (0, status("RESOLVED"))))
        world.findings.findings.append(OTHER)
        deliver_once(press(world), world)

        assert not world.findings.updated
        assert translate(Locale.JA, "act.skipped.shared", count=1) in preview_text(world)

    def test_undo_skips_ambiguous_findings(self) -> None:
        """An undo names findings as an act does."""
        world = a_world([ONE])
        deliver_once(click(0), world)
        world.findings.findings.append(OTHER)
        world.findings.updated.clear()
        deliver_once(UndoJob("undo", REPORT_ID, job_id(click(0)), "C0SECURITY", "1.000001", PERSON), world)

        assert is_refused(world)
        assert [NOTIFIED, NEW] == statuses(world)

    def test_each_batch_checks_again_for_ambiguity(self) -> None:
        """A batch that was read long ago is read again before it is changed."""
        world = a_world([ONE])

        def appear() -> None:
            world.clock.move(60)
            world.findings.findings.append(OTHER)

        deliver_once(click(0), world, ConcurrentActor(before="actions.settle", act=appear))

        assert not world.findings.updated

    def test_ambiguous_suppression_stays_due(self) -> None:
        """The daily job does not reopen it, says so each day, and reopens it once the other is gone."""
        world = a_world([ONE])
        daily.suppress(world)
        world.findings.findings.append(OTHER)
        for days in (1, 2):
            daily.look(world, daily.LAST + timedelta(days=days))
            assert [SUPPRESSED, NEW] == statuses(world)
            assert translate(Locale.JA, "act.skipped.shared", count=1) in daily.posted(world)[-1]
        del world.findings.findings[1]
        daily.look(world, daily.LAST + timedelta(days=3))

        assert [NEW] == statuses(world)

    def test_message_counts_ambiguous_findings(self) -> None:
        """The message says of how many findings nothing was done."""
        world = a_world([*PAIR, a_finding(2)])
        deliver_once(click(), world)

        assert [NEW, NEW, NOTIFIED] == statuses(world)
        assert translate(Locale.JA, "act.skipped.shared", count=2) in message(world)
