"""Answers at the address that came with a command."""

from __future__ import annotations

import pytest

from bot.adapters.slack import SlackMessenger
from bot.domain.job import Requester
from bot.domain.slack import Message
from bot.errors import UnavailableError, UnexpectedResponseError
from playground.slack import LocalSlack
from playground.slack.workspace.tickets import Response as Ticket
from tests.contracts.slack.local import CHANNEL, call_count, texts


class TestResponseUrl:
    """The person who entered a command is answered at its address."""

    @pytest.fixture
    def asked(self, slack: LocalSlack) -> Requester:
        """Return somebody who has entered a command where the bot is not."""
        tickets = slack.workspace.tickets
        path = tickets.response("commands", Ticket("U0SECURITY", "C0RANDOM", slack.workspace.clock()))
        return Requester("U0SECURITY", f"{slack.url}{path}")

    def test_response_url_reaches_a_channel_without_the_bot(
        self, slack: LocalSlack, adapter: SlackMessenger, asked: Requester
    ) -> None:
        """The person is told in private where the bot cannot post."""
        adapter.tell(asked, Message("for you"), "C0RANDOM")

        (message,) = slack.workspace.messages
        assert "for you" == message.text
        assert "U0SECURITY" == message.only_for
        assert "C0RANDOM" == message.channel

    def test_used_up_response_url_falls_back_to_the_channel(
        self, slack: LocalSlack, adapter: SlackMessenger, asked: Requester
    ) -> None:
        """After five answers the bot tells the person in the channel, in private too."""
        for number in range(7):
            adapter.tell(asked, Message(f"{number}"), CHANNEL)

        assert [f"{number}" for number in range(7)] == texts(slack)
        assert {"U0SECURITY"} == {message.only_for for message in slack.workspace.messages}

    def test_response_urls_are_not_logged(
        self, slack: LocalSlack, adapter: SlackMessenger, asked: Requester, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A reader of the log can answer nobody, even after a retry."""
        caplog.set_level("INFO")
        slack.workspace.faults.add("response_url", "ratelimited", value=1)
        adapter.tell(asked, Message("x"), CHANNEL)

        assert ["x"] == texts(slack)
        assert asked.response_url not in caplog.text

    def test_foreign_response_url_is_not_called(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """An address in a job that does not lead to Slack gets nothing; the person is told all the same."""
        adapter.tell(Requester("U0SECURITY", "http://169.254.169.254/latest"), Message("x"), CHANNEL)

        assert ["x"] == texts(slack)
        assert 0 == call_count(slack, "response_url")

    def test_neither_response_url_nor_channel_is_an_error(self, adapter: SlackMessenger) -> None:
        """Without an address and a channel nobody can be told, which is an error."""
        with pytest.raises(UnexpectedResponseError):
            adapter.tell(Requester("U0SECURITY", ""), Message("x"))

    def test_broken_off_answer_is_uncertain(
        self, slack: LocalSlack, adapter: SlackMessenger, asked: Requester
    ) -> None:
        """Nobody knows whether the person has been told."""
        slack.workspace.faults.add("response_url", "drop_before")

        with pytest.raises(UnavailableError):
            adapter.tell(asked, Message("x"), CHANNEL)
