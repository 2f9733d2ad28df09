"""
`python -m benchmarks.kills [RUNS] [SEED] [FIRST]`: kill jobs again and again, and check their results.

Security Hub, S3 and Slack are in this process, the jobs in others. A run is a scan of some findings and a
click that marks them, in slices of a few pages each; their processes get SIGKILL, at each call to AWS or
Slack in turn or at any time, and the job is delivered again until it is done, as Lambda's engine does.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from benchmarks.generated import GeneratedStore
from benchmarks.killed import DONE, TO_BE_CONTINUED, Deliveries, Order
from bot.adapters.sdk import client
from bot.domain.document import parse_job
from bot.domain.job import job_id
from bot.render.csv_file import read_rows
from playground.cloud.environment import Handler
from playground.deployment import BUCKET, CHANNEL
from playground.hub.findings.store import MemoryStore
from playground.slack.workspace.messages import Message
from playground.world import World

J = TypeVar("J")
"""The judge of a kind of run."""

CONTROLS = ("S3.8", "EC2.19", "IAM.1", "S3.1")
COUNT = 1200
"""Findings of a run, of which some are there only from its middle on."""
LATE_COUNT = 50
REFUSED_COUNT = 3
SCAN_CALLS, MARK_CALLS = 66, 110
"""More than a scan and a click of so many findings make."""
MARK_STRIDE = 7
"""How far the kills of two runs' clicks are apart, in half calls: they spread over all that a click calls."""

RUNS = 4 * SCAN_CALLS
"""So many that there is one for each call of a scan, before and after it, and as many others."""

MOST_DELIVERIES = 60
BATCH_PAGES = 2 * COUNT // 100
"""
Pages for which a delivery of a click has time, at the least: the findings are read again before a change, a
batch at a time, and a batch fits into an invocation (bot/usecases/triage/update.py).
"""
RETRY_SECONDS = 60
"""Time that the job's clock goes forward before a delivery after one that failed or died."""
PERSON = {"user_id": "U0SECURITY"}


@dataclass
class Run:
    """One scan and one click, with the faults in them."""

    number: int
    dice: random.Random
    kill_count: int = 0
    slice_count: int = 0
    problems: list[str] = field(default_factory=list)
    is_uncertain: bool = False
    """Whether nobody can know if the report was posted, and the person has been told so."""

    def expect(self, claim: str, *, holds: bool) -> None:
        """Note a condition that does not hold."""
        if not holds:
            self.problems.append(claim)


class NoFunctions:
    """A runtime for a world whose jobs run elsewhere."""

    def start(self, module: str) -> Handler:
        """Return a placeholder that never runs."""
        del module
        return lambda _event, _context: None

    def stop(self) -> None:
        """Do nothing."""


class KillScheduler:
    """Delivers jobs, and kills them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._seconds = 1.0
        """How long a delivery takes, about."""

    def deliver(
        self,
        run: Run,
        order: Order,
        kills: list[float | None],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Deliver a job until it is done, and once more.

        Args:
            kills: of the first deliveries, at which call each dies; None for one that dies at any time.
            meanwhile: happens after the first of them.
        """
        for _ in range(MOST_DELIVERIES):
            ended = self._once(order, run, *kills[:1])
            kills = kills[1:]
            meanwhile()
            run.kill_count += ended == -signal.SIGKILL
            run.slice_count += ended == TO_BE_CONTINUED
            if ended == DONE and not kills:
                self._once(order, run)
                return
            if ended != TO_BE_CONTINUED:
                order = replace(order, later_seconds=order.later_seconds + RETRY_SECONDS)
        run.problems.append("it does not end")

    def _once(self, order: Order, run: Run, *kill: float | None) -> int:
        if kill == (None,):
            return self._deliveries.deliver(replace(order, lives_seconds=run.dice.uniform(0, self._seconds)))
        begun = time.monotonic()
        ended = self._deliveries.deliver(replace(order, dies_at=kill[0] if kill else None))
        if ended in (DONE, TO_BE_CONTINUED):
            self._seconds = 0.9 * self._seconds + 0.1 * (time.monotonic() - begun)
        return ended


