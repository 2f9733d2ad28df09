"""Acts where something fails, is or is refused."""

from __future__ import annotations

import pytest

from bot.domain.finding import WorkflowStatus
from bot.domain.slack import Message
from bot.errors import (
    AccessDeniedError,
    BotError,
    FileTooLargeError,
    InvalidBlocksError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)
from tests.builders import some_findings
from tests.delivery import deliver_as_lambda, deliver_once
from tests.unit.world.report import a_world, click, message, statuses, told


class TestRefusals:
    """Security Hub does not take every update."""

    def test_refusals_are_shown_to_the_person(self) -> None:
        """Each is named with Security Hub's reason, and the message counts them."""
        world = a_world(some_findings(3))
        refused = world.findings.findings[2].identifiers[0].id
        world.findings.refuse = {refused: "FindingNotFound"}
        deliver_once(click(), world)

        (text,) = told(world)
        assert "refused 1 update" in text
        assert f"`{refused}` — `FindingNotFound`: `refused`" in text
        assert "2 件を NOTIFIED にしました" in message(world)
        assert "1 件の更新を拒否しました" in message(world)

    def test_refusals_of_all_marks_nothing(self) -> None:
        """Where all are refused the message does not say that anything was marked."""
        world = a_world(some_findings(2))
        world.findings.refuse = {f.identifiers[0].id: "FindingNotFound" for f in world.findings.findings}
        deliver_once(click(), world)

        assert "NOTIFIED にしました" not in message(world)
        assert "refused 2 updates" in told(world)[0]

    def test_refusals_are_counted_where_they_are_many(self) -> None:
        """Twenty are named, the rest is a number; all are counted."""
        world = a_world(some_findings(30))
        world.findings.refuse = {f.identifiers[0].id: "FindingNotFound" for f in world.findings.findings}
        deliver_once(click(), world)

        (text,) = told(world)
        assert "refused 30 updates" in text
        assert 20 == text.count("`FindingNotFound`")
        assert "and 10 more, all of them in the file" in text
        assert "refused-" in world.messenger.files[-1][2]

    def test_refusals_are_in_no_file_that_is_not_there(self) -> None:
        """Where Slack takes no file, nobody is sent to look for one."""
        world = a_world(some_findings(30))
        world.findings.refuse = {f.identifiers[0].id: "FindingNotFound" for f in world.findings.findings}
        world.messenger.lasting_errors["upload"] = FileTooLargeError()
        deliver_once(click(), world)

        (text,) = told(world)
        assert 20 == text.count("`FindingNotFound`")
        assert "and 10 more, which could not be listed" in text

    def test_refusals_can_be_clicked_again(self) -> None:
        """What was refused is still NEW, and another click tries it again."""
        world = a_world(some_findings(3))
        world.findings.refuse = {world.findings.findings[2].identifiers[0].id: "ConcurrentUpdateError"}
        deliver_once(click(), world)
        world.findings.refuse = {}
        deliver_once(click(key="again"), world)

        assert {WorkflowStatus.NOTIFIED} == set(statuses(world))


class TestDenial:
    """AWS takes the bot's permission away while it acts."""

    @pytest.mark.parametrize("batch", [2, 5])
    def test_shows_changes_of_earlier_batches(self, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Changes of earlier batches are shown and can be undone; a denial of the first batch is an error."""
        world = a_world(some_findings(5))
        monkeypatch.setattr("bot.usecases.triage.update.BATCH", batch)
        denied = AccessDeniedError(action="securityhub:BatchUpdateFindings")
        world.findings.update_errors = [None, denied]
        world.findings.lasting_update_error = denied if batch == 5 else None

        before = message(world)
        left = deliver_as_lambda(click(), world)

        if batch == 5:
            assert isinstance(left, AccessDeniedError)
            assert before == message(world)
        else:
            assert None is left
            assert 3 == statuses(world).count(WorkflowStatus.NOTIFIED)
            assert "3 件を NOTIFIED にしました" in message(world)
            assert "2 件の更新を拒否しました" in message(world)
            assert '"undo"' in message(world).replace("'", '"')
            assert "`access-denied`: `securityhub:BatchUpdateFindings`" in told(world)[0]


class TestFailure:
    """A click that fails."""

    def test_failure_of_a_report_that_is_gone_is_told(self) -> None:
        """After the report has expired the person is told to scan again, and nothing is retried."""
        world = a_world(some_findings(1))
        world.reports.summaries.clear()
        deliver_once(click(), world)

        assert ["This report is no longer kept. Scan again for buttons that work."] == told(world)
        assert [] == world.findings.updated

    @pytest.mark.parametrize(
        "error",
        [
            AccessDeniedError(action="securityhub:BatchUpdateFindings"),
            ThrottledError(service="AWS", call="securityhub:GetFindings"),
        ],
    )
    def test_failure_of_security_hub_is_told_and_raised(self, error: BotError) -> None:
        """The person is told which, once, and the message does not claim what did not happen."""
        world = a_world(some_findings(1))
        before = message(world)
        world.findings.error, world.findings.fail_at_page = error, 1
        left = deliver_as_lambda(click(), world)

        assert isinstance(left, type(error))
        assert 1 == len(told(world))
        assert before == message(world)

    def test_failure_of_the_message_is_mended(self) -> None:
        """Where Slack fails when the message is rewritten the next delivery rewrites it."""
        world = a_world(some_findings(2))
        world.messenger.errors["update"] = UnavailableError(service="Slack", call="chat.update")

        assert None is deliver_as_lambda(click(), world)
        assert "2 件を NOTIFIED にしました" in message(world)
        assert 2 == len(world.findings.updated)

    def test_failure_of_the_layout_costs_the_layout(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """If Slack refuses the message's layout, the channel sees what was done all the same."""
        world = a_world(some_findings(2))
        update = world.messenger.update

        def refuse_blocks(channel: str, ts: str, wanted: Message) -> None:
            if wanted.blocks:
                raise InvalidBlocksError(reason="invalid_blocks")
            update(channel, ts, wanted)

        monkeypatch.setattr(world.messenger, "update", refuse_blocks)
        deliver_once(click(), world)

        assert "2 件を NOTIFIED にしました" in world.messenger.posted["1.000001"].message.text
        assert [] == told(world)

    def test_failure_of_a_message_that_is_gone_is_told(self) -> None:
        """Where the report's message was deleted, what was done is done, and the person is told that."""
        world = a_world(some_findings(2))
        gone = UnexpectedResponseError(service="Slack", call="chat.update", reason="message_not_found")
        world.messenger.lasting_errors["update"] = gone

        assert None is deliver_as_lambda(click(), world)
        assert {WorkflowStatus.NOTIFIED} == set(statuses(world))
        (text,) = told(world)
        assert "2 findings were changed, but the report's message could not be" in text
        assert "message_not_found" in text
