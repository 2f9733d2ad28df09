"""A scan's job that cannot do all of it."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from bot.domain.job import job_id
from bot.domain.query import Query
from bot.errors import (
    AccessDeniedError,
    BotError,
    ChannelClosedError,
    FileTooLargeError,
    InternalError,
    MissingScopeError,
    NotInChannelError,
    SecurityHubDisabledError,
    SlackTokenError,
    ThrottledError,
    UnavailableError,
)
from bot.i18n import Locale
from tests.delivery import FaultInjector, deliver_as_lambda, deliver_once
from tests.unit.world.scan import DROPPED, JOB, SCHEDULE, a_world, notes, reports, told

NOT_IN_CHANNEL = NotInChannelError(channel="C0SECURITY")


class TestFailure:
    """The requester is told of a failure."""

    @pytest.mark.parametrize(
        ("error", "part"),
        [
            (SecurityHubDisabledError(region="eu-west-1"), "not enabled in `eu-west-1`"),
            (AccessDeniedError(action="securityhub:GetFindings"), "denies the bot `securityhub:GetFindings`"),
            (ThrottledError(service="AWS", call="securityhub:GetFindings"), "throttling"),
            (UnavailableError(service="AWS", call="securityhub:GetFindings"), "did not answer"),
        ],
    )
    def test_failure_names_security_hub(self, error: BotError, part: str) -> None:
        """The message names which, and nothing looks like a report of 0 findings."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = error, 0

        with pytest.raises(type(error)):
            deliver_once(JOB, world)

        (text,) = told(world)
        assert part in text
        assert [] == reports(world) + notes(world)

    def test_failure_is_in_the_requesters_language(self) -> None:
        """A private message follows the person, not the channel."""
        world = a_world(locale=Locale.JA)
        world.findings.error, world.findings.fail_at_page = SecurityHubDisabledError(region="eu-west-1"), 0

        with pytest.raises(SecurityHubDisabledError):
            deliver_once(JOB, world)

        assert "有効になっていない" in told(world)[0]

    def test_failure_says_whether_it_is_tried_again(self) -> None:
        """Only what a repeat may mend is promised to be tried again."""
        texts = []
        for error in (ThrottledError(service="AWS", call="x"), AccessDeniedError(action="x")):
            world = a_world()
            world.findings.error, world.findings.fail_at_page = error, 0
            deliver_as_lambda(JOB, world)
            texts += told(world)

        assert [True, False] == ["try again by myself" in text for text in texts]

    def test_three_deliveries_that_fail_alike_are_one_message(self) -> None:
        """Three deliveries that fail alike are one message."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = ThrottledError(service="AWS", call="x"), 0
        error = deliver_as_lambda(JOB, world)

        assert isinstance(error, ThrottledError)
        assert 1 == len(told(world))

    def test_successful_retry_posts_the_report(self) -> None:
        """A second delivery that goes well posts the report."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = ThrottledError(service="AWS", call="x"), 0
        world.findings.error_once = True

        assert None is deliver_as_lambda(JOB, world)
        assert 1 == len(reports(world))

    def test_wrong_input_is_not_retried(self) -> None:
        """A control that does not exist is answered with the nearest one, and nothing is tried again."""
        world = a_world()
        deliver_once(replace(JOB, query=Query(controls=("CR.1",))), world)

        assert ["Security Hub has no control or service `CR.1`. Did you mean `ECR.1`?"] == told(world)
        assert [] == reports(world)

    def test_own_fault_is_reported_and_raised(self, caplog: pytest.LogCaptureFixture) -> None:
        """A fault of the bot's own leads to the log, where its traceback is, and to the dead letters."""
        world = a_world()
        fault = FaultInjector(errors={"reports.save": TypeError("not foreseen")})

        with caplog.at_level(logging.ERROR), pytest.raises(InternalError) as caught:
            deliver_once(JOB, world, fault)

        assert isinstance(caught.value.__cause__, TypeError)
        assert job_id(JOB) in told(world)[0]
        assert "Traceback" in caplog.text

    def test_unreachable_requester_raises_both_errors(self) -> None:
        """Where the person cannot be reached either the dead-letter queue has both errors."""
        world = a_world()
        world.findings.error, world.findings.fail_at_page = AccessDeniedError(action="x"), 0
        world.messenger.errors["tell"] = SlackTokenError(reason="token_revoked")

        with pytest.raises(AccessDeniedError) as caught:
            deliver_once(JOB, world)

        assert isinstance(caught.value.__cause__, SlackTokenError)


