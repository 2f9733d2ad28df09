"""The Lambda entry points."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

import handlers.job
import handlers.slack
from bot.domain.job import to_document
from bot.errors import BotError, InvalidJobError, InvalidSettingError, MissingSettingError, SecretError
from bot.listeners.signature import MAX_BODY_BYTES
from tests.builders import a_scan_job, some_findings
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings
from tests.unit.world.handlers import SECRET, FakeAck, event, handle

DOCUMENT = json.loads(json.dumps(to_document(a_scan_job())))
"""A job as Lambda passes it on."""


class TestSlack:
    """Requests that Slack has signed."""

    @pytest.mark.parametrize("in_base64", [False, True])
    def test_command_becomes_job_and_answer_is_json(self, ack: FakeAck, *, in_base64: bool) -> None:
        """A command becomes a job, and the answer is JSON, however API Gateway passes the body."""
        answer = handle(event(in_base64=in_base64))

        assert 200 == answer["statusCode"]
        assert "Scanning" in json.loads(answer["body"])["text"]
        assert 1 == len(ack.jobs.jobs)

    def test_warm_function_keeps_its_app(self, ack: FakeAck) -> None:
        """A warm function answers again and again with the app that it has."""
        answers = [handle(event())["statusCode"] for _ in range(3)]

        assert [200] * 3 == answers
        assert 3 == len(ack.jobs.jobs)


class TestGate:
    """Everything else."""

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"method": "GET"}, 404),
            ({"path": "/"}, 404),
            ({"path": "/slack/events/"}, 404),
            ({"path": "/prod/slack/events"}, 404),
            ({"secret": "another"}, 401),
            ({"headers": {"X-Slack-Signature": ""}}, 401),
            ({"headers": {"X-Slack-Signature": "v0=é"}}, 401),
            ({"headers": {"X-Slack-Request-Timestamp": "abc"}}, 401),
            ({"headers": {"X-Slack-Request-Timestamp": "1"}}, 401),
            ({"body": "{", "headers": {"Content-Type": "application/json", "X-Slack-Signature": "x"}}, 401),
            ({"body": b"\xff\xfe", "in_base64": True, "secret": "another"}, 401),
            ({"body": "x" * (MAX_BODY_BYTES + 1)}, 413),
        ],
    )
    def test_refused_request_has_a_status_and_dispatches_nothing(
        self, ack: FakeAck, changes: dict[str, Any], status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is answered with a number and dispatches nothing; the log has a line without any of it."""
        with caplog.at_level(logging.INFO):
            answer = handle(event(**changes))

        assert status == answer["statusCode"]
        assert "" == answer["body"]
        assert [] == ack.jobs.jobs
        lines = [record.getMessage().partition(":")[0] for record in caplog.records]
        assert lines == ["refused a request"] * (status == 401)

    @pytest.mark.parametrize("secret", ["another", SECRET.signing_secret])
    def test_ssl_check_needs_no_signature(self, ack: FakeAck, secret: str) -> None:
        """Slack does not sign it: an empty 200 with any secret, and no job."""
        ack.error = SecretError(problem="not found")
        body = "ssl_check=1&command=%2Fsechub-scan&text=S3.8&user_id=U1&channel_id=C1&trigger_id=1"
        answer = handle(event(body, secret=secret))

        assert 200 == answer["statusCode"]
        assert "" == answer["body"]
        assert [] == ack.jobs.jobs

    @pytest.mark.parametrize("body", ["=", "not base64", "é", "AAA"])
    def test_undecodable_body_is_unsigned(self, ack: FakeAck, body: str) -> None:
        """A body that is not what it says it is has not been signed."""
        answer = handle(event() | {"body": body, "isBase64Encoded": True})

        assert 401 == answer["statusCode"]

    @pytest.mark.parametrize("odd", [{}, {"requestContext": {}}, {"version": "2.0"}])
    def test_event_that_is_no_request_is_not_found(self, odd: dict[str, Any]) -> None:
        """An event that is no request is not found."""
        assert 404 == handle(odd)["statusCode"]

    def test_missing_body_is_an_empty_body(self, ack: FakeAck) -> None:
        """A request without a body can be signed too, and is no command."""
        without = event("")
        del without["body"]

        assert handle(without)["statusCode"] in (401, 404)
        assert [] == ack.jobs.jobs

    @pytest.mark.parametrize(
        "error", [MissingSettingError(settings="JOB_FUNCTION"), SecretError(problem="not JSON")]
    )
    def test_missing_secret_closes_the_gate(
        self, ack: FakeAck, error: BotError, caplog: pytest.LogCaptureFixture
    ) -> None:
        """503 is what Slack gets, and the log says what to set up."""
        ack.error = error

        assert 503 == handle(event())["statusCode"]
        assert str(error) in caplog.text
        assert "Traceback" not in caplog.text

    @pytest.mark.parametrize(
        "environment", [{}, {"SLACK_SECRET_ID": "s", "JOB_FUNCTION": "f", "REPORT_LOCALE": "fr"}]
    )
    def test_bad_setting_closes_the_gate(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
    ) -> None:
        """A deployment with a setting that is missing or may not be answers 503, and no traceback."""
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        handlers.slack._ack.cache_clear()

        assert 503 == handle(event())["statusCode"]


