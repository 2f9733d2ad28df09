"""The translation of Slack's errors into the bot's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.slack import is_direct
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
    ViewGoneError,
)

BAD_TOKENS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
BAD_CHANNELS = frozenset({"not_in_channel", "channel_not_found"})
ARCHIVED = "is_archived"
RESTRICTED = "restricted_action"
"""The beginning of the words for acts that a workspace's settings forbid, also to members of a channel."""
BAD_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_attachments", "invalid_blocks_format", "msg_blocks_too_long"}
)
THROTTLES = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
INTERNAL = frozenset({"fatal_error", "internal_error"})
FAILURES = frozenset({"service_unavailable", "request_timeout"})


@contextmanager
def slack_errors(method: str, channel: str) -> Iterator[None]:
    """Translate slack_sdk's errors into the bot's."""
    try:
        yield
    except SlackApiError as error:
        raise translated(error, method, channel) from error
    except (SlackClientError, HTTPException, OSError) as error:
        if isinstance(error, HTTPError):
            error.close()  # it is the answer too, and holds a connection
        raise UnavailableError(service="Slack", call=method) from error


def translated(error: SlackApiError, method: str, channel: str) -> BotError:
    """Return the bot's error for an answer of Slack."""
    answer: Any = error.response
    reason = str(answer.get("error") or "")
    if reason in INTERNAL:
        return SlackInternalError(service="Slack", call=method, reason=reason)
    if answer.status_code >= 500 or reason in FAILURES or not _is_word(reason):
        return UnavailableError(service="Slack", call=method)
    if reason in BAD_CHANNELS and not is_direct(channel):
        return NotInChannelError(channel=channel)
    if reason in (*BAD_CHANNELS, ARCHIVED) or reason.startswith(RESTRICTED):
        return ChannelClosedError(channel=channel, reason=reason)
    if reason in BAD_TOKENS:
        return SlackTokenError(reason=reason)
    if reason == "missing_scope":
        return MissingScopeError(scope=str(answer.get("needed") or ""))
    return _refusal(answer, reason, method)


def _refusal(answer: Any, reason: str, method: str) -> BotError:
    if (method, reason) == ("views.update", "not_found"):
        return ViewGoneError()
    if reason in THROTTLES or answer.status_code == 429:
        return ThrottledError(service="Slack", call=method)
    if reason == "file_upload_size_restricted":
        return FileTooLargeError()
    if reason in BAD_BLOCKS:
        messages = (answer.get("response_metadata") or {}).get("messages") or [reason]
        return InvalidBlocksError(reason="; ".join(map(str, messages))[:500])
    return UnexpectedResponseError(service="Slack", call=method, reason=reason)


def _is_word(reason: str) -> bool:
    """Tell Slack's error words from the sentence that slack_sdk makes of a body that is not JSON."""
    return bool(reason) and " " not in reason
