"""
Plans and results of actions on reports, in the bucket.

```text
reports/<report id>/plans/<plan id>.json           the action, and whether it is an undo
                          <plan id>.jsonl          a line for each target (bot/domain/triage.py)
                    acts/<job id>.json             the result: requester, time, counts
                         <job id>.changes.jsonl    a line for each finding, before and after
                         <job id>.refused.jsonl    a line for each finding that Security Hub refused to update
pending/<countdown>-<job id>.json                  actions that have just begun, the newest first in a listing
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from bot.adapters.stores.bucket import LINES, Bucket, countdown, lines_file
from bot.domain.triage import (
    ActionResult,
    Change,
    Plan,
    Refusal,
    change_line,
    parse_change,
    parse_refusal,
    refusal_line,
)
from bot.errors import ReportGoneError
from bot.triage_ports import Numbers

NUMBERS = "numbers"
"""The metadata of a list of changes that holds the counts of the choice, as JSON."""


@dataclass(frozen=True)
class BucketActions:
    """The actions on the reports in a bucket."""

    bucket: Bucket

    def save_plan(self, plan: Plan, targets: Iterable[Change]) -> None:
        """Save a plan, its head last: a plan with a head is whole."""
        name = _plan_key(plan.report_id, plan.plan_id)
        self.bucket.put_lines(f"{name}.jsonl", map(change_line, targets))
        self.bucket.put_json(f"{name}.json", plan)

    def plan(self, report_id: str, plan_id: str) -> Plan:
        """Return a plan."""
        return self.bucket.read_json(f"{_plan_key(report_id, plan_id)}.json", Plan)

    def targets(self, plan: Plan) -> Iterator[Change]:
        """Read the targets of a plan line by line."""
        yield from map(parse_change, self.bucket.lines(f"{_plan_key(plan.report_id, plan.plan_id)}.jsonl"))

    def announce(self, act_id: str, plan: Plan, at: datetime) -> None:
        """Save a copy of the plan under the time and the action."""
        self.bucket.put_json(f"pending/{countdown(at)}-{act_id}.json", plan)

    def claims(self, since: datetime) -> dict[str, Plan]:
        """Return the plans that were announced since then; a listing ends at the first that is older."""
        recent = takewhile(lambda key: key <= f"pending/{countdown(since)}~", self.bucket.keys("pending/"))
        keys = {key.partition("-")[2].removesuffix(".json"): key for key in recent}
        return {act_id: self.bucket.read_json(key, Plan) for act_id, key in keys.items()}

    def settle(self, report_id: str, act_id: str, changes: Iterable[Change], numbers: Numbers) -> Numbers:
        """Save the changes that an action will make, once; the numbers are the object's metadata."""
        key, metadata = _changes_key(report_id, act_id), {NUMBERS: json.dumps(numbers)}
        with lines_file(map(change_line, changes)) as body:
            if self.bucket.put_if_absent(key, body, LINES, metadata=metadata):
                return numbers
        saved = self.bucket.metadata(key).get(NUMBERS)
        return json.loads(saved) if saved else numbers

    def save_changes(self, report_id: str, act_id: str, changes: Iterable[Change]) -> None:
        """Save the changes that an action has made."""
        self.bucket.put_lines(_changes_key(report_id, act_id), map(change_line, changes))

    def changes(self, report_id: str, act_id: str) -> Iterator[Change]:
        """Read the changes of an action line by line."""
        yield from map(parse_change, self.bucket.lines(_changes_key(report_id, act_id)))

    def add_act(self, report_id: str, act: ActionResult, refusals: Sequence[Refusal]) -> None:
        """Save the result of an action, the refusals first."""
        name = f"reports/{report_id}/acts/{act.act_id}"
        if refusals:
            self.bucket.put_lines(f"{name}.refused.jsonl", map(refusal_line, refusals))
        self.bucket.put_json(f"{name}.json", act)

    def acts(self, report_id: str) -> list[ActionResult]:
        """Return the results of all actions, the oldest first."""
        keys = [key for key in self.bucket.keys(f"reports/{report_id}/acts/") if key.endswith(".json")]
        acts = [self.bucket.read_json(key, ActionResult) for key in keys]
        return sorted(acts, key=lambda act: act.acted_at)

    def refusals(self, report_id: str, act_id: str) -> Iterator[Refusal]:
        """Read the refusals of an action line by line."""
        with suppress(ReportGoneError):
            yield from map(
                parse_refusal, self.bucket.lines(f"reports/{report_id}/acts/{act_id}.refused.jsonl")
            )


def _plan_key(report_id: str, plan_id: str) -> str:
    return f"reports/{report_id}/plans/{plan_id}"


def _changes_key(report_id: str, act_id: str) -> str:
    return f"reports/{report_id}/acts/{act_id}.changes.jsonl"
