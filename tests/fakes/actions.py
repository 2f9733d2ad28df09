"""A fake of the port of what is done about reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from bot.domain.audit import MOST_ACTS, AuditEntry, AuditTrail
from bot.domain.triage import (
    ActionResult,
    Change,
    Plan,
    Refusal,
    change_line,
    parse_change,
)
from bot.errors import ReportGoneError
from bot.triage_ports import Numbers


@dataclass
class FakeActions:
    """What is done about reports, in memory; lines are kept as the adapter keeps them."""

    plans: dict[tuple[str, str], tuple[Plan, list[str]]] = field(default_factory=dict)
    announced: list[tuple[datetime, str, Plan]] = field(default_factory=list)
    made: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], Numbers] = field(default_factory=dict)
    kept_acts: dict[str, dict[str, ActionResult]] = field(default_factory=dict)
    refused: dict[tuple[str, str], list[Refusal]] = field(default_factory=dict)

    def save_plan(self, plan: Plan, targets: Iterable[Change]) -> None:
        """Keep a plan."""
        self.plans[plan.report_id, plan.plan_id] = plan, list(map(change_line, targets))

    def plan(self, report_id: str, plan_id: str) -> Plan:
        """Return a plan."""
        if (report_id, plan_id) not in self.plans:
            raise ReportGoneError
        return self.plans[report_id, plan_id][0]

    def targets(self, plan: Plan) -> Iterator[Change]:
        """Read the targets of a plan."""
        self.plan(plan.report_id, plan.plan_id)
        yield from map(parse_change, self.plans[plan.report_id, plan.plan_id][1])

    def announce(self, act_id: str, plan: Plan, at: datetime) -> None:
        """Keep a claim."""
        self.announced.append((at, act_id, plan))

    def claims(self, since: datetime) -> dict[str, Plan]:
        """Return the recent claims."""
        return {act_id: plan for at, act_id, plan in self.announced if at >= since}

    def settle(self, report_id: str, act_id: str, changes: Iterable[Change], numbers: Numbers) -> Numbers:
        """Keep what an act is to change, unless that is kept."""
        if (report_id, act_id) not in self.made:
            self.save_changes(report_id, act_id, changes)
            self.numbers[report_id, act_id] = numbers
        return self.numbers.get((report_id, act_id), numbers)

    def save_changes(self, report_id: str, act_id: str, changes: Iterable[Change]) -> None:
        """Keep what an act has changed."""
        self.numbers.pop((report_id, act_id), None)
        self.made[report_id, act_id] = list(map(change_line, changes))

    def changes(self, report_id: str, act_id: str) -> Iterator[Change]:
        """Return what an act changes."""
        if (report_id, act_id) not in self.made:
            raise ReportGoneError
        yield from map(parse_change, self.made[report_id, act_id])

    def add_act(self, report_id: str, act: ActionResult, refusals: Sequence[Refusal]) -> None:
        """Keep an act."""
        self.refused[report_id, act.act_id] = list(refusals)
        self.kept_acts.setdefault(report_id, {})[act.act_id] = act

    def acts(self, report_id: str) -> list[ActionResult]:
        """Return the acts."""
        return sorted(self.kept_acts.get(report_id, {}).values(), key=lambda act: act.acted_at)

    def refusals(self, report_id: str, act_id: str) -> Iterator[Refusal]:
        """Return what was refused."""
        yield from self.refused.get((report_id, act_id), ())


@dataclass
class FakeAuditLog:
    """The history in memory; what is done is found at once, so that only what is about it counts."""

    most_acts: int = MOST_ACTS
    acts: dict[tuple[datetime, str], list[AuditEntry]] = field(default_factory=dict)

    def record(self, act_id: str, at: datetime, entries: Callable[[], Iterable[AuditEntry]]) -> None:
        """Write down what an act changes."""
        self.acts.setdefault((at, act_id), list(entries()))

    def about(self, subject: str) -> AuditTrail:
        """Return what was done, the newest act first."""
        newest = sorted(self.acts, key=lambda key: key[0], reverse=True)
        about = [[entry for entry in self.acts[key] if entry.is_about(subject)] for key in newest]
        found = list(filter(None, about))
        return AuditTrail(chain.from_iterable(found[: self.most_acts]), lambda: len(found) > self.most_acts)
