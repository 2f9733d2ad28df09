"""Scan jobs from their delivery to what people see."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.finding import Severity
from bot.domain.job import ScanJob, job_id
from bot.domain.query import Query, chosen
from bot.errors import (
    AccessDeniedError,
    BotError,
    ChannelClosedError,
    FileTooLargeError,
    InternalError,
    InvalidBlocksError,
    MissingScopeError,
    MissingSettingError,
    NotInChannelError,
    SecurityHubDisabledError,
    SlackTokenError,
    ThrottledError,
    UnavailableError,
)
from bot.i18n import Locale
from bot.ports import Page
from bot.settings import Settings
from bot.usecases.steps import BusyStepError
from tests.builders import PERSON, a_finding, a_scan_job, some_findings
from tests.fakes import FakeFindings, FakeMessenger, FakeWorld
from tests.sabotage import DEPLOYMENT, Saboteur, deliver_as_lambda, deliver_once

JOB = a_scan_job()
SCHEDULE = ScanJob("arn:aws:scheduler:…/2026-11-24T00:30:00Z", None, None, None)
DENIED = AccessDeniedError(action="securityhub:GetFindings")
NOT_IN_CHANNEL = NotInChannelError(channel="C0SECURITY")
DROPPED = UnavailableError(service="Slack", call="chat.postMessage")


def a_world(count: int = 3, locale: Locale = Locale.EN) -> FakeWorld:
    """Make a world with findings, whose one person speaks a language."""
    messenger = FakeMessenger(locales={PERSON.user_id: locale})
    return FakeWorld(findings=FakeFindings(some_findings(count)), messenger=messenger)


def reports(world: FakeWorld) -> list[str]:
    """Give the texts of the reports in the channel."""
    return [posted.message.text for posted in world.messenger.posted.values() if posted.message.blocks]


def notes(world: FakeWorld) -> list[str]:
    """Give the texts of what else the bot has posted for all to see."""
    return [posted.message.text for posted in world.messenger.posted.values() if not posted.message.blocks]


def told(world: FakeWorld) -> list[str]:
    """Give the texts of what the person alone was told."""
    assert {PERSON.user_id} >= {user_id for user_id, _ in world.messenger.told}
    return [message.text for _, message in world.messenger.told]


class TestConsole:
    """Findings that somebody sends from Security Hub's console."""

    JOB = ScanJob("eventbridge/1", chosen([some_findings(1)[0].identifiers[0].id]), None, None)

    def test_are_posted_to_the_channel(self) -> None:
        """What was chosen is there with its CSV, in the channel of the settings, however often it comes."""
        world = a_world()
        for _ in range(2):
            deliver_as_lambda(self.JOB, world)

        (text,) = reports(world)
        assert text.startswith("📌 本番 環境の Security Hub コンソールから 1 件の検出結果が送信されました。")
        assert ["C0SECURITY"] == [channel for channel, *_ in world.messenger.files]

    def test_that_are_gone_are_said_to_be(self) -> None:
        """What is no longer in Security Hub is not taken for clean."""
        world = a_world(0)
        deliver_once(self.JOB, world)

        (text,) = reports(world)
        assert text.startswith("⚠️")
        assert [] == world.messenger.files

    def test_that_fail_are_told_in_the_channel(self) -> None:
        """The channel learns that it was no schedule, once."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = DENIED, 0
        deliver_as_lambda(self.JOB, world)

        (note,) = notes(world)
        assert "コンソールから送信された検出結果を投稿できませんでした" in note


class TestReport:
    """A scan that goes well."""

    def test_is_posted_with_its_csv(self) -> None:
        """The summary is in the channel and the CSV in its thread; nobody is told anything else."""
        world = a_world()
        deliver_once(JOB, world)

        assert [
            "🚨 本番 環境で 3 件の違反を検出しました。詳細は添付のCSVファイルを確認してください。"
        ] == reports(world)
        ((channel, thread_ts, name, content),) = world.messenger.files
        assert ("C0SECURITY", "1.000001") == (channel, thread_ts)
        assert "securityhub-20261124-003000Z.csv" == name
        assert 3 == content.count(b"bucket-")
        assert [] == notes(world) + told(world)

    def test_is_done_in_order(self) -> None:
        """Look who asks, scan, keep, post, upload: what is posted is safe in the bucket before."""
        saboteur = Saboteur()
        deliver_once(JOB, a_world(), saboteur)
        calls = [call for call in saboteur.calls if not call.startswith("ledger.")]

        assert [
            "people.standing",
            "reports.parts",
            "controls.catalogue",
            "findings.pages",
            "reports.save",
            "messenger.locale",
            "reports.summary",
            "messenger.post",
            "reports.add_thread",
            "reports.fetch_csv",
            "messenger.upload",
        ] == calls

    def test_keeps_a_copy(self) -> None:
        """What is in the thread is what is in the bucket."""
        world = a_world()
        deliver_once(JOB, world)

        assert world.messenger.files[0][3] == world.reports.csv_files[job_id(JOB)]

    def test_of_nothing_is_a_message(self) -> None:
        """No findings is a message with its 0, and no empty file, which Slack would refuse."""
        world = a_world(0)
        deliver_once(JOB, world)

        assert ["✅ 本番 環境で違反は検出されませんでした (0件)。"] == reports(world)
        assert [] == world.messenger.files

    def test_changes_no_status(self) -> None:
        """A report by itself marks nothing."""
        world = a_world()
        deliver_once(JOB, world)

        assert [] == world.findings.updated

    def test_is_partial_where_security_hub_broke_off(self) -> None:
        """What was read is posted, with what is missing."""
        world = a_world(5)
        world.findings.fail_at_page = 1
        world.findings.error = ThrottledError(service="AWS", call="securityhub:GetFindings")
        deliver_once(JOB, world)

        assert 1 == len(reports(world))
        assert "不完全" in str(next(iter(world.messenger.posted.values())).message.blocks)

    def test_has_no_table_where_slack_wants_none(self) -> None:
        """Where Slack refuses the layout the report goes without its table, once."""
        world = a_world()
        world.messenger.errors["post"] = InvalidBlocksError(reason="unsupported block: table")
        deliver_once(JOB, world)

        (posted,) = world.messenger.posted.values()
        assert "table" not in {block["type"] for block in posted.message.blocks}


class TestSchedule:
    """A report that nobody asked for."""

    def test_takes_the_settings(self) -> None:
        """Channel and controls are those of the settings."""
        world = a_world()
        deliver_once(SCHEDULE, world)

        (posted,) = world.messenger.posted.values()
        assert "C0SECURITY" == posted.channel
        assert ("EC2.19", "S3.8") == world.findings.queries[0].controls
        assert "定期レポート" in str(posted.message.blocks)

    def test_of_nothing_is_a_message(self) -> None:
        """No findings is a message too."""
        world = a_world(0)
        deliver_once(SCHEDULE, world)

        assert "(0件)" in reports(world)[0]

    def test_may_say_what_it_wants(self) -> None:
        """A schedule with a query and a channel of its own gets these."""
        world = a_world()
        deliver_once(replace(SCHEDULE, query=Query(controls=("S3.1",)), channel="C0PLATFORM"), world)

        (posted,) = world.messenger.posted.values()
        assert "C0PLATFORM" == posted.channel
        assert ("S3.1",) == world.findings.queries[0].controls

    def test_tells_its_channel_of_a_failure(self) -> None:
        """The channel learns what failed, never that nothing was found, and Lambda tries again."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = SecurityHubDisabledError(region="eu-west-1"), 0

        with pytest.raises(SecurityHubDisabledError):
            deliver_once(SCHEDULE, world)

        (note,) = notes(world)
        assert note.startswith("⚠️ 本番 環境の定期スキャンに失敗しました。`eu-west-1` では")
        assert [] == reports(world)

    def test_tells_its_channel_of_a_typo(self) -> None:
        """A control in the settings that does not exist is told where the report would be."""
        settings = Settings({"SLACK_CHANNEL": "C0SECURITY", "TARGET_CONTROL_IDS": "S3.8, CR.1"})
        world = a_world()
        deliver_as_lambda(SCHEDULE, world, deployment=replace(DEPLOYMENT, settings=settings))

        assert "`ECR.1`" in notes(world)[0]

    @pytest.mark.parametrize("absent", ["SLACK_CHANNEL", "TARGET_CONTROL_IDS"])
    def test_without_its_settings_is_dead_lettered(self, absent: str) -> None:
        """A setting that is missing is named in the error that ends in the dead-letter queue."""
        given = {"SLACK_CHANNEL": "C0SECURITY", "TARGET_CONTROL_IDS": "S3.8"} | {absent: ""}
        error = deliver_as_lambda(
            SCHEDULE, a_world(), deployment=replace(DEPLOYMENT, settings=Settings(given))
        )

        assert isinstance(error, MissingSettingError)
        assert absent == error.values["settings"]