class LambdaContext(SimpleNamespace):
    """What Lambda passes beside the event."""

    invoked_function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:job"
    milliseconds = 900_000

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left."""
        return self.milliseconds


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> FakeWorld:
    """Put a fake world into the job handler."""
    world = FakeWorld(findings=FakeFindings(some_findings(5)))
    monkeypatch.setattr(handlers.job, "_worker", lambda: SimpleNamespace(ports=lambda: world.ports))
    monkeypatch.setattr(handlers.job, "utc_now", world.clock)
    return world


class TestJob:
    """Jobs."""

    def test_jobs_document_becomes_report(self, world: FakeWorld) -> None:
        """A job's document becomes a report, under the account's name where no other is set."""
        answer = handlers.job.handler(DOCUMENT, LambdaContext())

        (posted,) = world.messenger.posted.values()
        assert posted.message.text.startswith("🚨 123456789012 環境で 5 件")
        assert {"job_id"} == set(answer)

    def test_settings_define_the_scheduled_report(
        self, world: FakeWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Name, language, channel and controls of a scheduled report are settings."""
        monkeypatch.setenv("ENVIRONMENT_NAME", "production")
        monkeypatch.setenv("REPORT_LOCALE", "en")
        monkeypatch.setenv("SLACK_CHANNEL", "C0PLATFORM")
        monkeypatch.setenv("TARGET_CONTROL_IDS", "S3.8")
        handlers.job.handler({"version": 1, "kind": "scan", "key": "arn/time"}, LambdaContext())

        (posted,) = world.messenger.posted.values()
        assert "🚨 Found 5 violations in production." in posted.message.text
        assert "C0PLATFORM" == posted.channel

    def test_same_document_delivered_again_posts_nothing(self, world: FakeWorld) -> None:
        """The same document delivered again posts nothing."""
        for _ in range(2):
            handlers.job.handler(DOCUMENT, LambdaContext())

        assert 1 == len(world.messenger.posted)

    def test_scan_posts_a_partial_report_before_the_timeout(self, world: FakeWorld) -> None:
        """Shortly before the function's time is up it posts what it has."""
        time_left = iter([handlers.job.LAST_MILLISECONDS + 1, handlers.job.LAST_MILLISECONDS])
        context = LambdaContext(get_remaining_time_in_millis=lambda: next(time_left))
        handlers.job.handler(DOCUMENT, context)

        (posted,) = world.messenger.posted.values()
        assert " 2 件" in posted.message.text
        assert "不完全" in str(posted.message.blocks)

    @pytest.mark.parametrize("document", [None, {}, {"version": 2}, {"detail-type": "Scheduled Event"}])
    def test_malformed_job_is_raised(self, world: FakeWorld, document: object) -> None:
        """What is no job is raised, so that it ends among the dead letters."""
        with pytest.raises(InvalidJobError):
            handlers.job.handler(document, LambdaContext())

        assert {} == world.messenger.posted

    def test_bad_setting_is_named(self, world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        """A setting that may not be what it is is named."""
        monkeypatch.setenv("REPORT_LOCALE", "fr")

        with pytest.raises(InvalidSettingError):
            handlers.job.handler(DOCUMENT, LambdaContext())

    def test_missing_secret_and_bucket_are_both_named(self) -> None:
        """Without a secret and a bucket there is no worker, and all that is missing is named."""
        handlers.job._worker.cache_clear()

        with pytest.raises(MissingSettingError) as caught:
            handlers.job.handler(DOCUMENT, LambdaContext())

        assert "SLACK_SECRET_ID, REPORT_BUCKET" == caught.value.values["settings"]


class TestInit:
    """What happens before the first event, while nobody waits."""

    @pytest.mark.parametrize(
        ("module", "code"),
        [("handlers.slack", 0), ("handlers.job", 1)],
    )
    def test_start_logs_missing_settings(self, module: str, code: int) -> None:
        """The log names the settings; the job function does not start, Slack's goes on and answers 503."""
        environment = {"AWS_LAMBDA_FUNCTION_NAME": "f", "PATH": "", "PYTHONPATH": "."}
        ran = subprocess.run(  # noqa: S603  our own Python, our own words
            [sys.executable, "-c", f"import {module}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

        assert code == ran.returncode
        assert "missing-setting" in ran.stderr
