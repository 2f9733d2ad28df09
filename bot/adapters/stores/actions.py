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

from bot.adapters.stores.bucket import LINES, Bucket, countdown, lines_file
from bot.domain.triage import (
    ActionResult,
    Change,
    Claim,
    Plan,
    Refusal,
    Target,
    change_line,
    parse_change,
    parse_target,
    refusal_line,
    refusal_of,
    target_line,
)
from bot.errors import ReportGoneError
from bot.ports import Numbers

NUMBERS = "numbers"
"""The metadata of a list of changes that holds the counts of the choice, as JSON."""


@dataclass(frozen=True)
class BucketChanges:
    """The actions on the reports in a bucket."""

    bucket: Bucket

    def save_plan(self, report_id: str, plan_id: str, plan: Plan, targets: Iterable[Target]) -> None:
        """Save a plan, its head last: a plan with a head is whole."""
        name = f"reports/{report_id}/plans/{plan_id}"
        self.bucket.put_lines(f"{name}.jsonl", map(target_line, targets))
        self.bucket.put_json(f"{name}.json", plan)

    def plan(self, report_id: str, plan_id: str) -> Plan:
        """Return a plan."""
        return self.bucket.read_json(f"reports/{report_id}/plans/{plan_id}.json", Plan)

    def targets(self, report_id: str, plan_id: str) -> Iterator[Target]:
        """Read the targets of a plan line by line."""
        yield from map(parse_target, self.bucket.lines(f"reports/{report_id}/plans/{plan_id}.jsonl"))

    def announce(self, claim: Claim) -> None:
        """Save a claim."""
        self.bucket.put_json(f"pending/{countdown(claim.announced_at)}-{claim.act_id}.json", claim)

    def claims(self, since: datetime) -> list[Claim]:
        """Return the claims since then; a listing ends at the first that is older."""
        recent = []
        for key in self.bucket.keys("pending/"):
            if key > f"pending/{countdown(since)}~":
                break
            recent.append(self.bucket.read_json(key, Claim))
        return recent[::-1]

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
            yield from map(refusal_of, self.bucket.lines(f"reports/{report_id}/acts/{act_id}.refused.jsonl"))


def _changes_key(report_id: str, act_id: str) -> str:
    return f"reports/{report_id}/acts/{act_id}.changes.jsonl"
