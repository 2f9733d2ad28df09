"""
What is done about reports, in the bucket.

```text
reports/<report id>/plans/<plan id>.json           what is wanted, and whether it undoes something
                          <plan id>.jsonl          a line for each finding (bot/domain/lines.py)
                    acts/<job id>.json             who did what
                         <job id>.changes.jsonl    a line for each finding, before and after
                         <job id>.refused.jsonl    a line for each finding that was refused
pending/<countdown>-<job id>.json                  who has just begun; the newest comes first in a listing
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.stores.reports import CHUNK_BYTES, BucketReports
from bot.changes import Numbers
from bot.domain.lines import change_line, parse_change, parse_target, refusal_line, refusal_of, target_line
from bot.domain.report import Refusal
from bot.domain.triage import ActionResult, Change, Claim, Plan, Target
from bot.errors import ReportGoneError

NUMBERS = "numbers"
"""Under which name the metadata of a list of changes has what else is known of the choice, as JSON."""

LAST_MILLISECOND = 10**14 - 1
"""From which keys count down: in the year 5138."""


@dataclass(frozen=True)
class BucketChanges:
    """What is done about the reports in a bucket."""

    reports: BucketReports

    def save_plan(self, report_id: str, plan_id: str, plan: Plan, wanted: Iterable[Target]) -> None:
        """Keep a plan, its head last: a plan that has one is whole."""
        name = f"reports/{report_id}/plans/{plan_id}"
        put_lines(self.reports, f"{name}.jsonl", map(target_line, wanted))
        self.reports.put_json(f"{name}.json", plan)

    def plan(self, report_id: str, plan_id: str) -> Plan:
        """Give a plan."""
        return self.reports.read(f"reports/{report_id}/plans/{plan_id}.json", Plan)

    def wanted(self, report_id: str, plan_id: str) -> Iterator[Target]:
        """Give what a plan wants, read line by line."""
        yield from map(parse_target, self._lines(f"reports/{report_id}/plans/{plan_id}.jsonl"))

    def announce(self, intent: Claim) -> None:
        """Tell all others."""
        self.reports.put_json(f"pending/{countdown(intent.announced_at)}-{intent.act_id}.json", intent)

    def intents(self, since: datetime) -> list[Claim]:
        """Give what has been announced since then; a listing ends at the first that is older."""
        recent = []
        for key in self.reports.keys("pending/"):
            if key > f"pending/{countdown(since)}~":
                break
            recent.append(self.reports.read(key, Claim))
        return recent[::-1]

    def settle(self, report_id: str, act_id: str, changes: Iterable[Change], numbers: Numbers) -> Numbers:
        """Keep what an act is to change unless that is kept; the numbers are the object's metadata."""
        key, metadata = _changes_key(report_id, act_id), {NUMBERS: json.dumps(numbers)}
        if put_lines(self.reports, key, map(change_line, changes), metadata):
            return numbers
        kept = self.reports.metadata(key).get(NUMBERS)
        return json.loads(kept) if kept else numbers

    def save_changes(self, report_id: str, act_id: str, changes: Iterable[Change]) -> None:
        """Keep what an act has changed."""
        put_lines(self.reports, _changes_key(report_id, act_id), map(change_line, changes))

    def changes(self, report_id: str, act_id: str) -> Iterator[Change]:
        """Give what an act changes, read line by line."""
        yield from map(parse_change, self._lines(_changes_key(report_id, act_id)))

    def add_act(self, report_id: str, act: ActionResult, refusals: Sequence[Refusal]) -> None:
        """Keep what was done, the refusals first."""
        name = f"reports/{report_id}/acts/{act.act_id}"
        if refusals:
            put_lines(self.reports, f"{name}.refused.jsonl", map(refusal_line, refusals))
        self.reports.put_json(f"{name}.json", act)

    def acts(self, report_id: str) -> list[ActionResult]:
        """Give all that was done, the oldest first."""
        keys = [key for key in self.reports.keys(f"reports/{report_id}/acts/") if key.endswith(".json")]
        return sorted((self.reports.read(key, ActionResult) for key in keys), key=lambda act: act.acted_at)

    def refusals(self, report_id: str, act_id: str) -> Iterator[Refusal]:
        """Give what was refused, read line by line."""
        with suppress(ReportGoneError):
            for line in self._lines(f"reports/{report_id}/acts/{act_id}.refused.jsonl"):
                yield refusal_of(line)

    def _lines(self, key: str) -> Iterator[bytes]:
        with self.reports.open(key) as body:
            yield from body.iter_lines(CHUNK_BYTES)


def _changes_key(report_id: str, act_id: str) -> str:
    return f"reports/{report_id}/acts/{act_id}.changes.jsonl"


def put_lines(
    reports: BucketReports, key: str, lines: Iterable[str], metadata: dict[str, str] | None = None
) -> bool:
    """Write an object of lines, which are never all in memory (for the rest see BucketReports.put_file)."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "lines"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
        return reports.put_file(key, file, "application/jsonl", metadata)


def countdown(at: datetime) -> str:
    """Write a time so that later ones sort first: S3 lists keys in ascending order only."""
    return f"{LAST_MILLISECOND - int(at.timestamp() * 1000):014d}"