class TestFailure:
    """What goes wrong is told to who asked."""

    @pytest.mark.parametrize(
        ("error", "part"),
        [
            (SecurityHubDisabledError(region="eu-west-1"), "not enabled in `eu-west-1`"),
            (AccessDeniedError(action="securityhub:GetFindings"), "denies the bot `securityhub:GetFindings`"),
            (ThrottledError(service="AWS", call="securityhub:GetFindings"), "throttling"),
            (UnavailableError(service="AWS", call="securityhub:GetFindings"), "did not answer"),
        ],
    )
    def test_of_security_hub_names_it(self, error: BotError, part: str) -> None:
        """The message names which, and nothing looks like a report of 0 findings."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = error, 0

        with pytest.raises(type(error)):
            deliver_once(JOB, world)

        (text,) = told(world)
        assert part in text
        assert [] == reports(world) + notes(world)

    def test_is_told_in_their_language(self) -> None:
        """A private message follows the person, not the channel."""
        world = a_world(locale=Locale.JA)
        world.findings.error, world.findings.fail_at_page = SecurityHubDisabledError(region="eu-west-1"), 0

        with pytest.raises(SecurityHubDisabledError):
            deliver_once(JOB, world)

        assert "有効になっていない" in told(world)[0]

    def test_says_whether_it_is_tried_again(self) -> None:
        """Only what a repeat may mend is promised to be tried again."""
        texts = []
        for error in (ThrottledError(service="AWS", call="x"), AccessDeniedError(action="x")):
            world = a_world()
            world.findings.error, world.findings.fail_at_page = error, 0
            deliver_as_lambda(JOB, world)
            texts += told(world)

        assert [True, False] == ["try again by myself" in text for text in texts]

    def test_is_told_once(self) -> None:
        """Three deliveries that fail alike are one message."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = ThrottledError(service="AWS", call="x"), 0
        error = deliver_as_lambda(JOB, world)

        assert isinstance(error, ThrottledError)
        assert 1 == len(told(world))

    def test_that_passes_ends_in_a_report(self) -> None:
        """A second delivery that goes well posts the report."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = ThrottledError(service="AWS", call="x"), 0
        world.findings.error_once = True

        assert None is deliver_as_lambda(JOB, world)
        assert 1 == len(reports(world))

    def test_of_the_person_is_theirs_alone(self) -> None:
        """A control that does not exist is answered with the nearest one, and nothing is tried again."""
        world = a_world()
        deliver_once(replace(JOB, query=Query(controls=("CR.1",))), world)

        assert ["Security Hub has no control `CR.1`. Did you mean `ECR.1`?"] == told(world)
        assert [] == reports(world)

    def test_of_the_bot_is_told_and_raised(self, caplog: pytest.LogCaptureFixture) -> None:
        """A fault of the bot's own leads to the log, where its traceback is, and to the dead letters."""
        world = a_world()
        world.reports.save = None  # type: ignore[assignment, method-assign]

        with caplog.at_level(logging.ERROR), pytest.raises(InternalError) as caught:
            deliver_once(JOB, world)

        assert isinstance(caught.value.__cause__, TypeError)
        assert job_id(JOB) in told(world)[0]
        assert "Traceback" in caplog.text

    def test_that_cannot_be_told_is_raised(self) -> None:
        """Where the person cannot be reached either the dead-letter queue has both errors."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0
        world.messenger.errors["tell"] = SlackTokenError(reason="token_revoked")

        with pytest.raises(AccessDeniedError) as caught:
            deliver_once(JOB, world)

        assert isinstance(caught.value.__cause__, SlackTokenError)


class TestNotInChannel:
    """The bot is not where the report should go."""

    def test_tells_how_to_invite_it(self) -> None:
        """Who asked is told how to invite the bot, and has the report all the same."""
        world = a_world()
        world.messenger.errors["post"] = NOT_IN_CHANNEL

        assert None is deliver_as_lambda(JOB, world)
        (text,) = told(world)
        assert "<#C0SECURITY>" in text
        assert "/invite" in text
        assert "found 3 violations" in text
        assert "|securityhub-20261124-003000Z.csv>" in text

    def test_that_is_closed_to_it_wants_no_invitation(self) -> None:
        """Nobody can invite it into a channel that is archived, which the person is told in Slack's word."""
        world = a_world()
        world.messenger.errors["post"] = ChannelClosedError(channel="C0SECURITY", reason="is_archived")

        assert None is deliver_as_lambda(JOB, world)
        (text,) = told(world)
        assert "/invite" not in text
        assert "`is_archived`" in text
        assert "found 3 violations" in text

    def test_of_nothing_still_gives_the_answer(self) -> None:
        """Where nothing was found the answer is in the same message, without a link."""
        world = a_world(0)
        world.messenger.errors["post"] = NOT_IN_CHANNEL
        deliver_once(JOB, world)

        assert "(0件)" in told(world)[0]
        assert "https://" not in told(world)[0]

    def test_of_a_schedule_is_dead_lettered(self) -> None:
        """Nobody can be told, so the error ends where an alarm watches; the report is kept."""
        world = a_world()
        world.messenger.lasting_errors["post"] = NOT_IN_CHANNEL
        error = deliver_as_lambda(SCHEDULE, world)

        assert isinstance(error, NotInChannelError)
        assert [job_id(SCHEDULE)] == list(world.reports.summaries)