class Judge:
    """Creates the findings, and judges the result."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._source = GeneratedStore(dict.fromkeys(CONTROLS, 100_000))
        self._client = client("s3")

    def set_up(self, run: Run) -> None:
        """Load findings that no other run has."""
        numbers = range(run.number * COUNT, (run.number + 1) * COUNT)
        self._findings = [self._source.made(number) for number in numbers]
        self._stable, self._late = self._findings[:-LATE_COUNT], self._findings[-LATE_COUNT:]
        hub = self._world.hub
        hub.findings = MemoryStore()
        hub.load(self._stable)
        hub.refuse = {finding["Id"]: "FindingNotFound" for finding in self._stable[:REFUSED_COUNT]}
        self._known = {message.ts for message in self._world.slack.workspace.messages}

    def come_late(self) -> None:
        """Let some findings appear."""
        self._world.hub.load(self._late)

    def report(self, run: Run, document: dict[str, Any]) -> Message | None:
        """Judge a scan; give its report, if it was posted."""
        report_id = job_id(parse_job(document))
        rows = list(read_rows(self._text(report_id, "findings.csv").splitlines()))
        found = Counter(row["resource"] for row in rows)
        expected = {finding["Resources"][0]["Id"] for finding in self._stable}
        possible = expected | {finding["Resources"][0]["Id"] for finding in self._late}
        run.expect("every finding that was there throughout is in the CSV", holds=expected <= set(found))
        run.expect("nothing else is", holds=set(found) <= possible)
        run.expect("each finding is there once", holds=all(count == 1 for count in found.values()))
        summary = json.loads(self._text(report_id, "summary.json"))
        run.expect("the message counts the rows", holds=summary["finding_count"] == len(rows))
        reports = [m for m in self._said() if not m.ephemeral and not m.thread_ts and "violations" in m.text]
        notes = [m for m in self._said() if m.ephemeral]
        run.is_uncertain = len(notes) > 0
        run.expect("the report is posted at most once", holds=len(reports) <= 1)
        run.expect("it is posted, or the person was told", holds=bool(reports or notes))
        files = [name for m in self._said() for name in m.files]
        run.expect("the CSV is shared at most once", holds=len(files) <= 1)
        run.expect("it is shared, or the person was told", holds=bool(files or notes))
        return reports[0] if reports else None

    def marks(self, run: Run, report_id: str) -> None:
        """Judge a click."""
        hub = self._world.hub
        keys = list(self._keys(f"reports/{report_id}/acts/"))
        marks = [key for key in keys if key.endswith(".json")]
        refused = {line[0] for line in self._lines(keys, ".refused.jsonl")}
        shown = {line[1][0] for line in self._lines(keys, ".changes.jsonl")} - refused
        is_marked = {f["Id"]: hub.finding(f["Id"])["Workflow"]["Status"] == "NOTIFIED" for f in self._stable}
        late = {finding["Id"] for finding in self._late}
        run.expect("there is one mark", holds=len(marks) == 1)
        run.expect("what is shown as marked is", holds=all(is_marked.get(i, i in late) for i in shown))
        run.expect("what is marked is shown", holds={i for i, marked in is_marked.items() if marked} <= shown)
        run.expect(
            "what is not marked was refused", holds={i for i, m in is_marked.items() if not m} == refused
        )
        run.expect("every refusal is kept", holds=refused == set(hub.refuse))
        told = [m.text for m in self._said() if m.ephemeral]
        run.expect("the person is told of refusals", holds=any("FindingNotFound" in text for text in told))

    def _said(self) -> list[Message]:
        messages = self._world.slack.workspace.messages
        return [m for m in messages if m.is_the_bots and m.ts not in self._known]

    def _text(self, report_id: str, name: str) -> str:
        return self._object(f"reports/{report_id}/{name}").decode()

    def _lines(self, keys: list[str], ending: str) -> Iterator[Any]:
        for key in keys:
            if key.endswith(ending):
                yield from map(json.loads, self._object(key).splitlines())

    def _object(self, key: str) -> bytes:
        body: bytes = self._client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def _keys(self, prefix: str) -> Iterator[str]:
        answer = self._client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return (entry["Key"] for entry in answer.get("Contents", ()))


def scan_document(run: Run) -> dict[str, Any]:
    """Write the job of a slash command."""
    query = {"controls": list(CONTROLS), "statuses": ["NEW"]}
    common = {"version": 1, "channel": CHANNEL, "requester": PERSON}
    return {**common, "kind": "scan", "key": f"scan/{run.number}", "query": query}


def mark_document(run: Run, report_id: str, report: Message) -> dict[str, Any]:
    """Write the job of a click on the button that marks all."""
    common = {"version": 1, "channel": CHANNEL, "requester": PERSON}
    key = f"mark/{run.number}"
    click = {"kind": "act", "key": key, "report_id": report_id, "message_ts": report.ts}
    return {**common, **click, "request": {"action": "notify"}, "selection": {"statuses": ["NEW"]}}


def play(run: Run, judge: Judge, scheduler: KillScheduler) -> None:
    """Scan, judge, mark, judge."""
    judge.set_up(run)
    scan, plan = scan_document(run), planned(run.number, run.dice)
    scheduler.deliver(run, Order(scan, 0, plan.pages), plan.scan, judge.come_late)
    report = judge.report(run, scan)
    if report:
        report_id = job_id(parse_job(scan))
        mark = mark_document(run, report_id, report)
        scheduler.deliver(run, Order(mark, 0, max(plan.pages, BATCH_PAGES)), plan.mark)
        judge.marks(run, report_id)


@dataclass(frozen=True)
class Plan:
    """How often and when the processes of a run are killed."""

    pages: int
    """For how many a delivery has time; all of them if they are many."""
    scan: list[float | None]
    """At which call each delivery of the scan dies, while there are any; None: at any time."""
    mark: list[float | None]
    """The same of the click."""


def dice_of(number: int, seed: int) -> random.Random:
    """Return the random numbers of a run, the same every time."""
    return random.Random(seed * 1_000_000 + number)  # noqa: S311 - no secret


def planned(number: int, dice: random.Random) -> Plan:
    """Plan a run: a kill at one call after the other, or some kills at any time in short slices."""
    if number % 2:
        return Plan(dice.randint(4, 10), [None] * dice.randint(1, 4), [None] * dice.randint(1, 3))
    turn = number // 2
    return Plan(1000, [turn % (2 * SCAN_CALLS) / 2], [turn * MARK_STRIDE % (2 * MARK_CALLS) / 2])


def play_all(
    make_judge: Callable[[World], J],
    play_one: Callable[[Run, J, KillScheduler], None],
    uncertain: str,
    most: int,
) -> int:
    """
    Do the runs that the arguments of the process name; 1 if a judge found a problem.

    Args:
        uncertain: the meaning of an uncertain run.
        most: the number of runs, unless the first argument names another.
    """
    given = [int(argument) for argument in sys.argv[1:]]
    runs, seed, first = (*given, *(most, 1, 0)[len(given) :])
    kill_count = slice_count = failed = uncertain_count = 0
    with World({"REPORT_LOCALE": "en"}, runtime=NoFunctions()) as world:
        deliveries = Deliveries()
        scheduler, judge = KillScheduler(deliveries), make_judge(world)
        for number in range(first, first + runs):
            run = Run(number, dice_of(number, seed))
            play_one(run, judge, scheduler)
            kill_count += run.kill_count
            slice_count += run.slice_count
            uncertain_count += run.is_uncertain
            failed += bool(run.problems)
            for problem in run.problems:
                sys.stdout.write(f"run {number}: not so: {problem}\n")
            sys.stdout.flush()
        deliveries.stop()
    sys.stdout.write(
        f"{runs} runs, {kill_count} kills, {slice_count} slices that were gone on with, "
        f"{uncertain_count} runs in which {uncertain}, {failed} FAILED\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(play_all(Judge, play, "the person was told that something is uncertain", RUNS))
