"""What Slack sends, from Bolt's app to the job and the ack."""

from __future__ import annotations

import pytest

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import DoctorJob, HistoryJob, Requester, ScanJob
from bot.domain.query import Query
from bot.errors import AccessDeniedError
from bot.i18n import Locale
from bot.listeners.app import NAME
from tests.unit.world.slack import RESPONSE_URL, THROTTLED, TRIGGER, Side


class TestCommand:
    """The slash command with a text."""

    def test_command_dispatches_a_scan(self, side: Side) -> None:
        """The job has the query, the channel, the requester and their response URL."""
        side.command("s3.8 severity:high account:123456789012 region:us-east-1 status:new")

        query = Query(
            controls=("S3.8",),
            severities=(Severity.HIGH,),
            accounts=("123456789012",),
            regions=("us-east-1",),
            statuses=(WorkflowStatus.NEW,),
        )
        requester = Requester("U0PERSON", RESPONSE_URL, "T0LOCAL")
        assert ScanJob(f"slack/{TRIGGER}", query, "C0SECURITY", requester) == side.job

    def test_answer_repeats_the_query(self, side: Side) -> None:
        """The private answer repeats what is scanned, as it was understood."""
        assert "🔍 Scanning `S3.8 EC2.19` …" == side.command("Ｓ３．８ ec2.19")

    def test_dispatch_is_the_only_call(self, side: Side) -> None:
        """The dispatch is the only call before the ack."""
        side.command("S3.8")

        assert [] == side.calls
        assert 0 == side.lookups

    def test_unknown_control_is_passed_on(self, side: Side) -> None:
        """A control that is newer than the bundled list goes to Security Hub as it was typed."""
        side.command("Bedrock.99")

        assert ("Bedrock.99",) == side.job.query.controls

    def test_word_of_no_service_is_harmless(self, side: Side) -> None:
        """A word that may be a service goes to the job, which knows them; the answer mentions nobody."""
        answer = side.command("<!channel>")

        assert "`channel.*`" in answer
        assert "<!" not in answer
        assert ("channel.*",) == side.job.query.controls

    @pytest.mark.parametrize(
        "text", ["🎉", "S3.8 severity:huge", "severity:HIGH", "<!channel|here>", "'; DROP-TABLE"]
    )
    def test_malformed_query_is_refused_in_private(self, side: Side, text: str) -> None:
        """A private reply has a hint, and nothing is scanned."""
        answer = side.command(text)

        assert answer
        assert "<!" not in answer
        assert [] == side.jobs.jobs

    @pytest.mark.parametrize("text", [" " * 12_000, "S3.8 " * 2000, "history " + "x" * 8000], ids=len)
    def test_text_above_8000_characters_is_refused(self, side: Side, text: str) -> None:
        """More than 8,000 characters are not read, which the answer says."""
        assert "That is too long: at most `8,000` characters" in side.command(text)
        assert [] == side.jobs.jobs
        assert [] == side.calls

    def test_failed_dispatch_is_answered(self, side: Side) -> None:
        """Where the job cannot be handed over the person is told in the same answer."""
        side.jobs.error = AccessDeniedError(action="lambda:InvokeFunction")
        answer = side.command("S3.8")

        assert "could not be started" in answer
        assert "`lambda:InvokeFunction`" in answer

    def test_many_controls_are_one_job(self, side: Side) -> None:
        """Many controls are one job, and the answer keeps a bearable length."""
        answer = side.command(" ".join(f"S3.{number}" for number in range(200)))

        assert 200 == len(side.job.query.controls)
        assert len(answer) < 1200

    def test_missing_response_url_still_scans(self, side: Side) -> None:
        """Slack may leave the address out."""
        side.command("S3.8", response_url="")

        assert "" == side.job.requester.response_url