class TestNotInChannel:
    """The bot is not where the report should go."""

    def test_requester_learns_how_to_invite_the_bot(self) -> None:
        """The requester is told how to invite the bot, and gets the report all the same."""
        world = a_world()
        world.messenger.errors["post"] = NOT_IN_CHANNEL

        assert None is deliver_as_lambda(JOB, world)
        (text,) = told(world)
        assert "<#C0SECURITY>" in text
        assert "/invite" in text
        assert "found 3 violations" in text
        assert "|securityhub-20261124-003000Z.csv>" in text

    def test_archived_channel_asks_for_no_invitation(self) -> None:
        """Nobody can invite it into a channel that is archived, which the person is told in Slack's word."""
        world = a_world()
        world.messenger.errors["post"] = ChannelClosedError(channel="C0SECURITY", reason="is_archived")

        assert None is deliver_as_lambda(JOB, world)
        (text,) = told(world)
        assert "/invite" not in text
        assert "`is_archived`" in text
        assert "found 3 violations" in text

    def test_clean_result_is_in_the_same_answer(self) -> None:
        """Where nothing was found the answer is in the same message, without a link."""
        world = a_world(0)
        world.messenger.errors["post"] = NOT_IN_CHANNEL
        deliver_once(JOB, world)

        assert "(0件)" in told(world)[0]
        assert "https://" not in told(world)[0]

    def test_schedule_without_its_channel_is_dead_lettered(self) -> None:
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
    def test_failed_upload_is_replaced_by_a_link(self, error: BotError) -> None:
        """The requester is told why and gets a link to the copy; the report stands."""
        world = a_world()
        world.messenger.errors["upload"] = error

        assert None is deliver_as_lambda(JOB, world)
        (text,) = told(world)
        assert "could not be attached" in text
        assert "https://bucket.example/reports/" in text
        assert 1 == len(reports(world))

    def test_failed_upload_of_a_schedule_is_linked_in_its_thread(self) -> None:
        """Without a requester the link stands in the file's place."""
        world = a_world()
        world.messenger.errors["upload"] = MissingScopeError(scope="files:write")
        deliver_once(SCHEDULE, world)

        assert ["1.000001"] == [p.thread_ts for p in world.messenger.posted.values() if p.thread_ts]
        assert "`files:write`" in notes(world)[0]


class TestUncertain:
    """Nobody knows whether Slack has the message."""

    @pytest.mark.parametrize("late", [False, True])
    def test_uncertain_report_is_not_posted_again(self, *, late: bool) -> None:
        """The report is not posted twice; the requester is told that it may be missing, with a link to it."""
        world = a_world()
        (world.messenger.late_errors if late else world.messenger.errors)["post"] = DROPPED

        assert None is deliver_as_lambda(JOB, world)
        assert int(late) == len(reports(world))
        (text,) = told(world)
        assert "may be missing" in text
        assert "https://bucket.example/reports/" in text

    @pytest.mark.parametrize("late", [False, True])
    def test_uncertain_schedule_is_reported_in_its_channel(self, *, late: bool) -> None:
        """The channel is told in other words than the report's."""
        world = a_world()
        (world.messenger.late_errors if late else world.messenger.errors)["post"] = DROPPED
        deliver_as_lambda(SCHEDULE, world)

        assert int(late) == len(reports(world))
        assert 1 == len(notes(world))
