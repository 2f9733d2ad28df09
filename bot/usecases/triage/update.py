"""
Update what was chosen, batch after batch.

Each batch is a step: who goes on after a crash, or in another invocation, does no more than one again. What
was read longer than FRESH ago is read again before its batch, and no more than that batch: all of it could
take longer than an invocation, and would be old again before the last batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from bot.domain.finding import FindingIdentifier
from bot.domain.job import Job
from bot.domain.suppression import is_as_made
from bot.domain.triage import (
    Change,
    FindingState,
    Plan,
    Refusal,
    Skip,
    Target,
    change_line,
    parse_change,
    refusal_line,
    refusal_of,
    refused_all,
)
from bot.errors import ConfigurationError, OutOfTimeError
from bot.ports import Ports
from bot.usecases.context import JobContext
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.steps import Deadline, Result, UnfinishedError
from bot.usecases.triage.lease import renew
from bot.usecases.triage.refresh import detect_conflicts, refresh_targets
from bot.usecases.triage.run import TriageRun
from bot.usecases.triage.targets import TargetTable

LOG = logging.getLogger(__name__)

BATCH, CALLS = 10_000, 500
"""
The most findings of a batch, and calls: at 8 a second a minute, which fits into what is kept of an
invocation's time (handlers/job.py). Where each finding has fields of its own, each is a call.
"""

UPDATE_SIZE = 100
"""Findings that one call updates where all get the same (bot/adapters/security_hub.py)."""

ACTING = 1_000_000_000
"""An act that changes is further than one that reads, however much it has read."""

FRESH = timedelta(seconds=45)
"""How long a choice holds; Lambda tries again after a minute at the earliest."""


@dataclass(frozen=True, slots=True)
class UpdateInput:
    """Whose changes are made, and since when what they are made to has been read."""

    run: TriageRun
    plan: Plan
    read_since: datetime
    progress: OnProgress = no_progress

    def changes(self, ports: Ports) -> Iterator[Change]:
        """Give what is to be changed."""
        return ports.changes.changes(self.run.report_id, self.run.act_id)


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What became of it."""

    refusals: list[Refusal]
    lost: frozenset[FindingIdentifier]
    """What somebody else has changed since it was read, or was changing."""
    busy_count: int
    """How many of these somebody else was changing."""
    count: int
    """How many of the changes, from the first on, there was time for."""
    late_count: int
    """For how many there was none."""


def update(chosen: UpdateInput, context: JobContext[Job]) -> UpdateResult:
    """
    Update one batch after the other.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        BotError: Security Hub failed.
    """
    done = context.steps.run("updated", _update_all, chosen, context)
    refusals = [refusal_of(line) for line in done["refusals"]]
    lost = frozenset(FindingIdentifier(*identifier) for identifier in done["lost"])
    busy_count = done.get("busy_count", 0)  # an older bot's step has none
    return UpdateResult(refusals, lost, busy_count, done["count"], done["late_count"])


def _update_all(chosen: UpdateInput, context: JobContext[Job]) -> Result:
    with cast(BinaryIO, TemporaryFile()) as file:
        changes = buffered(chosen.changes(context.ports), file)
        return _in_batches(cut_into_batches(changes), chosen, context)


def buffered(changes: Iterator[Change], file: BinaryIO) -> Iterator[Change]:
    """Fetch all before the first is used: the bucket does not hold a connection while batches are updated."""
    first = list(islice(changes, BATCH))
    file.writelines(change_line(change).encode() + b"\n" for change in changes)
    file.seek(0)
    yield from first
    yield from map(parse_change, file)


