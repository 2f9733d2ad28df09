"""The context of all listeners: the ports of the ack, and the language of the person."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.control import Catalogue
from bot.domain.job import Job
from bot.errors import BotError, ConfigurationError
from bot.i18n import Locale, translate
from bot.render.errors import explain_in_slack

if TYPE_CHECKING:  # the ack starts without the ports
    from bot.ports import Jobs


LOG = logging.getLogger(__name__)


def log_failure(error: BotError) -> None:
    """Log why a request was not carried out: at ERROR, which raises an alarm, if the deployment is wrong."""
    is_aws = error.values.get("service") == "AWS" and not error.retryable
    level = logging.ERROR if is_aws or isinstance(error, ConfigurationError) else logging.WARNING
    LOG.log(level, "a request was not carried out: %s", error, extra={"error_code": error.code})


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a listener needs besides the payload."""

    jobs: Jobs
    catalogue: Catalogue
    """For spelling and suggestions; the job checks whether a control exists."""
    default_locale: Locale
    known_locale: Callable[[str], Locale | None]
    """Returns a person's language if it is known already; makes no call."""
    find_locale: Callable[[str], Locale | None]
    """Returns a person's language, with a call to Slack if necessary: only if no job is dispatched."""
    today: Callable[[], date] = lambda: datetime.now(UTC).date()
    """Returns the date in the time zone in which suppressions expire."""

    def quick_locales(self, user_id: str) -> tuple[Locale, ...]:
        """
        Choose the languages of an answer if the dispatch is the only call that the 3 s before the ack allow.

        Returns:
            The person's own. If it is not known yet: that of the deployment, and English, each once.
        """
        known = self.known_locale(user_id)
        return (known,) if known else tuple(dict.fromkeys((self.default_locale, Locale.EN)))

    def dispatch(self, job: Job, user_id: str, not_started: str) -> str:
        """Dispatch a job; return an empty text, or explain in mrkdwn why that failed."""
        try:
            self.jobs.dispatch(job)
        except BotError as error:
            return self.explain(error, not_started, user_id)
        return ""

    def explain(self, error: BotError, key: str, user_id: str) -> str:
        """Log why something failed, and explain it in mrkdwn in the languages of `quick_locales`."""
        log_failure(error)
        locales = self.quick_locales(user_id)
        return "\n".join(translate(locale, key, reason=explain_in_slack(error, locale)) for locale in locales)

    def locale(self, user_id: str) -> Locale:
        """Choose a language, with a call the first time."""
        return self.find_locale(user_id) or self.default_locale
