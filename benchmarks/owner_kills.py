"""
`python -m benchmarks.owner_kills [RUNS] [SEED] [FIRST]`: kill scheduled reports that tell owners.

A run is a scheduled report of a few findings, whose processes get SIGKILL as in benchmarks/kills.py, and the
next report of the schedule. Its owners are mentioned in the thread or get direct messages, and the rows of
those who were reached become NOTIFIED.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import Any

from benchmarks.generated import GeneratedStore
from benchmarks.killed import Order
from benchmarks.kills import KillScheduler, Run, play_all
from bot.adapters.sdk import client
from bot.adapters.stores.owner_memory import CONTACTS
from bot.adapters.stores.routing import FILE
from playground.deployment import BUCKET, CHANNEL
from playground.hub.findings.store import MemoryStore
from playground.slack.workspace.messages import Message
from playground.world import World

CONTROL = "S3.8"
OWNERS = ("platform@example.com", "auditor@example.com", "analyst@example.com", "nobody@example.com", "")
"""Of two findings each: two members of the channel, one person who is none, an unknown address, nobody."""
USERS = {"platform@example.com": "U0PLATFORM", "auditor@example.com": "U0AUDITOR"}
USERS |= {"analyst@example.com": "U0ANALYST"}
UNOWNED = "U0SECURITY"
"""Is mentioned for the rows of nobody."""
COUNT = 2 * len(OWNERS)

CALLS = 150
"""More than such a report makes."""
STRIDE = 37
"""How far the kills of two runs are apart, in half calls: a few runs spread over all that a report calls."""
RUNS = 4 * 2 * CALLS
"""So many that there is one for each call, before and after it, in each way, and as many others."""


class OwnerJudge:
    """Creates the findings of a run, and judges who was told and what was marked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._source = GeneratedStore({CONTROL: 100_000})
        self._client = client("s3")

    def set_up(self, run: Run) -> None:
        """Load findings that no other run has, and let the bot know no owner."""
        self._findings = [self._owned(run.number * COUNT + number, number) for number in range(COUNT)]
        hub = self._world.hub
        hub.findings = MemoryStore()
        hub.load(self._findings)
        self._client.delete_object(Bucket=BUCKET, Key=CONTACTS)
        self._client.put_object(Bucket=BUCKET, Key=FILE, Body=_routing(_how(run)).encode())
        self._known = {message.ts for message in self._world.slack.workspace.messages}

    def judge(self, run: Run) -> None:
        """Judge the messages of a run and the workflow statuses."""
        told = Counter(user for message in self._said() for user in message.notified)
        people = {*USERS.values(), UNOWNED}
        run.expect("nobody is told twice", holds=max(told.values(), default=0) <= 1)
        run.expect("nobody else is told", holds=set(told) <= people)
        marked = {owner for owner, status in self._statuses() if status == "NOTIFIED"}
        reached = {owner for owner, user in USERS.items() if told[user]}
        run.expect("nobody is marked who was not reached", holds=marked <= reached)
        run.is_uncertain = not self._is_complete(run, told, marked)
        run.expect(
            "without a kill everybody is told and marked", holds=bool(run.kill_count) or not run.is_uncertain
        )

    def _is_complete(self, run: Run, told: Counter[str], marked: set[str]) -> bool:
        """Return whether everybody was told whom the channel or a direct message reaches, and marked."""
        reachable = set(USERS) - ({"analyst@example.com"} if _how(run) == "thread" else set())
        return marked == reachable and all(
            told[user] for user in (*map(USERS.__getitem__, reachable), UNOWNED)
        )

    def _owned(self, number: int, place: int) -> dict[str, Any]:
        finding = dict(self._source.made(number))
        owner = OWNERS[place % len(OWNERS)]
        resource = {**finding["Resources"][0], "Tags": {"Owner": owner} if owner else {}}
        return {**finding, "Resources": [resource]}

    def _statuses(self) -> list[tuple[str, str]]:
        """Return the owner and the workflow status of each finding."""
        return [
            (finding["Resources"][0]["Tags"].get("Owner", ""), self._status(finding["Id"]))
            for finding in self._findings
        ]

    def _status(self, finding_id: str) -> str:
        return str(self._world.hub.finding(finding_id)["Workflow"]["Status"])

    def _said(self) -> list[Message]:
        messages = self._world.slack.workspace.messages
        return [m for m in messages if m.is_the_bots and m.ts not in self._known]


def _how(run: Run) -> str:
    """Alternate between the ways, for each kind of kill."""
    return "thread" if run.number // 2 % 2 else "dm"


def _routing(how: str) -> str:
    rules = f'how = "{how}"\nmark_notified = true\nunowned = "{UNOWNED}"\n'
    return f"version = 1\n[mention]\n{rules}"


def report_document(run: Run, number: int) -> dict[str, Any]:
    """Write the job of the schedule's report with a number."""
    common = {"version": 1, "kind": "scan", "channel": CHANNEL, "query": {"controls": [CONTROL]}}
    return {**common, "key": f"owners/{run.number}/{number}"}


def play_owners(run: Run, judge: OwnerJudge, scheduler: KillScheduler) -> None:
    """Report with kills, report again without, and judge."""
    judge.set_up(run)
    pages, kills = planned(run.number, run.dice)
    scheduler.deliver(run, Order(report_document(run, 1), 0, pages), kills)
    scheduler.deliver(run, Order(report_document(run, 2), 0, 1000), [])
    judge.judge(run)


def planned(number: int, dice: random.Random) -> tuple[int, list[float | None]]:
    """Plan a run: a kill at one call after the other, or some kills at any time in short slices."""
    if number % 2:
        return dice.randint(8, 14), [None] * dice.randint(1, 4)
    return 1000, [number // 4 * STRIDE % (2 * CALLS) / 2]


if __name__ == "__main__":
    sys.exit(play_all(OwnerJudge, play_owners, "not all owners were told and marked", RUNS))