def _in_batches(batches: Iterator[list[Change]], chosen: UpdateInput, context: JobContext[Job]) -> Result:
    ports, time = context.ports, context.deadline
    refusals: list[str] = []
    lost: list[FindingIdentifier] = []
    late_count = busy_count = count = 0
    announced_at = chosen.read_since
    for batch in batches:
        announced_at = renew(chosen.run, announced_at, ports)
        update_some = partial(_update_some, batch, count, chosen, ports, time)
        try:
            _need_time(count, time)
            done = context.steps.run(f"update-{count}", _or_refused, update_some, batch, count)
        except UnfinishedError:
            raise UnfinishedError(ACTING + count) from None
        except OutOfTimeError:
            if not count:
                raise
            late_count = len(batch) + sum(map(len, batches))
            break
        refusals += done["refusals"]
        lost += done["lost"]
        busy_count += done.get("busy_count", 0)
        count += len(batch)
        chosen.progress(count)  # also of what an earlier delivery has done
    counts = {"busy_count": busy_count, "count": count, "late_count": late_count}
    return {"refusals": refusals, "lost": lost} | counts


def _need_time(count: int, time: Deadline) -> None:
    """Let the first batch begin in any case; what the choice has cost must not be lost."""
    if count and not time.left():
        raise UnfinishedError(count) if time.resumable else OutOfTimeError


def cut_into_batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Cut changes into batches, the same ones for the same changes."""
    batch: list[Change] = []
    call_count = alike = 0
    for change in changes:
        is_alike = bool(batch) and change.values == batch[-1].values and alike < UPDATE_SIZE
        alike = alike + 1 if is_alike else 1
        call_count += not is_alike
        if len(batch) == BATCH or call_count > CALLS:
            yield batch
            batch, call_count, alike = [], 1, 1
        batch.append(change)
    if batch:
        yield batch


def _update_some(batch: list[Change], done: int, chosen: UpdateInput, ports: Ports, time: Deadline) -> Result:
    lost, busy_count = _lost(batch, chosen, ports, time)

    def updates() -> Iterator[tuple[FindingIdentifier, FindingState]]:
        for number, change in enumerate(batch, done):
            chosen.progress(number)
            if change.identifier not in lost:
                yield change.identifier, change.values

    refused = list(map(refusal_line, ports.findings.update(updates())))
    return {"refusals": refused, "lost": sorted(lost), "busy_count": busy_count}


def _or_refused(update_some: Callable[[], Result], batch: list[Change], done: int) -> Result:
    """Count a batch as refused if AWS denies it after earlier ones: these stay, and must be shown."""
    try:
        return update_some()
    except ConfigurationError as error:
        if not done:
            raise
        LOG.exception("no more can be updated", extra={"error_code": error.code})
        refusals = refused_all((change.identifier for change in batch), error)
        return {"refusals": list(map(refusal_line, refusals)), "lost": []}


def _lost(
    batch: list[Change], chosen: UpdateInput, ports: Ports, time: Deadline
) -> tuple[set[FindingIdentifier], int]:
    """Give what others have changed, or are changing, if it was read long ago; and count these."""
    now = ports.now()
    if now - chosen.read_since <= FRESH:
        return set(), 0
    with TargetTable() as work:
        work.add(map(_again, batch))
        is_undo = chosen.plan.undoes is not None
        refresh_targets(work, chosen.run.summary, ports.findings, time, is_undo=is_undo)
        detect_conflicts(work, chosen.plan, chosen.run.act_id, ports, now)
        skips = {change.identifier: work.skip_of(change.identifier) for change in batch}
        busy = {identifier for identifier, skip in skips.items() if skip is Skip.BUSY}
        shared = {identifier for identifier, skip in skips.items() if skip is Skip.SHARED}
        changed = {change.identifier for change in batch if _is_changed(change, work)}
        return busy | shared | changed, len(busy)


def _again(change: Change) -> Target:
    return Target(change.problem, change.identifier, change.place, change.before.status, change.order)


def _is_changed(change: Change, work: TargetTable) -> bool:
    """Tell what an earlier attempt may have made of a finding from what others have: also a note or a day."""
    present = work.present(change.identifier)
    return not (present and any(is_as_made(present, state) for state in (change.before, change.after)))
