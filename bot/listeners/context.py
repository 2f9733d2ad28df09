"""What the listeners share: the ports of the ack, and the language of the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.control import Catalogue
from bot.domain.job import Requester
from bot.i18n import Locale
from bot.jobs import Jobs
from bot.listeners.odd import text_of


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a listener may need besides what Slack sent it."""

    jobs: Jobs
    catalogue: Catalogue
    """For spelling and suggestions; whether a control exists is the job's to find out."""
    default_locale: Locale
    known_locale: Callable[[str], Locale | None]
    """A person's language if it is known already: no call is made."""
    find_locale: Callable[[str], Locale | None]
    """A person's language, asked of Slack if need be: for where no job is dispatched."""
    today: Callable[[], date] = lambda: datetime.now(UTC).date()
    """The day that it is where the last day of a suppression ends."""

    def quick_locales(self, user_id: str) -> tuple[Locale, ...]:
        """
        Choose the languages of an answer beside which no call may be made but the dispatch.

        Returns:
            The person's own, or both, the default first, for a person whose language is not known yet.
        """
        known = self.known_locale(user_id)
        return (known,) if known else tuple(sorted(Locale, key=lambda locale: locale != self.default_locale))

    def locale(self, user_id: str) -> Locale:
        """Choose a language, with a call the first time."""
        return self.find_locale(user_id) or self.default_locale


def requester(user: dict[str, Any], response_url: str) -> Requester:
    """Name the person of an interaction's `user`, as Slack has signed it."""
    return Requester(text_of(user, "id"), response_url, user.get("team_id") or "")
