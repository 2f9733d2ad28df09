"""People's languages and names, as Slack knows them."""

from __future__ import annotations

from slack_sdk import WebClient

from bot.adapters.slack_users import find_user
from bot.errors import BotError
from bot.i18n import Locale, locale_of


class SlackLocales:
    """
    The languages of the people seen in the life of the process. Needs the scope users:read.

    Args:
        default: the language of a person for whom Slack has none.
    """

    def __init__(self, client: WebClient, default: Locale) -> None:
        self._client = client
        self._default = default
        self._known: dict[str, Locale] = {}
        self._names: dict[str, str] = {}

    def known(self, user_id: str) -> Locale | None:
        """Give a person's language if it has been found before; makes no call."""
        return self._known.get(user_id)

    def find(self, user_id: str) -> Locale | None:
        """Give a person's language, asked of Slack the first time; None where Slack will not say."""
        if user_id not in self._known:
            try:
                user = find_user(self._client, user_id, include_locale=True)
            except BotError:
                user = None
            if user is None:
                return None
            self._known[user_id] = locale_of(user.get("locale") or "") or self._default
            self._names[user_id] = str(user.get("real_name") or user.get("name") or "")
        return self._known[user_id]

    def name(self, user_id: str) -> str | None:
        """Give a person's name, asked of Slack the first time; None where Slack will not say."""
        self.find(user_id)
        return self._names.get(user_id) or None
