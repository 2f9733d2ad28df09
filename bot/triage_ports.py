"""The ports of actions. Each has one adapter in bot/adapters and one fake in the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bot.domain.audit import AuditEntry, AuditTrail
    from bot.domain.suppression import Suppression
    from bot.domain.triage import ActionResult, Change, Plan, Refusal

Numbers = dict[str, Any]
"""When the changes of an action were chosen, and how many findings they skip, by reason."""


class Actions(Protocol):
    """The actions on reports: planned, in progress and done. An expired one raises ReportGoneError."""

    def save_plan(self, plan: Plan, targets: Iterable[Change]) -> None:
        """Save a plan and its targets; the same ID again replaces it."""

    def plan(self, report_id: str, plan_id: str) -> Plan:
        """Return a plan."""

    def targets(self, plan: Plan) -> Iterator[Change]:
        """Read the targets of a plan."""

    def announce(self, act_id: str, plan: Plan, at: datetime) -> None:
        """Claim the targets of a plan for an action that is about to begin, for all others to see."""

    def claims(self, since: datetime) -> dict[str, Plan]:
        """Return the actions that were announced since a time, of all reports, with their plans."""

    def settle(self, report_id: str, act_id: str, changes: Iterable[Change], numbers: Numbers) -> Numbers:
        """
        Save the changes that an action will make, unless another delivery of its job has.

        Args:
            numbers: as JSON at most 1 KB of ASCII.

        Returns:
            The numbers of the saved changes; `numbers` if these have none.
        """

    def save_changes(self, report_id: str, act_id: str, changes: Iterable[Change]) -> None:
        """Save the changes that an action has made, in place of those that it was to make."""

    def changes(self, report_id: str, act_id: str) -> Iterator[Change]:
        """Read the changes of an action in the order in which they were saved."""

    def add_act(self, report_id: str, act: ActionResult, refusals: Sequence[Refusal]) -> None:
        """Save the result of an action; the same ID again replaces it."""

    def acts(self, report_id: str) -> list[ActionResult]:
        """Return the results of all actions on a report, the oldest first."""

    def refusals(self, report_id: str, act_id: str) -> Iterator[Refusal]:
        """Read the updates that Security Hub refused; none for an action without a result."""


class AuditLog(Protocol):
    """The audit log, which is never deleted: every change that the bot has made."""

    def record(self, act_id: str, at: datetime, entries: Callable[[], Iterable[AuditEntry]]) -> None:
        """Write the changes that an action will make; the same action and time again do nothing."""

    def about(self, subject: str) -> AuditTrail:
        """Return the changes to a resource, a control or a service, of the newest MOST_ACTS actions."""


class Suppressions(Protocol):
    """The suppressions with a last day. They outlive their reports."""

    def add(self, suppression: Suppression, changes: Iterable[Change]) -> None:
        """Save a suppression; the same ID and day again replace it."""

    def until(self, day: date) -> Iterator[Suppression]:
        """Read the suppressions with a last day up to `day`, the earliest first, and no others."""

    def changes(self, suppression: Suppression) -> Iterator[Change]:
        """Read the changes to its findings. Raises ReportGoneError."""

    def remove(self, suppression: Suppression) -> None:
        """Delete a suppression; an absent one is no error."""