class TestUpload:
    """The CSV cannot be attached."""

    @pytest.mark.parametrize(
        "error",
        [
            MissingScopeError(scope="files:write"),
            ThrottledError(service="Slack", call="files.completeUploadExternal"),
            UnavailableError(service="Slack", call="files.completeUploadExternal"),
            FileTooLargeError(),
        ],
    )
    def test_is_replaced_by_a_link(self, error: BotError) -> None:
        """Who asked is told why and gets a link to the copy; the report stands."""
        world = a_world()
        world.messenger.errors["upload"] = error

        assert None is deliver_as_lambda(JOB, world)
        (text,) = told(world)
        assert "could not be attached" in text
        assert "https://bucket.example/reports/" in text
        assert 1 == len(reports(world))

    def test_of_a_schedule_is_told_in_its_thread(self) -> None:
        """Without somebody who asked the link stands where the file would."""
        world = a_world()
        world.messenger.errors["upload"] = MissingScopeError(scope="files:write")
        deliver_once(SCHEDULE, world)

        assert ["1.000001"] == [p.thread_ts for p in world.messenger.posted.values() if p.thread_ts]
        assert "`files:write`" in notes(world)[0]


class TestUncertain:
    """Nobody knows whether Slack has the message."""

    @pytest.mark.parametrize("late", [False, True])
    def test_is_never_posted_again(self, *, late: bool) -> None:
        """The report is not posted twice; who asked is told that it may be missing, with a link to it."""
        world = a_world()
        (world.messenger.late_errors if late else world.messenger.errors)["post"] = DROPPED

        assert None is deliver_as_lambda(JOB, world)
        assert int(late) == len(reports(world))
        (text,) = told(world)
        assert "may be missing" in text
        assert "https://bucket.example/reports/" in text

    @pytest.mark.parametrize("late", [False, True])
    def test_of_a_schedule_is_told_in_its_channel(self, *, late: bool) -> None:
        """The channel is told in other words than the report's."""
        world = a_world()
        (world.messenger.late_errors if late else world.messenger.errors)["post"] = DROPPED
        deliver_as_lambda(SCHEDULE, world)

        assert int(late) == len(reports(world))
        assert 1 == len(notes(world))


