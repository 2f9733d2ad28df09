"""A person, as users.info tells: https://docs.slack.dev/reference/objects/user-object, read 2026-11."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.errors import UnexpectedResponseError

UNSEEN = frozenset({"user_not_found", "user_not_visible"})
"""What users.info says of people whom the bot's workspace does not know."""

User = dict[str, Any]


def find_user(client: WebClient, user_id: str, **options: bool) -> User | None:
    """
    Ask for a person; None for somebody whom the workspace does not know. Needs the scope users:read.

    Args:
        options: of users.info, such as include_locale.

    Raises:
        MissingScopeError, SlackTokenError, ThrottledError, UnavailableError, UnexpectedResponseError.
    """
    try:
        with slack_errors("users.info", ""):
            user: User = client.users_info(user=user_id, **options)["user"]
    except UnexpectedResponseError as error:
        if error.values["reason"] in UNSEEN:
            return None
        raise
    return user
