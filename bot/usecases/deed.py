"""A deed: what is carried out, for whom, and where it is told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.job import Requester
from bot.domain.report import Summary
from bot.i18n import Locale
from bot.render.message import Setting


@dataclass(frozen=True, slots=True)
class Deed:
    """A plan that a person wants carried out, and where."""

    act_id: str
    plan_id: str
    summary: Summary
    channel: str
    message_ts: str
    requester: Requester
    setting: Setting
    """Of the report's message."""
    locale: Locale
    """The person's."""

    @property
    def report_id(self) -> str:
        """The report that it is about."""
        return self.summary.report_id
