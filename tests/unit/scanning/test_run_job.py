"""Scan jobs from their delivery to what people see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.job import ScanJob, job_id
from bot.domain.query import Query, chosen
from bot.errors import (
    AccessDeniedError,
    InvalidBlocksError,
    MissingSettingError,
    SecurityHubDisabledError,
    ThrottledError,
)
from bot.settings import Settings
from tests.builders import some_findings
from tests.delivery import DEPLOYMENT, FaultInjector, deliver_as_lambda, deliver_once
from tests.unit.world.scan import JOB, SCHEDULE, a_world, notes, reports, told

DENIED = AccessDeniedError(action="securityhub:GetFindings")


class TestConsole:
    """Findings that somebody sends from Security Hub's console."""

    JOB = ScanJob("eventbridge/1", chosen(some_findings(1)[0].identifiers), None, None)

    def test_chosen_findings_are_posted_to_the_channel(self) -> None:
        """What was chosen is there with its CSV, in the channel of the settings, however often it comes."""
        world = a_world()
        for _ in range(2):
            deliver_as_lambda(self.JOB, world)

        (text,) = reports(world)
        assert text.startswith("📌 本番 環境の Security Hub コンソールから 1 件の検出結果が送信されました。")
        assert ["C0SECURITY"] == [channel for channel, *_ in world.messenger.files]

    def test_deleted_findings_are_named(self) -> None:
        """What is no longer in Security Hub is not taken for clean."""
        world = a_world(0)
        deliver_once(self.JOB, world)

        (text,) = reports(world)
        assert text.startswith("⚠️")
        assert [] == world.messenger.files

    def test_failure_is_posted_to_the_channel_once(self) -> None:
        """The channel learns that it was no schedule, once."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = DENIED, 0
        deliver_as_lambda(self.JOB, world)

        (note,) = notes(world)
        assert "コンソールから送信された検出結果を投稿できませんでした" in note


class TestReport:
    """A scan that goes well."""

    def test_report_is_posted_with_its_csv(self) -> None:
        """The summary is in the channel and the CSV in its thread; nobody is told anything else."""
        world = a_world()
        deliver_once(JOB, world)

        assert [
            "🚨 本番 環境で 3 件の違反を検出しました。詳細は添付のCSVファイルを確認してください。"
        ] == reports(world)
        ((channel, thread_ts, name, content),) = world.messenger.files
        assert "C0SECURITY" == channel
        assert "1.000001" == thread_ts
        assert "securityhub-20261124-003000Z.csv" == name
        assert 3 == content.count(b"bucket-")
        assert [] == notes(world) + told(world)

    def test_report_is_stored_before_it_is_posted(self) -> None:
        """Check permission, scan, store, post, upload: a posted report is in the bucket already."""
        injector = FaultInjector()
        deliver_once(JOB, a_world(), injector)
        calls = [call for call in injector.calls if not call.startswith("ledger.")]

        assert [
            "people.standing",
            "routing_file.read",
            "reports.checkpoints",
            "controls.catalogue",
            "findings.pages",
            "reports.save",
            "reports.summary",
            "reports.summary",
            "messenger.post",
            "reports.add_thread",
            "reports.fetch_csv",
            "messenger.upload",
        ] == calls

    def test_csv_in_thread_equals_csv_in_bucket(self) -> None:
        """What is in the thread is what is in the bucket."""
        world = a_world()
        deliver_once(JOB, world)

        assert world.messenger.files[0][3] == world.reports.csv_files[job_id(JOB)]

    def test_clean_report_is_a_message_without_file(self) -> None:
        """No findings is a message with its 0, and no empty file, which Slack would refuse."""
        world = a_world(0)
        deliver_once(JOB, world)

        assert ["✅ 本番 環境で違反は検出されませんでした (0件)。"] == reports(world)
        assert [] == world.messenger.files

    def test_scan_changes_no_status(self) -> None:
        """A report by itself marks nothing."""
        world = a_world()
        deliver_once(JOB, world)

        assert [] == world.findings.updated

    def test_broken_off_scan_is_a_partial_report(self) -> None:
        """What was read is posted, with what is missing."""
        world = a_world(5)
        world.findings.fail_at_page = 1
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        deliver_once(JOB, world)

        assert 1 == len(reports(world))
        assert "不完全" in str(next(iter(world.messenger.posted.values())).message.blocks)

    def test_refused_layout_is_posted_without_table(self) -> None:
        """Where Slack refuses the layout the report goes without its table, once."""
        world = a_world()
        world.messenger.errors["post"] = InvalidBlocksError(reason="unsupported block: table")
        deliver_once(JOB, world)

        (posted,) = world.messenger.posted.values()
        assert "table" not in {block["type"] for block in posted.message.blocks}


class TestSchedule:
    """A report that nobody asked for."""

    def test_schedule_uses_channel_and_controls_of_settings(self) -> None:
        """Channel and controls are those of the settings."""
        world = a_world()
        deliver_once(SCHEDULE, world)

        (posted,) = world.messenger.posted.values()
        assert "C0SECURITY" == posted.channel
        assert ("EC2.19", "S3.8") == world.findings.queries[0].controls
        assert "定期レポート" in str(posted.message.blocks)

    def test_clean_schedule_is_a_message(self) -> None:
        """No findings is a message too."""
        world = a_world(0)
        deliver_once(SCHEDULE, world)

        assert "(0件)" in reports(world)[0]

    def test_schedule_may_have_its_own_query_and_channel(self) -> None:
        """A schedule with a query and a channel of its own gets these."""
        world = a_world()
        deliver_once(replace(SCHEDULE, query=Query(controls=("S3.1",)), channel="C0PLATFORM"), world)

        (posted,) = world.messenger.posted.values()
        assert "C0PLATFORM" == posted.channel
        assert ("S3.1",) == world.findings.queries[0].controls

    def test_failed_schedule_is_reported_in_its_channel(self) -> None:
        """The channel learns what failed, never that nothing was found, and Lambda tries again."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = SecurityHubDisabledError(region="eu-west-1"), 0

        with pytest.raises(SecurityHubDisabledError):
            deliver_once(SCHEDULE, world)

        (note,) = notes(world)
        assert note.startswith("⚠️ 本番 環境の定期スキャンに失敗しました。`eu-west-1` では")
        assert [] == reports(world)

    def test_unknown_control_is_named_in_the_report(self) -> None:
        """A control in the settings that does not exist is named in the report of the others."""
        settings = Settings({"SLACK_CHANNEL": "C0SECURITY", "TARGET_CONTROL_IDS": "S3.8, CR.1, banana"})
        world = a_world()
        deliver_as_lambda(SCHEDULE, world, deployment=replace(DEPLOYMENT, settings=settings))

        assert [] == notes(world)
        (posted,) = world.messenger.posted.values()
        assert "`CR.1` (近いもの: `ECR.1`), `banana`" in str(posted.message.blocks)

    def test_schedule_without_known_controls_is_reported(self) -> None:
        """Where none of the settings' controls exists that is told where the report would be."""
        settings = Settings({"SLACK_CHANNEL": "C0SECURITY", "TARGET_CONTROL_IDS": "CR.1"})
        world = a_world()
        deliver_as_lambda(SCHEDULE, world, deployment=replace(DEPLOYMENT, settings=settings))

        assert "`ECR.1`" in notes(world)[0]

    @pytest.mark.parametrize("absent", ["SLACK_CHANNEL", "TARGET_CONTROL_IDS"])
    def test_schedule_without_settings_is_dead_lettered(self, absent: str) -> None:
        """A setting that is missing is named in the error that ends in the dead-letter queue."""
        given = {"SLACK_CHANNEL": "C0SECURITY", "TARGET_CONTROL_IDS": "S3.8"} | {absent: ""}
        error = deliver_as_lambda(
            SCHEDULE, a_world(), deployment=replace(DEPLOYMENT, settings=Settings(given))
        )

        assert isinstance(error, MissingSettingError)
        assert absent == error.values["settings"]
