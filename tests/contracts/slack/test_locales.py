"""The languages of people: looked up once, and known in the ack without a call."""

from __future__ import annotations

from bot.adapters.slack import SlackMessenger
from bot.i18n import Locale
from playground.slack import LocalSlack
from tests.contracts.slack.local import call_count


class TestLocales:
    """The languages of those who have been seen."""

    def test_locale_is_looked_up_once(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """A person's language is one call in the life of a process."""
        for _ in range(3):
            adapter.locale("U0PLATFORM")

        assert 1 == call_count(slack, "users.info")

    def test_known_locale_needs_no_call(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """Without a call a language is known only if it was asked for before."""
        locales = adapter.users
        before = locales.known_locale("U0PLATFORM")
        locales.locale("U0PLATFORM")

        assert before is None
        assert Locale.JA == locales.known_locale("U0PLATFORM")

    def test_failed_locale_lookup_is_repeated(self, slack: LocalSlack, adapter: SlackMessenger) -> None:
        """A failure is no language, and is not remembered."""
        slack.workspace.faults.add("users.info", "error", value="fatal_error")

        assert adapter.locale("U0PLATFORM") is None
        assert Locale.JA == adapter.locale("U0PLATFORM")