@pytest.mark.parametrize("job", [JOB, SCHEDULE], ids=["person", "schedule"])
class TestTwice:
    """The same job is delivered twice."""

    def test_is_one_report(self, job: ScanJob) -> None:
        """A second delivery does nothing, and does not scan again."""
        world = a_world()
        deliver_once(job, world)
        queries = list(world.findings.queries)
        for _ in range(2):
            deliver_once(job, world)

        assert 1 == len(reports(world)) == len(world.messenger.files)
        assert queries == world.findings.queries

    def test_at_once_is_one_report(self, job: ScanJob) -> None:
        """A duplicate that arrives while Slack is being called leaves it to the first."""
        world = a_world()
        post = world.messenger.post
        seen = []

        def posting(*args: object, **options: object) -> str:
            world.messenger.post = post  # type: ignore[method-assign]
            with pytest.raises(BusyStepError):
                deliver_once(job, world)
            seen.append("duplicate")
            return post(*args, **options)  # type: ignore[arg-type]

        world.messenger.post = posting  # type: ignore[method-assign]
        deliver_once(job, world)

        assert ["duplicate"] == seen
        assert 1 == len(reports(world)) == len(world.messenger.files)

    def test_at_once_keeps_what_was_posted(self, job: ScanJob, monkeypatch: pytest.MonkeyPatch) -> None:
        """A duplicate that has scanned longer, and found something else, does not exchange the report."""
        world = a_world()
        pages = world.findings.pages

        def meanwhile(*args: object, **options: object) -> Iterator[Page]:
            monkeypatch.undo()
            deliver_once(job, world)
            world.findings.findings.insert(0, a_finding(99, severity=Severity.CRITICAL))
            return pages(*args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(world.findings, "pages", meanwhile)
        deliver_once(job, world)

        kept = world.reports.summary(job_id(job))
        assert 1 == len(reports(world))
        assert Severity.CRITICAL not in kept.by_severity
        assert kept.finding_count == len(world.reports.lines[job_id(job)])

    def test_for_another_key_is_another_report(self, job: ScanJob) -> None:
        """Whoever asks again gets a report again."""
        world = a_world()
        deliver_once(job, world)
        deliver_once(replace(job, key="another"), world)

        assert 2 == len(reports(world))


@pytest.mark.parametrize("count", [0, 3])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("job", [JOB, SCHEDULE], ids=["person", "schedule"])
class TestCrash:
    """The process dies before or after any of its calls, and Lambda delivers the job again."""

    def test_posts_nothing_twice(self, job: ScanJob, count: int, *, late: bool) -> None:
        """Wherever it dies there is one report at most, one file at most, and no text twice."""
        for place in places(job, count):
            world = a_world(count)
            deliver_as_lambda(job, world, Saboteur(place, late))
            everything = [*reports(world), *notes(world), *told(world)]

            assert len(everything) == len(set(everything)), place
            assert len(reports(world)) <= 1, place
            assert len(world.messenger.files) <= 1, place

    def test_loses_nothing(self, job: ScanJob, count: int, *, late: bool) -> None:
        """Wherever it dies the report or a word that it may be missing arrives, and the CSV or a link."""
        for place in places(job, count):
            world = a_world(count)
            left = deliver_as_lambda(job, world, Saboteur(place, late))

            assert None is left, place
            assert reports(world) or notes(world) or told(world), place
            links = [text for text in notes(world) + told(world) if "https://bucket.example" in text]
            assert count == 0 or world.messenger.files or links, place


def places(job: ScanJob, count: int) -> range:
    """Give the numbers of the calls of an undisturbed delivery."""
    saboteur = Saboteur()
    deliver_once(job, a_world(count), saboteur)
    return range(len(saboteur.calls))


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
class TestDoubleFault:
    """The process dies while it tells a channel of another failure."""

    def test_while_the_file_is_refused(self, *, late: bool) -> None:
        """The link that stands for the file is not posted twice, and its loss is known."""
        for place in range(30):
            world = a_world()
            world.messenger.lasting_errors["upload"] = MissingScopeError(scope="files:write")
            left = deliver_as_lambda(SCHEDULE, world, Saboteur(place, late))

            assert len(notes(world)) <= 1, place
            assert notes(world) or left, place

    def test_while_the_report_may_be_missing(self, *, late: bool) -> None:
        """The word that the report may be missing is not posted twice either."""
        for place in range(30):
            world = a_world()
            world.messenger.errors["post"] = DROPPED
            left = deliver_as_lambda(SCHEDULE, world, Saboteur(place, late))

            assert len(reports(world) + notes(world)) <= 1, place
            assert reports(world) or notes(world) or left, place

    def test_while_security_hub_fails(self, *, late: bool) -> None:
        """The word that the scan failed is not posted twice, and the failure is dead-lettered anyway."""
        for place in range(30):
            world = a_world()
            world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0
            left = deliver_as_lambda(SCHEDULE, world, Saboteur(place, late))

            assert len(notes(world)) <= 1, place
            assert left, place
