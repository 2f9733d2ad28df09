"""Slack's errors: every word that Slack answers is one of the bot's errors."""

from __future__ import annotations

from http.client import IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.error import HTTPError, URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.adapters import slack_errors as module
from bot.adapters.slack_errors import slack_errors, translated
from bot.errors import (
    BotError,
    ChannelClosedError,
    FileTooLargeError,
    InvalidBlocksError,
    MissingScopeError,
    NotInChannelError,
    SlackInternalError,
    SlackTokenError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)

WORDS = [
    ("not_in_channel", NotInChannelError),
    ("channel_not_found", NotInChannelError),
    ("is_archived", ChannelClosedError),
    ("restricted_action", ChannelClosedError),
    ("restricted_action_read_only_channel", ChannelClosedError),
    ("invalid_auth", SlackTokenError),
    ("not_authed", SlackTokenError),
    ("account_inactive", SlackTokenError),
    ("token_revoked", SlackTokenError),
    ("token_expired", SlackTokenError),
    ("missing_scope", MissingScopeError),
    ("ratelimited", ThrottledError),
    ("rate_limited", ThrottledError),
    ("message_limit_exceeded", ThrottledError),
    ("invalid_blocks", InvalidBlocksError),
    ("invalid_blocks_format", InvalidBlocksError),
    ("invalid_attachments", InvalidBlocksError),
    ("fatal_error", SlackInternalError),
    ("internal_error", SlackInternalError),
    ("service_unavailable", UnavailableError),
    ("request_timeout", UnavailableError),
    ("file_upload_size_restricted", FileTooLargeError),
    ("msg_too_long", UnexpectedResponseError),
    ("msg_blocks_too_long", InvalidBlocksError),
    ("no_text", UnexpectedResponseError),
    ("cant_update_message", UnexpectedResponseError),
    ("message_not_found", UnexpectedResponseError),
    ("expired_trigger_id", UnexpectedResponseError),
    ("user_not_in_channel", UnexpectedResponseError),
    ("a_word_of_tomorrow", UnexpectedResponseError),
]


def answered(status: int = 200, **body: Any) -> SlackApiError:
    """Make what slack_sdk raises for an answer."""
    response = SlackResponse(
        client=WebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/x",
        req_args={},
        data={"ok": False, **body},
        headers={},
        status_code=status,
    )
    return SlackApiError("failed", response)  # type: ignore[no-untyped-call]


class TestWords:
    """Slack's words for what went wrong."""

    @pytest.mark.parametrize(("word", "error"), WORDS)
    def test_each_declared_error_is_mapped(self, word: str, error: type[BotError]) -> None:
        """Each is an error that says what to do, or is quoted."""
        assert type(translated(answered(error=word), "chat.postMessage", "C1")) is error

    def test_every_word_that_adapter_knows_is_in_table_above(self) -> None:
        """Every word that the adapter knows is in the table above."""
        groups = (
            module.BAD_TOKENS,
            module.BAD_CHANNELS,
            {module.ARCHIVED, module.RESTRICTED},
            module.BAD_BLOCKS,
            module.THROTTLES,
            module.FAILURES,
        )

        assert set().union(*groups) <= {word for word, _ in WORDS}

    def test_direct_message_asks_for_no_invitation(self) -> None:
        """Nobody can be invited into a direct message."""
        error = translated(answered(error="channel_not_found"), "chat.postMessage", "D0ALICE")

        assert isinstance(error, ChannelClosedError)

    def test_error_names_channel_scope_token_and_call(self) -> None:
        """A message can name the channel, the scope, the token's trouble and the call."""
        assert {"channel": "C1"} == translated(answered(error="not_in_channel"), "x", "C1").values
        assert {"channel": "C1", "reason": "is_archived"} == translated(
            answered(error="is_archived"), "x", "C1"
        ).values
        assert {"scope": "files:write"} == translated(
            answered(error="missing_scope", needed="files:write", provided="chat:write"), "x", "C1"
        ).values
        assert {"reason": "token_revoked"} == translated(answered(error="token_revoked"), "x", "").values
        assert {"service": "Slack", "call": "x", "reason": "no_text"} == translated(
            answered(error="no_text"), "x", ""
        ).values

    def test_block_errors_are_quoted_and_bounded(self) -> None:
        """Slack's messages with their pointers are kept, at a bearable length."""
        metadata = {"messages": ["[ERROR] must be shorter [json-pointer:/blocks/0/text]"] * 50}
        error = translated(answered(error="invalid_blocks", response_metadata=metadata), "x", "C1")

        assert "json-pointer:/blocks/0/text" in error.values["reason"]
        assert len(error.values["reason"]) <= 500


class TestStatuses:
    """Answers that are no words."""

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_server_error_is_uncertain(self, status: int) -> None:
        """A failing server may have carried out the call."""
        error = translated(answered(status, error="not_in_channel"), "x", "C1")

        assert isinstance(error, UnavailableError)
        assert error.may_have_happened

    def test_status_429_means_nothing_happened(self) -> None:
        """429 means that nothing happened."""
        error = translated(answered(429, error="any_word"), "x", "C1")

        assert isinstance(error, ThrottledError)
        assert not error.may_have_happened

    @pytest.mark.parametrize("sentence", ["Received a response in a non-JSON format: <html>", ""])
    def test_foreign_page_is_not_slacks_answer(self, sentence: str) -> None:
        """A proxy's page is not one of Slack's words."""
        assert isinstance(translated(answered(200, error=sentence), "x", "C1"), UnavailableError)


class TestConnection:
    """No answer, or half of one."""

    @pytest.mark.parametrize(
        "raised",
        [
            URLError("no route"),
            TimeoutError("timed out"),
            ConnectionResetError(),
            RemoteDisconnected("closed"),
            IncompleteRead(b"x"),
            SlackRequestError("failed to upload"),
            HTTPError("https://x", 500, "x", {}, None),  # type: ignore[arg-type]
        ],
    )
    def test_lost_answer_is_uncertain(self, raised: Exception) -> None:
        """Nobody knows whether Slack did it."""
        with pytest.raises(UnavailableError) as caught, slack_errors("chat.postMessage", "C1"):
            raise raised

        assert caught.value.may_have_happened
        assert "chat.postMessage" == caught.value.values["call"]
