"""The ports of what people have done about reports; the others are in bot/ports.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from bot.domain.audit import AuditEntry, AuditTrail
from bot.domain.suppression import Suppression
from bot.domain.triage import ActionResult, Change, Claim, Plan, Refusal, Target

Numbers = dict[str, Any]
"""A choice besides its changes: when it was made, and how much it leaves alone, by why (a step's result)."""


class Changes(Protocol):
    """What people want done about reports, what is being done, and what has been: kept with the report."""

    def save_plan(self, report_id: str, plan_id: str, plan: Plan, wanted: Iterable[Target]) -> None:
        """Keep a plan; again under the same ID replaces it."""

    def plan(self, report_id: str, plan_id: str) -> Plan:
        """Give a plan. Raises ReportGoneError."""

    def wanted(self, report_id: str, plan_id: str) -> Iterator[Target]:
        """Give what a plan wants of each finding. Raises ReportGoneError."""

    def announce(self, intent: Claim) -> None:
        """Tell all others, before it is done, that a plan is being carried out."""

    def intents(self, since: datetime) -> list[Claim]:
        """Give what has been announced since then, for all reports, the oldest first."""

    def settle(self, report_id: str, act_id: str, changes: Iterable[Change], numbers: Numbers) -> Numbers:
        """
        Keep what an act is to change, before it does, unless another delivery of its job has.

        Args:
            numbers: what is known of the choice besides; as JSON at most 1 KB of ASCII.

        Returns:
            The numbers of the choice that stands; these where what is kept has none (any more).
        """

    def save_changes(self, report_id: str, act_id: str, changes: Iterable[Change]) -> None:
        """Keep what an act has changed in the place of what it was to change."""

    def changes(self, report_id: str, act_id: str) -> Iterator[Change]:
        """Give what an act changes, in the order in which it was kept. Raises ReportGoneError."""

    def add_act(self, report_id: str, act: ActionResult, refusals: Sequence[Refusal]) -> None:
        """Keep what was done about a report; again under the same ID replaces it."""

    def acts(self, report_id: str) -> list[ActionResult]:
        """Give all that was done about a report, the oldest first."""

    def refusals(self, report_id: str, act_id: str) -> Iterator[Refusal]:
        """Give what Security Hub would not change of an act; nothing of an act that is not done."""


class History(Protocol):
    """Who has changed what, for ever, as far as the bot knows."""

    def record(self, act_id: str, at: datetime, entries: Callable[[], Iterable[AuditEntry]]) -> None:
        """Write down what an act is about to change; the same act at the same time again does nothing."""

    def about(self, what: str) -> AuditTrail:
        """Give what was done with a resource or a control; of very many acts the newest MOST_ACTS."""

    def share(self, job_id: str, file: Path) -> str:
        """
        Keep a CSV of changes for a day or two.

        Returns:
            A link to it that needs no AWS account and ends after an hour.
        """


class Suppressions(Protocol):
    """The suppressions that end on a day, apart from the reports, which they outlive."""

    def add(self, suppression: Suppression, changes: Iterable[Change]) -> None:
        """Keep a suppression; again with the same ID and day replaces it."""

    def until(self, day: date) -> Iterator[Suppression]:
        """Give those whose last day is that day or earlier, the earliest first; no others are read."""

    def changes(self, suppression: Suppression) -> Iterator[Change]:
        """Give what was changed of each finding. Raises ReportGoneError."""

    def remove(self, suppression: Suppression) -> None:
        """Forget a suppression; one that is not kept is no error."""
