"""A deed: what is carried out, for whom, and where it is told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.finding import BOT
from bot.domain.job import Requester
from bot.domain.report import Summary
from bot.i18n import Locale
from bot.render.message import ReportSetting


@dataclass(frozen=True, slots=True)
class TriageRun:
    """A plan that somebody wants carried out, and where."""

    act_id: str
    plan_id: str
    summary: Summary
    channel: str
    message_ts: str
    """The report's message; empty where it is not posted yet."""
    requester: Requester | None
    """None: the bot itself, because a suppression has ended."""
    setting: ReportSetting
    """Of the report's message."""
    locale: Locale
    """The person's."""
    shown_count: int | None = None
    """How many problems the message offered to change; None: it named no number."""

    @property
    def user_id(self) -> str:
        """Slack user ID of who wants it; the bot's own name where that is the bot."""
        return self.requester.user_id if self.requester else BOT

    @property
    def message(self) -> str:
        """Channel and ts of the message; empty where there is none yet."""
        return f"{self.channel}/{self.message_ts}" if self.message_ts else ""

    @property
    def report_id(self) -> str:
        """The report that it is about."""
        return self.summary.report_id