class TestLanguage:
    """The language of an answer."""

    def test_known_person_gets_their_language(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A person whose language is known gets it."""
        assert "スキャンしています" in Side(monkeypatch, Locale.JA).command("S3.8")

    def test_unknown_language_is_that_of_deployment_and_english(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If the look-up would cost the time of the ack, the answer has a line in each of the two."""
        side = Side(monkeypatch, None)
        answer = side.command("S3.8")

        assert "スキャンしています" in answer.splitlines()[0]
        assert "Scanning" in answer.splitlines()[1]
        assert 0 == side.lookups

    def test_help_looks_up_the_language(self, side: Side) -> None:
        """Where nothing is dispatched there is time to ask."""
        side.command("help")

        assert 1 == side.lookups


class TestHelp:
    """Asking for help."""

    @pytest.mark.parametrize("text", ["help", "HELP", "ヘルプ", "？"])
    def test_answer_shows_command_and_nothing_is_scanned(self, side: Side, text: str) -> None:
        """The answer shows the command, and nothing is scanned."""
        answer = side.command(text)

        assert "`/sechub-scan S3.8 EC2.19`" in answer
        assert [] == side.jobs.jobs


class TestHistory:
    """`/sechub-scan history …`."""

    def test_history_command_passes_its_resource(self, side: Side) -> None:
        """The rest of the words is what it is about, in their own spelling."""
        assert "Looking" in side.command("history arn:aws:s3:::My-Bucket")

        asking = Requester("U0PERSON", RESPONSE_URL, "T0LOCAL")
        assert HistoryJob(f"slack/{TRIGGER}", "arn:aws:s3:::My-Bucket", "C0SECURITY", asking) == side.job

    @pytest.mark.parametrize("text", ["history `S3.8`", "history  Ｓ３．８", "履歴 「S3.8」"])
    def test_history_tolerates_quotes_and_width(self, side: Side, text: str) -> None:
        """Quotes and width do not matter."""
        side.command(text)

        assert isinstance(side.job, HistoryJob)
        assert "S3.8" == side.job.subject

    def test_history_without_a_name_shows_an_example(self, side: Side) -> None:
        """Without a name there is an example."""
        assert "history S3.8" in side.command("history")
        assert [] == side.jobs.jobs

    def test_failed_dispatch_of_history_is_answered(self, side: Side) -> None:
        """Where the job cannot be handed over the answer says so."""
        side.jobs.error = THROTTLED

        assert "throttling" in side.command("履歴 S3.8")


class TestDoctor:
    """`/sechub-scan doctor`."""

    @pytest.mark.parametrize("text", ["doctor", " Doctor ", "診断"])
    def test_doctor_job_has_its_requester(self, side: Side, text: str) -> None:
        """The job has the requester and their response URL."""
        assert "Checking" in side.command(text)

        asking = Requester("U0PERSON", RESPONSE_URL, "T0LOCAL")
        assert DoctorJob(f"slack/{TRIGGER}", "C0SECURITY", asking) == side.job

    def test_failed_dispatch_of_doctor_is_answered(self, side: Side) -> None:
        """If the job cannot be handed over, the answer says so, and nothing of a scan."""
        side.jobs.error = THROTTLED

        assert "deployment could not be checked" in side.command("doctor")


class TestBolt:
    """What stands around the listeners."""

    def test_bolt_checks_the_signature(self, side: Side) -> None:
        """Bolt's own check stands behind the gate."""
        assert 401 == side.send({"command": "/sechub-scan"}, secret="another").status
        assert [] == side.jobs.jobs

    def test_bolt_makes_no_auth_test(self, side: Side) -> None:
        """No auth.test is made: the token is the stored one."""
        side.command("help")

        assert [] == side.calls

    def test_another_apps_command_is_not_answered(self, side: Side) -> None:
        """Another app's command is not answered."""
        assert 404 == side.send({"command": "/other", "team_id": "T0LOCAL", "user_id": "U0PERSON"}).status

    def test_bolt_does_not_inspect_the_stack(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a name Bolt asks `inspect`, which walks over all modules, and the first answer waits."""
        monkeypatch.setattr("inspect.stack", None)

        assert NAME == Side(monkeypatch).app.name
